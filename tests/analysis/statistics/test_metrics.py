"""Metrics against scikit-learn, SciPy and PyTorch, their definitions written out, and cases worked out by hand."""

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sklearn_metrics

from analysis.statistics import metrics
from tests.marks import examples

EXACT = 1e-10  # two ways to compute one sum in double precision
FEW = examples(50)

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
    assert metrics.accuracy(predicted, labels, weights) == pytest.approx(expected)
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
@given(seeds)
def test_the_largest_relative_difference_is_numpys(seed):
    first, second = np.random.default_rng(seed).normal(size=(2, 3, 4))
    largest = np.linalg.norm(np.stack([first, second]).ravel(), np.inf)
    expected = np.linalg.norm((first - second).ravel(), np.inf) / largest
    assert metrics.relative_difference(first, second) == pytest.approx(expected)
