"""Two-sided confidence intervals, all at one level: of a mean, a share, a difference of shares, a correlation.

SciPy is imported where it is used: the templates' reader of the records needs none.
"""

import math

CONFIDENCE = 0.95  # of every interval in the report, and of the rule that decides what is within noise
UNBOUNDED = 1e300  # half width of the interval of a single value: JSON has no infinity
NO_SAMPLE_ERROR = 3  # Fisher's z has variance 1 / (pairs - 3): up to 3 pairs the interval is (-1, 1)


def mean_half_width(std: float, count: int) -> float:
    """Return the half width of Student's t interval of the mean of `count` values with the deviation `std`.

    A quantity (or a paired difference) is within noise where its mean is no farther from 0 than this.
    """
    from scipy.special import stdtrit

    if count < 2:
        return UNBOUNDED
    return float(stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * std / math.sqrt(count)


def wilson(share: float, rows: int) -> tuple[float, float]:
    """Return Wilson's interval of a share observed on `rows` rows (E. B. Wilson, 1927)."""
    z2 = _normal_quantile() ** 2
    centre = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = math.sqrt(z2 * (share * (1 - share) / rows + z2 / (4 * rows**2))) / (1 + z2 / rows)
    return max(0.0, centre - half), min(1.0, centre + half)


def difference_half_width(first: float, first_rows: int, second: float, second_rows: int) -> float:
    """Return the half width of the interval of a difference of two shares from independent rows."""
    variance = first * (1 - first) / first_rows + second * (1 - second) / second_rows
    return _normal_quantile() * math.sqrt(variance)


def fisher(correlation: float, pairs: int) -> tuple[float, float]:
    """Return the interval of a Pearson correlation by Fisher's z (R. A. Fisher, 1921)."""
    if pairs <= NO_SAMPLE_ERROR or abs(correlation) == 1:
        return -1.0, 1.0
    half = _normal_quantile() / math.sqrt(pairs - NO_SAMPLE_ERROR)
    z = math.atanh(correlation)
    return math.tanh(z - half), math.tanh(z + half)


def _normal_quantile() -> float:
    """Return z with P(|Z| <= z) = CONFIDENCE for a standard normal Z: 1.96."""
    from scipy.special import ndtri

    return float(ndtri((1 + CONFIDENCE) / 2))
