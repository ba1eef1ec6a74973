"""Metrics of predictions: accuracies, losses, calibration.

N examples, K classes. `labels` and `predicted` are (N,) class indices; `log_probabilities` is (K, N), natural
logarithms, examples are columns. Fractions are 0-1.
"""

import numpy as np
import pandas as pd

Array = np.ndarray

CONFIDENCE_BINS = 10  # equal bins of confidence in the expected calibration error


def accuracy(predicted: Array | int, labels: Array, weights: Array | None = None) -> float:
    """Return the share of examples whose predicted class is their label; an int is predicted for each of them.

    `weights` of the examples: (N,), not negative and not all 0.
    """
    return float(np.average(predicted == labels, weights=weights))


def majority_accuracy(train_labels: Array, labels: Array) -> float:
    """Return the accuracy of always answering the training fold's largest class."""
    return accuracy(int(np.bincount(train_labels).argmax()), labels)


def confusion(predicted: Array, labels: Array, classes: int) -> Array:
    """Return counts (K, K): row = label, column = prediction."""
    return joint_counts(labels, predicted, classes, classes)


def joint_counts(first: Array, second: Array, rows: int, columns: int) -> Array:
    """Return how often each pair of codes occurs, (rows, columns)."""
    return np.bincount(first * columns + second, minlength=rows * columns).reshape(rows, columns)


def balanced_accuracy(predicted: Array, labels: Array, classes: int) -> float:
    """Return the mean, over the classes that occur among the labels, of the share predicted right."""
    counts = confusion(predicted, labels, classes)
    rows = counts.sum(axis=1)
    present = rows > 0
    return float(np.mean(np.diag(counts)[present] / rows[present]))


def log_loss(log_probabilities: Array, labels: Array) -> float:
    """Return the mean of -log p of the label, in nats."""
    return float(-np.mean(log_probabilities[labels, np.arange(len(labels))], dtype=np.float64))


def auc(scores: Array, positive: Array) -> float:
    """Return the area under the ROC curve: P(score of a positive > of a negative), ties count half.

    scores: (N,); positive: (N,) bool with both values.
    """
    ranks = pd.Series(scores).rank().to_numpy()  # mean ranks, 1-based
    ones = int(positive.sum())
    zeros = len(positive) - ones
    return float((ranks[positive].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def confidence(log_probabilities: Array) -> Array:
    """Return the probability of the predicted class, (N,)."""
    return np.exp(log_probabilities.max(axis=0).astype(np.float64))


def calibration_error(log_probabilities: Array, labels: Array) -> float:
    """Return the expected calibration error: mean over examples of |confidence - accuracy| of their bin.

    Bins of equal width in the confidence; a bin's members are all compared by their two means.
    """
    certain = confidence(log_probabilities)
    right = log_probabilities.argmax(axis=0) == labels
    bins = np.minimum((certain * CONFIDENCE_BINS).astype(int), CONFIDENCE_BINS - 1)
    gaps = np.bincount(bins, weights=certain - right, minlength=CONFIDENCE_BINS)
    return float(np.abs(gaps).sum() / len(labels))


def relative_difference(first: Array, second: Array) -> float:
    """Return the largest absolute difference, relative to the largest magnitude in either."""
    scale = max(float(np.abs(first).max()), float(np.abs(second).max()))
    return float(np.abs(first - second).max()) / scale if scale else 0.0
