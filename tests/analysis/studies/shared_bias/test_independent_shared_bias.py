"""Question 2's numbers on random networks against torch.func and SciPy, or their definitions written out."""

import math
from fractions import Fraction

import msgspec
import numpy as np
import pytest
import scipy.linalg
import scipy.spatial
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats
from torch.func import functional_call, hessian, jacrev

from analysis.studies.shared_bias import experiment, network, summary, torch_check
from analysis.studies.shared_bias.network import Parameters
from analysis.studies.shared_bias.record import spread
from analysis.studies.shared_bias.settings import SharedBiasSettings
from tests.marks import examples

DOUBLE = 1e-11  # of values of order 1 to 10: two orders of summation
FEW = examples(25)
SMALL = SharedBiasSettings(seed=7, pairs=3, inputs=4, units=3, rows=30, iterations=100, learning_rate=0.5)

seeds = st.integers(0, 10**6)
counts = st.integers(0, 60)


class Net(torch.nn.Module):
    """The question's network with PyTorch's own layers; rows are examples, labels class indices."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__()
        W, U, b1, b2 = (torch.tensor(array) for array in parameters)
        self.first = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64)
        self.second = torch.nn.Linear(U.shape[1], U.shape[0], dtype=torch.float64)
        self.load_state_dict(
            {"first.weight": W, "first.bias": b1[:, 0], "second.weight": U, "second.bias": b2[:, 0]}, strict=True
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.second(torch.sigmoid(self.first(rows)))


def loss_of(values: dict[str, torch.Tensor], net: Net, X: np.ndarray, Y: np.ndarray) -> torch.Tensor:
    logits = functional_call(net, values, (torch.tensor(X.T),))
    each = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(Y.T), reduction="none")
    return each.sum(dim=1).mean()


def drawn(seed: int, d: int = 4, m: int = 3, N: int = 20) -> tuple[Parameters, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    parameters = Parameters(*(rng.normal(size=shape) for shape in ((m, d), (m, m), (m, 1), (m, 1))))
    return parameters, rng.normal(size=(d, N)), np.eye(m)[:, rng.integers(0, m, N)]


def values_of(parameters: Parameters) -> dict[str, torch.Tensor]:
    return {name: tensor.detach() for name, tensor in Net(parameters).named_parameters()}


def close(ours: np.ndarray, reference: np.ndarray, tolerance: float = DOUBLE) -> None:
    np.testing.assert_allclose(ours, reference, rtol=0, atol=tolerance * max(1.0, np.abs(reference).max()))


# --- loss, gradients, Hessians ---


@FEW
@given(seeds, st.integers(1, 5), st.integers(1, 4), st.integers(1, 20))
def test_loss_and_gradients_are_those_of_torch_func(seed, d, m, N):
    parameters, X, Y = drawn(seed, d, m, N)
    net, values = Net(parameters), values_of(parameters)
    state = network.forward(parameters, X, Y)
    assert float(state.loss) == pytest.approx(loss_of(values, net, X, Y).item(), rel=DOUBLE)
    expected = jacrev(loss_of)(values, net, X, Y)
    ours = network.backward(parameters, X, Y, state)
    names = ("first.weight", "second.weight", "first.bias", "second.bias")
    for found, name in zip(ours, names, strict=True):
        close(found, expected[name].numpy().reshape(found.shape))
    shared = parameters._replace(b2=parameters.b1)
    one_bias = jacrev(lambda b: loss_of({**values, "first.bias": b, "second.bias": b}, net, X, Y))
    expected_b = one_bias(torch.tensor(parameters.b1[:, 0])).numpy()[:, None]
    close(network.shared_gradient(shared.W, shared.U, shared.b1, X, Y), expected_b)
    close(torch_check.shared_bias_gradient(shared.W, shared.U, shared.b1, X, Y), expected_b)
    close(network.central_difference(shared.W, shared.U, shared.b1, X, Y), expected_b, 1e-7)


@examples(8)
@given(seeds, st.integers(1, 4), st.integers(1, 4), st.integers(1, 12))
def test_every_hessian_is_torch_funcs_and_its_extremes_are_scipys(seed, d, m, N):
    parameters, X, Y = drawn(seed, d, m, N)
    net, values = Net(parameters), values_of(parameters)
    blocks = hessian(loss_of)(values, net, X, Y)
    order = ("first.weight", "second.weight", "first.bias", "second.bias")
    sizes = {name: values[name].numel() for name in order}
    full = np.block([[blocks[a][b].numpy().reshape(sizes[a], sizes[b]) for b in order] for a in order])
    close(torch_check.two_bias_hessian(*parameters, X, Y), full)
    H = network.bias_hessian(parameters, X, Y)
    close(H, full[-2 * m :, -2 * m :])
    low, high = experiment.extremes(H)
    assert (low, high) == pytest.approx(scipy.linalg.eigvalsh(full[-2 * m :, -2 * m :])[[0, -1]], abs=DOUBLE)

    at = torch.tensor(parameters.b1[:, 0])
    tied = Net(parameters._replace(b2=parameters.b1))
    of_b = hessian(lambda b: loss_of({**values, "first.bias": b, "second.bias": b}, tied, X, Y))(at)
    H_tied = network.bias_hessian(parameters._replace(b2=parameters.b1), X, Y)
    close(network.shared_hessian(H_tied), of_b.numpy())

    def all_shared(weights: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        W, U = weights.split([sizes["first.weight"], sizes["second.weight"]])
        shaped = {"first.weight": W.reshape(m, d), "second.weight": U.reshape(m, m)}
        return loss_of({**shaped, "first.bias": b, "second.bias": b}, tied, X, Y)

    weights = torch.cat([values["first.weight"].ravel(), values["second.weight"].ravel()])
    (ww, wb), (bw, bb) = hessian(all_shared, argnums=(0, 1))(weights, at)
    expected = np.block([[ww.numpy(), wb.numpy()], [bw.numpy(), bb.numpy()]])
    tied_full = torch_check.two_bias_hessian(parameters.W, parameters.U, parameters.b1, parameters.b1, X, Y)
    close(network.share_biases(tied_full, m), expected)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 30.0, 1e4])
@pytest.mark.parametrize("seed", range(3))
def test_the_loss_of_logits_of_any_size_is_torchs_and_finite(seed, scale):
    parameters, X, Y = drawn(seed)
    parameters = parameters._replace(U=scale * parameters.U, b2=scale * parameters.b2)
    with np.errstate(over="raise", invalid="raise"):
        state = network.forward(parameters, X, Y)
        grads = network.backward(parameters, X, Y, state)
    expected = loss_of(values_of(parameters), Net(parameters), X, Y).item()
    assert float(state.loss) == pytest.approx(expected, rel=1e-12)
    logits = Net(parameters)(torch.tensor(X.T)).detach()
    close(state.Y_hat, torch.sigmoid(logits).numpy().T)
    assert all(np.isfinite(array).all() for array in grads)


# --- the experiment ---


@pytest.mark.parametrize("index", range(2))
def test_the_three_arms_are_pytorchs_descent_with_parameter_groups(index):
    """shared: one tensor for both biases; independent: two; doubled: two, in a group of twice the rate."""
    pair = experiment.make_pair(SMALL, index)
    loss, kept = experiment.descend(pair, SMALL)
    for arm in experiment.ARMS:
        W, U, b1, b2 = (torch.tensor(array, requires_grad=True) for array in pair.start)
        second = b1 if arm == "shared" else b2
        biases = [b1] if arm == "shared" else [b1, b2]
        rate = 2 * SMALL.learning_rate if arm == "doubled" else SMALL.learning_rate
        optimiser = torch.optim.SGD(
            [{"params": [W, U], "lr": SMALL.learning_rate}, {"params": biases, "lr": rate}], lr=1.0
        )
        for t in range(SMALL.iterations + 1):
            logits = U @ torch.sigmoid(W @ torch.tensor(pair.X) + b1) + second
            each = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(pair.Y), reduction="none")
            value = each.sum(dim=0).mean()
            assert loss[experiment.ARMS.index(arm), t] == pytest.approx(value.item(), rel=1e-9)
            if arm == "shared" and t in kept:
                close(kept[t].W, W.detach().numpy(), 1e-8)
                close(kept[t].b2, b1.detach().numpy(), 1e-8)
                both = jacrev(loss_of)(values_of(kept[t]), Net(kept[t]), pair.X, pair.Y)
                p1, p2 = both["first.bias"].numpy(), both["second.bias"].numpy()
                cosine = 1 - scipy.spatial.distance.cosine(p1, p2)
                assert experiment.gradient_cosine(kept[t], pair) == pytest.approx(cosine, abs=1e-9)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()


@pytest.mark.parametrize("seed", range(3))
def test_the_largest_rate_is_where_descent_step_by_step_first_fails(seed):
    """Each arm by itself, each step written out; the search's grid and its 8 halvings are the definition."""
    pair = experiment.make_pair(msgspec.structs.replace(SMALL, rows=15), seed)

    def passes(arm: str, rate: float) -> bool:
        parameters = Parameters(*(array.copy() for array in pair.start))
        state = network.forward(parameters, pair.X, pair.Y)
        for _ in range(100):
            g = network.backward(parameters, pair.X, pair.Y, state)
            steps = {"shared": (g.b1 + g.b2, g.b1 + g.b2), "independent": (g.b1, g.b2), "doubled": (2 * g.b1, 2 * g.b2)}
            s1, s2 = steps[arm]
            W, U, b1, b2 = parameters
            parameters = Parameters(W - rate * g.W, U - rate * g.U, b1 - rate * s1, b2 - rate * s2)
            before, state = state.loss, network.forward(parameters, pair.X, pair.Y)
            if not state.loss < before:
                return False
        return True

    for arm, found in zip(experiment.ARMS, experiment.largest_rates(pair), strict=True):
        low = max((2.0**k for k in range(-2, 8) if passes(arm, 2.0**k)), default=0.0)
        high = 2 * low
        for _ in range(8 if low else 0):
            middle = math.sqrt(low * high)
            low, high = (middle, high) if passes(arm, middle) else (low, middle)
        assert found == pytest.approx(low, rel=1e-12)


@FEW
@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=4))
def test_the_best_constant_output_is_the_minimum_that_scipy_finds(rows):
    Y = np.array(rows, float)
    total = 0.0
    for row in Y:
        total += optimize.minimize_scalar(
            lambda p, row=row: -np.mean(row * np.log(p) + (1 - row) * np.log1p(-p)),
            bounds=(1e-9, 1 - 1e-9), method="bounded", options={"xatol": 1e-10},
        ).fun  # fmt: skip
    assert experiment.constant_loss(Y) == pytest.approx(total, abs=1e-6)


@FEW
@given(st.lists(st.floats(0, 5), min_size=1, max_size=20), st.floats(0, 5))
def test_steps_to_a_level_are_counted_one_by_one(loss, level):
    expected = math.inf
    for t in reversed(range(len(loss))):
        if loss[t] <= level:
            expected = t
    assert experiment.steps_to(np.array(loss), level) == expected


# --- tests and intervals ---


@FEW
@given(counts, counts)
def test_the_sign_test_is_scipys_and_that_of_fractions(larger, smaller):
    n = larger + smaller
    found = experiment.sign_test(larger, smaller)
    assert found == pytest.approx(stats.binomtest(larger, n).pvalue if n else 1.0, rel=1e-9)
    tail = sum(Fraction(math.comb(n, k), 2**n) for k in range(min(larger, smaller) + 1))
    assert found == pytest.approx(float(min(Fraction(1), 2 * tail)), rel=1e-12)


@FEW
@given(st.lists(st.tuples(st.floats(0, 9) | st.just(math.inf), st.floats(0, 9) | st.just(math.inf)), min_size=1))
def test_a_paired_test_counts_pair_by_pair(pairs):
    shared, other = np.array(pairs).T
    found = summary.paired_test(shared, other)
    larger, smaller = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
    assert (found.shared_larger, found.shared_smaller) == (larger, smaller)
    assert found.ties == sum(a == b for a, b in pairs)
    ratios = [a / b for a, b in pairs if a < math.inf and 0 < b < math.inf]
    if ratios:
        assert found.ratio is not None
        spread_of = (found.ratio.median, found.ratio.minimum, found.ratio.maximum)
        assert spread_of == pytest.approx((np.median(ratios), min(ratios), max(ratios)))
    else:
        assert found.ratio is None
    n = larger + smaller
    assert found.p_value == pytest.approx(stats.binomtest(larger, n).pvalue if n else 1, rel=1e-9)


@FEW
@given(st.lists(st.floats(-9, 9), min_size=1, max_size=12))
def test_a_spread_is_numpys(values):
    found = spread(values)
    expected = np.median(values), np.min(values), np.max(values)
    assert (found.median, found.minimum, found.maximum) == pytest.approx(expected)


@FEW
@given(seeds, st.integers(4, 15))
def test_the_first_step_is_summarised_as_its_words_say(seed, pairs):
    rng = np.random.default_rng(seed)
    gradients = rng.normal(size=(pairs, 2, 5))
    products = np.array([[p @ p, p @ q, q @ q] for p, q in gradients])
    loss = rng.random((pairs, 3, 4))
    found = summary.first_step({"path_products": products, "loss": loss}, 0.3)
    cosines = [1 - scipy.spatial.distance.cosine(p, q) for p, q in gradients]
    extra = [
        (one[experiment.INDEPENDENT, 1] - one[experiment.SHARED, 1]) / (0.3 * (p @ p + q @ q))
        for one, (p, q) in zip(loss, gradients, strict=True)
    ]
    first_order = [(np.sum((p + q) ** 2) - p @ p - q @ q) / (p @ p + q @ q) for p, q in gradients]
    assert found.cosine.median == pytest.approx(np.median(cosines), abs=1e-9)
    assert found.extra_decrease.maximum == pytest.approx(max(extra))
    assert found.first_order.minimum == pytest.approx(min(first_order), abs=1e-9)
    assert found.correlation == pytest.approx(stats.pearsonr(cosines, extra).statistic, abs=1e-9)
    shares = [a / b for a, b in zip(extra, first_order, strict=True)]
    assert found.measured_share.median == pytest.approx(np.median(shares), rel=1e-6)


@FEW
@given(seeds, st.integers(3, 15))
def test_the_cosine_is_compared_with_the_steps_of_the_pairs_that_reach_the_loss(seed, pairs):
    rng = np.random.default_rng(seed)
    cosine, steps = rng.uniform(-1, 1, pairs), rng.integers(1, 400, (pairs, 3)).astype(float)
    expected = stats.spearmanr(cosine[1:], steps[1:, experiment.SHARED] / steps[1:, experiment.INDEPENDENT]).statistic
    steps[0, experiment.SHARED] = np.inf
    found = summary.cosine_correlation(cosine, steps)
    assert found == pytest.approx(0 if np.isnan(expected) else expected)
    assert summary.cosine_correlation(cosine, np.full((pairs, 3), np.inf)) == 0


@FEW
@given(seeds, st.integers(1, 6))
def test_curvature_and_condition_numbers_are_those_of_scipys_eigenvalues(seed, pairs):
    rng = np.random.default_rng(seed)
    arrays: dict[str, list] = {name: [] for name in ("block_extremes", "shared_extremes", "full_extremes")}
    conditions, ratios = [], []
    for _ in range(pairs):
        A = rng.normal(size=(6, 6))
        H = A @ A.T + rng.choice([0.1, -2.0]) * np.eye(6)  # some are indefinite, none is close to singular by chance
        S = np.vstack([np.eye(3)] * 2)
        own, tied = scipy.linalg.eigvalsh(H), scipy.linalg.eigvalsh(S.T @ H @ S)
        arrays["block_extremes"].append([experiment.extremes(H)])
        arrays["shared_extremes"].append([experiment.extremes(network.shared_hessian(H))])
        arrays["full_extremes"].append([[[-1.0, 2.0], [-2.0, 3.0]]])
        ratios.append(tied[-1] / own[-1])
        if own[0] > 0:
            conditions.append((np.linalg.cond(H), np.linalg.cond(S.T @ H @ S)))
    stacked = {name: np.array(values) for name, values in arrays.items()}
    one = np.full((pairs, 1), 0.5)
    stacked |= {"snapshot_iterations": np.array([0]), "cosine": one}
    found = summary.curvature_at(stacked, 0, 0)
    assert found.largest_ratio.median == pytest.approx(np.median(ratios), rel=1e-9)
    assert found.raised == sum(ratio > 1 for ratio in ratios)
    assert found.positive_definite == len(conditions)
    if conditions:
        assert found.condition is not None
        assert found.shared_condition is not None
        assert found.condition.maximum == pytest.approx(max(own for own, _ in conditions), rel=1e-6)
        assert found.shared_condition.median == pytest.approx(np.median([tied for _, tied in conditions]), rel=1e-6)
    else:
        assert found.condition is found.condition_ratio is None
    assert found.full_ratio.median == 1.5
