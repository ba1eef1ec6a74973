"""Stage 3 of Part D, a picture of the decision: what the shown replicate's network answers along the focus."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.network.mlp import Array
from analysis.studies.generalization.recipes import Model
from analysis.studies.generalization.shift import Histograms


def values_along(histograms: Histograms) -> Sequence[Any]:
    """Return one value of the focus for each bar of its histograms: the middle of a bin, or a category."""
    return histograms.categories or ((histograms.edges[:-1] + histograms.edges[1:]) / 2).tolist()


def class_probabilities(model: Model, rows: pd.DataFrame, name: str, values: Sequence[Any]) -> Array:
    """Return (K, V): the mean probability of each class over the rows, whose `name` is set to each value.

    This is the partial dependence of Friedman (2001), Section 8.2: the other features keep the rows' own values.
    """
    set_to = (model.log_probabilities(rows.assign(**{name: value})) for value in values)
    return np.stack([np.exp(logs).mean(axis=1) for logs in set_to], axis=1)
