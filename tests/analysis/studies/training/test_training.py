"""Part B (a): the rule that chooses the rate, what is summarised, the figure's labels, a whole small run."""

import dataclasses
import itertools

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import contract
from analysis.compute.progress import silent
from analysis.errors import InputError
from analysis.network import descent, mlp, replicates
from analysis.network.descent import TrainingRun
from analysis.network.mlp import ACTIVATIONS, Params
from analysis.plotting import labels, style
from analysis.plotting.pairs import paired
from analysis.results import store
from analysis.studies.training import STUDY, plots, study, summary
from analysis.studies.training import runs as training_runs
from analysis.study_interface import Inputs
from tests.analysis.networks import RUN, a_table_of_plants
from tests.analysis.tables import plants
from tests.marks import examples


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return plants(tmp_path_factory.mktemp("plants"), train=a_table_of_plants(), run=RUN)


@pytest.fixture(scope="module")
def outcome(settings, tmp_path_factory):
    return study.run(settings, Inputs(tmp_path_factory.mktemp("build")), silent)


def made_up_run(validation, loss=None) -> TrainingRun:
    """A run with these traces and nothing else."""
    trace = np.array(validation, float)
    params = Params(*(np.zeros((1, 1)) for _ in range(6)))
    losses = np.zeros(len(trace)) if loss is None else np.array(loss, float)
    unprobed = np.zeros(0), np.zeros((0, 8)), np.zeros((0, 2), bool)
    return TrainingRun(params, losses, trace + 0.1, trace, np.zeros((3, len(trace))), *unprobed)


def rate_of(settings, **sweep) -> float:
    runs = {
        float(rate.strip("r").replace("_", ".")): [
            descent.TrainingDiverged("run away") if value is None else made_up_run([value]) for value in pair
        ]
        for rate, pair in sweep.items()
    }
    return study.choose_rate(settings, {r: dict(zip(ACTIVATIONS, p, strict=True)) for r, p in runs.items()})


def test_the_chosen_rate_has_the_largest_smaller_accuracy(settings):
    assert rate_of(settings, r0_1=(0.60, 0.99), r0_5=(0.80, 0.82), r1=(0.95, 0.79)) == 0.5


def test_the_means_of_the_last_iterations_may_choose_another_rate_than_the_last_values(settings):
    """The last value of the alternating run is above the steady one, its mean is below."""
    alternating, steady = made_up_run([0.6, 0.9] * 15), made_up_run([0.8] * 30)
    sweep = {0.5: dict.fromkeys(ACTIVATIONS, steady), 1.0: dict.fromkeys(ACTIVATIONS, alternating)}
    assert study.choose_rate(settings, sweep) == 1.0
    assert study.choose_rate(settings, sweep, training_runs.settled_accuracy) == 0.5


def test_the_lead_is_between_the_two_best_of_the_smaller_means():
    pairs = {0.1: (0.6, 0.9), 0.5: (0.8, 0.82), 1.0: (0.95, 0.79), 2.0: (0.9, None)}
    rows = [
        summary.SweepRow(rate, sigmoid=of_sigmoid, relu=of_relu, chosen=False)
        for rate, both in pairs.items()
        for of_sigmoid, of_relu in [[summary.SweepRun(mean is None, mean, mean) for mean in both]]
    ]
    assert summary._lead(rows) == pytest.approx(0.01)
    assert summary._lead(rows[2:]) is None


def test_of_equal_rates_the_better_other_activation_decides_and_then_the_smaller_rate(settings):
    assert rate_of(settings, r0_1=(0.6, 0.7), r0_5=(0.8, 0.6)) == 0.5
    assert rate_of(settings, r0_5=(0.7, 0.6), r0_1=(0.6, 0.7), r1=(0.6, 0.7)) == 0.1


def test_a_rate_at_which_one_run_diverged_is_never_chosen(settings):
    assert rate_of(settings, r0_1=(0.3, 0.3), r1=(0.99, None)) == 0.1


def test_a_sweep_that_diverged_everywhere_names_the_setting(settings):
    message = r"report.toml:\d+: run.learning_rates: expected .*, got none among 2 \(smallest: run away\); name smaller"
    with pytest.raises(InputError, match=message):
        rate_of(settings, r0_5=(None, 0.8), r2=(None, None))


def test_a_diverging_rate_is_recorded_as_such_and_not_chosen(tmp_path):
    run = RUN.replace("[0.5, 0.1]", "[1e30, 0.1]")
    record = study.run(plants(tmp_path, train=a_table_of_plants(90), run=run), Inputs(tmp_path), silent).record
    small, large = record.sweep
    assert (small.chosen, large.chosen, record.learning_rate, record.sweep_diverged) == (True, False, 0.1, 2)
    for run in (large.sigmoid, large.relu):  # a saturated sigmoid's loss stays finite, at 1e29
        assert run.diverged
        assert run.validation_accuracy is None
    assert not small.relu.diverged


def test_a_replicate_that_diverges_at_the_chosen_rate_stops_with_its_name(settings):
    folds = replicates.encode_replicates(settings)
    first = {name: made_up_run([0.5]) for name in ACTIVATIONS}
    message = r"got 1e\+30, .*, where replicate 1 diverged \(sigmoid at learning rate 1e\+30: loss .* after update 30\)"
    with pytest.raises(InputError, match=message):
        study.train_replicates(settings, folds, first, 1e30, silent)


accuracies = st.lists(st.sampled_from([0.1, 0.5, 0.74, 0.75, 0.8]), min_size=31, max_size=31)


@given(st.lists(st.tuples(accuracies, accuracies), min_size=1, max_size=4))
@examples(50)
def test_runs_are_summarised_as_counting_update_by_update_does(settings, traces):
    """The named accuracy is .75, iterations are 30, the report's own is 15; training accuracy lies .1 above."""
    losses = [[1 - accuracy for accuracy in relu] for relu, _ in traces]
    runs = [made_up_run(relu, loss) for (relu, _), loss in zip(traces, losses, strict=True)]
    found = summary.summarise(runs, settings, 0)
    first = [next((t for t in range(31) if relu[t] >= 0.75), None) for relu, _ in traces]
    held = [next((t for t in range(31) if min(relu[t:]) >= 0.75), None) for relu, _ in traces]
    for named, count, updates in (
        (found.named.iterations, found.named.reached, first),
        (found.named.held_from, found.named.held, held),
    ):
        known = [t for t in updates if t is not None]
        assert count == len(known)
        assert named is None if not known else named.replicates == tuple(map(float, known))
    rises = [sum(b > a for a, b in itertools.pairwise(loss)) / 30 for loss in losses]
    assert found.loss_rose.replicates == pytest.approx(rises)
    assert found.loss.replicates == pytest.approx([loss[30] for loss in losses])
    assert found.validation_accuracy_at_report.replicates == pytest.approx([relu[15] for relu, _ in traces])
    assert found.last_validation_accuracy.replicates == pytest.approx([sum(relu[-20:]) / 20 for relu, _ in traces])
    assert found.last_validation_swing.replicates == pytest.approx([max(r[-20:]) - min(r[-20:]) for r, _ in traces])
    assert found.last_gap_train_minus_validation.replicates == pytest.approx([0.1] * len(traces))
    difference = summary.differences(runs, [made_up_run(sigmoid) for _, sigmoid in traces], settings)
    assert difference.validation_accuracy.replicates == pytest.approx([relu[30] - other[30] for relu, other in traces])
    second = [next((t for t in range(31) if other[t] >= 0.75), None) for _, other in traces]
    if None in (*first, *second):
        assert difference.iterations_to_named is None
    else:
        apart = [a - b for a, b in zip(first, second, strict=True)]
        assert difference.iterations_to_named.replicates == pytest.approx(apart)
    later = [next((t for t in range(31) if min(other[t:]) >= 0.75), None) for _, other in traces]
    if None in (*held, *later):
        assert difference.held_from is None
    else:
        assert difference.held_from.replicates == pytest.approx([a - b for a, b in zip(held, later, strict=True)])


def test_a_named_accuracy_that_no_replicate_or_only_some_reach_is_said(settings):
    never = summary.summarise([made_up_run([0.1] * 31)] * 2, settings, 0).named
    assert (never.reached, never.iterations, never.held, never.held_from) == (0, None, 0, None)
    half = summary.summarise([made_up_run([0.1] * 31), made_up_run([0.1] * 5 + [0.8] * 26)], settings, 0).named
    assert (half.reached, half.iterations.replicates, half.held) == (1, (5.0,), 1)


def test_differences_of_the_activations_are_paired_and_keep_their_sign(settings):
    relu = [made_up_run([0.0] * 10 + [0.9] * 21), made_up_run([0.0] * 2 + [0.8] * 29)]
    sigmoid = [made_up_run([0.0] * 12 + [0.8] * 19), made_up_run([0.0] * 6 + [0.9] * 25)]
    difference = summary.differences(relu, sigmoid, settings)
    assert difference.validation_accuracy.replicates == pytest.approx((0.1, -0.1))
    assert difference.iterations_to_named.replicates == (-2, -4)
    never = summary.differences(relu, [made_up_run([0.0] * 31)] * 2, settings)
    assert never.iterations_to_named is None


def test_the_figures_show_the_median_replicate():
    runs = {
        "sigmoid": [made_up_run([value]) for value in (0.9, 0.1, 0.5)],
        "relu": [made_up_run([value]) for value in (0.9, 0.7, 0.6)],
    }
    assert training_runs.median_replicate(runs) == 2
    assert training_runs.median_replicate({name: own[:2] for name, own in runs.items()}) == 1


def test_the_record_fits_the_contract_and_agrees_with_the_arrays(outcome, settings, tmp_path):
    record, arrays = outcome.record, outcome.arrays
    store.save(record, tmp_path / "training.json")
    assert contract.load(STUDY, tmp_path / "training.json") == record
    assert (record.inputs, record.classes, record.hidden) == (7, 3, (6, 5))
    assert record.parameters == 7 * 6 + 6 + 6 * 5 + 5 + 5 * 3 + 3
    assert [row.learning_rate for row in record.sweep] == [0.1, 0.5]
    for name in ACTIVATIONS:
        runs = getattr(record, name)
        traces = arrays[f"{name}_validation_accuracy"]
        assert traces.shape == (2, 31)
        assert runs.validation_accuracy.replicates == pytest.approx(traces[:, -1])
        assert runs.validation_accuracy_at_report.replicates == pytest.approx(traces[:, 15])
        assert runs.train_accuracy.replicates == pytest.approx(arrays[f"{name}_train_accuracy"][:, -1])
        assert arrays[f"{name}_grad_abs_mean"].shape == (2, 3, 31)
        assert arrays[f"{name}_probes"].shape == (2, 31, len(descent.Probe._fields))
        assert arrays[f"{name}_off"].shape == (2, 31, 6 + 5)


def test_the_runs_of_replicate_0_in_the_sweep_are_the_plotted_ones(outcome):
    chosen = next(row for row in outcome.record.sweep if row.chosen)
    for name in ACTIVATIONS:
        plotted = outcome.arrays[f"{name}_validation_accuracy"][0, -20:]
        assert getattr(chosen, name).validation_accuracy == plotted[-1]
        assert getattr(chosen, name).last_validation_accuracy == pytest.approx(plotted.mean())


def test_stored_parameters_are_those_of_the_last_iteration_of_their_replicate(outcome, settings):
    fold = replicates.encode_replicates(settings)[1]
    Y = np.eye(3, dtype=np.float32)[:, fold.labels_validation]
    data = mlp.in_blocks(fold.X_validation, Y)
    for name, activation in ACTIVATIONS.items():
        params = Params(*(outcome.arrays[f"{name}_1_{letter}"] for letter in Params._fields))
        team = mlp.team_of(params, fold.X_validation.shape[1])
        _, accuracy = mlp.evaluate(params, data, activation, team)
        assert accuracy == outcome.arrays[f"{name}_validation_accuracy"][1, -1]


def test_each_replicate_draws_its_own_split_and_initialisation(settings):
    first, second = replicates.encode_replicates(settings)
    assert first.X_train.shape == second.X_train.shape
    assert not np.array_equal(first.X_train, second.X_train)
    drawn = [replicates.initial_params(settings, 7, r, name).W1 for r in (0, 1) for name in ACTIVATIONS]
    assert len({array.tobytes() for array in drawn}) == 4
    again = replicates.initial_params(settings, 7, 0, "relu").W1
    expected = mlp.initialise(np.random.default_rng([3, 0, 1]), (7, 6, 5, 3), mlp.RELU).W1
    assert np.array_equal(again, expected)


def test_the_same_settings_give_the_same_record(outcome, settings, tmp_path):
    again = study.run(settings, Inputs(tmp_path), silent)
    assert msgspec.json.encode(again.record) == msgspec.json.encode(outcome.record)


def test_pytorch_trains_the_plotted_replicate_to_the_network_that_numpy_trains(outcome):
    twins, plotted = outcome.record.twins, outcome.record.plotted_replicate
    assert 0 < twins.parameter_difference < 1e-4
    assert twins.different_predictions == twins.accuracy_difference == 0
    for letter in Params._fields:
        by_torch, by_numpy = outcome.arrays[f"pytorch_{letter}"], outcome.arrays[f"relu_{plotted}_{letter}"]
        np.testing.assert_allclose(by_torch, by_numpy, atol=1e-4)


def test_two_networks_are_compared_by_their_parameters_and_by_what_they_predict(settings):
    fold = replicates.encode_replicates(settings)[0]
    one, other = (replicates.initial_params(settings, len(fold.X_train), r, "relu") for r in (0, 1))
    answers = [mlp.probabilities(of, fold.X_validation, mlp.RELU).argmax(axis=0) for of in (one, other)]
    different = float((answers[0] != answers[1]).mean())
    assert different > 0.1
    fold = dataclasses.replace(fold, labels_validation=answers[0])
    twins = training_runs.compare(other, one, fold)
    assert twins.different_predictions == pytest.approx(different)
    assert twins.accuracy_difference == pytest.approx(different)
    longer = Params(*(1.5 * array for array in one))
    assert training_runs.compare(longer, one, fold).parameter_difference == pytest.approx(0.5)


def test_the_plot_breaks_its_axis_after_the_first_iterations(outcome, settings):
    figure = plots.plot_accuracy(outcome.record, outcome.arrays, settings)
    assert style.faults(figure) == []
    first, rest = figure.axes[:2]
    assert first.get_xlim() == (0, plots.FIRST)
    assert rest.get_xlim() == (plots.FIRST, outcome.record.iterations)
    traces = [
        outcome.arrays[f"{a}_{f}_accuracy"][outcome.record.plotted_replicate]
        for a in ACTIVATIONS
        for f in ("train", "validation")
    ]
    for trace, line, smoothed in zip(traces, first.lines, rest.lines, strict=False):
        np.testing.assert_allclose(line.get_ydata(), 100 * trace[: plots.FIRST + 1])
        np.testing.assert_allclose(smoothed.get_ydata(), 100 * paired(trace[plots.FIRST :]))
    assert [line.get_linestyle() for line in rest.lines[:4]] == ["--", "-"] * 2
    assert {"sigmoid", "ReLU", "majority class"} <= {text.get_text() for text in rest.texts}


def test_the_loss_is_drawn_below_accuracy(outcome, settings):
    below = plots.plot_accuracy(outcome.record, outcome.arrays, settings).axes[2]
    for name, line in zip(ACTIVATIONS, below.lines, strict=False):
        np.testing.assert_allclose(
            line.get_ydata(), outcome.arrays[f"{name}_loss"][outcome.record.plotted_replicate][: plots.FIRST + 1]
        )


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6).map(sorted))
@examples(100)
def test_labels_keep_their_order_and_their_distance(values):
    heights = labels.apart(values, 4.0)
    assert len(heights) == len(values)
    assert all(b - a >= 4.0 - 1e-9 for a, b in itertools.pairwise(heights))
    assert sum(heights) == pytest.approx(sum(values), abs=1e-6)
