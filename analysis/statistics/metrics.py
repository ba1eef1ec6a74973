"""What predictions and columns are measured by: accuracies, losses, intervals, mutual information. Pure functions.

N examples, K classes. `labels` and `predicted` are (N,) class indices; `log_probabilities` is (K, N), natural
logarithms, examples are columns. Fractions are 0-1, information is in nats.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import random_table

Array = np.ndarray

TWO_SIDED_95 = 0.975  # quantile of the normal distribution that a two-sided 95 % interval is made with
CONFIDENCE_BINS = 10  # equal bins of confidence in the expected calibration error
QUANTILE_BINS, ROWS_PER_BIN = 32, 25  # of a numerical column in its mutual information with the label, as in Part A
PERMUTATIONS, ZERO_LINE = 200, 0.95  # label permutations that show what chance gives, and which quantile of them


def accuracy(predicted: Array, labels: Array) -> float:
    """Return the share of examples whose predicted class is their label."""
    return float(np.mean(predicted == labels))


def weighted_accuracy(predicted: Array, labels: Array, weights: Array) -> float:
    """Return the accuracy with `weights` (N,), not negative and not all 0, on the examples."""
    return float(np.average(predicted == labels, weights=weights))


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


def wilson(share: float, rows: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share observed on `rows` rows (E. B. Wilson, 1927)."""
    z2 = float(ndtri(TWO_SIDED_95)) ** 2
    centre = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = math.sqrt(z2 * (share * (1 - share) / rows + z2 / (4 * rows**2))) / (1 + z2 / rows)
    return max(0.0, centre - half), min(1.0, centre + half)


def half_width_of_difference(first: float, first_rows: int, second: float, second_rows: int) -> float:
    """Return the half width of the 95 % interval of a difference of two shares from independent rows."""
    variance = first * (1 - first) / first_rows + second * (1 - second) / second_rows
    return float(ndtri(TWO_SIDED_95)) * math.sqrt(variance)


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


def codes(values: pd.Series) -> Array:
    """Return a column without gaps as codes (N,) from 0: categories as they are, numbers in quantile bins.

    Bins are those of Part A: at most QUANTILE_BINS, at least ROWS_PER_BIN rows each, closed on the right.
    """
    if not pd.api.types.is_numeric_dtype(values):
        return pd.factorize(values, sort=True)[0]
    bins = int(np.clip(len(values) // ROWS_PER_BIN, 2, QUANTILE_BINS))
    edges = np.unique(np.quantile(values, np.arange(1, bins) / bins, method="inverted_cdf"))
    return np.unique(np.searchsorted(edges, values), return_inverse=True)[1]


def plug_in_information(table: Array) -> float:
    """Return the mutual information, in nats, of the two columns that a table of counts (A, B) is made of."""
    share = table / table.sum()
    product = share.sum(axis=1, keepdims=True) * share.sum(axis=0, keepdims=True)
    cells = share > 0
    return float(np.sum(share[cells] * np.log(share[cells] / product[cells])))


def information(values: pd.Series, labels: Array, rng: np.random.Generator) -> tuple[float, float]:
    """Return (mutual information less its mean over label permutations, the permutations' 95 % point less it), nats.

    Rows without a value are left out; the definition is Part A's. Permuted tables are drawn directly from the
    distribution of tables with the same margins (W. M. Patefield, 1981).
    """
    known = values.notna().to_numpy()
    first, second = codes(values[known]), pd.factorize(labels[known], sort=True)[0]
    table = joint_counts(first, second, int(first.max(initial=0)) + 1, int(second.max(initial=0)) + 1)
    if min(table.shape) < 2:
        return 0.0, 0.0
    drawn = random_table(table.sum(axis=1), table.sum(axis=0)).rvs(PERMUTATIONS, random_state=rng)
    chance = [plug_in_information(one) for one in drawn]
    mean = float(np.mean(chance))
    return plug_in_information(table) - mean, max(0.0, float(np.quantile(chance, ZERO_LINE)) - mean)


def entropy(labels: Array) -> float:
    """Return the entropy of a column of codes, in nats."""
    shares = np.bincount(labels) / len(labels)
    return float(-np.sum(shares[shares > 0] * np.log(shares[shares > 0])))
