import numpy as np
import pytest

from analysis.network import mlp, torch_network
from analysis.network.mlp import ACTIVATIONS
from analysis.studies.training.gradient_check import PYTORCH_TOLERANCE, check, relative_error
from tests.analysis.networks import example, gradients


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_loss_gradients_and_input_gradients_are_those_of_autograd(name):
    params, X0, Y, labels = example(name)
    loss, _, grads = gradients(params, X0, Y, name)
    reference_loss, reference, reference_X0 = torch_network.loss_gradients(params, X0, labels, name)
    assert loss == pytest.approx(reference_loss, rel=1e-12)
    assert max(map(relative_error, grads, reference)) < PYTORCH_TOLERANCE
    assert relative_error(mlp.input_gradient(params, X0, Y, ACTIVATIONS[name]), reference_X0) < PYTORCH_TOLERANCE


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_parameters_survive_the_way_to_pytorch_and_back(name):
    params, X0, _, _ = example(name)
    back = torch_network.parameters(torch_network.build(params, name))
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(params, back, strict=True))
    log_p = torch_network.log_probabilities(params, X0, name)
    np.testing.assert_allclose(np.exp(log_p), mlp.probabilities(params, X0, ACTIVATIONS[name]), atol=1e-12)


def test_pytorch_that_diverges_raises_and_names_its_rate():
    params, X0, _, labels = example("relu", dtype=np.float32)
    with pytest.raises(ArithmeticError, match=r"relu at learning rate 1e\+30"):
        torch_network.train(params, X0, labels, "relu", learning_rate=1e30, iterations=20)


def test_an_unknown_output_is_refused_by_name():
    params, X0, _, labels = example("relu")
    with pytest.raises(ValueError, match="odds"):
        torch_network.input_gradients(params, X0, labels, "relu", "odds")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_studys_check_passes_on_our_gradients_and_stops_on_a_wrong_slope(name, monkeypatch):
    params, X0, _, labels = example(name)
    errors = check((params,), X0, labels, ACTIVATIONS[name])
    assert 0 < errors.central_differences < 1e-6
    wrong = ACTIVATIONS[name]._replace(slope=lambda X: ACTIVATIONS[name].slope(X) * (1 + 1 / 2000))
    with pytest.raises(ArithmeticError, match=f"{name}: gradients are off"):
        check((params,), X0, labels, wrong)
