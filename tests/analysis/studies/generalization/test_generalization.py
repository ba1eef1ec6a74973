"""Part D on planted worlds, and the walls between its stages."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import contract
from analysis.compute.progress import silent
from analysis.data import dataset
from analysis.io import csv_file
from analysis.network import replicates
from analysis.plotting import style
from analysis.results import store
from analysis.settings.schema import Numerical, Table
from analysis.studies.generalization import STUDY, decision, evaluation, plots, study, summary, uniformity
from analysis.studies.generalization.selection import choose_on_training_data, freeze
from report_src.system.import_graph import ImportIndex
from tests.analysis.studies.generalization import worlds

ROOT = Path(__file__).parents[4]
BROKEN, HOLDS, CATEGORICAL = WORLDS_THAT_LEAK = (
    "numerical leak, broken in test",
    "leak that holds in test",
    "categorical leak, broken in test",
)


@pytest.fixture(scope="module", autouse=True)
def one_process():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYSIS_WORKERS", "1")
        yield


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Return a function from a world to its (settings, outcome), each world run once."""
    found = {}

    def outcome(world):
        if world not in found:
            folder = tmp_path_factory.mktemp("world")
            of = worlds.write(folder, world)
            found[world] = of, study.run(of, worlds.before(folder, of, world), silent)
        return found[world]

    return outcome


@pytest.mark.parametrize("world", worlds.WORLDS)
@pytest.mark.sampled(4)
def test_a_record_of_each_world_survives_saving_and_loading(world, outcomes, tmp_path):
    record = outcomes(world)[1].record
    store.save(record, tmp_path / "generalization.json")
    assert contract.load(STUDY, tmp_path / "generalization.json") == record


@pytest.mark.parametrize("world", worlds.WORLDS)
@pytest.mark.sampled(3)
def test_failure_is_reported_where_the_leak_is_broken_and_nowhere_else(world, outcomes):
    assert outcomes(world)[1].record.failure == ("broken" in world)


@pytest.mark.parametrize("world", worlds.WORLDS)
@pytest.mark.sampled(3)
def test_the_suspect_explains_the_failure_where_its_leak_is_broken_and_nowhere_else(world, outcomes):
    record = outcomes(world)[1].record
    assert record.explained_by_focus == ("broken" in world)
    assert record.warned >= bool(record.suspects)  # a leak that is relied on shows when it is randomised, sound or not


@pytest.mark.parametrize("world", [BROKEN, CATEGORICAL])
def test_a_suspect_drawn_at_random_foretells_the_test_figure_of_a_broken_leak(world, outcomes):
    record = outcomes(world)[1].record
    assert record.validation_accuracy.mean > 0.9
    assert abs(record.gap_uniform_minus_test.mean) < record.uniform_tolerance < 0.25
    assert record.test_accuracy.mean < 0.65
    assert not record.explanation.focus_shift.informative_in_test


@pytest.mark.parametrize("world", [BROKEN, CATEGORICAL])
def test_the_mitigation_of_a_broken_leak_raises_test_accuracy(world, outcomes):
    record = outcomes(world)[1].record
    assert record.mitigation != "none"
    assert record.mitigation_test_gain.mean > 0.05
    assert record.price_if_sound.mean > 0.05
    assert len(record.mitigated.test_accuracy.replicates) == 2


@pytest.mark.parametrize("world", [BROKEN, CATEGORICAL])
def test_other_interventions_do_not_cure_a_broken_leak(world, outcomes):
    record = outcomes(world)[1].record
    assert record.keeping_focus.highest < record.validation_accuracy.mean - record.gap_tolerance
    assert record.along.highest_test >= record.along.final_test
    assert record.along.gap_opened_at is not None


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [([0.0, 0.4, 0.1, 0.3, 0.5], 9), ([0.3, 0.3, 0.3, 0.3, 0.5], 0), ([0.5, 0.5, 0.5, 0.5, 0.0], None)],
)
def test_a_gap_is_open_from_where_it_stays_at_half_of_its_end(gaps, expected):
    assert summary.gap_opened_at([0, 1, 4, 9, 16], gaps) == expected


@pytest.mark.long
def test_a_leak_that_holds_is_no_failure_and_caution_costs_accuracy(outcomes):
    record = outcomes(HOLDS)[1].record
    assert record.test_accuracy.mean > 0.9
    assert record.mitigation_test_gain.mean < 0
    assert record.explanation.focus_shift.informative_in_test


@pytest.mark.long
def test_without_a_suspect_nothing_is_changed_and_the_leading_feature_stands_in(outcomes):
    record = outcomes("no leak")[1].record
    assert record.suspects == ()
    assert record.mitigation == record.mitigation_kind == "none"
    assert record.focus == "mass"
    assert record.mitigated.test_accuracy == record.test_accuracy
    assert [one.name for one in record.interventions if one.candidate] == ["none"]
    assert record.explanation.agreement is None


def test_a_classifier_without_the_suspect_cannot_tell_the_tables_apart(outcomes):
    explanation = outcomes(BROKEN)[1].record.explanation
    assert abs(explanation.auc_without_focus - 0.5) < 0.06
    assert explanation.explained_test < explanation.explained_train


@pytest.mark.parametrize("world", worlds.WORLDS)
@pytest.mark.sampled(4)
def test_every_figure_is_drawn_in_every_world(world, outcomes):
    of, outcome = outcomes(world)
    for plot in plots.PLOTS:
        figure = plot(outcome.record, outcome.arrays, of)
        assert style.faults(figure) == []
        assert figure.axes


def test_the_final_checkpoint_is_the_trained_network(outcomes):
    of, outcome = outcomes(BROKEN)
    assert outcome.record.along.difference_from_pytorch < 0.01
    assert outcome.arrays["checkpoint_iterations"][-1] == of.run.iterations
    assert outcome.arrays["checkpoint_iterations"][0] == 0


def test_shares_within_a_class_add_up_to_one(outcomes):
    for world in worlds.WORLDS:
        arrays = outcomes(world)[1].arrays
        for table in ("train", "test"):
            assert arrays[f"focus_shares_{table}"].sum(axis=1) == pytest.approx(1)


def test_class_probabilities_along_the_focus_add_up_to_one(outcomes):
    for world in worlds.WORLDS:
        arrays = outcomes(world)[1].arrays
        assert arrays["focus_probabilities"].shape == arrays["focus_shares_train"].shape
        assert arrays["focus_probabilities"].sum(axis=0) == pytest.approx(1, abs=1e-5)


def test_the_answer_along_a_feature_sets_it_and_averages_over_the_others(outcomes):
    of, _ = outcomes(BROKEN)
    train = dataset.read_train(of)

    def log_probabilities(frame):
        first = (frame["mark"] / 100 + (frame["box"] == "a")).to_numpy() / 2
        return np.log([first, 1 - first])

    rows = replicates.fold(train, of, 0).validation
    model = SimpleNamespace(log_probabilities=log_probabilities)
    found = decision.class_probabilities(model, rows, "mark", [20, 60])
    in_box = (rows["box"] == "a").mean()
    assert found[0] == pytest.approx([(0.2 + in_box) / 2, (0.6 + in_box) / 2])
    assert found.sum(axis=0) == pytest.approx(1)


def test_confusion_matrices_count_every_row(outcomes):
    record = outcomes(BROKEN)[1].record
    assert np.sum(record.confusion_test) == record.test_rows == worlds.ROWS
    mitigated, shown = outcomes(BROKEN)[1].arrays["confusion_mitigated"], record.shown_replicate
    assert np.trace(mitigated) / mitigated.sum() == pytest.approx(record.mitigated.test_accuracy.replicates[shown])
    assert np.trace(record.confusion_test) / record.test_rows == pytest.approx(record.shown_test_accuracy)


@pytest.mark.long
def test_gaps_and_repeated_rows_bring_their_interventions(tmp_path):
    of = worlds.write(tmp_path, BROKEN, gaps=True)
    record = study.run(of, worlds.before(tmp_path, of, BROKEN), silent).record
    kinds = {one.kind: one for one in record.interventions}
    assert {"indicator", "complete_rows", "distinct_rows", "alone"} <= set(kinds)
    assert kinds["complete_rows"].train_rows < record.train_rows
    assert kinds["distinct_rows"].train_rows < record.train_rows


# --- the walls between the stages ---------------------------------------------------------------------------


def reached(module):
    """Return every module of analysis/ that one imports, directly or through others."""
    return {path.removesuffix(".py").replace("/", ".") for path in ImportIndex(ROOT).closure([module])}


PACKAGE = "analysis.studies.generalization"
LATER = ("study", "shift", "summary", "plots")  # modules of the third stage


@pytest.mark.parametrize("stage", ["selection", "evaluation", "recipes"])
def test_stages_one_and_two_import_nothing_of_stage_three(stage):
    assert all((ROOT / PACKAGE.replace(".", "/") / f"{name}.py").is_file() for name in LATER)
    assert not reached(f"{PACKAGE}.{stage}") & {f"{PACKAGE}.{name}" for name in LATER}


def test_the_import_walk_sees_what_is_imported():
    assert "analysis.studies.generalization.shift" in reached("analysis.studies.generalization.study")
    assert "analysis.io.csv_file" in reached("analysis.studies.generalization.evaluation")


def test_stage_one_does_not_name_the_reader_of_the_test_table():
    for name in (f"{PACKAGE}.selection", f"{PACKAGE}.recipes", "analysis.statistics.metrics"):
        source = (ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
        assert "read_test" not in source
        assert "test_path" not in source


@pytest.mark.long
def test_stages_one_and_two_run_with_stage_three_blocked(tmp_path):
    of = worlds.write(tmp_path, BROKEN)
    program = f"""
import sys
for name in {LATER!r}:
    sys.modules["{PACKAGE}." + name] = None
from pathlib import Path
from types import SimpleNamespace
from analysis.compute.progress import silent
from analysis.data import dataset
from analysis.settings.load import load
from analysis.studies.generalization.evaluation import evaluate
from analysis.studies.generalization.selection import choose_on_training_data, freeze
from report_src.system.import_graph import ImportIndex
from tests.analysis.studies.generalization import worlds
of = load({str(of.path)!r})
train = dataset.read_train(of)
trained = worlds.trained_networks(of)
choice = choose_on_training_data(train, ("mark",), "mark", trained, worlds.RATE, worlds.SHOWN, of, silent)
freeze(choice, train, of, Path({str(tmp_path)!r}) / "frozen.json")
print(len(evaluate(choice, train, of, Path({str(tmp_path)!r}) / "frozen.json").scores))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 3


def test_the_test_file_is_opened_once_after_all_is_frozen_which_another_one_does_not_change(
    tmp_path, monkeypatch, outcomes
):
    of, (with_one, outcome) = worlds.write(tmp_path, BROKEN), outcomes(BROKEN)
    worlds.table(BROKEN, 300, 2, test=True).to_csv(tmp_path / "test.csv", index=False)
    frozen, opened = tmp_path / "build" / "frozen.json", []
    read = csv_file.read_bytes

    def counted(path):
        if path == of.test_path:
            opened.append(frozen.read_bytes())
        return read(path)

    monkeypatch.setattr(csv_file, "read_bytes", counted)
    record = study.run(of, worlds.before(tmp_path, of, BROKEN), silent).record
    assert opened == [frozen.read_bytes()] == [(with_one.folder / "build/frozen.json").read_bytes()]
    assert record.test_data.sha256 != outcome.record.test_data.sha256


def test_a_model_that_was_not_frozen_is_not_scored(tmp_path):
    of = worlds.write(tmp_path, BROKEN)
    train, path = dataset.read_train(of), tmp_path / "frozen.json"
    choice = choose_on_training_data(
        train, (), "mass", worlds.trained_networks(of), worlds.RATE, worlds.SHOWN, of, silent
    )
    freeze(choice, train, of, path)
    tree = json.loads(path.read_bytes())
    assert evaluation.evaluate(choice, train, of, path).scores
    tree["models"][0]["sha256"] = "0" * 64  # of a network: two recipes of trees may come out equal
    path.write_text(json.dumps(tree))
    with pytest.raises(RuntimeError, match="does not name the model"):
        evaluation.evaluate(choice, train, of, path)


def test_the_frozen_file_says_what_was_chosen_from_what(tmp_path):
    of = worlds.write(tmp_path, BROKEN)
    train, path = dataset.read_train(of), tmp_path / "frozen.json"
    choice = choose_on_training_data(
        train, ("mark",), "mark", worlds.trained_networks(of), worlds.RATE, worlds.SHOWN, of, silent
    )
    freeze(choice, train, of, path)
    tree = json.loads(path.read_bytes())
    assert tree["suspects"] == ["mark"]
    assert tree["learning_rate"] == worlds.RATE
    assert tree["settings"]["seed"] == of.run.seed
    assert tree["training_data"]["sha256"] == train.sha256
    chosen = max(tree["candidates"], key=lambda one: min(one["scores"]))
    assert {key: chosen[key] for key in tree["mitigation"]} == tree["mitigation"]
    assert all(len(one["sha256"]) == 64 for one in (*tree["models"], *tree["checkpoints"]))
    assert "test" not in path.read_text()


def test_an_intervention_is_compared_with_the_same_kind_of_model_on_its_own_replicates(outcomes):
    record = outcomes(BROKEN)[1].record
    for one in record.interventions:
        base = record.boosting if one.family == "boosting" else record.interventions[0]
        pairs = zip(one.test.replicates, base.test.replicates, strict=False)
        assert one.test_minus_unchanged.replicates == pytest.approx([a - b for a, b in pairs])
        pairs = zip(one.validation.replicates, base.validation.replicates, strict=False)
        assert one.validation_minus_unchanged.replicates == pytest.approx([a - b for a, b in pairs])


def test_the_replicate_that_is_shown_is_the_one_that_pytorch_trained(outcomes):
    record = outcomes(BROKEN)[1].record
    assert record.shown_replicate == worlds.SHOWN
    assert record.test_interval.low < record.shown_test_accuracy < record.test_interval.high


def test_recalls_are_those_of_the_confusion_matrices(outcomes):
    record = outcomes(BROKEN)[1].record
    for counts, name in (
        (record.confusion_validation, "validation_recall"),
        (record.confusion_test, "test_recall"),
        (outcomes(BROKEN)[1].arrays["confusion_mitigated"], "mitigated_test_recall"),
    ):
        for label, one in enumerate(record.explanation.classes):
            expected = counts[label][label] / max(1, sum(counts[label]))
            assert getattr(one, name).replicates[record.shown_replicate] == pytest.approx(expected)
    predicted = [one.mitigated_test_predicted.mean for one in record.explanation.classes]
    assert sum(predicted) == pytest.approx(1)


def test_a_uniform_column_is_distinguished_from_one_that_is_not():
    rng = np.random.default_rng(0)
    table = Table(target="y", classes=("p", "q"), numerical=(Numerical("a", "a", "", 0, 1),))
    of = SimpleNamespace(table=table)
    train, flat, bent = (
        SimpleNamespace(frame=pd.DataFrame({"a": values}))
        for values in (np.linspace(0, 1, 50), rng.random(2000), rng.random(2000) ** 2)
    )
    assert uniformity.uniformity(train, flat, "a", of).p > 0.01 > uniformity.uniformity(train, bent, "a", of).p
    assert uniformity.uniformity(train, bent, "a", of).outside == 0
