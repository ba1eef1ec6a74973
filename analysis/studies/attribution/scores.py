"""From gradients to scores: per feature and signed.

Gradients G are (D, N), one column an example, as everywhere; F features own groups of the D inputs.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.network.mlp import Array


def row_scores(G: Array, groups: Mapping[str, Array], covariance: Array) -> Array:
    """Return each row's score of each feature, (F, N): sqrt(g' S g), g the gradient by the feature's inputs.

    S is the training covariance of these inputs, so that the score is the standard deviation, over the training
    fold, of the quantity's first-order change when only this feature is exchanged. For one numerical input it is
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
