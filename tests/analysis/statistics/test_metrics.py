"""Measures against scikit-learn and SciPy, and against values worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn import metrics as sklearn_metrics

from analysis.statistics import information, metrics

CLASSES = 4
RNG = np.random.default_rng(8)
LABELS = RNG.choice(CLASSES, 500, p=[0.1, 0.6, 0.2, 0.1])
LOGITS = RNG.normal(size=(CLASSES, 500)) + 2 * np.eye(CLASSES)[LABELS].T
LOG_PROBABILITIES = LOGITS - np.log(np.exp(LOGITS).sum(axis=0))
PREDICTED = LOG_PROBABILITIES.argmax(axis=0)


def test_accuracy_and_confusion_agree_with_scikit_learn():
    assert metrics.accuracy(PREDICTED, LABELS) == pytest.approx(sklearn_metrics.accuracy_score(LABELS, PREDICTED))
    assert (metrics.confusion(PREDICTED, LABELS, CLASSES) == sklearn_metrics.confusion_matrix(LABELS, PREDICTED)).all()


def test_weighted_accuracy_agrees_with_scikit_learn():
    weights = RNG.random(500)
    expected = sklearn_metrics.accuracy_score(LABELS, PREDICTED, sample_weight=weights)
    assert metrics.weighted_accuracy(PREDICTED, LABELS, weights) == pytest.approx(expected)


def test_balanced_accuracy_agrees_with_scikit_learn():
    expected = sklearn_metrics.balanced_accuracy_score(LABELS, PREDICTED)
    assert metrics.balanced_accuracy(PREDICTED, LABELS, CLASSES) == pytest.approx(expected)


def test_balanced_accuracy_leaves_out_a_class_without_rows():
    labels, predicted = np.array([0, 0, 1, 1]), np.array([0, 2, 1, 1])
    assert metrics.balanced_accuracy(predicted, labels, 3) == pytest.approx(0.75)


def test_log_loss_agrees_with_scikit_learn():
    expected = sklearn_metrics.log_loss(LABELS, np.exp(LOG_PROBABILITIES).T)
    assert metrics.log_loss(LOG_PROBABILITIES, LABELS) == pytest.approx(expected)


def test_auc_agrees_with_scikit_learn_with_ties():
    scores = LOG_PROBABILITIES[1].round(1)
    assert len(np.unique(scores)) < len(scores)
    assert metrics.auc(scores, LABELS == 1) == pytest.approx(sklearn_metrics.roc_auc_score(LABELS == 1, scores))


@pytest.mark.parametrize(("right", "rows"), [(0, 10), (10, 10), (37, 120), (2480, 7297)])
def test_wilsons_interval_agrees_with_scipy(right, rows):
    expected = binomtest(right, rows).proportion_ci(method="wilson")
    assert metrics.wilson(right / rows, rows) == pytest.approx((expected.low, expected.high))


def test_the_half_width_of_a_difference_is_that_of_the_normal_interval():
    expected = 1.959964 * np.sqrt(0.8 * 0.2 / 100 + 0.5 * 0.5 / 400)
    assert metrics.half_width_of_difference(0.8, 100, 0.5, 400) == pytest.approx(expected, rel=1e-6)


def test_calibration_error_of_a_case_worked_out_by_hand():
    # two rows at .95, one right; two at .65, both right: (|1.9 - 1| + |1.3 - 2|) / 4
    p = np.array([[0.95, 0.95, 0.65, 0.35], [0.05, 0.05, 0.35, 0.65]])
    assert metrics.calibration_error(np.log(p), np.array([0, 1, 0, 1])) == pytest.approx((0.9 + 0.7) / 4)


def test_calibration_error_is_small_where_labels_follow_the_probabilities_and_large_where_they_do_not():
    p = np.exp(LOGITS * 1.0) / np.exp(LOGITS).sum(axis=0)
    p = np.repeat(p, 40, axis=1)
    drawn = (RNG.random(p.shape[1]) > p.cumsum(axis=0)).sum(axis=0)
    assert metrics.calibration_error(np.log(p), drawn) < 0.02
    assert metrics.calibration_error(np.log(p), RNG.integers(0, CLASSES, p.shape[1])) > 0.2


def test_plug_in_information_and_entropy_agree_with_scikit_learn():
    table = metrics.joint_counts(PREDICTED, LABELS, CLASSES, CLASSES)
    assert metrics.plug_in_information(table) == pytest.approx(sklearn_metrics.mutual_info_score(PREDICTED, LABELS))
    assert metrics.entropy(LABELS) == pytest.approx(sklearn_metrics.mutual_info_score(LABELS, LABELS))


@pytest.mark.parametrize("numerical", [True, False])
def test_information_is_measured_as_part_a_measures_it(numerical):
    values = pd.Series(LABELS + RNG.normal(size=500)) if numerical else pd.Series(PREDICTED.astype(str))
    values[::7] = np.nan if numerical else None
    mine = metrics.information(values, LABELS, np.random.default_rng(1))
    other = information.information(values, LABELS, numerical, np.random.default_rng(1))
    assert mine == pytest.approx((other.mutual_information, other.zero_line), abs=1e-9)


def test_information_of_a_column_that_tells_nothing_is_below_or_near_its_zero_line():
    found = [metrics.information(pd.Series(RNG.normal(size=500)), LABELS, RNG) for _ in range(40)]
    assert np.mean([told > line for told, line in found]) < 0.25
    assert abs(np.mean([told for told, _ in found])) < 0.01


def test_a_constant_column_tells_nothing():
    assert metrics.information(pd.Series(np.ones(500)), LABELS, RNG) == (0.0, 0.0)
