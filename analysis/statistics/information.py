"""Entropy and mutual information of columns, in nats, corrected by label permutations."""

import dataclasses

import numpy as np
import pandas as pd
from scipy import stats

from analysis.statistics import independence

BINS = 32  # quantile bins for mutual information: an interval as wide as a class is then still cut into several
ROWS_PER_BIN = 25  # a smaller table gets fewer bins, so that the plug-in bias stays far below what is looked for
PERMUTATIONS = 200  # the 95 % point is then the 10th largest: its own error is a tenth of the bias or so
ZERO_LINE = 0.95


@dataclasses.dataclass(frozen=True)
class Information:
    """Mutual information of one feature with the target, nats."""

    mutual_information: float  # less the mean over label permutations
    zero_line: float  # 95 % point over label permutations, less their mean


def entropy(counts: np.ndarray) -> float:
    """Return the plug-in entropy, in nats, of a distribution given by its counts."""
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum())


def plug_in_information(tables: np.ndarray) -> np.ndarray:
    """Return the plug-in mutual information, nats, of each contingency table: (…, A, B) counts -> (…)."""
    p = tables / tables.sum(axis=(-2, -1), keepdims=True)
    independent = p.sum(axis=-1, keepdims=True) * p.sum(axis=-2, keepdims=True)
    ratio = np.divide(p, independent, out=np.ones_like(p), where=p > 0)
    return (p * np.log(ratio)).sum(axis=(-2, -1))


def information(values: pd.Series, labels: np.ndarray, numerical: bool, rng: np.random.Generator) -> Information:
    """Return the mutual information of a feature with the target over the rows in which the feature is known.

    A numerical feature is cut into quantile bins. Permuting the labels keeps both margins, so the permuted
    tables are drawn directly from the distribution of tables with these margins (Patefield 1981).
    """
    known = values.notna().to_numpy()
    if not known.any():
        return Information(0.0, 0.0)
    if numerical:
        bins = int(np.clip(known.sum() // ROWS_PER_BIN, 2, BINS))
        codes = independence.quantile_codes(values.to_numpy(np.float64)[known], bins)
    else:
        codes = pd.factorize(values[known], sort=True)[0]
    table = independence.contingency(codes, labels[known])
    if min(table.shape) < 2:
        return Information(0.0, 0.0)
    drawn = stats.random_table(table.sum(axis=1), table.sum(axis=0)).rvs(PERMUTATIONS, random_state=rng)
    permuted = plug_in_information(drawn)
    bias = float(permuted.mean())
    return Information(
        float(plug_in_information(table)) - bias, max(0.0, float(np.quantile(permuted, ZERO_LINE)) - bias)
    )
