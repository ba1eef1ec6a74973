"""What a network decides along the focus: its class probabilities as the focus alone takes other values."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data.dataset import Dataset
from analysis.network.mlp import Array
from analysis.settings.schema import Settings
from analysis.studies.generalization.recipes import Model
from analysis.studies.generalization.record import Uniformity

POINTS = 61  # of the curve
ROWS = 500  # of the validation fold that the curve averages over


def along_focus(model: Model, validation: pd.DataFrame, values: Array, name: str) -> Array:
    """Return the mean probability of each class, (K, V), with the feature `name` set to each of `values` in turn.

    The mean is taken over the first ROWS validation rows, all other cells left alone (partial dependence).
    """
    rows = validation.iloc[:ROWS]
    means = [np.exp(model.log_probabilities(rows.assign(**{name: value}))).mean(axis=1) for value in values]
    return np.column_stack(means)


def grid(train: Dataset, test: Dataset, name: str, edges: Array, categories: tuple[str, ...]) -> Array:
    """Return the values of the curve: equally spaced over both tables' range, or the categories."""
    if categories:
        return np.array(categories, dtype=object)
    both = pd.concat([train.frame[name], test.frame[name]])
    return np.linspace(max(edges[0], both.min()), min(edges[-1], both.max()), POINTS)


def uniformity(train: Dataset, test: Dataset, name: str, settings: Settings) -> Uniformity | None:
    """Compare a numerical feature's test values with the uniform distribution on its training range; else None."""
    known, observed = train.frame[name].dropna(), test.frame[name].dropna()
    if name not in settings.table.numerical_names or known.min() == known.max():
        return None
    low, width = float(known.min()), float(known.max() - known.min())
    found = stats.kstest(observed.to_numpy(np.float64), stats.uniform(low, width).cdf)
    outside = (observed < low) | (observed > low + width)
    return Uniformity(low, low + width, float(found.statistic), float(found.pvalue), float(outside.mean()))
