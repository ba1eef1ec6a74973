"""Part C's numbers on random networks against torch.func, Captum and SciPy, or their definitions written out."""

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from captum.attr import InputXGradient, IntegratedGradients, Saliency
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch.func import grad, vmap

from analysis.network import torch_network
from analysis.network.mlp import Params
from analysis.network.replicates import EncodedFold
from analysis.statistics import ranks as ranks_module
from analysis.studies.attribution import scores as scoring
from analysis.studies.attribution import summary, walkthrough
from analysis.studies.attribution.replicate import attribute
from tests.marks import examples

DOUBLE = 1e-11  # of values of order 1 to 10: two orders of summation
FEW = examples(30)
SIZES = (5, 6, 4, 3)
GROUPS = {"size": np.array([0]), "age": np.array([1]), "colour": np.array([2, 3, 4])}

seeds = st.integers(0, 10**6)
values = st.floats(-5, 5).map(lambda x: round(x, 1))  # with ties


def drawn(seed: int, rows: int = 40) -> tuple[Params, np.ndarray, np.ndarray]:
    """Return float64 parameters, inputs with one categorical feature (D, rows), and labels."""
    rng = np.random.default_rng(seed)
    D, M1, M2, K = SIZES
    layers = ((M1, D), (M1, 1), (M2, M1), (M2, 1), (K, M2), (K, 1))
    X = np.zeros((D, rows))
    X[:2] = rng.normal(size=(2, rows))
    X[2 + rng.choice(3, rows, p=[0.6, 0.3, 0.1]), np.arange(rows)] = 1
    return Params(*(rng.normal(size=layer) for layer in layers)), X, rng.integers(0, K, rows)


def network(params: Params, name: str):
    """Return the logits of one example, (D,) -> (K,), and of rows, (N, D) -> (N, K), in PyTorch's functions only."""
    W1, W2, W3 = (torch.tensor(W) for W in params[::2])
    b1, b2, b3 = (torch.tensor(b[:, 0]) for b in params[1::2])
    g = {"sigmoid": torch.sigmoid, "relu": torch.relu}[name]

    def logits(x: torch.Tensor) -> torch.Tensor:
        return g(g(x @ W1.T + b1) @ W2.T + b2) @ W3.T + b3

    return logits


OUTPUTS = {  # of one example: its logits and its label, one-hot
    "logit": lambda a, y: a.max(),
    "probability": lambda a, y: torch.softmax(a, 0).max(),
    "margin": lambda a, y: a.sort(descending=True).values[0] - a.sort(descending=True).values[1],
    "loss": lambda a, y: torch.logsumexp(a, 0) - y @ a,
}


@pytest.mark.parametrize("name", ["sigmoid", "relu"])
@pytest.mark.parametrize("output", OUTPUTS)
@FEW
@given(seeds)
@pytest.mark.sampled(4)
def test_the_gradients_of_each_output_are_those_of_torch_func_row_by_row(name, output, seed):
    params, X, labels = drawn(seed)
    logits = network(params, name)
    of_row = grad(lambda x, y: OUTPUTS[output](logits(x), y))
    expected = vmap(of_row)(torch.tensor(X.T), torch.eye(3, dtype=torch.float64)[labels]).numpy().T
    found = torch_network.input_gradients(params, X, labels, name, output)
    np.testing.assert_allclose(found, expected, rtol=0, atol=DOUBLE * max(1, np.abs(expected).max()))


@pytest.mark.parametrize("output", ["logit", "probability", "loss"])
@pytest.mark.parametrize("seed", range(3))
def test_gradients_of_extreme_logits_stay_finite_and_are_captums(output, seed):
    """Logits of 1e4: a probability has no slope left, a loss the whole of one, and nothing is NaN."""
    params, X, labels = drawn(seed)
    params = params._replace(W3=params.W3 * 1e4)
    logits = network(params, "relu")

    def forward(rows: torch.Tensor) -> torch.Tensor:
        a = logits(rows)
        if output == "logit":
            return a.max(dim=1).values
        if output == "probability":
            return torch.softmax(a, 1).max(dim=1).values
        return torch.nn.functional.cross_entropy(a, torch.tensor(labels), reduction="none")

    expected = Saliency(forward).attribute(torch.tensor(X.T, requires_grad=True), abs=False).detach().numpy().T
    found = torch_network.input_gradients(params, X, labels, "relu", output)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, expected, rtol=0, atol=DOUBLE * max(1, np.abs(expected).max()))


@pytest.mark.parametrize("seed", range(3))
def test_gradients_in_single_precision_are_the_double_ones_but_for_rounding(seed):
    params, X, labels = drawn(seed)
    single = Params(*(array.astype(np.float32) for array in params))
    X = X.astype(np.float32)
    again = Params(*(array.astype(np.float64) for array in single))
    for output in torch_network.OUTPUTS:
        exact = torch_network.input_gradients(again, X.astype(np.float64), labels, "sigmoid", output)
        found = torch_network.input_gradients(single, X, labels, "sigmoid", output)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, exact, rtol=0, atol=1e-5 * np.abs(exact).max())


@pytest.mark.parametrize("seed", range(3))
def test_gradient_times_input_and_its_integral_along_a_path_are_captums(seed):
    """From our gradients only: Captum's InputXGradient, and IntegratedGradients with its completeness."""
    params, X, labels = drawn(seed, rows=12)
    logits, rows = network(params, "sigmoid"), torch.tensor(X.T)
    winner = logits(rows).argmax(dim=1)
    by_input = InputXGradient(logits).attribute(rows.clone().requires_grad_(True), target=winner).detach().numpy().T
    ours = torch_network.input_gradients(params, X, labels, "sigmoid", "logit") * X
    np.testing.assert_allclose(ours, by_input, atol=DOUBLE)

    def loss(rows: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(logits(rows), y, reduction="none")

    nodes, weights = np.polynomial.legendre.leggauss(50)
    steps = zip((nodes + 1) / 2, weights / 2, strict=True)
    path = sum(w * torch_network.input_gradients(params, t * X, labels, "sigmoid", "loss") for t, w in steps) * X
    captum = IntegratedGradients(loss).attribute(rows, additional_forward_args=torch.tensor(labels), n_steps=50)
    np.testing.assert_allclose(path, captum.numpy().T, atol=1e-8)  # both by Gauss and Legendre's 50 nodes
    whole = loss(rows, torch.tensor(labels)) - loss(0 * rows, torch.tensor(labels))
    np.testing.assert_allclose(path.sum(axis=0), whole.numpy(), atol=1e-6)  # completeness, but for the quadrature


@pytest.mark.parametrize("seed", range(3))
def test_log_probabilities_are_torchs_log_softmax_at_every_size(seed):
    params, X, _ = drawn(seed)
    for scale in (1e-4, 1, 1e4):
        scaled = params._replace(W3=scale * params.W3, b3=scale * params.b3)
        expected = torch.log_softmax(network(scaled, "relu")(torch.tensor(X.T)), dim=1).numpy().T
        found = torch_network.log_probabilities(scaled, X, "relu")
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
        assert np.isfinite(found).all()


# --- from gradients to scores ---


@FEW
@given(seeds)
def test_a_score_is_the_spread_over_the_fold_of_the_first_order_change(seed):
    """sqrt(g' S g) is the standard deviation, over the fold's rows z, of g'z: computed here without S."""
    _, X, _ = drawn(seed, 30)
    G = np.random.default_rng(seed).normal(size=(5, 7))
    scores = scoring.row_scores(G, GROUPS, np.cov(X, bias=True))
    for f, own in enumerate(GROUPS.values()):
        for n in range(7):
            changes = [sum(G[i, n] * X[i, row] for i in own) for row in range(30)]
            mean = sum(changes) / 30
            spread = math.sqrt(sum((change - mean) ** 2 for change in changes) / 30)
            assert scores[f, n] == pytest.approx(spread, abs=1e-7)  # a root of a difference near 0


@pytest.mark.parametrize("name", ["scores", "signed", "shares"])
@pytest.mark.parametrize("seed", range(4))
def test_a_replicate_is_attributed_as_looping_over_its_rows_does(name, seed):
    params, X, labels = drawn(seed, 60)
    K, D = 3, 5
    one = attribute(params, fold_of(X, labels), K)
    logits = network(params, "relu")(torch.tensor(X.T)).numpy()
    answers = [list(row).index(max(row)) for row in logits]
    correct = [n for n in range(60) if answers[n] == labels[n]]
    assert one.train_accuracy == one.validation_accuracy == len(correct) / 60
    p = torch.softmax(torch.tensor(logits), 1).max(dim=1).values.numpy()
    sure = [n for n in correct if p[n] > 0.99]
    assert one.confident_share == pytest.approx(len(sure) / len(correct))
    g = {output: torch_network.input_gradients(params, X, labels, "relu", output) for output in torch_network.OUTPUTS}
    score = {
        output: [[np.std(G[own, n] @ X[own]) for n in range(60)] for own in GROUPS.values()] for output, G in g.items()
    }
    if name == "scores":
        for q, output in enumerate(torch_network.OUTPUTS):
            over = range(60) if output == "loss" else correct
            expected = [np.mean([of_feature[n] for n in over]) for of_feature in score[output]]
            assert one.scores[q] == pytest.approx(expected, abs=1e-7)
    if name == "shares":
        wrong = [n for n in range(60) if n not in correct]
        for f in range(3):
            total = sum(score["loss"][f])
            assert one.wrong_loss_share[f] == pytest.approx(sum(score["loss"][f][n] for n in wrong) / total, abs=1e-6)
            total = sum(score["probability"][f][n] for n in correct)
            part = sum(score["probability"][f][n] for n in sure)
            assert one.confident_probability_share[f] == pytest.approx(part / total, abs=1e-6)
    if name == "signed":
        share = [sum(X[i, n] for n in range(60)) / 60 for i in range(D)]
        for k in range(K):
            own = [n for n in correct if answers[n] == k]
            for i in range(D):
                of = [g["logit"][i, n] for n in own]
                if i > 1:  # a category's derivative is relative to the weighted mean of all categories
                    of = [
                        one - sum(share[j] * g["logit"][j, n] for j in (2, 3, 4))
                        for one, n in zip(of, own, strict=True)
                    ]
                if not own:
                    assert np.isnan(one.signed[k, i])
                    continue
                assert one.signed[k, i] == pytest.approx(sum(of) / len(of), abs=1e-9)
                assert one.magnitude[k, i] == pytest.approx(sum(map(abs, of)) / len(of), abs=1e-9)


def fold_of(X: np.ndarray, labels: np.ndarray) -> EncodedFold:
    encoding = SimpleNamespace(
        groups=GROUPS, covariance=np.cov(X, bias=True), categories={"colour": ("a", "b", "c")}, inputs=tuple("abcde")
    )
    return EncodedFold(encoding, X, labels, X, labels)  # type: ignore[arg-type]


# --- statistics of the scores ---


@FEW
@given(st.lists(st.tuples(values, values), min_size=2, max_size=15))
def test_spearmans_coefficient_with_ties_is_scipys(pairs):
    first, second = np.array(pairs).T
    found = ranks_module.spearman(first, second)
    if len(set(first)) > 1 and len(set(second)) > 1:
        assert found == pytest.approx(stats.spearmanr(first, second).statistic, abs=1e-12)
    else:
        assert found == 0


@FEW
@given(st.lists(st.tuples(values, values), min_size=2, max_size=5))
def test_the_exact_p_counts_the_orders_that_correlate_as_strongly(pairs):
    first, second = np.array(pairs).T
    found, permutations, exact = ranks_module.permutation_p(first, second, np.random.default_rng(0))
    ranks = stats.rankdata(first), stats.rankdata(second)
    products = [
        abs(sum((a - ranks[0].mean()) * (b - ranks[1].mean()) for a, b in zip(order, ranks[1], strict=True)))
        for order in itertools.permutations(ranks[0])
    ]
    assert (permutations, exact) == (math.factorial(len(first)), True)
    assert found == pytest.approx(np.mean([product >= products[0] - 1e-9 for product in products]))
    assert found >= ranks_module.smallest_p(len(first)) or len(set(first)) < len(first)


@FEW
@given(seeds, st.integers(2, 6), st.integers(1, 6))
def test_ranks_and_ties_are_those_of_a_paired_t_test_of_every_two_features(seed, R, F):
    drawn = np.random.default_rng(seed).normal(np.arange(F), 1, (R, F))
    above = ranks_module.paired_above(drawn)
    for i, rank in enumerate(ranks_module.ranks(above)):
        tests = {j: stats.ttest_rel(drawn[:, j], drawn[:, i]) for j in range(F) if j != i}
        assert rank == 1 + sum(one.pvalue < 0.05 and one.statistic > 0 for one in tests.values())
        assert ranks_module.tied(above, i) == [j for j, one in tests.items() if one.pvalue >= 0.05]


def test_paired_scores_that_overlap_may_differ_and_equal_ones_do_not():
    level = np.array([0.0, 5.0, 10.0])  # of the replicates: the ranges of both columns overlap
    assert ranks_module.ranks(ranks_module.paired_above(np.stack([level, level + 1], axis=1))) == [2, 1]
    assert not ranks_module.paired_above(np.stack([level, level], axis=1)).any()
    assert not ranks_module.paired_above(np.array([[1.0, 2.0]])).any()  # one replicate says nothing of noise


@FEW
@given(seeds, st.integers(2, 6), st.integers(1, 5))
def test_scores_over_replicates_are_numpys_mean_deviation_and_extremes(seed, R, F):
    scores = np.random.default_rng(seed).random((R, 4, F))
    replicates = [SimpleNamespace(scores=one) for one in scores]
    table = summary.score_table(replicates, [str(f) for f in range(F)])  # type: ignore[arg-type]
    for q, quantity in enumerate(torch_network.OUTPUTS):
        largest = max(np.mean(scores[:, q, f]) for f in range(F))
        for f in range(F):
            own, one = scores[:, q, f], table[quantity][str(f)]
            assert one.score == pytest.approx(np.mean(own))
            assert one.std == pytest.approx(stats.tstd(own))
            assert (one.lowest, one.highest) == (min(own), max(own))
            assert one.replicates == tuple(own)
            assert one.relative == pytest.approx(np.mean(own) / largest)


@pytest.mark.parametrize("seed", range(5))
def test_the_walked_row_is_autograds_and_its_differences_are_scipys(seed):
    from scipy.optimize import approx_fprime

    params, X, _ = drawn(seed, 5)
    walked = walkthrough.walk(params, X[:, 2], 1)
    logits = network(params, "relu")
    x = torch.tensor(X[:, 2], requires_grad=True)
    loss = torch.nn.functional.cross_entropy(logits(x)[None], torch.tensor([1]))
    np.testing.assert_allclose(walked.a3, logits(x).detach().numpy(), atol=DOUBLE)
    np.testing.assert_allclose(walked.p, torch.softmax(logits(x), 0).detach().numpy(), atol=DOUBLE)
    expected = torch.autograd.grad(loss, x)[0].numpy()
    np.testing.assert_allclose(walked.dx_numpy, expected, atol=DOUBLE)
    np.testing.assert_allclose(walked.dx_numpy, params.W1.T @ walked.delta1, rtol=0, atol=DOUBLE)
    np.testing.assert_allclose(walked.dx_numpy, walked.dx_central, rtol=0, atol=1e-8)
    np.testing.assert_allclose(walked.dx_torch, expected, atol=DOUBLE)

    def at(point: np.ndarray) -> float:
        return torch.nn.functional.cross_entropy(logits(torch.tensor(point))[None], torch.tensor([1])).item()

    np.testing.assert_allclose(walked.dx_central, approx_fprime(X[:, 2], at, 1e-7), atol=1e-5)  # one-sided ones
