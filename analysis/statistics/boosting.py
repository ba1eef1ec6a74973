"""Boosted trees (HistGradientBoosting of scikit-learn) as every study fits them: they show what a table can tell."""

from typing import Any

import numpy as np

from analysis.data.features import Encoding

RATE = 0.2  # 25 rounds of it score on the course's validation folds what 100 of .1 do
LEAVES = 15  # of a tree; twice as many fit the training rows closer and score no better
LEAST_ROWS = 20  # of a leaf


def options(rounds: int) -> dict[str, Any]:
    """Return the arguments of a classifier or regressor of so many rounds."""
    return {
        "max_iter": rounds,
        "learning_rate": RATE,
        "max_leaf_nodes": LEAVES,
        "min_samples_leaf": LEAST_ROWS,
        "early_stopping": False,
    }


def inputs(encoding: Encoding, X0: np.ndarray) -> np.ndarray:
    """Return the columns that trees split by, (N, columns), of encoded rows X0 (D, N).

    A categorical feature is one column: the position of its category, NaN for one that the training fold never saw.
    """
    columns = []
    for name, rows in encoding.groups.items():
        if name in encoding.categories:
            code = np.arange(len(rows), dtype=X0.dtype) @ X0[rows]
            columns.append(np.where(X0[rows].any(axis=0), code, np.nan))
        else:
            columns.extend(X0[rows])
    return np.column_stack(columns)


def categorical(encoding: Encoding) -> list[bool]:
    """Return which columns of `inputs` are categories; a table has at most 200 of each, scikit-learn takes 255."""
    return [
        name in encoding.categories
        for name, rows in encoding.groups.items()
        for _ in range(1 if name in encoding.categories else len(rows))
    ]
