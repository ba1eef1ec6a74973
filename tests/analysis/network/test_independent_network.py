"""The network's numbers on random inputs against PyTorch's autograd, SciPy and scikit-learn, in code of their own."""

from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from sklearn.metrics import accuracy_score

from analysis.network import descent, mlp, torch_network
from analysis.network.mlp import ACTIVATIONS, Params
from analysis.studies.gradient_flow import study
from tests.marks import examples

DOUBLE = 1e-11  # of the largest value: some hundred roundings of 1e-16 in sums of at most 300 terms
SINGLE = 3e-5  # the same with roundings of 6e-8
STEPS = 1e-9  # rounding, amplified by a dozen updates
FEW = examples(30)

seeds = st.integers(0, 10**6)
sizes = st.tuples(*(st.integers(1, 6) for _ in range(3)), st.integers(2, 5))


def drawn(seed: int, shape: tuple[int, int, int, int], rows: int) -> tuple[Params, np.ndarray, np.ndarray]:
    """Return parameters with biases, inputs and labels, all float64."""
    rng = np.random.default_rng(seed)
    D, M1, M2, K = shape
    layers = ((M1, D), (M1, 1), (M2, M1), (M2, 1), (K, M2), (K, 1))
    return Params(*(rng.normal(size=layer) for layer in layers)), rng.normal(size=(D, rows)), rng.integers(0, K, rows)


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.array([[float(label == k) for label in labels] for k in range(classes)])


class Reference:
    """The network written with PyTorch's own layers, examples as rows, and its gradients by autograd."""

    def __init__(self, params: Params, X0: np.ndarray, labels: np.ndarray, name: str) -> None:
        self.tensors = [torch.tensor(np.asarray(array, np.float64), requires_grad=True) for array in params]
        self.X = torch.tensor(np.asarray(X0, np.float64).T, requires_grad=True)
        self.labels = torch.tensor(labels)
        self.function = {"sigmoid": torch.sigmoid, "relu": torch.relu}[name]
        W1, b1, W2, b2, W3, b3 = self.tensors
        linear = torch.nn.functional.linear
        self.A1 = linear(self.X, W1, b1[:, 0])
        self.A2 = linear(self.function(self.A1), W2, b2[:, 0])
        self.A3 = linear(self.function(self.A2), W3, b3[:, 0])
        self.loss = torch.nn.functional.cross_entropy(self.A3, self.labels)

    def gradients(self, *of: torch.Tensor) -> list[np.ndarray]:
        return [grad.numpy() for grad in torch.autograd.grad(self.loss, of, retain_graph=True)]

    def slopes(self, A: torch.Tensor) -> np.ndarray:
        at = A.detach().requires_grad_(True)
        return torch.autograd.grad(self.function(at).sum(), at)[0].numpy()

    def accuracy(self) -> float:
        return float(accuracy_score(self.labels.numpy(), self.A3.detach().numpy().argmax(axis=1)))


def close(ours: np.ndarray, reference: np.ndarray, tolerance: float = DOUBLE) -> None:
    np.testing.assert_allclose(ours, reference, rtol=0, atol=tolerance * max(1.0, np.abs(reference).max()))


@pytest.mark.parametrize("name", ACTIVATIONS)
@FEW
@given(seeds, sizes, st.integers(1, 40), st.integers(1, 40))
def test_loss_accuracy_and_all_gradients_are_those_of_autograd(name, seed, shape, rows, columns):
    params, X0, labels = drawn(seed, shape, rows)
    reference = Reference(params, X0, labels, name)
    Y, activation = one_hot(labels, shape[-1]), ACTIVATIONS[name]
    work = mlp.team_of(params, min(rows, columns))
    loss, accuracy, grads = mlp.gradients(params, mlp.in_blocks(X0, Y, columns), activation, work)
    assert (loss, accuracy) == (pytest.approx(reference.loss.item(), rel=DOUBLE), pytest.approx(reference.accuracy()))
    for ours, theirs in zip(grads, reference.gradients(*reference.tensors), strict=True):
        close(ours, theirs)
    close(mlp.input_gradient(params, X0, Y, activation), reference.gradients(reference.X)[0].T * rows)
    close(mlp.probabilities(params, X0, activation), special.softmax(reference.A3.detach().numpy().T, axis=0))
    assert mlp.evaluate(params, mlp.in_blocks(X0, Y, columns), activation, work) == pytest.approx((loss, accuracy))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(3))
def test_single_precision_is_autograds_double_but_for_its_rounding(name, seed):
    params, X0, labels = drawn(seed, (12, 20, 9, 4), 300)
    single = Params(*((array / 3).astype(np.float32) for array in params))
    X0 = X0.astype(np.float32)
    reference = Reference(single, X0, labels, name)
    data = mlp.in_blocks(X0, one_hot(labels, 4).astype(np.float32), 128)
    loss, accuracy, grads = mlp.gradients(single, data, ACTIVATIONS[name], mlp.team_of(single, 128))
    assert (loss, accuracy) == (pytest.approx(reference.loss.item(), rel=SINGLE), reference.accuracy())
    for ours, theirs in zip(grads, reference.gradients(*reference.tensors), strict=True):
        assert ours.dtype == np.float32
        close(ours, theirs, SINGLE)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@FEW
@given(seed=seeds, scale=st.sampled_from([1e-30, 1e-3, 1.0, 50.0, 1e4, 1e30]), K=st.integers(2, 6), N=st.integers(1, 9))
def test_softmax_and_cross_entropy_hold_at_every_size_of_the_logits(dtype, seed, scale, K, N):
    rng = np.random.default_rng(seed)
    logits = (rng.choice([-1.0, -0.5, 0.3, 1.0], (K, N)) * scale).astype(dtype)
    labels = rng.integers(0, K, N)
    exact = logits.astype(np.float64)
    expected = torch.nn.functional.cross_entropy(torch.tensor(exact.T), torch.tensor(labels), reduction="sum")
    A3 = logits.copy()
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, correct = mlp.softmax_cross_entropy(A3, one_hot(labels, K).astype(dtype), np.empty_like(A3))
    tolerance = 1e-12 if dtype is np.float64 else 1e-6  # a dozen roundings of the dtype
    assert loss == pytest.approx(float(expected), rel=tolerance, abs=tolerance * N)
    np.testing.assert_allclose(A3, special.softmax(exact, axis=0), atol=tolerance, rtol=0)
    assert correct == accuracy_score(labels, exact.argmax(axis=0), normalize=False)


@pytest.mark.parametrize("grouped", [True, False])
@pytest.mark.parametrize(
    ("inputs", "units", "examples_"), [(13, 64, 4176), (13, 64, 4135), (13, 64, 5), (65, 32, 928), (1200, 900, 464)]
)
def test_a_product_in_groups_is_the_product_whole(grouped, inputs, units, examples_, monkeypatch):
    monkeypatch.setattr(mlp, "GROUPED", grouped)
    rng = np.random.default_rng(0)
    W, X_1, delta = (rng.standard_normal(s) for s in ((units, inputs), (inputs, examples_), (units, examples_)))
    wide = np.full((units + 1, examples_ + 3), np.nan)  # work arrays are parts of larger ones
    mlp.multiply(W, X_1, wide[:-1, :-3])
    np.testing.assert_allclose(wide[:-1, :-3], W @ X_1, rtol=1e-10, atol=1e-10)
    assert np.isnan(wide[-1]).all()
    assert np.isnan(wide[:, -3:]).all()
    np.testing.assert_allclose(mlp.multiply_transposed(X_1, delta), X_1 @ delta.T, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("grouped", [True, False])
@FEW
@given(N=st.integers(1, 12_000), columns=st.integers(1, 3000))
def test_blocks_hold_every_example_once_and_are_no_wider_than_asked(grouped, N, columns):
    X0, Y = np.arange(3.0 * N).reshape(3, N), np.arange(2.0 * N).reshape(2, N)
    with mock.patch.object(mlp, "GROUPED", grouped):
        blocks = mlp.in_blocks(X0, Y, columns).blocks
    assert np.array_equal(np.hstack([X for X, _ in blocks]), np.vstack([X0, np.ones(N)]))
    assert np.array_equal(np.hstack([own for _, own in blocks]), Y)
    widths = [own.shape[1] for _, own in blocks]
    assert max(widths) <= columns
    if grouped and columns >= mlp.GROUP_COLUMNS:
        assert all(width % mlp.GROUP_COLUMNS == 0 for width in widths[:-1])
    else:
        assert max(widths) - min(widths) <= 1


@FEW
@given(st.lists(st.lists(st.integers(-1, 1), min_size=3, max_size=3), min_size=1, max_size=12), seeds)
def test_of_equal_logits_the_first_class_answers_as_it_does_in_every_library(columns, seed):
    logits = np.array(columns, float).T
    labels = np.random.default_rng(seed).integers(0, 3, logits.shape[1])
    _, correct = mlp.softmax_cross_entropy(logits.copy(), one_hot(labels, 3), np.empty_like(logits))
    assert correct == accuracy_score(labels, logits.argmax(axis=0), normalize=False)


def test_a_network_whose_units_are_all_off_answers_one_class_and_is_not_right_about_every_row():
    params, X0, labels = drawn(0, (3, 2, 2, 4), 100)
    off = Params(*(0 * array for array in params))
    for data in (mlp.in_blocks(X0, one_hot(labels, 4)), mlp.in_blocks(X0, one_hot(labels, 4), 7)):
        assert mlp.evaluate(off, data, mlp.RELU, mlp.team_of(off, 100))[1] == np.mean(labels == 0)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.sampled(4)
def test_gradient_descent_is_torch_optims_sgd_update_by_update(name, seed):
    rows = 25
    params, X0, labels = drawn(seed, (4, 5, 3, 3), rows)
    data, rate = mlp.in_blocks(X0, one_hot(labels, 3), 10), 0.3
    run = descent.gradient_descent(params, data, data, ACTIVATIONS[name], learning_rate=rate, iterations=12)
    tensors = [torch.nn.Parameter(torch.tensor(array)) for array in params]
    optimiser = torch.optim.SGD(tensors, lr=rate)
    for t in range(13):
        reference = Reference(Params(*(tensor.detach().numpy() for tensor in tensors)), X0, labels, name)
        grads = reference.gradients(*reference.tensors)
        assert run.loss[t] == pytest.approx(reference.loss.item(), rel=STEPS)
        assert run.train_accuracy[t] == run.validation_accuracy[t] == pytest.approx(reference.accuracy())
        assert run.grad_abs_mean[:, t] == pytest.approx([np.abs(dW).mean() for dW in grads[::2]], rel=STEPS)
        if t < 12:
            for tensor, grad in zip(tensors, grads, strict=True):
                tensor.grad = torch.tensor(grad)
            optimiser.step()
    twin = torch_network.train(params, X0, labels, name, learning_rate=rate, iterations=12)
    for ours, of_twin, tensor in zip(run.params, twin, tensors, strict=True):
        close(ours, tensor.detach().numpy(), STEPS)
        close(of_twin, tensor.detach().numpy(), STEPS)


@pytest.mark.parametrize("name", ACTIVATIONS)
@FEW
@given(seeds, sizes, st.integers(1, 30))
def test_what_the_probe_measures_is_what_autograd_says(name, seed, shape, rows):
    params, X0, labels = drawn(seed, shape, rows)
    reference = Reference(params, X0, labels, name)
    delta1, delta2 = (grad * rows for grad in reference.gradients(reference.A1, reference.A2))  # (N, units)
    slopes = [reference.slopes(A) for A in (reference.A1, reference.A2)]
    data = mlp.in_blocks(X0, one_hot(labels, shape[-1]), 7)
    probe = descent.probe(params, data, ACTIVATIONS[name], mlp.team_of(params, min(7, rows)))
    for measured, vectors in (
        (probe.delta1, delta1),
        (probe.delta2, delta2),
        (probe.pulled_back, delta2 @ np.asarray(params.W2)),
    ):
        expected = np.sqrt(np.mean([np.dot(one, one) for one in vectors]))
        assert measured == pytest.approx(expected, rel=1e-9, abs=1e-14)
    assert (probe.slope1, probe.slope2) == pytest.approx([slope.mean() for slope in slopes], abs=1e-12)
    stuck = [
        np.mean([not unit.any() for unit in slope.T]) if name == "relu" else np.mean(slope < 0.05) for slope in slopes
    ]
    assert (probe.stuck1, probe.stuck2) == pytest.approx(stuck)


@pytest.mark.parametrize(("name", "gain"), [("sigmoid", 1), ("relu", 2)])
def test_initial_weights_are_normal_with_the_named_variance(name, gain):
    params = mlp.initialise(np.random.default_rng(5), (30, 60, 50, 40), ACTIVATIONS[name], np.float64)
    for W, variance in ((params.W1, gain / 30), (params.W2, gain / 60), (params.W3, 1 / 50)):
        assert stats.kstest(W.ravel(), stats.norm(scale=np.sqrt(variance)).cdf).pvalue > 0.01  # of a fixed seed
        assert stats.kstest(W.ravel(), stats.norm(scale=1.2 * np.sqrt(variance)).cdf).pvalue < 0.01
    assert not any(biases.any() for biases in params[1::2])


@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_flow_is_what_its_words_say_worked_out_replicate_by_replicate(seed):
    rng = np.random.default_rng(seed)
    R, at = 3, np.array([0, 2, 5, 9])
    gradients, probes = rng.random((R, 3, 10)) + 0.01, rng.random((R, len(at), len(descent.Probe._fields))) + 0.01
    traces = study.Traces(rng.random((R, 10)), gradients, probes, rng.random((R, len(at), 5)) < 0.5)
    flow = study.flow(at, traces, [0, 5, 9], [1.0] * R, 3)
    for r in range(R):
        of = [dict(zip(descent.Probe._fields, probe, strict=True)) for probe in probes[r]]
        ratios = [one["delta1"] / one["delta2"] for one in of]
        assert flow.ratio_growth.replicates[r] == pytest.approx(ratios[-1] / ratios[0])
        assert flow.smallest_ratio.replicates[r] == pytest.approx(min(ratios))
        assert flow.largest_ratio.replicates[r] == pytest.approx(max(ratios))
        larger = sum(gradients[r, 0, t] > gradients[r, 1, t] for t in range(10))
        assert flow.first_layer_larger.replicates[r] == pytest.approx(larger / 10)
        for moment, place in zip(flow.moments, (0, 2, 3), strict=True):
            one = of[place]
            assert moment.weights_factor.replicates[r] == pytest.approx(one["pulled_back"] / one["delta2"])
            assert moment.activation_factor.replicates[r] == pytest.approx(one["delta1"] / one["pulled_back"])
            expected = gradients[r, 0, at[place]] / gradients[r, 1, at[place]]
            assert moment.gradient_ratio.replicates[r] == pytest.approx(expected)
