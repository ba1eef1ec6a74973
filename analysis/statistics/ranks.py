"""Ranks of overlapping intervals, and Spearman's rank correlation with its permutation test."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata

Array = np.ndarray

EXACT_UP_TO = 8  # features: 8! = 40,320 permutations are all taken, 9! would be 362,880
DRAWN_PERMUTATIONS = 100_000  # beyond: the standard error of a p-value near .05 is .0007
_ROUNDING = 1e-12  # two rank correlations that differ by less are equal


def ranks(low: Array, high: Array) -> list[int]:
    """Return 1 + the number of intervals that lie wholly above, for each interval: overlapping ones share a rank."""
    return [1 + int(np.count_nonzero(low > top)) for top in high]


def overlapping(low: Array, high: Array, index: int) -> list[int]:
    """Return which other intervals overlap interval `index`."""
    touching = (low <= high[index]) & (high >= low[index])
    return [int(other) for other in np.flatnonzero(touching) if other != index]


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
