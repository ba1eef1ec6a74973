"""Metrics against scikit-learn, SciPy and PyTorch, their definitions written out, and cases worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import optimize, stats
from sklearn import metrics as sklearn_metrics

from analysis.statistics import metrics

EXACT = 1e-10  # two ways to compute one sum in double precision
FEW = hypothesis_settings(max_examples=50, deadline=None)  # the machine may be busy with something else

seeds = st.integers(0, 10**6)
answers = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=50)


def log_softmax(seed: int, K: int, N: int, scale: float = 2.0) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(0, scale, (K, N))
    return logits - np.log(np.exp(logits).sum(axis=0))


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


def test_calibration_error_of_a_case_worked_out_by_hand():
    # two rows at .95, one right; two at .65, both right: (|1.9 - 1| + |1.3 - 2|) / 4
    p = np.array([[0.95, 0.95, 0.65, 0.35], [0.05, 0.05, 0.35, 0.65]])
    assert metrics.calibration_error(np.log(p), np.array([0, 1, 0, 1])) == pytest.approx((0.9 + 0.7) / 4)


def test_balanced_accuracy_leaves_out_a_class_without_rows():
    labels, predicted = np.array([0, 0, 1, 1]), np.array([0, 2, 1, 1])
    assert metrics.balanced_accuracy(predicted, labels, 3) == pytest.approx(0.75)


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
@given(seeds)
def test_the_largest_relative_difference_is_numpys(seed):
    first, second = np.random.default_rng(seed).normal(size=(2, 3, 4))
    largest = np.linalg.norm(np.stack([first, second]).ravel(), np.inf)
    expected = np.linalg.norm((first - second).ravel(), np.inf) / largest
    assert metrics.relative_difference(first, second) == pytest.approx(expected)
