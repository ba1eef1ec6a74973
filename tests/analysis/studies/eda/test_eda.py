"""Part A: its measures against other people's code, its verdicts on worlds planted here, and the whole study."""

import dataclasses
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest

from analysis import contract
from analysis.compute.progress import silent
from analysis.data import dataset
from analysis.plotting import style
from analysis.results import store
from analysis.settings.schema import Categorical, Numerical, Settings, Table
from analysis.statistics import information
from analysis.studies.eda import STUDY, describe, evidence, plots, preparations, study
from analysis.studies.eda import missing as eda_missing
from analysis.studies.eda.record import EdaRecord
from analysis.study_interface import Inputs, Outcome
from tests.analysis import tables
from tests.analysis.studies.eda.worlds import as_dataset

EXACT = 1e-9  # two ways to compute the same sum in double precision
TABLE = Table(
    target="grade",
    classes=("low", "middle", "high"),
    numerical=tuple(Numerical(name, name, "u", -1e6, 1e6) for name in ("a", "b", "c")),
    categorical=(Categorical("kind", "kind"), Categorical("place", "place")),
)
ROUNDS = 15  # of boosting: small tables need few


@pytest.fixture(autouse=True)
def quick_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small tables are done before a second process has started."""
    monkeypatch.setenv("ANALYSIS_WORKERS", "1")
    monkeypatch.setattr(preparations, "TRIAL_ITERATIONS", 20)


def world(seed: int, N: int = 3000) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a table of TABLE in which `a` and `kind` say a little about the label and nothing else says anything."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(3, N, p=[0.2, 0.5, 0.3])
    kind = np.where(rng.random(N) < 0.3, labels, rng.integers(0, 3, N))
    frame = pd.DataFrame(
        {
            "a": labels + rng.normal(0, 2, N),
            "b": rng.lognormal(0, 1, N),
            "c": rng.integers(0, 9, N).astype(float),
            "kind": np.array(["x", "y", "z"], dtype=object)[kind],
            "place": rng.choice(np.array(["n", "s", "e", "w"], dtype=object), N),
        }
    )
    return frame, labels


def evidence_of(frame: pd.DataFrame, labels: np.ndarray, table: Table = TABLE) -> tuple:
    """Return the evidence by feature, as the study finds it."""
    rng = np.random.default_rng(1)
    split = dataset.split(labels, 0.2, 3)
    known = {n: information.information(frame[n], labels, n in table.numerical_names, rng) for n in table.features}
    hits = study._boosted_hits(as_dataset(frame, labels), table, split, table.features[0], ROUNDS, silent)
    return evidence.evidence(
        known,
        {name: float(hits[name].mean()) for name in table.features},
        float(hits["all"].mean()),
        float((labels[split.validation] == np.bincount(labels).argmax()).mean()),
        information.entropy(np.bincount(labels)),
    )


def suspects_of(frame: pd.DataFrame, labels: np.ndarray, table: Table = TABLE) -> set[str]:
    return {feature.name for feature in evidence_of(frame, labels, table) if feature.suspect}


def test_a_feature_without_information_stays_below_its_zero_line_and_one_with_some_does_not() -> None:
    found = {feature.name: feature for feature in evidence_of(*world(4))}
    assert found["a"].above_zero_line
    assert found["kind"].above_zero_line
    nothing = [found[name] for name in ("b", "c", "place")]
    assert sum(feature.above_zero_line for feature in nothing) <= 1  # each is with probability 0.05
    assert all(feature.mutual_information < 0.005 for feature in nothing)


def missing_of(frame: pd.DataFrame, labels: np.ndarray) -> dict:
    found = eda_missing.analyse(frame, labels, TABLE, np.random.default_rng(0))
    return {gaps.feature: gaps for gaps in found}


def test_gaps_that_depend_on_a_column_are_mar_and_the_column_and_its_cut_are_named() -> None:
    frame, labels = world(6)
    rng = np.random.default_rng(7)
    rate = np.where(frame["c"] >= 6, 0.12, 0.02)
    frame.loc[rng.random(len(frame)) < rate, "b"] = np.nan
    found = missing_of(frame, labels)["b"]
    assert found.verdict == "MAR-compatible"
    assert found.significant == ("c",)
    assert found.strongest is not None
    assert (found.strongest.relation, found.strongest.value) == ("at_least", "6")
    assert found.strongest.share_inside == pytest.approx(0.12, abs=0.04)
    assert found.strongest.share_outside == pytest.approx(0.02, abs=0.01)


def test_gaps_that_depend_on_a_gap_or_a_category_or_the_label_are_mar() -> None:
    frame, labels = world(8)
    rng = np.random.default_rng(9)
    gone = rng.random((4, len(frame)))
    frame.loc[gone[0] < 0.05, "a"] = np.nan
    frame.loc[gone[1] < np.where(frame["a"].isna(), 0.3, 0.03), "b"] = np.nan
    frame.loc[gone[2] < np.where(frame["place"] == "s", 0.15, 0.03), "c"] = np.nan
    frame.loc[gone[3] < np.where(labels == 2, 0.15, 0.03), "kind"] = None
    found = missing_of(frame, labels)
    assert found["b"].strongest is not None
    assert (found["b"].strongest.other, found["b"].strongest.relation) == ("a", "missing")
    assert found["c"].strongest is not None
    assert (found["c"].strongest.other, found["c"].strongest.value) == ("place", "s")
    assert found["kind"].significant[0] == "grade"
    assert found["place"].verdict == "complete"


@pytest.mark.parametrize("seed", range(5))
def test_gaps_at_random_are_compatible_with_mcar(seed: int) -> None:
    frame, labels = world(seed)
    rng = np.random.default_rng(100 + seed)
    for name in frame:
        frame.loc[rng.random(len(frame)) < 0.03, name] = np.nan if name in TABLE.numerical_names else None
    verdicts = [gaps.verdict for gaps in missing_of(frame, labels).values()]
    assert verdicts == ["MCAR-compatible"] * 5


def test_gaps_that_depend_only_on_their_own_value_look_like_mcar() -> None:
    frame, labels = world(10)
    frame.loc[(frame["b"] > 2) & (np.random.default_rng(0).random(len(frame)) < 0.5), "b"] = np.nan
    assert missing_of(frame, labels)["b"].verdict == "MCAR-compatible"


def leaky(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return values within overlapping intervals of each class."""
    return np.array([0.0, 20, 50])[labels] + rng.uniform(0, 30, len(labels))


def test_without_a_leak_nothing_is_suspect() -> None:
    assert suspects_of(*world(11)) == set()


@pytest.mark.parametrize("name", ["a", "c"])
def test_a_numerical_leak_is_the_suspect(name: str) -> None:
    frame, labels = world(12)
    frame[name] = leaky(labels, np.random.default_rng(0))
    assert suspects_of(frame, labels) == {name}


@pytest.mark.parametrize("name", ["kind", "place"])
@pytest.mark.sampled(2)
def test_a_categorical_leak_is_the_suspect(name: str) -> None:
    frame, labels = world(13)
    rng = np.random.default_rng(0)
    guessed = np.where(rng.random(len(labels)) < 0.9, labels, rng.integers(0, 3, len(labels)))
    frame[name] = np.array(["p", "q", "r"], dtype=object)[guessed]
    assert suspects_of(frame, labels) == {name}


def test_two_leaks_are_both_suspect() -> None:
    frame, labels = world(14)
    rng = np.random.default_rng(0)
    frame["b"], frame["c"] = leaky(labels, rng), leaky(labels, rng)
    assert suspects_of(frame, labels) == {"b", "c"}


def test_in_an_easy_table_no_feature_stands_out() -> None:
    frame, labels = world(15)
    rng = np.random.default_rng(0)
    for position, name in enumerate(("a", "b", "c")):
        frame[name] = labels + rng.normal(0, 0.25 + 0.15 * position, len(labels))
    found = evidence_of(frame, labels)
    assert found[0].entropy_share > evidence.RULE.entropy_share
    assert found[0].gain_share > evidence.RULE.gain_share
    assert not any(feature.suspect for feature in found)


def test_a_lonely_feature_is_not_suspect_since_there_is_nothing_to_stand_out_from() -> None:
    frame, labels = world(16)
    frame["a"] = leaky(labels, np.random.default_rng(0))
    table = msgspec.structs.replace(TABLE, numerical=TABLE.numerical[:1], categorical=())
    assert suspects_of(frame[["a"]], labels, table) == set()


def test_class_intervals_that_know_no_exception_are_measured() -> None:
    labels = np.repeat([0, 1, 2], 100)
    values = np.tile(np.linspace(0, 30, 100), 3) + np.array([0.0, 20, 50])[labels]
    values[0] = np.nan
    found = describe.class_intervals(values, labels, ("p", "q", "r"))
    assert [(c.minimum, c.maximum) for c in found] == [(pytest.approx(30 / 99), 30), (20, 50), (50, 80)]
    own, in_one = describe.interval_membership(values, labels, np.ones(300, bool), 3)
    assert own[1:].all()
    outside_overlaps = (values < 20) | ((values > 30) & (values < 50)) | (values > 50)
    assert (in_one[1:] == outside_overlaps[1:]).all()


def with_gaps(seed: int, N: int = 500) -> tuple[pd.DataFrame, np.ndarray]:
    frame, labels = world(seed, N)
    frame.loc[::9, "a"] = np.nan
    frame.loc[1::9, "kind"] = None
    return frame, labels


LEADING = preparations.Leading("a", "kind")


@pytest.mark.parametrize("name", preparations.preparations(with_gaps(0)[0], TABLE, LEADING))
def test_a_preparation_learns_nothing_from_validation_rows(name: str) -> None:
    frame, labels = with_gaps(18)
    split = dataset.split(labels, 0.2, 0)
    other = frame.copy()
    other.loc[split.validation, ["a", "b", "c"]] *= 100
    before, after = (preparations.prepare(name, rows, TABLE, split, LEADING) for rows in (frame, other))
    assert np.array_equal(before.train, after.train)
    assert not np.array_equal(before.validation, after.validation)


def test_preparations_differ_as_their_names_say() -> None:
    frame, labels = with_gaps(19)
    split = dataset.split(labels, 0.2, 0)
    logarithmic = tuple(msgspec.structs.replace(c, minimum=0, logarithmic=c.name == "b") for c in TABLE.numerical)
    table = msgspec.structs.replace(TABLE, numerical=logarithmic)
    names = preparations.preparations(frame, table, LEADING)
    assert names == (
        "median_mode", "indicator", "complete_rows", "by_category", "iterative", "without_log", "min_max",
        "min_max_tailed", "min_max_tailed_without_log", "min_max_leading", "ordinal_codes",
    )  # fmt: skip
    made = {name: preparations.prepare(name, frame, table, split, LEADING) for name in names}
    assert [len(prepared.train) for prepared in made.values()] == [10, 12, 10, 10, 10, 10, 10, 10, 10, 10, 5]
    assert made["indicator"].marks == 2
    assert np.array_equal(made["indicator"].train[:3], made["median_mode"].train[:3])
    gaps = frame.iloc[split.train][["a", "kind"]].isna().to_numpy().T
    assert np.array_equal(made["indicator"].train[-2:].astype(bool), gaps)
    assert made["complete_rows"].train.shape[1] == frame.iloc[split.train].notna().all(axis=1).sum()
    assert made["min_max"].train[:3].min(axis=1) == pytest.approx(0)
    assert made["min_max"].train[:3].max(axis=1) == pytest.approx(1)
    chosen = made["median_mode"].train
    for name, rows in (("min_max_tailed", [1]), ("min_max_leading", [0])):
        others = [row for row in range(10) if row not in rows]
        assert np.array_equal(made[name].train[others], chosen[others])
        assert (made[name].train[rows].min(), made[name].train[rows].max()) == (0, 1)
    unlogged = made["min_max_tailed_without_log"].train[1]
    assert np.corrcoef(unlogged, made["without_log"].train[1])[0, 1] == pytest.approx(1)
    assert (unlogged.min(), unlogged.max()) == (0, 1)
    assert np.array_equal(made["without_log"].train[[0, 2]], made["median_mode"].train[[0, 2]])
    assert not np.array_equal(made["without_log"].train[1], made["median_mode"].train[1])
    assert made["ordinal_codes"].train[3:].mean(axis=1) == pytest.approx(0, abs=1e-5)


def test_gaps_are_filled_by_category_and_by_regression_on_the_other_inputs() -> None:
    frame, labels = with_gaps(19)
    split = dataset.split(labels, 0.2, 0)
    made = {
        name: preparations.prepare(name, frame, TABLE, split, LEADING)
        for name in ("median_mode", "by_category", "iterative")
    }
    train = frame.iloc[split.train]
    gaps = train["a"].isna() & train["kind"].notna()
    medians = train["kind"].map(train.groupby("kind")["a"].median())
    whole = train["a"].fillna(medians).fillna(train["a"].fillna(medians).median())
    expected = (whole - whole.mean()) / whole.std(ddof=0)
    assert made["by_category"].train[0] == pytest.approx(expected.to_numpy(), abs=1e-5)
    for name in ("by_category", "iterative"):
        assert np.isfinite(made[name].train).all()
        assert len(np.unique(made[name].train[0, gaps])) > 1
    known = train["a"].notna().to_numpy()
    assert made["iterative"].train[:, known] == pytest.approx(made["median_mode"].train[:, known], abs=1e-6)


def test_a_table_without_gaps_compares_no_strategy_for_gaps() -> None:
    frame, _ = world(20, 100)
    assert preparations.preparations(frame, TABLE, LEADING) == (
        "median_mode", "min_max", "min_max_leading", "ordinal_codes",
    )  # fmt: skip


def run(settings: Settings, folder: Path) -> Outcome:
    """Run the study, send its record through its file, and draw its figures."""
    outcome = study.run(settings, Inputs(folder / "build"), silent)
    store.save(outcome.record, folder / "eda.json")
    assert contract.load(STUDY, folder / "eda.json") == outcome.record
    for plot in plots.PLOTS:
        drawn = plot(outcome.record, outcome.arrays, settings)
        assert style.faults(drawn) == []
        assert drawn.axes
    return outcome


@pytest.mark.long
def test_the_course_tables_simulated_twin_is_explored_on_three_hundred_rows(tmp_path: Path) -> None:
    settings = tables.course(tmp_path, row_limit=300)
    record = run(settings, tmp_path).record
    assert isinstance(record, EdaRecord)
    assert (record.rows, record.training_rows, record.validation_rows) == (300, 240, 60)
    assert record.simulated
    found = record.features
    assert found.inputs == 4 + sum(feature.inputs for feature in found.categorical)
    assert record.evidence.suspects == ("amenity_score",)
    assert found.leading_numerical is not None
    assert found.leading_numerical.name == "amenity_score"
    assert sum(c.share for c in record.classes.by_class) == pytest.approx(1)
    assert record.gaps.features == sum(gaps.rows > 0 for gaps in record.gaps.by_feature)


@pytest.mark.long
def test_the_study_gives_the_same_record_twice(tmp_path: Path) -> None:
    settings = plants(tmp_path)
    first, second = (study.run(settings, Inputs(tmp_path), silent).record for _ in range(2))
    assert first == second


def plants(folder: Path, seed: int = 0, N: int = 240) -> Settings:
    """Return a table of another field: three classes, gaps in every column, values of two soils."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, N)
    frame = pd.DataFrame(
        {
            "height": np.round(20 + 5 * labels + rng.normal(0, 12, N), 1).clip(0),
            "soil": rng.choice(["clay", "sand", "peat"], N),
            "species": np.array(["se", "ve", "vi"])[labels],
            "leaves": rng.integers(0, 90, N).astype(float),
            "light": rng.choice(["sun", "shade"], N),
        }
    )
    for position, name in enumerate(("height", "soil", "leaves", "light")):
        frame.loc[position::17, name] = np.nan
    return tables.plants(folder, train=frame.to_csv(index=False), run="boosting_rounds = 5")


def reduced(settings: Settings, *, numerical: int, categorical: int) -> Settings:
    """Return the same settings for a table with fewer features."""
    table = settings.table
    table = msgspec.structs.replace(
        table, numerical=table.numerical[:numerical], categorical=table.categorical[:categorical]
    )
    folder = settings.folder / f"{numerical}{categorical}"
    folder.mkdir()
    names = [*table.features, table.target]
    for path in (settings.train_path, settings.test_path):
        pd.read_csv(path)[names].to_csv(folder / path.name, index=False)
    return dataclasses.replace(settings, path=folder / "report.toml", table=table)


@pytest.mark.parametrize(("numerical", "categorical"), [(2, 2), (2, 0), (1, 1), (0, 2), (1, 0), (0, 1)])
@pytest.mark.sampled(6)
def test_tables_of_another_field_with_few_or_no_features_of_a_kind_are_explored(
    tmp_path: Path, numerical: int, categorical: int
) -> None:
    settings = reduced(plants(tmp_path), numerical=numerical, categorical=categorical)
    record = run(settings, tmp_path).record
    assert (record.table.numerical_features, record.table.categorical_features) == (numerical, categorical)
    assert record.evidence.suspects == ()
    assert len(record.correlations.pairs) == (1 if numerical == 2 else 0)
    assert len(record.correlations.categorical_pairs) == (1 if categorical == 2 else 0)
    assert (record.correlations.strongest_pair is None) == (numerical < 2)
    assert (record.evidence.runner_up is None) == (numerical + categorical == 1)


@tables.needs_course_files
@pytest.mark.slow
def test_the_course_tables_numbers_are_the_known_ones(tmp_path: Path) -> None:
    settings = tables.course(tmp_path, tables.COURSE)
    data = dataset.read_train(settings)
    rng = np.random.default_rng(0)
    found = {
        name: information.information(data.frame[name], data.labels, name in settings.table.numerical_names, rng)
        for name in settings.table.features
    }
    known = {"amenity_score": 0.800, "room_type": 0.200, "neighbourhood_group": 0.064}
    for name, expected in known.items():
        assert found[name].mutual_information == pytest.approx(expected, abs=0.01)
    assert all(one.mutual_information <= 0.0145 for name, one in found.items() if name not in known)
    missing = {g.feature: g for g in eda_missing.analyse(data.frame, data.labels, settings.table, rng)}
    nights = missing["minimum_nights"].strongest
    assert nights is not None
    assert (nights.other, nights.value) == ("availability_365", "0")
    assert (nights.share_inside, nights.share_outside) == (
        pytest.approx(0.069, abs=1e-3),
        pytest.approx(0.011, abs=1e-3),
    )
    days = missing["availability_365"].strongest
    assert days is not None
    assert (days.other, days.relation, days.value) == ("minimum_nights", "at_least", "30")
    assert {name for name, gaps in missing.items() if gaps.verdict != "MAR-compatible"} == {
        "neighbourhood_group",
        "room_type",
    }
    assert data.with_target.duplicated().sum() == 683
