"""Attribution on networks whose gradients are known, its scores' axioms, its statistics, and whole small tables."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace
from scipy import stats

from analysis import contract
from analysis.compute.progress import silent
from analysis.data import dataset
from analysis.network import torch_network
from analysis.network.descent import TrainingRun
from analysis.network.mlp import RELU, Params, initialise
from analysis.network.replicates import EncodedFold, encode, fold
from analysis.plotting import style
from analysis.results import store
from analysis.settings.schema import Categorical, Numerical, Settings, Table
from analysis.statistics import ranks
from analysis.studies.attribution import STUDY, plots, walkthrough
from analysis.studies.attribution import scores as scoring
from analysis.studies.attribution import study as attribution
from analysis.studies.attribution.record import AttributionRecord
from analysis.studies.attribution.replicate import QUANTITIES
from analysis.studies.training.runs import train_one
from tests.analysis.tables import COURSE, course, described, needs_course_files

ROUNDING = 1e-12  # float64, values of order 1, sums of at most a few hundred terms
D, K = 5, 3
GROUPS = {"size": np.array([0]), "age": np.array([1]), "colour": np.array([2, 3, 4])}


def network(seed: int = 0, *, offset: float = 0.0) -> Params:
    """A float64 network; a large offset keeps every unit on, so that it is linear where we look."""
    rng = np.random.default_rng(seed)
    params = initialise(rng, (D, 7, 6, K), RELU, np.float64)
    biases = [rng.normal(size=b.shape) / 4 + offset * (i < 2) for i, b in enumerate(params[1::2])]
    return Params(params.W1, biases[0], params.W2, biases[1], params.W3, biases[2])


def rows(n: int = 200, seed: int = 1) -> np.ndarray:
    """X0 (D, n): two standardised numerical inputs and the three categories of one feature."""
    rng = np.random.default_rng(seed)
    X = np.zeros((D, n))
    X[:2] = rng.normal(size=(2, n))
    X[2 + rng.choice(3, size=n, p=[0.6, 0.3, 0.1]), np.arange(n)] = 1
    return X


def covariance(X: np.ndarray) -> np.ndarray:
    return np.cov(X, bias=True)


def shifted(params: Params, seed: int = 2) -> Params:
    """The same function of the rows above: a vector is added to all categories' columns and taken off the bias."""
    v = np.random.default_rng(seed).normal(size=(len(params.b1), 1))
    W1 = params.W1.copy()
    W1[:, 2:] += v
    return params._replace(W1=W1, b1=params.b1 - v)


def test_scores_and_relative_effects_do_not_move_under_the_shift_that_leaves_the_function_unchanged() -> None:
    params, X = network(), rows()
    other, labels = shifted(params), np.zeros(X.shape[1], int)
    assert np.allclose(*(torch_network.log_probabilities(one, X, "relu") for one in (params, other)), atol=ROUNDING)
    first, second = (torch_network.input_gradients(one, X, labels, "relu", "logit") for one in (params, other))
    assert np.abs(first - second).max() > 0.1  # the single derivatives do move
    own = [GROUPS["colour"]]
    scores = [scoring.row_scores(G, GROUPS, covariance(X)) for G in (first, second)]
    assert np.allclose(*scores, atol=1e-10)
    assert np.allclose(*(scoring.centred(G, own, X) for G in (first, second)), atol=1e-10)


def test_a_feature_does_not_gain_by_having_more_categories() -> None:
    """Splitting a category into two that act alike leaves the score as it was."""
    X, g = rows(), np.array([0.3, -0.2, 1.0, -2.0, 0.5])
    half = X[4] * (np.arange(X.shape[1]) % 2)
    split = np.vstack([X[:4], X[4] - half, half])
    groups = GROUPS | {"colour": np.array([2, 3, 4, 5])}
    before = scoring.row_scores(g[:, None], GROUPS, covariance(X))
    after = scoring.row_scores(np.append(g, g[4])[:, None], groups, covariance(split))
    assert np.allclose(before, after, atol=ROUNDING)


def test_numpy_torch_captum_and_the_identity_agree_on_correct_rows() -> None:
    checks, correct = checked(network(), only_correct=True)
    assert checks.numpy_against_torch < ROUNDING
    assert checks.captum_against_torch < ROUNDING
    assert checks.identity < ROUNDING
    assert 0 < checks.identity_rows == correct.sum() < checks.rows


def test_the_identity_fails_on_misclassified_rows() -> None:
    checks, _ = checked(network(), only_correct=False)
    assert checks.identity > 0.1


def checked(params: Params, *, only_correct: bool) -> tuple[attribution.Checks, np.ndarray]:
    X = rows()
    winner = torch_network.log_probabilities(params, X, "relu").argmax(axis=0)
    labels = np.where(np.arange(X.shape[1]) % 3 > 0, winner, (winner + 1) % K)
    correct = labels == winner
    trusted = correct if only_correct else np.ones_like(correct)
    return attribution.check(params, fold_of(X, labels), trusted, K), correct


def fold_of(X: np.ndarray, labels: np.ndarray) -> EncodedFold:
    encoding = SimpleNamespace(
        groups=GROUPS,
        covariance=covariance(X),
        categories={"colour": ("a", "b", "c")},
        inputs=tuple(f"input {i}" for i in range(X.shape[0])),
    )
    return EncodedFold(encoding, X, labels, X, labels)  # type: ignore[arg-type]


def test_the_row_that_is_walked_is_correct_complete_nearest_the_median_and_off_the_kinks() -> None:
    params, X = network(), rows()
    log_p = torch_network.log_probabilities(params, X, "relu")
    labels = log_p.argmax(axis=0)
    correct = np.arange(X.shape[1]) % 2 == 0
    complete = np.arange(X.shape[1]) % 3 > 0
    losses = -log_p.max(axis=0)
    distance = np.abs(losses - np.median(losses[correct & complete]))
    chosen = walkthrough.choose(params, X, labels, correct, complete)
    assert chosen in np.flatnonzero(correct & complete)
    assert distance[chosen] == distance[correct & complete].min()
    on_a_kink = params._replace(b1=params.b1 - (params.W1 @ X[:, [chosen]] + params.b1) * np.eye(7)[:, [0]])
    other = walkthrough.choose(on_a_kink, X[:, [chosen, chosen - 2]], *[np.array([0, 0])], *[np.ones(2, bool)] * 2)
    assert other == 1


def test_a_perfect_order_has_the_smallest_p() -> None:
    p, _, _ = ranks.permutation_p(np.arange(6.0), np.arange(6.0) ** 3, np.random.default_rng(0))
    assert p == ranks.smallest_p(6) == pytest.approx(2 / 720)


def test_beyond_eight_features_permutations_are_drawn_and_p_is_near_the_asymptotic_one() -> None:
    first, second = np.random.default_rng(5).normal(size=(2, 12))
    p, permutations, exact = ranks.permutation_p(first, second, np.random.default_rng(0))
    assert (permutations, exact) == (ranks.DRAWN_PERMUTATIONS, False)
    assert p == pytest.approx(stats.spearmanr(first, second).pvalue, abs=0.02)
    assert ranks.permutation_p(first, second, np.random.default_rng(0))[0] == p


# --- whole small tables ---

TRAINED = 1  # the replicate that PyTorch trains
RUN = {"seed": 3, "replicates": 3, "hidden": [8, 6], "iterations": 80, "report_at": 40}
NUMERICAL = tuple(Numerical(name, name, "g", -100, 100) for name in ("weight", "age"))
CATEGORICAL = tuple(Categorical(name, name) for name in ("colour", "shop"))


def small_settings(folder: Path, leader: str, *, numerical: bool = True, categorical: bool = True) -> Settings:
    """A table of 300 fruits with gaps, whose taste follows one column."""
    rng = np.random.default_rng(7)
    taste = rng.integers(3, size=300)
    follows = np.where(rng.random(300) < 0.9, taste, rng.integers(3, size=300))
    frame = pd.DataFrame(
        {
            "weight": follows * 2.0 + rng.normal(size=300) * 0.4 if leader == "weight" else rng.normal(size=300),
            "age": rng.normal(size=300).round(2),
            "colour": np.array(["red", "green", "blue"])[follows if leader == "colour" else rng.integers(3, size=300)],
            "shop": rng.choice(["a", "b"], size=300),
        }
    )
    frame = frame.mask(rng.random(frame.shape) < 0.03)
    table = Table(
        target="taste",
        classes=("sour", "plain", "sweet"),
        labels=("s", "p", "w"),
        numerical=NUMERICAL if numerical else (),
        categorical=CATEGORICAL if categorical else (),
    )
    rows = frame[list(table.features)].assign(taste=np.array(["s", "p", "w"])[taste])
    rows.to_csv(folder / "train.csv", index=False)
    rows.iloc[::-1].to_csv(folder / "test.csv", index=False)
    return described(folder, table, **RUN)


class Earlier:
    """Stands for what Parts A and B hand over: information falls from the leading feature on; Part B's ReLU runs."""

    def __init__(self, given: Settings, leader: str, rate: float = 0.5) -> None:
        self.given, self.leader, self.rate = given, leader, rate

    def record(self, study: str) -> SimpleNamespace:
        if study == "training":
            return SimpleNamespace(learning_rate=self.rate, plotted_replicate=TRAINED)
        names = sorted(self.given.table.features, key=lambda name: name != self.leader)
        features = [SimpleNamespace(name=name, mutual_information=1 / (i + 1)) for i, name in enumerate(names)]
        first = (self.leader,)
        evidence = SimpleNamespace(
            by_feature=features, suspects=first, influential=first, not_distinguishable=names[1:]
        )
        return SimpleNamespace(evidence=evidence)

    def arrays(self, study: str) -> dict[str, np.ndarray]:
        assert study == "training"
        data, arrays = dataset.read_train(self.given), {}
        for r in range(self.given.run.replicates):
            run = train_one(self.given, encode(fold(data, self.given, r), self.given.table), r, "relu", self.rate)
            assert isinstance(run, TrainingRun)
            arrays |= {f"relu_{r}_{letter}": array for letter, array in run.params._asdict().items()}
        return arrays | {f"pytorch_{letter}": 1.001 * arrays[f"relu_{TRAINED}_{letter}"] for letter in Params._fields}


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_WORKERS", "1")


@pytest.mark.parametrize(
    ("leader", "kinds"),
    [
        ("weight", {}),
        ("colour", {}),
        ("weight", {"categorical": False}),
        ("colour", {"numerical": False}),
    ],
)
@pytest.mark.sampled(2)
def test_the_feature_that_the_label_follows_leads_the_list_of_any_table(
    tmp_path: Path, leader: str, kinds: dict[str, bool]
) -> None:
    given = small_settings(tmp_path, leader, **kinds)
    outcome = attribution.run(given, Earlier(given, leader), silent)  # type: ignore[arg-type]
    record = outcome.record
    assert isinstance(record, AttributionRecord)
    assert record.ranking[0].feature == record.leader.feature == leader
    assert record.leader.alone
    assert record.leader.first_in_quantities == 4
    assert {one.feature for one in record.ranking} == set(given.table.features)
    scores = [one.score for one in record.ranking]
    assert scores == sorted(scores, reverse=True)
    assert (record.leader.signs == "rising") == (leader == "weight")
    assert bool(record.leader.by_class) == (leader == "weight")
    assert record.relation.expected_found == 1
    store.save(record, tmp_path / "attribution.json")
    assert contract.load(STUDY, tmp_path / "attribution.json") == record
    assert plots.PANELS == QUANTITIES
    for plot in plots.PLOTS:
        drawn = plot(record, outcome.arrays, given)
        assert style.faults(drawn) == []
        assert len(drawn.axes) == 4


def test_the_arrays_hold_every_model_and_three_gradients_of_the_listing(tmp_path: Path) -> None:
    given = small_settings(tmp_path, "weight")
    arrays = attribution.run(given, Earlier(given, "weight"), silent).arrays  # type: ignore[arg-type]
    inputs = arrays["x0"].shape[0]
    trained = Earlier(given, "weight").arrays("training")
    for r in range(3):
        assert arrays[f"model_{r}_W1"].shape == (8, inputs)
        assert arrays[f"model_{r}_b3"].shape == (3, 1)
        assert np.array_equal(arrays[f"model_{r}_W2"], trained["pytorch_W2" if r == TRAINED else f"relu_{r}_W2"])
    assert arrays["b1"].shape == (8,)
    assert arrays["y"].sum() == 1
    for name in ("W1", "b1", "W2", "b2", "W3", "b3", "x0", "y", "dx_numpy", "dx_torch", "dx_central"):
        assert arrays[name].dtype == np.float64
    assert np.allclose(arrays["W1"], arrays[f"model_{TRAINED}_W1"])
    assert np.allclose(arrays["dx_numpy"], arrays["dx_torch"], rtol=0, atol=ROUNDING)
    assert np.allclose(arrays["dx_numpy"], arrays["dx_central"], rtol=0, atol=1e-8)
    assert arrays["train_accuracy"].shape == arrays["validation_accuracy"].shape == (3,)


@pytest.mark.slow
def test_the_number_of_processes_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = small_settings(tmp_path, "weight")
    alone = attribution.run(given, Earlier(given, "weight"), silent)  # type: ignore[arg-type]
    monkeypatch.setenv("ANALYSIS_WORKERS", "2")
    together = attribution.run(given, Earlier(given, "weight"), silent)  # type: ignore[arg-type]
    assert together.record == alone.record


@needs_course_files
def test_on_the_course_s_data_one_feature_leads_by_far_in_every_quantity(tmp_path: Path) -> None:
    quick = course(tmp_path, COURSE, "quick")
    given = dataclasses.replace(quick, run=replace(quick.run, replicates=3))  # of two the interval is too wide
    record = attribution.run(given, Earlier(given, given.table.numerical_names[1]), silent).record  # type: ignore[arg-type]
    leader = record.leader
    assert leader.feature == given.table.numerical_names[1]
    assert leader.alone
    assert leader.first_in_quantities == 4
    assert leader.signs == "rising"
    assert record.inputs == 12
    assert 0.25 < record.ranking[0].probability.score < 0.55
    assert record.checks.numpy_against_torch < 1e-12
    assert record.checks.identity < 1e-12
    assert record.listing.numpy_against_central < 1e-8
