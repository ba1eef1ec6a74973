"""Question 2: gradient, curvature, arms and tests of the shared bias."""

import dataclasses
from pathlib import Path

import msgspec
import numpy as np
import pytest

from analysis import contract
from analysis.compute.progress import silent
from analysis.plotting import style
from analysis.results import store
from analysis.studies.shared_bias import STUDY, plots, study, torch_check
from analysis.studies.shared_bias.experiment import (
    ARMS,
    DOUBLED,
    INDEPENDENT,
    MIXING,
    SHARED,
    TEACHER_SCALE,
    Pair,
    largest_rates,
    make_pair,
    repeat,
    run_pair,
    snapshot_iterations,
    step,
)
from analysis.studies.shared_bias.network import (
    CENTRAL_TOLERANCE,
    TORCH_TOLERANCE,
    GradientError,
    Parameters,
    backward,
    bias_hessian,
    central_difference,
    check,
    forward,
    share_biases,
    shared_gradient,
    shared_hessian,
)
from analysis.studies.shared_bias.settings import SharedBiasSettings
from analysis.studies.shared_bias.summary import summarise
from report_src.derivations import check_text
from report_src.project import ROOT
from report_src.tex.graph import paths_between

SMALL = SharedBiasSettings(seed=7, pairs=3, inputs=5, units=3, rows=40, iterations=100, learning_rate=0.5)


def random_network(seed: int) -> tuple[Parameters, np.ndarray, np.ndarray]:
    """A network with b1 = b2 != 0 and its data."""
    rng = np.random.default_rng(seed)
    pair = make_pair(SMALL, seed)
    b = rng.standard_normal((SMALL.units, 1))
    return pair.start._replace(b1=b, b2=b), pair.X, pair.Y


@pytest.mark.parametrize("reference", ["torch", "central"])
@pytest.mark.parametrize("mistake", ["direct path lost", "path through h_1 lost", "off by 1/2000", "one unit off"])
def test_the_check_rejects_a_wrong_gradient(mistake: str, reference: str) -> None:
    parameters, X, Y = random_network(3)
    W, U, b, _ = parameters
    grads = backward(parameters, X, Y, forward(parameters, X, Y))
    right = grads.b1 + grads.b2
    one_off = right.copy()
    one_off[np.abs(right).argmax()] *= 1 + 1 / 2000
    wrong = {
        "direct path lost": grads.b1,
        "path through h_1 lost": grads.b2,
        "off by 1/2000": right * (1 + 1 / 2000),
        "one unit off": one_off,
    }[mistake]
    truth = (
        torch_check.shared_bias_gradient(W, U, b, X, Y) if reference == "torch" else central_difference(W, U, b, X, Y)
    )
    tolerance = TORCH_TOLERANCE if reference == "torch" else CENTRAL_TOLERANCE
    check(right, truth, tolerance, "right")
    with pytest.raises(GradientError, match="expected a relative difference"):
        check(wrong, truth, tolerance, "wrong")


def test_the_check_rejects_a_gradient_that_is_not_a_number() -> None:
    with pytest.raises(GradientError):
        check(np.array([np.nan]), np.array([1.0]), CENTRAL_TOLERANCE, "nan")


def test_the_study_stops_where_the_gradient_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "shared_gradient", lambda W, U, b, X, Y: 1.0005 * shared_gradient(W, U, b, X, Y))
    with pytest.raises(GradientError, match="against PyTorch"):
        study.verify_example(SMALL)


def test_leading_axes_are_carried_along() -> None:
    networks = [random_network(seed)[0] for seed in range(3)]
    _, X, Y = random_network(0)
    stacked = Parameters(*(np.stack(arrays) for arrays in zip(*networks, strict=True)))
    state = forward(stacked, X, Y)
    grads, H = backward(stacked, X, Y, state), bias_hessian(stacked, X, Y)
    for index, network in enumerate(networks):
        alone = forward(network, X, Y)
        assert state.loss[index] == pytest.approx(float(alone.loss), rel=1e-14)
        np.testing.assert_allclose(grads.W[index], backward(network, X, Y, alone).W, rtol=1e-11, atol=1e-15)
        np.testing.assert_allclose(H[index], bias_hessian(network, X, Y), rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("definite", [False, True])
def test_the_largest_eigenvalue_at_most_doubles_and_the_condition_number_never_rises(definite: bool) -> None:
    rng = np.random.default_rng(11)
    for _ in range(300):
        A = rng.standard_normal((6, 6))
        H = A @ A.T + 1e-3 * np.eye(6) if definite else A + A.T - 2 * np.eye(6)
        own, shared = np.linalg.eigvalsh(H), np.linalg.eigvalsh(shared_hessian(H))
        assert shared[-1] <= 2 * own[-1] + 1e-9
        assert shared[0] >= 2 * own[0] - 1e-9
        if definite:
            assert shared[-1] / shared[0] <= own[-1] / own[0] * (1 + 1e-9)


def test_the_bound_of_two_is_attained_and_a_positive_definite_block_is_needed() -> None:
    blocks = np.eye(3)
    doubled = np.block([[blocks, 0.5 * blocks], [0.5 * blocks, blocks]])
    assert np.linalg.eigvalsh(shared_hessian(doubled))[-1] == pytest.approx(2 * np.linalg.eigvalsh(doubled)[-1])
    indefinite = np.diag([1.0, 1.0, 2.0, -0.99])  # |2 / -0.99| is 2.02 but H_b = diag(3, 0.01)
    shared = np.linalg.eigvalsh(shared_hessian(indefinite))
    assert shared[-1] / shared[0] > 2 / 0.99


def test_all_parameters_together_at_most_double_and_stay_below_the_doubled_arm() -> None:
    rng = np.random.default_rng(12)
    weights, m = 4, 3
    roots = np.sqrt(np.repeat([1.0, 2.0], [weights, 2 * m]))  # square roots of the doubled arm's rates
    for _ in range(200):
        A = rng.standard_normal((weights + 2 * m, weights + 2 * m))
        full = A + A.T
        shared = np.linalg.eigvalsh(share_biases(full, m))[-1]
        assert shared <= np.linalg.eigvalsh(roots[:, None] * full * roots)[-1] + 1e-9
        assert shared <= 2 * np.linalg.eigvalsh(full)[-1] + 1e-9


def test_the_shared_step_is_the_doubled_step_projected_on_equal_biases() -> None:
    parameters, X, Y = random_network(6)
    grads = backward(parameters, X, Y, forward(parameters, X, Y))
    after = step(repeat(parameters, 3), repeat(grads, 3), np.full(3, 0.3), MIXING)
    mean = (after.b1[DOUBLED] + after.b2[DOUBLED]) / 2  # the orthogonal projection on b1 = b2
    np.testing.assert_allclose(after.b1[SHARED], mean, rtol=1e-13)
    np.testing.assert_array_equal(after.b1[SHARED], after.b2[SHARED])
    expected = parameters.b1 - 0.3 * shared_gradient(parameters.W, parameters.U, parameters.b1, X, Y)
    np.testing.assert_allclose(after.b1[SHARED], expected, rtol=1e-12)
    for name in ("W", "U"):
        np.testing.assert_array_equal(getattr(after, name)[SHARED], getattr(after, name)[DOUBLED])
    np.testing.assert_allclose(after.b1[INDEPENDENT], parameters.b1 - 0.3 * grads.b1, rtol=1e-14)


def test_the_first_steps_decrease_is_the_sum_of_squares_and_twice_the_product() -> None:
    pair = make_pair(SMALL, 0)
    state = forward(pair.start, pair.X, pair.Y)
    grads = backward(pair.start, pair.X, pair.Y, state)
    rate = 1e-6
    after = step(repeat(pair.start, 3), repeat(grads, 3), np.full(3, rate), MIXING)
    loss = forward(after, pair.X, pair.Y).loss
    p1, p2 = grads.b1[:, 0], grads.b2[:, 0]
    assert (loss[INDEPENDENT] - loss[SHARED]) / rate == pytest.approx(2 * p1 @ p2, rel=1e-3)
    assert (loss[INDEPENDENT] - loss[DOUBLED]) / rate == pytest.approx(p1 @ p1 + p2 @ p2, rel=1e-3)


def test_every_pair_starts_equal_and_the_shared_arm_keeps_one_bias() -> None:
    course = run_pair(SMALL, 1)
    assert course.loss.shape == (len(ARMS), SMALL.iterations + 1)
    assert np.ptp(course.loss[:, 0]) == 0
    for parameters in course.snapshot_parameters:
        np.testing.assert_array_equal(parameters.b1, parameters.b2)
    assert (np.ptp(course.loss, axis=0)[1:] > 0).all()


def test_equal_seeds_give_equal_pairs_and_other_seeds_do_not() -> None:
    first, again, other = make_pair(SMALL, 0), make_pair(SMALL, 0), make_pair(SMALL, 1)
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.start.U, again.start.U)
    assert not np.array_equal(first.X, other.X)
    np.testing.assert_array_equal(run_pair(SMALL, 2).loss, run_pair(SMALL, 2).loss)


def test_labels_are_one_hot_and_follow_the_inputs() -> None:
    pair = make_pair(msgspec.structs.replace(SMALL, rows=4000), 0)
    np.testing.assert_array_equal(pair.Y.sum(axis=0), 1)
    assert set(np.unique(pair.Y)) == {0.0, 1.0}
    means = np.array([pair.X[:, row == 1].mean(axis=1) for row in pair.Y])
    noise = 1 / np.sqrt(4000 / SMALL.units)
    assert TEACHER_SCALE > 1
    assert np.abs(means).max() > 5 * noise


def test_no_rate_passes_where_the_loss_cannot_fall() -> None:
    pair = make_pair(SMALL, 0)
    nothing = Pair(0 * pair.X, np.full_like(pair.Y, 0.5), Parameters(*(0 * array for array in pair.start)))
    assert not largest_rates(nothing).any()


@pytest.mark.parametrize("iterations", [100, 130, 1000])
def test_snapshots_hold_the_reported_iterations(iterations: int) -> None:
    assert {0, iterations // 10, iterations} <= set(snapshot_iterations(iterations).tolist())


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> study.Outcome:
    from analysis.settings.load import load
    from analysis.study_interface import Inputs

    shipped = load(Path(__file__).parents[4] / "report.toml", "quick")
    settings = dataclasses.replace(shipped, own={**shipped.own, "shared_bias": SMALL})
    return study.run(settings, Inputs(tmp_path_factory.mktemp("build")), silent)


def test_the_record_is_valid_and_within_its_bounds(outcome: study.Outcome, tmp_path: Path) -> None:
    record = outcome.record
    store.save(record, tmp_path / "shared_bias.json")
    assert contract.load(STUDY, tmp_path / "shared_bias.json") == record
    assert record.gradient_error.torch <= TORCH_TOLERANCE
    assert record.gradient_error.central <= CENTRAL_TOLERANCE
    assert record.bound_excess <= 1e-12
    assert record.first_step.first_order.minimum + 1 >= 0
    for at in record.curvature:
        assert at.full_ratio.maximum <= 2
        assert at.condition_ratio is None or at.condition_ratio.maximum <= 1 + 1e-12
        assert (at.condition is None) == (at.positive_definite == 0)
    doubled = [one.outcomes.doubled for one in record.steps]
    settled = [one.p_adjusted < record.setup.level and one.shared_larger > one.shared_smaller for one in doubled]
    assert record.slower_than_doubled == sum(settled)
    for test in (record.final_loss.independent, record.largest_rate.doubled, record.steps[0].outcomes.independent):
        assert test.shared_larger + test.shared_smaller + test.ties == SMALL.pairs


def test_the_arrays_hold_one_example_with_all_three_gradients(outcome: study.Outcome) -> None:
    arrays, d, m = outcome.arrays, SMALL.inputs, SMALL.units
    shapes = {"W": (m, d), "U": (m, m), "b": (m,), "x": (d,), "y": (m,)}
    shapes |= {f"db_{name}": (m,) for name in ("numpy", "torch", "central")}
    for name, shape in shapes.items():
        assert arrays[name].shape == shape
        assert arrays[name].dtype == np.float64
    np.testing.assert_allclose(arrays["db_numpy"], arrays["db_torch"], rtol=1e-12)
    np.testing.assert_allclose(arrays["db_numpy"], arrays["db_central"], rtol=1e-6, atol=1e-9)


def test_the_summary_counts_what_the_arrays_hold(outcome: study.Outcome) -> None:
    arrays, record = outcome.arrays, outcome.record
    final = arrays["loss"][:, :, -1]
    assert record.final_loss.independent.shared_larger == (final[:, SHARED] > final[:, INDEPENDENT]).sum()
    assert record.setup.tests == 2 * (len(record.steps) + 2)
    swapped = {**arrays, "loss": arrays["loss"][:, [1, 0, 2]]}
    again = summarise(swapped, SMALL, record.gradient_error)
    assert again.final_loss.independent.shared_smaller == record.final_loss.independent.shared_larger


def test_the_figure_is_drawn_from_the_arrays(outcome: study.Outcome) -> None:
    from types import SimpleNamespace

    (plot,) = plots.PLOTS
    figure = plot(outcome.record, outcome.arrays, SimpleNamespace(shared_bias=SMALL))
    assert style.faults(figure) == []
    left, right = figure.axes
    measured = left.collections[1].get_offsets()
    assert len(measured) == SMALL.pairs
    assert len(right.lines) == SMALL.pairs + 3


def test_the_graph_of_the_derivation_has_the_two_paths_of_the_shared_bias():
    (report,) = check_text((ROOT / "templates/derivations/shared-bias.tex.j2").read_text(encoding="utf-8"))
    assert len(paths_between(report.arrows, r"\vect{b}", "L")) == 2
