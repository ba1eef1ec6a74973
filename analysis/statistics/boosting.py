"""Boosted trees (HistGradientBoosting of scikit-learn) as every study fits them: they show what a table can tell."""

from typing import Any

RATE = 0.2  # 25 rounds of it score no worse on the course's validation folds than 100 of .1
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
