"""Ranks by paired differences, and Spearman's rank correlation with its permutation test."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata

from analysis.statistics.intervals import mean_half_width

Array = np.ndarray

EXACT_UP_TO = 8  # features: 8! = 40,320 permutations are all taken, 9! would be 362,880
DRAWN_PERMUTATIONS = 100_000  # beyond: the standard error of a p-value near .05 is .0007
_ROUNDING = 1e-12  # two rank correlations that differ by less are equal


def paired_above(values: Array) -> Array:
    """Return (F, F) bool, whether column i of `values`, (R, F), lies above column j by more than noise.

    That is the report's rule for two quantities: the t interval of their paired difference over the R replicates
    lies above 0.
    """
    R, F = values.shape
    above = np.zeros((F, F), bool)
    for i, j in itertools.permutations(range(F), 2):
        difference = values[:, i] - values[:, j]
        std = float(difference.std(ddof=1)) if R > 1 else 0.0
        above[i, j] = difference.mean() > mean_half_width(std, R)
    return above


def ranks(above: Array) -> list[int]:
    """Return 1 + the number of columns that lie above, for each column of `paired_above`; ties may share a rank."""
    return [1 + int(count) for count in above.sum(axis=0)]


def tied(above: Array, index: int) -> list[int]:
    """Return which other columns lie neither above column `index` nor below it."""
    apart = above[index] | above[:, index]
    return [int(other) for other in np.flatnonzero(~apart) if other != index]


def median_position(values: Sequence[float]) -> int:
    """Return the place of the median; the lower one of the two in the middle, of equal ones the first."""
    return int(np.argsort(values, kind="stable")[(len(values) - 1) // 2])


def spearman(first: Array, second: Array) -> float:
    """Return Spearman's rank correlation (ties share their mean rank); 0 where one side is constant."""
    u, v = (rankdata(values) - (len(first) + 1) / 2 for values in (first, second))
    scale = math.sqrt(float(u @ u) * float(v @ v))
    return float(np.clip(u @ v / scale, -1, 1)) if scale else 0.0


def permutation_p(first: Array, second: Array, rng: np.random.Generator) -> tuple[float, int, bool]:
    """Return (two-sided p of Spearman's coefficient, permutations, exact?).

    All n! permutations up to n = EXACT_UP_TO; beyond, DRAWN_PERMUTATIONS drawn from `rng` and the observed
    order counted with them, so that p is never 0.
    """
    n = len(first)
    u, v = (rankdata(values) - (n + 1) / 2 for values in (first, second))
    observed = abs(u @ v) - _ROUNDING
    if n <= EXACT_UP_TO:
        orders = np.array(list(itertools.permutations(range(n))))
        return float((np.abs(u[orders] @ v) >= observed).mean()), len(orders), True
    drawn = np.abs(rng.permuted(np.tile(u, (DRAWN_PERMUTATIONS, 1)), axis=1) @ v)
    return (1 + int((drawn >= observed).sum())) / (1 + DRAWN_PERMUTATIONS), DRAWN_PERMUTATIONS, False


def smallest_p(n: int) -> float:
    """Return the smallest two-sided p that n features without ties can give: both perfect orders among n!."""
    return min(1.0, 2 / math.factorial(n)) if n <= EXACT_UP_TO else 1 / (1 + DRAWN_PERMUTATIONS)
