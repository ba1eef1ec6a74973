"""Anomalies of a table that are reported as warnings and do not stop the build; the report prints the same ones."""

import dataclasses

import numpy as np
import pandas as pd

from analysis.data.columns import LOOKS_MISSING
from analysis.io.csv_file import plain, quote
from analysis.settings.schema import Categorical, Table

USUAL_SHARED = 0.05  # share of the test rows that may also be training rows in a table whose rows seldom repeat
QUOTES = "\"'“”"  # around a category that a space kept the reader from unquoting


@dataclasses.dataclass(frozen=True)
class Unseen:
    """A category that occurs in the test table and in no training row."""

    feature: str
    category: str
    rows: int
    described: bool  # report.toml names it, so that it has an input, whose weights training never moved


def absent_classes(labels: np.ndarray, table: Table) -> tuple[str, ...]:
    """Return the described classes without a row. labels: (N,) class indices."""
    counts = np.bincount(labels, minlength=len(table.classes))
    return tuple(name for name, count in zip(table.classes, counts, strict=True) if not count)


def lone_classes(name: str, labels: np.ndarray, table: Table) -> tuple[str, ...]:
    """Return the warnings of the classes with a single training row, which no validation row has. labels: (N,)."""
    counts = np.bincount(labels, minlength=len(table.classes))
    lone = (of_class for of_class, count in zip(table.classes, counts, strict=True) if count == 1)
    said = "has one row, which is for training: no validation row shows how often it is named right"
    return tuple(f"{name}: class '{of_class}' {said}" for of_class in lone)


def constant_features(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns that hold one value, gaps aside."""
    return tuple(str(name) for name in frame if frame[name].nunique() == 1)


def unseen_categories(test: pd.DataFrame, train: pd.DataFrame, table: Table) -> tuple[Unseen, ...]:
    """Return the categories of `test` that no row of `train` has, feature by feature, each in alphabetical order."""
    found = []
    for name in table.categorical_names:
        counts, described = test[name].value_counts(), table.column(name)
        allowed = described.values if isinstance(described, Categorical) else None
        for value in sorted(set(counts.index) - set(train[name].dropna())):
            found.append(Unseen(name, value, int(counts[value]), value in (allowed or ())))
    return tuple(found)


def unseen_classes(test: np.ndarray, train: np.ndarray, table: Table) -> tuple[tuple[str, int], ...]:
    """Return (class, test rows) of the classes that occur in test and in no training row; both (N,) class indices."""
    return tuple((table.classes[label], int((test == label).sum())) for label in sorted(set(test) - set(train)))


def warnings(name: str, frame: pd.DataFrame, labels: np.ndarray, table: Table) -> tuple[str, ...]:
    """Return the warnings about one table; `name` is its name in them."""
    return (
        *(f"{name}: class '{of_class}' is described and has no row" for of_class in absent_classes(labels, table)),
        *(f"{name}: column '{column}' has a single value" for column in constant_features(frame)),
        *(
            f"{name}: column '{column}': {oddity}"
            for column in table.categorical_names
            for oddity in oddities(frame[column])
        ),
    )


def oddities(column: pd.Series) -> list[str]:
    """Return what looks wrong in a column of categories: two that differ little, quotes, words for a missing value."""
    counts = column.value_counts()
    found: list[str] = []
    seen: dict[str, str] = {}
    for value in sorted(map(str, counts.index)):
        rows = _rows(int(counts[value]))
        if value.lower() in LOOKS_MISSING:
            found.append(
                f"category {quote(value)} ({rows}) looks like a missing value; where it is one, "
                f"add {quote(value)} to table.missing in report.toml"
            )
        if value[:1] in QUOTES or value[-1:] in QUOTES:
            found.append(f"category {quote(value)} ({rows}) holds quotes; take the space before the first one out")
        other = seen.setdefault(plain(value.strip(QUOTES)), value)
        if other != value:
            found.append(f"categories {quote(other)} and {quote(value)} ({rows}) differ little; write them alike")
    return found


def exchanged(test_name: str, test_rows: int, train_name: str, train_rows: int) -> list[str]:
    """Return the warning of a test table that is the larger one: the two files may be exchanged."""
    if test_rows <= train_rows:
        return []
    more = f"{test_name}: holds {_rows(test_rows)}, more than {train_name} ({_rows(train_rows)})"
    return [f"{more}; exchange data.train and data.test in report.toml if they are mixed up"]


def shared_rows(test: pd.DataFrame, train: pd.DataFrame) -> np.ndarray:
    """Return which test rows, (test,) bool, equal a training row, all columns compared (gaps are equal)."""
    rows = pd.concat([train, test], ignore_index=True)
    groups = rows.groupby(list(rows), dropna=False, sort=False).ngroup().to_numpy()
    return np.isin(groups[len(train) :], groups[: len(train)])


def leaked(test_name: str, test: pd.DataFrame, train_name: str, train: pd.DataFrame) -> list[str]:
    """Return the warning of test rows that were trained on, where they are more than a table's own repeated rows."""
    shared, repeated = shared_rows(test, train), float(train.duplicated(keep=False).mean())
    if shared.mean() <= max(USUAL_SHARED, 2 * repeated):
        return []
    count = f"{test_name}: {int(shared.sum()):,} of {_rows(len(test))} are rows of {train_name} too"
    return [f"{count}, so that the accuracy on them is no test; take them out of one of the files"]


def unseen_category_warnings(
    name: str, unseen: tuple[Unseen, ...], classes: tuple[tuple[str, int], ...], train_name: str
) -> tuple[str, ...]:
    """Return the categories and classes that occur in the test table and not in the training table."""
    effect = {True: "its input was 0 in all of training", False: "its inputs are all 0"}
    return (
        *(
            f"{name}: column '{one.feature}': category {quote(one.category)} ({_rows(one.rows)}) never occurs in "
            f"{train_name}; {effect[one.described]}"
            for one in unseen
        ),
        *(f"{name}: class '{of_class}' ({_rows(rows)}) never occurs in {train_name}" for of_class, rows in classes),
    )


def _rows(count: int) -> str:
    return f"{count:,} row{'s' * (count > 1)}"
