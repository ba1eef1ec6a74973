"""Part D's numbers on random inputs against scikit-learn and SciPy, or their definitions written out."""

from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import optimize, stats
from sklearn import metrics as sklearn_metrics
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from analysis.data import dataset
from analysis.results.types import replicated
from analysis.statistics import metrics
from analysis.studies.generalization import recipes as models
from analysis.studies.generalization import shift as explanation
from analysis.studies.generalization.summary import _difference, _tolerance
from tests.analysis.studies.generalization import worlds

EXACT = 1e-10  # two ways to compute one sum in double precision
FEW = hypothesis_settings(max_examples=50, deadline=None)  # the machine may be busy with something else

seeds = st.integers(0, 10**6)
answers = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=50)
columns = st.lists(st.floats(-9, 9).map(lambda x: round(x, 1)), min_size=1, max_size=30)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(1):  # boosting's threads would wait for those of other workers
        yield


def log_softmax(seed: int, K: int, N: int, scale: float = 2.0) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(0, scale, (K, N))
    return logits - np.log(np.exp(logits).sum(axis=0))


# --- predictions ---


@FEW
@given(answers, seeds)
def test_accuracies_and_confusion_are_scikit_learns_with_any_classes_absent(pairs, seed):
    predicted, labels = np.array(pairs).T
    assert metrics.accuracy(predicted, labels) == pytest.approx(sklearn_metrics.accuracy_score(labels, predicted))
    weights = np.random.default_rng(seed).random(len(labels)) + 1e-3
    expected = sklearn_metrics.accuracy_score(labels, predicted, sample_weight=weights)
    assert metrics.weighted_accuracy(predicted, labels, weights) == pytest.approx(expected)
    counts = sklearn_metrics.confusion_matrix(labels, predicted, labels=range(4))
    np.testing.assert_array_equal(metrics.confusion(predicted, labels, 4), counts)
    present = np.unique(labels)
    recall = sklearn_metrics.recall_score(labels, predicted, labels=present, average="macro", zero_division=0)
    assert metrics.balanced_accuracy(predicted, labels, 4) == pytest.approx(recall)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@FEW
@given(seed=seeds, K=st.integers(2, 6), N=st.integers(1, 40), scale=st.sampled_from([0.1, 2.0, 8.0]))
def test_log_loss_is_pytorchs_and_scikit_learns_where_that_does_not_clip(dtype, seed, K, N, scale):
    log_p = log_softmax(seed, K, N, scale)
    labels = np.random.default_rng(seed + 1).integers(0, K, N)
    rounding = EXACT if dtype is np.float64 else 1e-6
    found = metrics.log_loss(log_p.astype(dtype), labels)
    expected = torch.nn.functional.nll_loss(torch.tensor(log_p.T), torch.tensor(labels)).item()
    assert found == pytest.approx(expected, rel=rounding, abs=rounding)
    if log_p.min() > math.log(1e-14):  # scikit-learn raises probabilities to 2e-16
        expected = sklearn_metrics.log_loss(labels, np.exp(log_p).T, labels=range(K))
        assert found == pytest.approx(expected, rel=rounding, abs=rounding)


def test_the_log_loss_of_certain_mistakes_is_finite_and_that_of_certainty_is_zero():
    log_p = np.log(np.maximum(np.array([[1.0, 0.0], [0.0, 1.0]]), models.SMALLEST_PROBABILITY))
    assert metrics.log_loss(log_p, np.array([0, 1])) == 0
    assert metrics.log_loss(log_p.astype(np.float32), np.array([1, 0])) == pytest.approx(30 * math.log(10), rel=1e-6)


@FEW
@given(seeds, st.integers(2, 5), st.integers(1, 60))
def test_calibration_error_is_the_bins_gaps_weighted_by_their_rows(seed, K, N):
    log_p = log_softmax(seed, K, N)
    labels = np.random.default_rng(seed + 1).integers(0, K, N)
    p = np.exp(log_p)
    expected = 0.0
    for low in range(10):
        members = [n for n in range(N) if low / 10 <= max(p[:, n]) < (low + 1) / 10 or (low == 9 and max(p[:, n]) == 1)]
        if members:
            mean = np.mean([max(p[:, n]) for n in members])
            right = np.mean([p[:, n].tolist().index(max(p[:, n])) == labels[n] for n in members])
            expected += len(members) / N * abs(mean - right)
    assert metrics.calibration_error(log_p, labels) == pytest.approx(expected, abs=EXACT)
    np.testing.assert_allclose(metrics.confidence(log_p), p.max(axis=0))


def test_a_certain_answer_falls_into_the_last_bin():
    certain = np.array([[0.0], [-80.0]])
    assert metrics.calibration_error(certain, np.array([0])) == 0
    assert metrics.calibration_error(certain, np.array([1])) == 1


@FEW
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_auc_with_ties_is_scikit_learns_and_mann_whitneys(pairs):
    scores, positive = np.array([p[0] for p in pairs], float), np.array([p[1] for p in pairs])
    assume(0 < positive.sum() < len(positive))
    found = metrics.auc(scores, positive)
    assert found == pytest.approx(sklearn_metrics.roc_auc_score(positive, scores))
    u = stats.mannwhitneyu(scores[positive], scores[~positive], method="asymptotic").statistic
    assert found == pytest.approx(u / positive.sum() / (~positive).sum())


# --- intervals ---


@FEW
@given(st.integers(1, 5000), st.floats(0, 1))
def test_wilsons_interval_is_scipys_for_counts_and_the_roots_of_its_equation_for_any_share(rows, share):
    right = round(share * rows)
    expected = stats.binomtest(right, rows).proportion_ci(method="wilson")
    assert metrics.wilson(right / rows, rows) == pytest.approx((expected.low, expected.high), abs=EXACT)
    z = stats.norm.ppf(0.975)

    def apart(p: float) -> float:  # of the share, in standard errors under p, squared, less z squared
        return rows * (share - p) ** 2 - z**2 * p * (1 - p)

    low, high = metrics.wilson(share, rows)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1
    if 0.001 < share < 0.999:
        assert low == pytest.approx(optimize.brentq(apart, 0, share), abs=1e-9)
        assert high == pytest.approx(optimize.brentq(apart, share, 1), abs=1e-9)


@pytest.mark.parametrize(("share", "rows"), [(0.0, 1), (1.0, 1), (0.0, 7), (1.0, 10**6)])
def test_wilsons_interval_of_none_or_all_right_ends_at_the_share_and_not_before_the_other_end(share, rows):
    expected = stats.binomtest(round(share * rows), rows).proportion_ci(method="wilson")
    low, high = metrics.wilson(share, rows)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=EXACT)
    assert 0 <= low < high <= 1
    assert share in (pytest.approx(low, abs=1e-15), pytest.approx(high, abs=1e-15))


def test_wilsons_interval_holds_the_true_share_about_as_often_as_it_says():
    held = {}
    for true in (0.05, 0.5, 0.84):
        counts = stats.binom(80, true)
        ends = [metrics.wilson(k / 80, 80) for k in range(81)]
        held[true] = sum(counts.pmf(k) for k, (low, high) in enumerate(ends) if low <= true <= high)
    assert all(share == pytest.approx(0.95, abs=0.02) for share in held.values())  # 81 outcomes: not exactly .95


@FEW
@given(st.floats(0, 1), st.integers(1, 5000), st.floats(0, 1), st.integers(1, 5000))
def test_the_interval_of_a_difference_is_that_of_the_normal_with_the_sum_of_the_variances(p, n, q, m):
    spread = math.sqrt(stats.bernoulli.var(p) / n + stats.bernoulli.var(q) / m)
    low, high = stats.norm.interval(0.95, scale=spread) if spread else (0, 0)
    assert metrics.half_width_of_difference(p, n, q, m) == pytest.approx((high - low) / 2, abs=EXACT)


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


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("numerical", [True, False])
def test_information_less_its_bias_is_scikit_learns_less_the_expected_one(numerical, seed):
    rng = np.random.default_rng(seed)
    labels = rng.choice(4, 500, p=[0.1, 0.6, 0.2, 0.1])
    values = pd.Series(labels + rng.normal(0, 2, 500)).round(1 if seed else 0)
    if not numerical:
        values = (values // 2).astype(str)
    values[rng.random(500) < 0.1] = np.nan
    told, line = metrics.information(values, labels, np.random.default_rng(seed))
    known = values.notna().to_numpy()
    codes = pd.factorize(values[known])[0]
    if numerical:
        ascending, bins = np.sort(values[known]), min(32, max(2, int(known.sum()) // 25))
        edges = sorted({ascending[math.ceil(k / bins * known.sum() - 1e-9) - 1] for k in range(1, bins)})
        codes = np.digitize(values[known], edges, right=True)
    counts = contingency_matrix(codes, labels[known], dtype=np.int64, sparse=True)
    mutual = sklearn_metrics.mutual_info_score(codes, labels[known])
    permuted = [sklearn_metrics.mutual_info_score(codes, rng.permutation(labels[known])) for _ in range(100)]
    expected = mutual - expected_mutual_information(counts, int(known.sum()))
    assert told == pytest.approx(expected, abs=5 * np.std(permuted) / math.sqrt(200))  # of the product's 200 draws
    assert line == pytest.approx(np.quantile(permuted, 0.95) - np.mean(permuted), abs=np.std(permuted))


@FEW
@given(answers)
def test_plug_in_information_and_entropy_are_scikit_learns_and_scipys(pairs):
    first, second = np.array(pairs).T
    table = metrics.joint_counts(first, second, 4, 4)
    assert metrics.plug_in_information(table) == pytest.approx(
        sklearn_metrics.mutual_info_score(first, second), abs=EXACT
    )
    assert metrics.entropy(first) == pytest.approx(stats.entropy(np.bincount(first)), abs=EXACT)


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
    columns = [("numbers", StandardScaler(), numerical), ("texts", OneHotEncoder(sparse_output=False), ["box"])]
    encoder = ColumnTransformer(columns).fit(fitted)
    return np.vstack([encoder.transform(frame) for frame in frames]).astype(np.float32)


def test_what_the_others_explain_of_a_number_is_scikit_learns_cross_validated_r2(stones):
    of, train, _ = stones
    X = inputs(train.frame, train.frame, numerical=["mark"])
    model = HistGradientBoostingRegressor(max_iter=40, learning_rate=0.15, early_stopping=False)
    guess = cross_val_predict(model, X, train.frame["mass"], cv=KFold(5, shuffle=True, random_state=of.run.seed))
    expected = sklearn_metrics.r2_score(train.frame["mass"], guess)
    found = explanation.explained_share(train.frame, "mass", of)
    assert found == pytest.approx(expected, abs=0.01)  # rounding may move a value over a bin's edge


def test_what_the_others_explain_of_a_category_is_one_less_the_ratio_of_cross_entropy_and_entropy(stones):
    of, train, _ = stones
    X = StandardScaler().fit_transform(train.frame[["mass", "mark"]]).astype(np.float32)
    model = HistGradientBoostingClassifier(max_iter=40, learning_rate=0.15, early_stopping=False)
    parts = StratifiedKFold(5, shuffle=True, random_state=of.run.seed)
    p = cross_val_predict(model, X, train.frame["box"], cv=parts, method="predict_proba")
    expected = 1 - sklearn_metrics.log_loss(train.frame["box"], p) / stats.entropy(train.frame["box"].value_counts())
    assert explanation.explained_share(train.frame, "box", of) == pytest.approx(expected, abs=0.01)


def test_the_tables_are_told_apart_as_by_scikit_learns_cross_validated_classifier(stones):
    of, train, test = stones
    for drop, kept in (((), ["mass", "mark"]), (("mark",), ["mass"])):
        X = inputs(train.frame, train.frame, test.frame, numerical=kept)
        is_test = np.repeat([False, True], [len(train.frame), len(test.frame)])
        model = HistGradientBoostingClassifier(max_iter=40, learning_rate=0.15, early_stopping=False)
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
    for group, *means in zip(found.groups, found.train, found.test, strict=True):
        for table, mean in zip((train, test), means, strict=True):
            own = [mark for mark, box in zip(table.frame["mark"], table.frame["box"], strict=True) if box == group]
            assert mean == pytest.approx(sum(own) / len(own))
    by_class = explanation.class_means(train, test, "mark", of)
    assert by_class is not None
    assert by_class.train == pytest.approx([train.frame["mark"][train.labels == k].mean() for k in range(3)])


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
    folds = models.fold(train, of, 0)
    shares = [np.bincount(table.labels, minlength=3) / len(table.labels) for table in (train, test)]
    scored = SimpleNamespace(model=Rule())
    found = explanation.reweighted(scored, train, shares[1][train.labels] / shares[0][train.labels], of)  # type: ignore[arg-type]
    answers = Rule().predict(folds.validation)
    in_fold = np.bincount(folds.validation_labels, minlength=3) / len(answers)
    recalls = sklearn_metrics.recall_score(folds.validation_labels, answers, average=None)
    weights = in_fold * shares[1] / shares[0]
    assert found == pytest.approx(np.average(recalls, weights=weights))


def test_a_boosted_model_is_scikit_learns_on_the_same_inputs(stones):
    of, train, _ = stones
    folds = models.fold(train, of, 1)
    model = models.train(models.Recipe(family="boosting"), folds, of, 1, 0.5)
    frames, numerical = (folds.train, folds.validation), ["mass", "mark"]
    X, X_validation = (inputs(folds.train, frame, numerical=numerical) for frame in frames)
    reference = HistGradientBoostingClassifier(max_iter=40, learning_rate=0.15, early_stopping=False)
    expected = reference.fit(X, folds.train_labels).predict_proba(X_validation)
    found = np.exp(model.log_probabilities(folds.validation))
    assert np.mean(np.abs(found.T - expected).max(axis=1) > 1e-6) < 0.02  # rounding may move a value over a bin's edge


def test_a_class_that_no_training_row_has_gets_no_probability(stones):
    of, train, _ = stones
    kept = train.labels != 1
    fewer = dataclasses.replace(train, frame=train.frame[kept].reset_index(drop=True), labels=train.labels[kept])
    fold = models.fold(fewer, of, 0)
    model = models.train(models.Recipe(family="boosting"), fold, of, 0, 0.5)
    p = np.exp(model.log_probabilities(fold.validation))
    np.testing.assert_allclose(p[1], models.SMALLEST_PROBABILITY)
    np.testing.assert_allclose(p.sum(axis=0), 1)
