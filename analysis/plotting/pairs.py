"""Means over pairs of iterations: a run that steps back and forth across a valley shows its course in them."""

import numpy as np


def paired(values: np.ndarray) -> np.ndarray:
    """Return the mean of each entry and the next along the last axis: (…, T) -> (…, T - 1)."""
    return (values[..., :-1] + values[..., 1:]) / 2
