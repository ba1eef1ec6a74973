"""Part D's numbers on random inputs against scikit-learn and SciPy, or their definitions written out."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sklearn_metrics
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

from analysis.data import dataset
from analysis.network.replicates import fold
from analysis.results.types import replicated
from analysis.statistics import metrics
from analysis.studies.generalization import recipes as models
from analysis.studies.generalization import shift as explanation
from analysis.studies.generalization.summary import _difference, _tolerance
from tests.analysis.studies.generalization import worlds
from tests.marks import examples

BOOSTING = {"learning_rate": 0.2, "max_leaf_nodes": 15, "early_stopping": False}  # of all trees, beside rounds
EXACT = 1e-10  # two ways to compute one sum in double precision
FEW = examples(50)

seeds = st.integers(0, 10**6)
answers = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=50)
columns = st.lists(st.floats(-9, 9).map(lambda x: round(x, 1)), min_size=1, max_size=30)


def test_the_log_loss_of_certain_mistakes_is_finite_and_that_of_certainty_is_zero():
    log_p = np.log(np.maximum(np.array([[1.0, 0.0], [0.0, 1.0]]), models.SMALLEST_PROBABILITY))
    assert metrics.log_loss(log_p, np.array([0, 1])) == 0
    assert metrics.log_loss(log_p.astype(np.float32), np.array([1, 0])) == pytest.approx(30 * math.log(10), rel=1e-6)


@FEW
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_replicates_and_their_differences_are_summarised_as_numpy_does(first, second):
    one = replicated(first)
    assert (one.mean, one.minimum, one.maximum) == pytest.approx((np.mean(first), min(first), max(first)))
    assert one.std == pytest.approx(np.std(first, ddof=1) if len(first) > 1 else 0, abs=EXACT)
    both = min(len(first), len(second))
    difference = _difference(one, replicated(second))
    assert difference.replicates == pytest.approx(np.array(first[:both]) - np.array(second[:both]))
    error = stats.sem(difference.replicates) if both > 1 else 0
    width = stats.norm.ppf(0.975) * math.sqrt(one.mean * (1 - one.mean) / 70 + 0.3 * 0.7 / 50)
    assert _tolerance(one, difference, 0.3, (70, 50)) == pytest.approx(max(0.02, width + 2 * error))


# --- columns ---


@FEW
@given(columns, columns)
def test_the_kolmogorov_smirnov_distance_is_the_largest_gap_of_the_two_distribution_functions(first, second):
    gaps = [
        abs(sum(a <= x for a in first) / len(first) - sum(b <= x for b in second) / len(second))
        for x in (*first, *second)
    ]
    found = explanation.distance(pd.Series(first), pd.Series(second), numerical=True)
    assert found == pytest.approx(max(gaps), abs=EXACT)
    if len(first) * len(second) > 1:  # SciPy's p-value divides by zero otherwise
        assert found == pytest.approx(stats.ks_2samp(first, second, method="asymp").statistic, abs=EXACT)


@FEW
@given(st.lists(st.sampled_from("abcd"), min_size=1), st.lists(st.sampled_from("abce"), min_size=1))
def test_the_total_variation_is_the_largest_difference_of_any_set_of_categories(first, second):
    shares = [[column.count(c) / len(column) for c in "abcde"] for column in (first, second)]
    sets = [[bool(code >> i & 1) for i in range(5)] for code in range(32)]
    largest = max(abs(sum(p - q for p, q, own in zip(*shares, one, strict=True) if own)) for one in sets)
    found = explanation.distance(pd.Series(first), pd.Series(second), numerical=False)
    assert found == pytest.approx(largest, abs=EXACT)


# --- the two tables ---


@pytest.fixture(scope="module")
def stones(tmp_path_factory):
    of = worlds.write(tmp_path_factory.mktemp("stones"), "numerical leak, broken in test", rows=400)
    train = dataset.read_train(of)
    frame = worlds.table("numerical leak, broken in test", 300, 9, test=True)
    labels = frame["kind"].map({"c": 0, "f": 1, "s": 2}).to_numpy()
    frame = frame[train.frame.columns].astype({"mark": float})
    return of, train, dataclasses.replace(train, frame=frame, labels=labels)


def inputs(fitted: pd.DataFrame, *frames: pd.DataFrame, numerical: list[str]) -> np.ndarray:
    """Return scikit-learn's encoding of some rows, fitted on a frame, as float32 rows."""
    columns = [("numbers", StandardScaler(), numerical), ("texts", OrdinalEncoder(), ["box"])]
    encoder = ColumnTransformer(columns).fit(fitted)
    return np.vstack([encoder.transform(frame) for frame in frames]).astype(np.float32)


def test_what_the_others_explain_of_a_number_is_scikit_learns_cross_validated_r2(stones):
    of, train, _ = stones
    X = inputs(train.frame, train.frame, numerical=["mark"])
    model = HistGradientBoostingRegressor(**BOOSTING, max_iter=of.run.boosting_rounds, categorical_features=[1])
    guess = cross_val_predict(model, X, train.frame["mass"], cv=KFold(5, shuffle=True, random_state=of.run.seed))
    expected = sklearn_metrics.r2_score(train.frame["mass"], guess)
    found = explanation.explained_share(train.frame, "mass", of)
    assert found == pytest.approx(expected, abs=0.01)  # rounding may move a value over a bin's edge


def test_what_the_others_explain_of_a_category_is_one_less_the_ratio_of_cross_entropy_and_entropy(stones):
    of, train, _ = stones
    X = StandardScaler().fit_transform(train.frame[["mass", "mark"]]).astype(np.float32)
    model = HistGradientBoostingClassifier(**BOOSTING, max_iter=of.run.boosting_rounds)
    parts = StratifiedKFold(5, shuffle=True, random_state=of.run.seed)
    p = cross_val_predict(model, X, train.frame["box"], cv=parts, method="predict_proba")
    expected = 1 - sklearn_metrics.log_loss(train.frame["box"], p) / stats.entropy(train.frame["box"].value_counts())
    assert explanation.explained_share(train.frame, "box", of) == pytest.approx(expected, abs=0.01)


def test_the_tables_are_separated_as_by_scikit_learns_cross_validated_classifier(stones):
    of, train, test = stones
    for drop, kept in (((), ["mass", "mark"]), (("mark",), ["mass"])):
        X = inputs(train.frame, train.frame, test.frame, numerical=kept)
        is_test = np.repeat([False, True], [len(train.frame), len(test.frame)])
        model = HistGradientBoostingClassifier(
            **BOOSTING, max_iter=of.run.boosting_rounds, categorical_features=[len(kept)]
        )
        parts = StratifiedKFold(5, shuffle=True, random_state=of.run.seed)
        p = cross_val_predict(model, X, is_test, cv=parts, method="predict_proba")[:, 1]
        found = metrics.auc(explanation.table_probabilities(train.frame, test.frame, of, drop), is_test)
        assert found == pytest.approx(sklearn_metrics.roc_auc_score(is_test, p), abs=0.01)


def test_a_feature_too_small_to_have_a_variance_is_explained_by_nothing(stones):
    of, train, _ = stones
    frame = train.frame.assign(mass=train.frame["mass"] * 1e-200)
    assert explanation.explained_share(frame, "mass", of) == 0


def test_histograms_are_numpys_within_each_class(stones):
    of, train, test = stones
    found = explanation.histograms(train, test, "mass", of)
    both = np.concatenate([train.frame["mass"], test.frame["mass"]])
    for shares, table in ((found.train, train), (found.test, test)):
        for k in range(3):
            own = table.frame["mass"][table.labels == k]
            counts, edges = np.histogram(own, bins=30, range=(both.min(), both.max()))
            np.testing.assert_allclose(shares[k], counts / counts.sum(), atol=2 / len(own))  # a value on an edge
            np.testing.assert_allclose(found.edges, edges)
    of_boxes = explanation.histograms(train, test, "box", of)
    for k in range(3):
        own = train.frame["box"][train.labels == k].tolist()
        assert of_boxes.train[k] == pytest.approx([own.count(box) / len(own) for box in sorted(set(own))])


def test_group_means_are_sums_over_counts_and_the_column_is_the_one_that_explains_most(stones):
    of, train, test = stones
    found = explanation.strongest_group_means(train.frame, test.frame, "mark", of)
    assert found is not None
    for group in found.groups:
        for table, mean in zip((train, test), (group.train, group.test), strict=True):
            own = [mark for mark, box in zip(table.frame["mark"], table.frame["box"], strict=True) if box == group.name]
            assert mean == pytest.approx(sum(own) / len(own))
    by_class = explanation.class_means(train, test, "mark", of)
    assert by_class is not None
    expected = [train.frame["mark"][train.labels == k].mean() for k in range(3)]
    assert [group.train for group in by_class.groups] == pytest.approx(expected)


class Rule:
    """A model that answers by a threshold of `mark` and the box, in place of a trained one."""

    recipe, replicate = models.Recipe(), 0

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        return np.where(frame["box"] == "a", 0, np.clip(frame["mark"] // 30, 0, 2)).astype(int)


def test_permuted_accuracy_is_on_average_that_of_every_row_with_every_other_rows_value(stones):
    """Permutation importance (Breiman 2001) by its definition: the mean over all donors, of which we draw some."""
    of, train, _ = stones
    frame, labels, rule = train.frame[:120], train.labels[:120], Rule()
    right = [
        np.mean(rule.predict(frame.assign(mark=donor)) == labels) for donor in frame["mark"]
    ]  # a mean over rows, for each donor
    drawn = [
        metrics.accuracy(rule.predict(models.permuted(frame, ("mark",), of, replicate)), labels)
        for replicate in range(60)
    ]
    assert np.mean(drawn) == pytest.approx(np.mean(right), abs=4 * np.std(drawn) / math.sqrt(60))
    assert metrics.accuracy(rule.predict(frame), labels) > np.mean(right) + 0.1


def test_a_uniform_draw_passes_the_kolmogorov_smirnov_test_of_uniformity(stones):
    of, train, _ = stones
    low, high = train.frame["mass"].min(), train.frame["mass"].max()
    drawn = models.uniform(train.frame, train.frame, ("mass",), of, 0)["mass"]
    assert stats.kstest(drawn, stats.uniform(low, high - low).cdf).pvalue > 0.01  # of a fixed seed
    assert stats.kstest(train.frame["mass"], stats.uniform(low, high - low).cdf).pvalue < 0.01


def test_accuracies_reweighted_to_other_class_shares_are_recalls_weighted_by_them(stones):
    of, train, test = stones
    folds = fold(train, of, 0)
    shares = [np.bincount(table.labels, minlength=3) / len(table.labels) for table in (train, test)]
    weights_of_rows = shares[1][train.labels] / shares[0][train.labels]
    found, plain = explanation.reweighted(Rule(), folds, (weights_of_rows, np.ones(len(train.labels))))  # type: ignore[arg-type]
    answers = Rule().predict(folds.validation)
    in_fold = np.bincount(folds.validation_labels, minlength=3) / len(answers)
    recalls = sklearn_metrics.recall_score(folds.validation_labels, answers, average=None)
    weights = in_fold * shares[1] / shares[0]
    assert found == pytest.approx(np.average(recalls, weights=weights))
    assert plain == pytest.approx(np.mean(answers == folds.validation_labels))


def test_a_boosted_model_is_scikit_learns_on_the_same_inputs(stones):
    of, train, _ = stones
    folds = fold(train, of, 1)
    model = models.train(models.Recipe(family="boosting"), folds, of, 1, 0.5)
    frames, numerical = (folds.train, folds.validation), ["mass", "mark"]
    X, X_validation = (inputs(folds.train, frame, numerical=numerical) for frame in frames)
    reference = HistGradientBoostingClassifier(**BOOSTING, max_iter=of.run.boosting_rounds, categorical_features=[2])
    expected = reference.fit(X, folds.train_labels).predict_proba(X_validation)
    found = np.exp(model.log_probabilities(folds.validation))
    assert np.mean(np.abs(found.T - expected).max(axis=1) > 1e-6) < 0.02  # rounding may move a value over a bin's edge


def test_a_class_that_no_training_row_has_gets_no_probability(stones):
    of, train, _ = stones
    kept = train.labels != 1
    fewer = dataclasses.replace(train, frame=train.frame[kept].reset_index(drop=True), labels=train.labels[kept])
    folds = fold(fewer, of, 0)
    model = models.train(models.Recipe(family="boosting"), folds, of, 0, 0.5)
    p = np.exp(model.log_probabilities(folds.validation))
    np.testing.assert_allclose(p[1], models.SMALLEST_PROBABILITY)
    np.testing.assert_allclose(p.sum(axis=0), 1)
