import numpy as np
import pytest

from analysis.network import descent, mlp
from analysis.network.mlp import ACTIVATIONS, Params
from analysis.studies.training.gradient_check import (
    CENTRAL_TOLERANCE,
    PYTORCH_TOLERANCE,
    check,
    projection_errors,
    relative_error,
    smooth_rows,
)
from tests.analysis.networks import example, gradients


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_agree_with_central_differences_of_the_loss(name):
    params, X0, Y, _ = example(name)
    _, _, grads = gradients(params, X0, Y, name)
    errors = projection_errors(params, grads, mlp.in_blocks(X0, Y), ACTIVATIONS[name])
    assert len(errors) == 6
    assert max(errors) < CENTRAL_TOLERANCE


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("index", range(6))
def test_the_check_rejects_a_gradient_off_by_one_part_in_2000(name, index):
    params, X0, Y, _ = example(name)
    _, _, grads = gradients(params, X0, Y, name)
    wrong = list(grads)
    wrong[index] = grads[index] * (1 + 1 / 2000)
    errors = projection_errors(params, Params(*wrong), mlp.in_blocks(X0, Y), ACTIVATIONS[name])
    assert [error > CENTRAL_TOLERANCE for error in errors] == [place == index for place in range(6)]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_check_rejects_a_gradient_of_the_right_length_and_the_wrong_direction(name):
    params, X0, Y, _ = example(name)
    _, _, grads = gradients(params, X0, Y, name)
    wrong = grads._replace(W1=grads.W1[::-1].copy())
    assert projection_errors(params, wrong, mlp.in_blocks(X0, Y), ACTIVATIONS[name])[0] > 1e-3


def test_the_check_rejects_a_gradient_of_zero_where_the_loss_has_a_slope():
    params, X0, Y, _ = example("relu")
    _, _, grads = gradients(params, X0, Y, "relu")
    wrong = grads._replace(W1=np.zeros_like(grads.W1))
    assert projection_errors(params, wrong, mlp.in_blocks(X0, Y), ACTIVATIONS["relu"])[0] > 10 * CENTRAL_TOLERANCE


def test_a_row_on_a_kink_has_no_gradient_and_is_left_out_of_the_check():
    params, X0, Y, labels = example("relu", sizes=(7, 5, 6, 3))  # more inputs than units: A1 may be anything
    off = np.linalg.pinv(params.W1) @ (-1 - params.b1)  # every unit of the first layer at -1: the second meets b2
    params, X0 = params._replace(b2=np.zeros_like(params.b2)), X0.copy()
    X0[:, :1] = off
    _, _, grads = gradients(params, X0, Y, "relu")
    assert max(projection_errors(params, grads, mlp.in_blocks(X0, Y), ACTIVATIONS["relu"])) > CENTRAL_TOLERANCE
    assert list(np.flatnonzero(~smooth_rows(params, X0, ACTIVATIONS["relu"]))) == [0]
    assert smooth_rows(params, X0, ACTIVATIONS["sigmoid"]).all()
    assert check((params,), X0, labels, ACTIVATIONS["relu"]).central_differences < CENTRAL_TOLERANCE


def test_an_error_of_rounding_is_within_the_tolerance_however_small_the_reference_and_a_larger_one_is_not():
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    for reference in (0, 1e-17, 1e-9):
        assert relative_error(np.array([reference + 1e-16]), np.array([reference])) < PYTORCH_TOLERANCE
        assert relative_error(np.array([reference + 1e-13]), np.array([reference])) > PYTORCH_TOLERANCE


def test_the_check_accepts_a_network_at_rest_and_still_rejects_its_gradient_off_by_one_part_in_2000():
    rng = np.random.default_rng(1)
    params, X0, Y, _ = example("relu")
    data, work = mlp.in_blocks(X0, Y), mlp.team_of(params, X0.shape[1])
    params = params._replace(W3=0 * params.W3, b3=np.log(Y.mean(axis=1, keepdims=True)) + 1e-4)
    for _ in range(20):  # gradients of 1e-5, as at the end of a long training: the losses' cancellation is 1e-10
        point = params._replace(W3=1e-5 * rng.standard_normal(params.W3.shape))
        _, _, grads = mlp.gradients(point, data, mlp.RELU, work)
        assert np.linalg.norm(grads.b1) < 1e-5
        assert max(projection_errors(point, grads, data, mlp.RELU)) < CENTRAL_TOLERANCE
        wrong = grads._replace(W3=grads.W3 * (1 + 1 / 2000))
        assert projection_errors(point, wrong, data, mlp.RELU)[4] > CENTRAL_TOLERANCE


def test_the_check_accepts_a_sigmoid_network_whose_units_are_all_saturated():
    params, X0, _, labels = example("sigmoid")
    for offset in (36.0, 40.0, -40.0):  # 1 - g is 0 in double precision from 37 on; PyTorch's g' is 4e-18 there
        errors = check((params._replace(b1=params.b1 + offset),), X0, labels, mlp.SIGMOID)
        assert errors.pytorch < PYTORCH_TOLERANCE


def test_features_and_labels_of_different_length_are_refused():
    with pytest.raises(ValueError, match="got 3 and 2"):
        mlp.in_blocks(np.zeros((2, 3)), np.zeros((2, 2)))


def test_the_sigmoid_is_the_logistic_function_and_does_not_overflow():
    A = np.array([[-200.0, -3.0, 0.0, 3.0, 200.0]], np.float32)
    with np.errstate(all="raise"):
        X = mlp.SIGMOID.apply(mlp.SIGMOID.sign * A)
    np.testing.assert_allclose(X, 1 / (1 + np.exp(-A.astype(np.float64))), atol=1e-7)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_trace_entry_t_belongs_to_the_parameters_after_t_updates(name):
    params, X0, Y, _ = example(name, rows=60)
    train, validation = mlp.in_blocks(X0[:, :45], Y[:, :45]), mlp.in_blocks(X0[:, 45:], Y[:, 45:])
    activation, team = ACTIVATIONS[name], mlp.team_of(params, 45)
    before = [array.copy() for array in params]
    run = descent.gradient_descent(
        params, train, validation, activation, learning_rate=0.3, iterations=4, probe_at=(0, 3, 9)
    )
    stepped = params
    for t in range(5):
        loss, accuracy, grads = mlp.gradients(stepped, train, activation, team)
        assert run.loss[t] == pytest.approx(loss, rel=1e-12)
        assert run.train_accuracy[t] == accuracy
        assert run.validation_accuracy[t] == mlp.evaluate(stepped, validation, activation, team)[1]
        assert run.grad_abs_mean[:, t] == pytest.approx([np.abs(dW).mean() for dW in grads[::2]])
        if t in (0, 3):
            expected = descent.probe(stepped, train, activation, team)
            assert run.probes[[0, 3].index(t)] == pytest.approx(expected)
        last, stepped = stepped, Params(*(a - 0.3 * g for a, g in zip(stepped, grads, strict=True)))
    assert list(run.probe_at) == [0, 3]
    for ours, reference in zip(run.params, last, strict=True):
        np.testing.assert_allclose(ours, reference, rtol=1e-12, atol=1e-15)
    assert all(np.array_equal(a, b) for a, b in zip(params, before, strict=True)), "the caller's arrays are untouched"


def test_a_relu_unit_that_no_example_turns_on_counts_as_dead_and_gets_no_gradient():
    params, X0, Y, _ = example("relu")
    params.b1[2] = -1e6
    _, _, grads = gradients(params, X0, Y, "relu")
    probe = descent.probe(params, mlp.in_blocks(X0, Y), mlp.RELU, mlp.team_of(params, 40))
    assert probe.stuck1 == pytest.approx(1 / 7)
    assert not grads.W1[2].any()


def test_of_equal_largest_outputs_the_first_class_is_predicted():
    X3 = np.array([[0.2, 0.5, 0.1], [0.7, 0.5, 0.1], [0.1, 0.0, 0.1]], np.float32)
    for columns in ([0], [1], [0, 1], [2], [0, 1, 2]):
        answers = X3[:, columns].argmax(axis=0)
        assert np.flatnonzero(descent.predicted_classes(X3[:, columns])).tolist() == sorted(set(answers.tolist()))


def test_untrained_networks_lose_about_what_guessing_loses():
    for name in ACTIVATIONS:
        _, X0, Y, _ = example(name, rows=400, sizes=(12, 64, 32, 4))
        params = mlp.initialise(np.random.default_rng(0), (12, 64, 32, 4), ACTIVATIONS[name], np.float64)
        assert np.log(4) - 0.2 < gradients(params, X0, Y, name)[0] < np.log(4) + 1


def test_training_separates_two_classes_that_a_line_separates():
    rng = np.random.default_rng(0)
    X0 = rng.standard_normal((2, 300)).astype(np.float32)
    labels = (X0[0] > 0).astype(int)
    data = mlp.in_blocks(X0, np.eye(2, dtype=np.float32)[:, labels])
    for activation in ACTIVATIONS.values():
        params = mlp.initialise(np.random.default_rng(1), (2, 8, 8, 2), activation)
        run = descent.gradient_descent(params, data, data, activation, learning_rate=1.0, iterations=300)
        assert run.train_accuracy[-1] > 0.97


def test_a_diverging_run_raises_and_names_its_rate_and_activation():
    params, X0, Y, _ = example("relu", dtype=np.float32)
    data = mlp.in_blocks(X0, Y)
    with pytest.raises(descent.TrainingDiverged, match=r"relu at learning rate 1e\+30"):
        descent.gradient_descent(params, data, data, mlp.RELU, learning_rate=1e30, iterations=20)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_scores_that_are_asked_for_late_change_nothing_else(name):
    params, X0, Y, _ = example(name, dtype=np.float32)
    data, how = mlp.in_blocks(X0, Y), {"learning_rate": 0.1, "iterations": 6}
    whole = descent.gradient_descent(params, data, data, ACTIVATIONS[name], **how)
    late = descent.gradient_descent(params, data, data, ACTIVATIONS[name], **how, score_from=4)
    for ours, theirs in zip((*late.params, late.grad_abs_mean), (*whole.params, whole.grad_abs_mean), strict=True):
        assert np.array_equal(ours, theirs)
    for trace in ("loss", "train_accuracy", "validation_accuracy"):
        assert np.isnan(getattr(late, trace)[:4]).all()
        assert np.array_equal(getattr(late, trace)[4:], getattr(whole, trace)[4:])


def test_a_run_that_diverges_before_its_scores_are_asked_for_names_the_update():
    params, X0, Y, _ = example("relu", dtype=np.float32)
    data = mlp.in_blocks(X0, Y)
    with pytest.raises(descent.TrainingDiverged, match=r"loss (nan|inf) after update [1-5]$"):
        descent.gradient_descent(params, data, None, mlp.RELU, learning_rate=1e30, iterations=20, score_from=20)
