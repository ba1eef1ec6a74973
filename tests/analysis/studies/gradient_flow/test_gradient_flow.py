"""Part B (b): the ratios, their two factors, what is said of made-up traces, a whole small run."""

import numpy as np
import pytest
import torch

from analysis import contract
from analysis.__main__ import save_arrays
from analysis.compute.progress import silent
from analysis.network import replicates
from analysis.network.mlp import ACTIVATIONS, Params
from analysis.plotting import style
from analysis.plotting.pairs import paired
from analysis.results import store
from analysis.studies.gradient_flow import STUDY, curvature, factors, plots, study
from analysis.studies.training import study as training
from analysis.study_interface import Inputs
from tests.analysis.networks import RUN, a_table_of_plants
from tests.analysis.tables import plants

AT = np.array([0, 1, 2])


def made_up_probes() -> np.ndarray:
    """One replicate, three probes: delta1, delta2, pulled back, slopes, stuck, classes."""
    rows = [[1, 4, 5, 0.2, 0.3, 0, 0, 2], [2, 4, 8, 0.2, 0.3, 0, 0, 1], [6, 4, 24, 0.2, 0.3, 0, 0.5, 3]]
    return np.array([rows], float)


def made_up_gradients() -> np.ndarray:
    """One replicate, three layers, iterations 0 to 2."""
    return np.array([[[1, 5, 3], [2, 4, 4], [9, 9, 9]]], float)


OFF = np.array([[[1, 0, 0, 0, 0], [0, 0, 1, 0, 1], [1, 0, 0, 0, 1]]], bool)  # layers of two and three units


def flow(gradients=None, probes=None) -> study.Flow:
    gradients = made_up_gradients() if gradients is None else gradients
    probes = made_up_probes() if probes is None else probes
    traces = study.Traces(np.array([[3.0, 2.0, 2.5]]), gradients, probes, OFF)
    return study.flow(AT, traces, [0, 1, 2], [1.5], 2)


def test_the_ratio_of_the_errors_is_the_product_of_its_two_factors():
    parts = factors.factors(np.abs(np.random.default_rng(0).standard_normal((3, 8, 8))) + 0.1)
    np.testing.assert_allclose(parts["delta_ratio"], parts["weights_factor"] * parts["activation_factor"], rtol=1e-14)


def test_growth_is_the_end_over_the_start_of_each_factor():
    made = flow()
    assert made.start.delta_ratio.mean == 0.25
    assert made.end.delta_ratio.mean == 1.5
    assert made.ratio_growth.mean == 6
    assert made.weights_growth.mean == pytest.approx(24 / 5)
    assert made.activation_growth.mean == pytest.approx((6 / 24) / (1 / 5))
    assert made.ratio_growth.mean == pytest.approx(made.weights_growth.mean * made.activation_growth.mean)


def test_weight_gradients_are_compared_at_every_iteration():
    made = flow()
    assert made.start.gradient_ratio.mean == 0.5
    assert made.first_layer_larger.mean == pytest.approx(1 / 3)
    assert made.smallest_gradient_ratio.mean == 0.5
    assert made.gradient_ratio_below.mean == 0
    falls = np.array([[[0.4, 5, 0.1], [5, 5, 4], [9, 9, 9]]], float)
    assert (flow(falls).smallest_gradient_ratio.mean, flow(falls).gradient_ratio_below.mean) == (0.025, 2)
    assert made.largest_gradient_1_at.mean == 1


def test_iterations_with_one_class_and_units_that_come_back_are_counted():
    made = flow()
    assert (made.one_class.mean, made.one_class_until.mean) == (1, 2)
    assert (made.units_1.off_once.mean, made.units_1.off_at_end.mean, made.units_1.came_back.mean) == (1, 1, 0)
    assert (made.units_2.off_once.mean, made.units_2.off_at_end.mean, made.units_2.came_back.mean) == (2, 1, 1)


def test_both_phases_of_the_ratio_are_kept_apart_and_together():
    made = flow()
    assert (made.even_ratio.mean, made.odd_ratio.mean) == (pytest.approx((0.25 + 1.5) / 2), 0.5)
    assert made.last_ratio.mean == pytest.approx((0.25 + 0.5 + 1.5) / 3)
    assert made.loss_step.mean == pytest.approx((1 + 0.5) / 2)


@pytest.mark.parametrize(("loss", "share"), [([3, 2, 2.5, 2, 3], 1.0), ([5, 4, 3, 2, 1], 0.0), ([3, 2, 1, 2], 0.5)])
def test_an_update_alternates_where_the_loss_turns(loss, share):
    assert study.alternating(np.array(loss, float)) == share


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_curvature_is_the_largest_eigenvalue_of_autograds_hessian(built, name):
    settings, _, trained = built
    fold = replicates.encode_replicates(settings)[0]
    params = Params(*(trained.arrays[f"{name}_0_{letter}"].astype(np.float64) for letter in Params._fields))
    X, y = torch.from_numpy(fold.X_train.T.astype(np.float64)), torch.from_numpy(fold.labels_train)
    g = {"sigmoid": torch.sigmoid, "relu": torch.relu}[name]

    def loss(vector):
        parts = torch.split(vector, [array.size for array in params])
        W1, b1, W2, b2, W3, b3 = (p.reshape(a.shape) for p, a in zip(parts, params, strict=True))
        logits = g(g(X @ W1.T + b1.T) @ W2.T + b2.T) @ W3.T + b3.T
        return torch.nn.functional.cross_entropy(logits, y)

    hessian = torch.autograd.functional.hessian(loss, torch.from_numpy(curvature.flat(params)))
    values = torch.linalg.eigvalsh(hessian).numpy()
    found = curvature.curvature(settings, fold, 0, name, params)
    assert found == pytest.approx(values[-1], rel=2e-3)


def test_a_network_whose_units_are_all_dead_has_ratio_zero_and_no_warning():
    with np.errstate(all="raise"):
        made = flow(np.zeros((1, 3, 3)), np.zeros((1, 3, 8)))
    assert made.end.delta_ratio.mean == made.ratio_growth.mean == made.end.gradient_ratio.mean == 0


@pytest.mark.parametrize(
    ("iterations", "report_at", "expected"),
    [(400, 200, [0, 10, 100, 200, 400]), (60, 30, [0, 10, 30, 60]), (10, 10, [0, 10]), (100, 100, [0, 10, 100])],
)
def test_named_iterations_are_those_that_the_run_has(iterations, report_at, expected):
    assert study.named_iterations(iterations, report_at) == expected


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Settings, and a build with the record and the arrays of `training`."""
    folder = tmp_path_factory.mktemp("plants")
    settings = plants(folder, train=a_table_of_plants(), run=RUN)
    trained = training.run(settings, Inputs(folder), silent)
    store.save(trained.record, folder / "results" / "training.json")
    save_arrays(trained.arrays, folder / "arrays" / "training.npz")
    return settings, Inputs(folder), trained


def test_the_record_reads_the_runs_of_the_single_plot_and_trains_nothing(built, tmp_path, monkeypatch):
    settings, inputs, trained = built
    monkeypatch.setattr("analysis.network.descent.gradient_descent", None)
    record = study.run(settings, inputs, silent).record
    store.save(record, tmp_path / "gradient_flow.json")
    assert contract.load(STUDY, tmp_path / "gradient_flow.json") == record
    assert record.plotted_replicate == trained.record.plotted_replicate
    for name in ACTIVATIONS:
        made = getattr(record, name)
        assert [moment.iteration for moment in made.moments] == [0, 10, 15, 30]
        assert made.moments[0] == made.start
        assert made.moments[-1] == made.end
        for moment in made.moments:
            traced = trained.arrays[f"{name}_grad_abs_mean"][:, :, moment.iteration]
            assert moment.gradient_1.replicates == pytest.approx(traced[:, 0])
            assert moment.gradient_2.replicates == pytest.approx(traced[:, 1])
    assert 0.2 < record.sigmoid.start.slope_1.mean <= 0.25
    assert record.curvature_limit == 2 / trained.record.learning_rate
    for one, variance in zip(record.damping, (1, 4, 16), strict=True):
        assert one.variance == variance
    assert record.damping[0].delta_ratio.replicates == pytest.approx(record.sigmoid.start.delta_ratio.replicates)
    assert record.damping[0].delta_ratio.mean < record.damping[2].delta_ratio.mean


def test_the_figure_draws_both_layers_of_both_activations_on_logarithmic_axes(built):
    settings, inputs, trained = built
    made = study.run(settings, inputs, silent)
    figure = plots.plot_magnitudes(made.record, made.arrays, settings)
    assert style.faults(figure) == []
    assert {axes.get_yscale() for axes in figure.axes} == {"log"}
    for axes, name in zip(figure.axes[:2], ACTIVATIONS, strict=True):
        for line, layer in zip(axes.lines, (0, 1), strict=True):
            np.testing.assert_array_equal(
                line.get_ydata(), paired(trained.arrays[f"{name}_grad_abs_mean"][made.record.plotted_replicate, layer])
            )


def test_a_line_that_ends_at_zero_is_named_inside_its_logarithmic_panel(built):
    settings, inputs, _ = built
    made = study.run(settings, inputs, silent)
    arrays = {**made.arrays, "relu_grad_abs_mean": made.arrays["relu_grad_abs_mean"].copy()}
    arrays["relu_grad_abs_mean"][:, :, -2:] = 0.0  # every unit is off: no gradient
    figure = plots.plot_magnitudes(made.record, arrays, settings)
    figure.draw_without_rendering()  # which sets the places of the panels
    panel = figure.axes[1]
    assert all(name.xy[1] >= panel.get_ylim()[0] > 0 for name in panel.texts)
    assert panel.get_position().height > 0.2


def test_each_panel_of_the_factors_names_its_quantity_and_shows_both_activations(built):
    settings, inputs, _ = built
    made = study.run(settings, inputs, silent)
    figure = plots.plot_ratio(made.record, made.arrays, settings)
    assert style.faults(figure) == []
    for axes, part in zip(figure.axes, ("delta_ratio", "weights_factor", "activation_factor"), strict=True):
        assert axes.get_title(loc="left")
        for line, name in zip(axes.lines, ACTIVATIONS, strict=True):
            values = factors.factors(made.arrays[f"{name}_probes"])[part][made.record.plotted_replicate]
            np.testing.assert_array_equal(line.get_ydata(), paired(values))
