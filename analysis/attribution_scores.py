"""From gradients to scores: per feature, signed, ranked with ties, and compared with another ranking.

Gradients G are (D, N), one column an example, as everywhere; F features own groups of the D inputs.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import rankdata

from analysis.network.mlp import Array

EXACT_UP_TO = 8  # features: 8! = 40,320 permutations are all taken, 9! would be 362,880
DRAWN_PERMUTATIONS = 100_000  # beyond: the standard error of a p-value near .05 is .0007
_ROUNDING = 1e-12  # two rank correlations that differ by less are equal


def row_scores(G: Array, groups: Mapping[str, Array], covariance: Array) -> Array:
    """Return each row's score of each feature, (F, N): sqrt(g' S g), g the gradient by the feature's inputs.

    S is the training covariance of these inputs, so that the score is the standard deviation, over the training
    fold, of the quantity's first-order change when this feature alone is exchanged. For one numerical input it is
    |g| times its standard deviation; for a category it does not move when a constant is added to the derivatives
    of all categories of a feature, which the network cannot tell from a change of its bias.
    G: (D, N); covariance: (D, D).
    """
    rows = []
    for own in groups.values():
        g = G[own].astype(np.float64)  # (d, N)
        squares = (g * (covariance[np.ix_(own, own)] @ g)).sum(axis=0)  # (N,)
        rows.append(np.sqrt(np.maximum(squares, 0)))  # rounding may leave a zero below 0
    return np.array(rows)  # (F, N)


def centred(G: Array, categorical: Sequence[Array], X0: Array) -> Array:
    """Return G (D, N) with each category's derivative taken relative to the weighted mean of its feature's.

    The weights are the categories' shares in X0 (D, N); the difference is identified where the derivative is not.
    """
    relative = G.astype(np.float64)
    for own in categorical:
        weights = X0[own].mean(axis=1, dtype=np.float64)
        relative[own] -= weights @ relative[own] / weights.sum()
    return relative


def signed_means(G: Array, winner: Array, classes: int) -> tuple[Array, Array]:
    """Return mean and mean magnitude of the derivatives over the rows each class wins, both (K, D); NaN: no row.

    G: (D, N); winner: (N,) class indices.
    """
    signed, magnitude = np.full((2, classes, G.shape[0]), np.nan)
    for k in np.unique(winner):
        own = G[:, winner == k]
        signed[k], magnitude[k] = own.mean(axis=1), np.abs(own).mean(axis=1)
    return signed, magnitude


def ranks(low: Array, high: Array) -> list[int]:
    """Return 1 + the number of intervals that lie wholly above, for each interval: overlapping ones share a rank."""
    return [1 + int(np.count_nonzero(low > top)) for top in high]


def overlapping(low: Array, high: Array, index: int) -> list[int]:
    """Return which other intervals overlap interval `index`."""
    touching = (low <= high[index]) & (high >= low[index])
    return [int(other) for other in np.flatnonzero(touching) if other != index]


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
