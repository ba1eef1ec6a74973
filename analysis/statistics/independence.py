"""Tests of independence in tables of counts, and Holm's correction (1979) of several p-values."""

import numpy as np
from scipy import stats

SMALLEST_EXPECTED = 5.0  # Cochran's rule: below it in over a fifth of the cells chi-square is not trusted …
SAMPLED_TABLES = 1999  # … and p comes from so many tables drawn with the same margins: it is at least 1/2000


def quantile_codes(values: np.ndarray, bins: int) -> np.ndarray:
    """Return for each value, (N,), the index of its quantile bin, -1 for NaN; equal values share a bin.

    Bins are closed on the right, so that a value that holds several quantiles has a bin that ends with it.
    """
    known = ~np.isnan(values)
    codes = np.full(len(values), -1)
    if known.any():
        edges = np.unique(np.quantile(values[known], np.arange(1, bins) / bins, method="inverted_cdf"))
        codes[known] = np.unique(np.searchsorted(edges, values[known]), return_inverse=True)[1]
    return codes


def contingency(codes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the table of counts of two arrays of non-negative codes, without its empty rows and columns."""
    width = int(others.max()) + 1
    flat = np.bincount(codes * width + others, minlength=(int(codes.max()) + 1) * width)
    table = flat.reshape(-1, width)
    return table[np.ix_(table.any(axis=1), table.any(axis=0))]


def chi_square(table: np.ndarray) -> float:
    """Return Pearson's chi-square statistic of a table of counts without empty rows and columns."""
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float(((table - expected) ** 2 / expected).sum())


def cramers_v(table: np.ndarray) -> float:
    """Return Cramér's V = sqrt(chi-square / (N (min(rows, columns) - 1))), 0 where a margin has one value."""
    degrees = min(table.shape) - 1
    return min(1.0, float(np.sqrt(chi_square(table) / (table.sum() * degrees)))) if degrees > 0 else 0.0


def independence_p(table: np.ndarray, rng: np.random.Generator) -> float:
    """Return p of the test of independence: chi-square's, or sampled where too many cells expect too little."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    if min(table.shape) < 2:
        return 1.0
    expected = np.outer(rows, columns) / table.sum()
    statistic = chi_square(table)
    if (expected < SMALLEST_EXPECTED).mean() <= 0.2 and expected.min() >= 1:
        return float(stats.chi2.sf(statistic, (len(rows) - 1) * (len(columns) - 1)))
    drawn = stats.random_table(rows, columns).rvs(SAMPLED_TABLES, random_state=rng)
    sampled = ((drawn - expected) ** 2 / expected).sum(axis=(1, 2))
    return float((1 + np.count_nonzero(sampled >= statistic * (1 - 1e-9))) / (1 + SAMPLED_TABLES))


def holm(p_values: np.ndarray) -> np.ndarray:
    """Return Holm's corrected p-values, in the order given."""
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) - np.arange(len(p_values))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p_values[order] * factors))
    return corrected
