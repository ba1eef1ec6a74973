"""Impute, encode and scale: everything is fitted only on a training fold and then applied to any rows.

Rows of X0 (inputs): a numerical feature has one, its z-score (of log1p where it is described as logarithmic);
a categorical feature has one 0/1 row per category. Columns of X0 are examples.
"""

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.settings.schema import Numerical, Table

STRATEGIES = ("median_mode", "indicator", "complete_rows")
SQUARES_FROM = 1e-140  # deviations below: their squares are not normal numbers any more, at the end 0
GAP = "missing"  # the category, and the end of an input's name, that mark a gap with strategy "indicator"


@dataclasses.dataclass(frozen=True)
class Encoding:
    """How to impute, encode and scale, as fitted on a training fold; D inputs in all."""

    strategy: str
    inputs: tuple[str, ...]  # D names, such as "age", "age missing", "colour = red"
    groups: dict[str, np.ndarray]  # feature -> indices of its rows in X0
    medians: dict[str, float]  # numerical feature -> what fills its gaps, in its unit
    means: dict[str, float]  # numerical feature -> mean after imputation (of log1p where logarithmic)
    deviations: dict[str, float]  # … and its standard deviation (population); 1 where the column is constant
    logarithmic: tuple[str, ...]  # numerical features that go through log1p
    modes: dict[str, str]  # categorical feature -> what fills its gaps
    categories: dict[str, tuple[str, ...]]  # categorical feature -> its categories, one input each
    marked: tuple[str, ...]  # numerical features whose gaps have an input of their own
    constant: tuple[str, ...]  # numerical features with one value in the training fold
    covariance: np.ndarray  # (D, D) population covariance of the encoded training fold, float64

    @property
    def features(self) -> tuple[str, ...]:
        """The encoded features, numerical first."""
        return tuple(self.groups)

    def transform(self, frame: pd.DataFrame, dtype: type = np.float32) -> np.ndarray:
        """Return X0, (D, N) and C-contiguous, of N rows; a category that the fold never saw is all zeros."""
        X0: np.ndarray = np.zeros((len(self.inputs), len(frame)), dtype=dtype)
        for name, rows in self.groups.items():
            if name in self.medians:
                self._numerical(name, frame[name].to_numpy(np.float64), X0[rows[0] : rows[-1] + 1])
            else:
                self._categorical(name, frame[name], X0[rows[0] : rows[-1] + 1])
        return X0

    def columns(self, X0: np.ndarray) -> np.ndarray:
        """Return what trees split by, (N, columns), of encoded rows X0 (D, N).

        A categorical feature is one column: the position of its category, NaN for one that the fold never saw.
        """
        columns: list[np.ndarray] = []
        for name, rows in self.groups.items():
            if name in self.categories:
                code = np.arange(len(rows), dtype=X0.dtype) @ X0[rows]
                columns.append(np.where(X0[rows].any(axis=0), code, np.nan))
            else:
                columns.extend(X0[rows])
        return np.column_stack(columns)

    @property
    def categorical_columns(self) -> list[bool]:
        """Which of the `columns` are categories, of which a table has at most 200 each (scikit-learn takes 255)."""
        return [
            name in self.categories
            for name, rows in self.groups.items()
            for _ in range(1 if name in self.categories else len(rows))
        ]

    def _numerical(self, name: str, values: np.ndarray, out: np.ndarray) -> None:
        gaps = np.isnan(values)
        values = np.where(gaps, self.medians[name], values)
        if name in self.logarithmic:
            values = np.log1p(values)
        out[0] = (values - self.means[name]) / self.deviations[name]
        if name in self.marked:
            out[1] = gaps

    def _categorical(self, name: str, values: pd.Series, out: np.ndarray) -> None:
        known = self.categories[name]
        filling = GAP if self.strategy == "indicator" and GAP in known else self.modes[name]
        codes = pd.Index(known).get_indexer(pd.Index(values.fillna(filling)))
        for position in range(len(known)):
            out[position] = codes == position


def complete_rows(frame: pd.DataFrame) -> np.ndarray:
    """Return which rows have no gap, (N,) bool: the rows that strategy "complete_rows" keeps of the training fold."""
    return frame.notna().all(axis=1).to_numpy()


def fit(frame: pd.DataFrame, table: Table, *, strategy: str = "median_mode", drop: Sequence[str] = ()) -> Encoding:
    """Fit an encoding to the rows of a training fold.

    strategy: "median_mode" fills gaps with the fold's median or mode; "indicator" also marks them, by a 0/1 input per
    numerical feature with gaps and a category "missing"; "complete_rows" takes its statistics from the rows without
    gaps (the caller trains on these) and fills what is left like "median_mode".
    drop: features that are left out. Raises InputError where a feature has no value in the fold.
    """
    if strategy not in STRATEGIES:
        raise ValueError(f"strategy: expected one of {', '.join(STRATEGIES)}, got '{strategy}'")
    frame = frame.loc[:, [name for name in table.features if name not in drop]]
    fold = frame[complete_rows(frame)] if strategy == "complete_rows" else frame
    empty = [name for name in fold if fold[name].isna().all()]
    if empty:
        raise InputError(
            f"table: column '{empty[0]}': expected values in the training fold, got none", "give more rows"
        )
    numerical = [column for column in table.numerical if column.name in frame]
    medians = {column.name: float(fold[column.name].median()) for column in numerical}
    scaled = {column.name: _filled(fold[column.name], medians[column.name], column) for column in numerical}
    constant = [name for name, values in scaled.items() if values.min() == values.max()]  # std() may round to 1e-16
    marking = strategy == "indicator"
    marked = [name for name in medians if marking and fold[name].isna().any()]
    categories = {
        column.name: _categories(fold[column.name], column.values, mark=marking)
        for column in table.categorical
        if column.name in frame
    }
    inputs, groups = _layout(medians, marked, categories)
    encoding = Encoding(
        strategy=strategy,
        inputs=inputs,
        groups=groups,
        medians=medians,
        means={name: float(values.mean()) for name, values in scaled.items()},
        deviations={name: 1.0 if name in constant else deviation(values) for name, values in scaled.items()},
        logarithmic=tuple(column.name for column in numerical if column.logarithmic),
        modes={name: str(fold[name].mode()[0]) for name in categories},
        categories=categories,
        marked=tuple(marked),
        constant=tuple(constant),
        covariance=np.zeros((len(inputs), len(inputs))),
    )
    covariance = np.atleast_2d(np.cov(encoding.transform(fold, np.float64), bias=True))  # (D, D)
    return dataclasses.replace(encoding, covariance=covariance)


def one_hot(labels: np.ndarray, classes: int, dtype: type = np.float32) -> np.ndarray:
    """Return Y, (K, N): column n has a 1 in row labels[n] and 0 elsewhere. labels: (N,) class indices below K."""
    Y: np.ndarray = np.zeros((classes, len(labels)), dtype=dtype)
    Y[labels, np.arange(len(labels))] = 1
    return Y


def deviation(values: pd.Series | np.ndarray) -> float:
    """Return the population standard deviation of values that are not all equal; squares cannot underflow."""
    plain = float(np.std(values))
    if plain > SQUARES_FROM:
        return plain
    apart = np.asarray(values) - np.mean(values)
    largest = np.abs(apart).max()  # above 0
    return float(largest * np.sqrt(np.mean((apart / largest) ** 2)))


def _filled(values: pd.Series, median: float, column: Numerical) -> np.ndarray:
    filled = values.fillna(median).to_numpy(np.float64)
    return np.log1p(filled) if column.logarithmic else filled


def _categories(values: pd.Series, described: tuple[str, ...] | None, *, mark: bool) -> tuple[str, ...]:
    known = described or tuple(sorted(values.dropna().unique()))
    return (*known, GAP) if mark and values.isna().any() and GAP not in known else known


def _layout(
    medians: Iterable[str], marked: Sequence[str], categories: dict[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """Return the names of the inputs and, for each feature, which of them are its own."""
    names = {name: [name, f"{name} {GAP}"] if name in marked else [name] for name in medians}
    names |= {name: [f"{name} = {value}" for value in known] for name, known in categories.items()}
    groups: dict[str, np.ndarray] = {}
    inputs: list[str] = []
    for feature, own in names.items():
        groups[feature] = np.arange(len(inputs), len(inputs) + len(own))
        inputs += own
    return tuple(inputs), groups
