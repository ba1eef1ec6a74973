"""Part B (b): the ratios, their two factors, what is said of made-up traces, a whole small run."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import contract
from analysis.__main__ import save_arrays
from analysis.compute.progress import silent
from analysis.network.mlp import ACTIVATIONS
from analysis.plotting import style
from analysis.plotting.pairs import paired
from analysis.results import store
from analysis.studies.gradient_flow import factors, plots, study
from analysis.studies.training import study as training
from analysis.study import Inputs
from tests.analysis.networks import RUN, a_table_of_plants
from tests.analysis.tables import plants

AT = np.array([0, 1, 2])


def made_up_probes() -> np.ndarray:
    """One replicate, three probes: delta1, delta2, pulled back, slopes, stuck."""
    return np.array([[[1, 4, 5, 0.2, 0.3, 0, 0], [2, 4, 8, 0.2, 0.3, 0, 0], [6, 4, 24, 0.2, 0.3, 0, 0.5]]], float)


def made_up_gradients() -> np.ndarray:
    """One replicate, three layers, iterations 0 to 2."""
    return np.array([[[1, 5, 3], [2, 4, 4], [9, 9, 9]]], float)


def flow() -> study.Flow:
    return study.flow(AT, made_up_gradients(), made_up_probes(), [0, 1, 2], 0)


def test_the_ratio_of_the_errors_is_the_product_of_its_two_factors():
    parts = factors.factors(np.abs(np.random.default_rng(0).standard_normal((3, 8, 7))) + 0.1)
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
    assert made.largest_gradient_1_at.mean == 1


def test_the_extremes_of_the_ratio_and_the_place_of_the_smallest_are_kept():
    made = flow()
    assert (made.smallest_ratio.mean, made.largest_ratio.mean) == (0.25, 1.5)


def test_a_network_whose_units_are_all_dead_has_ratio_zero_and_no_warning():
    probes = np.zeros((1, 3, 7))
    with np.errstate(all="raise"):
        made = study.flow(AT, np.zeros((1, 3, 3)), probes, [0, 2], 0)
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
    assert contract.load("gradient_flow", tmp_path / "gradient_flow.json") == record
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
    assert record.probed_each_until == 20


def test_the_figure_draws_both_layers_of_both_activations_on_logarithmic_axes(built):
    settings, inputs, trained = built
    made = study.run(settings, inputs, silent)
    figure = plots.plot_magnitudes(made.record, made.arrays, settings)
    assert style.faults(figure) == []
    assert {axes.get_yscale() for axes in figure.axes} == {"log"}
    for axes, name in zip(figure.axes[:2], ACTIVATIONS, strict=True):
        for line, layer in zip(axes.lines, (0, 1), strict=True):
            np.testing.assert_array_equal(line.get_ydata(), paired(trained.arrays[f"{name}_grad_abs_mean"][0, layer]))


def test_each_panel_of_the_factors_names_its_quantity_and_shows_both_activations(built):
    settings, inputs, _ = built
    made = study.run(settings, inputs, silent)
    figure = plots.plot_ratio(made.record, made.arrays, settings)
    assert style.faults(figure) == []
    for axes, part in zip(figure.axes, ("delta_ratio", "weights_factor", "activation_factor"), strict=True):
        assert axes.get_title(loc="left")
        for line, name in zip(axes.lines, ACTIVATIONS, strict=True):
            values = factors.factors(made.arrays[f"{name}_probes"])[part][0]
            np.testing.assert_array_equal(line.get_ydata(), paired(values))
