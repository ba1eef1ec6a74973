"""Part of the study `eda`: duplicates, scaling and class intervals of numbers, class shares of categories."""

import numpy as np
from scipy.stats import skew

from analysis.data.anomalies import shared_rows
from analysis.data.dataset import Dataset, Split
from analysis.data.features import Encoding, deviation
from analysis.settings.schema import Numerical, Table
from analysis.studies.eda.record import CategoricalFeature, Category, ClassInterval, NumericalFeature

TAILS = (0.05, 0.25, 0.5, 0.75, 0.95)  # the quantiles of a box: what nine rows in ten hold, the middle half, the middle
USUAL_SHARE = 0.02  # a category with less is left out where categories are compared: its shares are uncertain


def validation_twins(data: Dataset, split: Split) -> np.ndarray:
    """Return which validation rows, (validation,) bool, equal a row of the training fold, target included."""
    rows = data.with_target
    return shared_rows(rows.iloc[split.validation], rows.iloc[split.train])


def numerical_feature(
    column: Numerical, data: Dataset, split: Split, encoding: Encoding, table: Table
) -> NumericalFeature:
    """Describe one numerical feature: its scaling in the training fold and its values class by class."""
    values = data.frame[column.name].to_numpy(np.float64)
    filled = np.nan_to_num(values[split.train], nan=encoding.medians[column.name])
    row = encoding.groups[column.name][0]
    scaled = encoding.transform(data.frame.iloc[split.train], np.float64)[row]
    classes = class_intervals(values, data.labels, table.classes)
    fold = np.zeros(len(values), bool)
    fold[split.train] = True
    own, in_one = interval_membership(values, data.labels, fold, len(table.classes))
    lowest, highest = min(classes, key=lambda c: c.median), max(classes, key=lambda c: c.median)
    filling = encoding.medians[column.name]
    around = [c.name for c in classes if c.minimum <= filling <= c.maximum]
    filling_class = around[0] if len(around) == 1 else None
    missing = np.isnan(values)
    like = missing & (data.labels == table.classes.index(filling_class)) if filling_class else np.zeros_like(missing)
    weights = np.array([c.rows for c in classes], dtype=np.float64)
    outside = ~own[split.validation] & ~np.isnan(values[split.validation])
    return NumericalFeature(
        name=column.name,
        logarithmic=column.logarithmic,
        filling=filling,
        filling_class=filling_class,
        filled_rows=int(missing.sum()),
        filled_like_own=float(like.sum() / max(1, missing.sum())),
        mean=encoding.means[column.name],
        deviation=encoding.deviations[column.name],
        skewness_before=_skewness(filled),
        largest_z_before=float(np.abs(filled - filled.mean()).max() / deviation(filled)) if np.ptp(filled) else 0.0,
        largest_z_after=float(np.abs(scaled).max()),
        classes=classes,
        interval_share=min(1.0, float(np.average([c.share_of_range for c in classes], weights=weights))),
        validation_outside=float(outside.sum() / max(1, (~np.isnan(values[split.validation])).sum())),
        in_one_interval=float(in_one[~missing].mean()),
        lowest_median_class=lowest.name,
        lowest_median=lowest.median,
        highest_median_class=highest.name,
        highest_median=highest.median,
    )


def class_intervals(values: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]) -> tuple[ClassInterval, ...]:
    """Return the interval of a numerical feature, (N,) with NaN, in each class that has a known value."""
    width = np.nanmax(values) - np.nanmin(values)
    found = []
    for label, name in enumerate(classes):
        own = values[(labels == label) & ~np.isnan(values)]
        if len(own):
            low, _, median, _, high = np.quantile(own, TAILS)
            found.append(
                ClassInterval(
                    name=name,
                    rows=len(own),
                    minimum=float(own.min()),
                    lower=float(low),
                    median=float(median),
                    upper=float(high),
                    maximum=float(own.max()),
                    share_of_range=float((own.max() - own.min()) / width) if width else 0.0,
                )
            )
    return tuple(found)


def interval_membership(
    values: np.ndarray, labels: np.ndarray, fold: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return which values lie in their own class' interval and which in exactly one class' interval, (N,) bool each.

    A class' interval reaches from the smallest to the largest value of the rows of `fold`, (N,) bool.
    """
    inside = np.zeros((classes, len(values)), bool)
    for label in range(classes):
        own = values[fold & (labels == label) & ~np.isnan(values)]
        if len(own):
            inside[label] = (values >= own.min()) & (values <= own.max())
    return inside[labels, np.arange(len(values))], inside.sum(axis=0) == 1


def categorical_feature(name: str, data: Dataset, encoding: Encoding, table: Table) -> CategoricalFeature:
    """Describe one categorical feature: its encoding in the training fold and the class shares of its categories."""
    K = len(table.classes)
    known = data.frame[name].notna().to_numpy()
    overall = np.bincount(data.labels[known], minlength=K) / known.sum()
    categories = []
    for value, rows in data.frame[name].value_counts().items():
        shares = np.bincount(data.labels[(data.frame[name] == value).to_numpy()], minlength=K) / rows
        categories.append(
            Category(
                name=str(value),
                rows=int(rows),
                share=float(rows / known.sum()),
                class_shares=tuple(map(float, shares)),
                distance=min(1.0, float(np.abs(shares - overall).sum() / 2)),
            )
        )
    usual = [category for category in categories if category.share >= USUAL_SHARE] or categories
    spread = np.ptp(np.array([category.class_shares for category in usual]), axis=0)  # (K,)
    widest = int(spread.argmax())
    low = min(usual, key=lambda category: category.class_shares[widest])
    high = max(usual, key=lambda category: category.class_shares[widest])
    return CategoricalFeature(
        name=name,
        inputs=len(encoding.categories[name]),
        filling=encoding.modes[name],
        categories=tuple(categories),
        rarest=categories[-1],
        widest_class=table.classes[widest],
        widest_low=low,
        widest_low_share=low.class_shares[widest],
        widest_high=high,
        widest_high_share=high.class_shares[widest],
    )


def boxes(values: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Return (K, 7): minimum, the quantiles TAILS and maximum of the values of each class; NaN for an empty class."""
    found = np.full((classes, 7), np.nan)
    for label in range(classes):
        own = values[(labels == label) & ~np.isnan(values)]
        if len(own):
            found[label] = np.quantile(own, (0.0, *TAILS, 1.0))
    return found


def _skewness(values: np.ndarray) -> float:
    """Return the skewness, 0 of equal values; of deviations, as SciPy gives no number for values that are nearly so."""
    apart = values - values.mean()
    return float(skew(apart / np.abs(apart).max())) if np.ptp(values) else 0.0
