"""Read, validate and split the two tables that report.toml describes; the only opener of either.

Only the description (`settings.table`) says what a column is called, means and may hold.
Every mistake in a file is an InputError with place, expected, got and next step.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data import anomalies, columns, simulate
from analysis.errors import InputError
from analysis.io import csv_file
from analysis.io.csv_file import NEXT_STEP, CsvFile
from analysis.settings.header import check_header
from analysis.settings.schema import MISSING, Settings, Table

LEAST_ROWS = 2  # of a table: with one, no column varies and no second class is there


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A validated table of N rows."""

    frame: pd.DataFrame  # (N, features) as described: numerical float64 with NaN, then categorical str with None
    labels: np.ndarray  # (N,) int64, class index 0..K-1
    name: str  # as report.toml gives it, or "simulated training data"
    sha256: str  # of the file's bytes (simulated: of the file it would be)
    columns: tuple[tuple[str, str], ...]  # (name, "int64" | "float64" | "text" as found), in file order, with target
    simulated: bool
    warnings: tuple[str, ...]

    @property
    def with_target(self) -> pd.DataFrame:
        """The features and, under a name that no column of a table has, the labels."""
        return self.frame.assign(**{"": self.labels})


@dataclasses.dataclass(frozen=True)
class Split:
    """Row indices of the two folds, each sorted."""

    train: np.ndarray
    validation: np.ndarray


def read_train(settings: Settings) -> Dataset:
    """Return the training table, validated; simulated where both files are absent.

    `run.row_limit` keeps a seeded stratified subset of the rows, after all of them have been validated.
    Raises InputError for anything that is not as described, and where one of the two files is absent.
    """
    simulated = _absent(settings)
    file = _open(settings, test=False, simulated=simulated)
    dataset = _validate(file, settings.table, name=settings.data.train, simulated=simulated)
    lone = anomalies.lone_classes(dataset.name, dataset.labels, settings.table)
    dataset = dataclasses.replace(dataset, warnings=(*dataset.warnings, *lone))
    limit = settings.run.row_limit
    if not 0 < limit < len(dataset.labels):
        return dataset
    kept = _subset(dataset.labels, limit, settings.run.seed)
    frame = dataset.frame.iloc[kept].reset_index(drop=True)
    return dataclasses.replace(dataset, frame=frame, labels=dataset.labels[kept])


def read_test(settings: Settings, train: Dataset, frozen: Path) -> Dataset:
    """Return the test table, validated and compared with the training table; no other function opens it.

    Raises RuntimeError unless `frozen`, the record of the chosen models, exists: nothing is chosen after this call.
    Raises InputError as `read_train` does, and where the columns are in another order than in training.
    """
    if not frozen.is_file():
        raise RuntimeError(f"{frozen} does not exist: the test table stays closed until the models are frozen")
    file = _open(settings, test=True, simulated=train.simulated)
    check_header(file.header, settings.table, file.place)
    order = tuple(name for name, _ in train.columns)
    if file.header != order:
        raise InputError(
            f"{file.place}:1: expected the columns in the order of {train.name} ({', '.join(order)}), "
            f"got {', '.join(file.header)}",
            "give both files one order",
        )
    if file.sha256 == train.sha256:
        raise InputError(f"{file.place}: expected other rows than in {train.name}, got the same file", NEXT_STEP)
    dataset = _validate(file, settings.table, name=settings.data.test, simulated=train.simulated)
    between = anomalies.unseen_category_warnings(
        dataset.name,
        anomalies.unseen_categories(dataset.frame, train.frame, settings.table),
        anomalies.unseen_classes(dataset.labels, train.labels, settings.table),
        train.name,
    )
    limited = len(train.labels) == settings.run.row_limit
    return dataclasses.replace(
        dataset,
        warnings=(
            *dataset.warnings,
            *([] if limited else anomalies.exchanged(dataset.name, len(dataset.labels), train.name, len(train.labels))),
            *anomalies.leaked(dataset.name, dataset.with_target, train.name, train.with_target),
            *between,
        ),
    )


def split(labels: np.ndarray, share: float, seed: int) -> Split:
    """Return a stratified split of N rows; `share` of them are for validation.

    Every class with at least two rows is in both folds; the row of a class with a single one is for training.
    labels: (N,) class indices. Raises InputError where there are too few rows for that.
    """
    from sklearn.model_selection import (
        train_test_split,
    )  # a second to load, which a study with a split of its own saves

    classes, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    shared = int((counts > 1).sum())
    rows = np.flatnonzero(counts[inverse] > 1)
    size = round(share * len(labels))
    if not shared or not shared <= size <= len(rows) - shared:
        raise InputError(
            f"run.validation_share: expected at least one row of each of {shared or len(classes)} classes in both "
            f"folds, got {len(labels)} rows and a validation share of {share:g}",
            "give more rows or another run.validation_share",
        )
    train, validation = train_test_split(rows, test_size=size, stratify=labels[rows], random_state=seed)
    for label in classes[counts > 1]:
        _exchange(labels, label, train, validation)
        _exchange(labels, label, validation, train)
    alone = np.flatnonzero(counts[inverse] == 1)
    return Split(np.sort(np.concatenate([train, alone])), np.sort(validation))


def _subset(labels: np.ndarray, limit: int, seed: int) -> np.ndarray:
    """Return the indices of `limit` rows, sorted; every class keeps its share, and less is a part of more."""
    order = np.random.default_rng(seed).permutation(len(labels))
    position = np.empty(len(labels))  # of a row within its class, as a fraction
    for label in np.unique(labels):
        rows = order[labels[order] == label]
        position[rows] = (np.arange(rows.size) + 0.5) / rows.size
    return np.sort(np.argsort(position, kind="stable")[:limit])


def _exchange(labels: np.ndarray, label: int, fold: np.ndarray, other: np.ndarray) -> None:
    """Where a small class was rounded out of `fold`, swap (in place) a row of it for one of the largest class there."""
    if (labels[fold] == label).any():
        return
    largest = np.bincount(labels[fold]).argmax()
    here, there = np.flatnonzero(labels[fold] == largest)[0], np.flatnonzero(labels[other] == label)[0]
    fold[here], other[there] = other[there], fold[here]


def _absent(settings: Settings) -> bool:
    """Return whether both files are absent; InputError where one is, or where both are the same."""
    train, test = settings.train_path, settings.test_path
    if not settings.data.test and not train.exists():
        raise InputError(f"{train}: expected the table, got no file", "put it there, or correct data.train")
    try:
        here = {path: path.exists() or path.is_symlink() for path in (train, test)}
    except OSError as error:
        raise InputError(f"{train}: expected a readable place, got: {error}", NEXT_STEP) from None
    if train == test:
        raise InputError(
            f"{settings.path}: data.train and data.test: expected two files, got '{train}' twice", NEXT_STEP
        )
    if settings.data.test and len(set(here.values())) == 2:
        absent, present = (test, train) if here[train] else (train, test)
        raise InputError(
            f"{absent}: expected the second of two files, got none (only {present} is there)",
            "put both files there, or remove both to use simulated data",
        )
    return not here[train]


def _open(settings: Settings, *, test: bool, simulated: bool) -> CsvFile:
    names = (*settings.table.features, settings.table.target)
    path = settings.test_path if test else settings.train_path
    if not simulated:
        return csv_file.parse(csv_file.read_bytes(path), str(path), names)
    if set(names) != set(simulate.COLUMNS) or settings.table.label_values != simulate.LABELS:
        raise InputError(
            f"{path}: expected a table with the columns {', '.join(names)}, got no file "
            f"(simulated data have the columns {', '.join(simulate.COLUMNS)})",
            "put both files there",
        )
    content = simulate.as_csv(settings.data.simulation_seed)[test]
    return csv_file.parse(content, "simulated test data" if test else "simulated training data", names)


def _validate(file: CsvFile, table: Table, *, name: str, simulated: bool) -> Dataset:
    check_header(file.header, table, file.place)
    if len(file.rows) < LEAST_ROWS:
        raise InputError(f"{file.place}: expected at least {LEAST_ROWS} rows of data, got one row", NEXT_STEP)
    name = file.place if simulated else name
    kinds: dict[str, str] = {}
    cells: dict[str, np.ndarray] = {}
    for numerical in table.numerical:
        cells[numerical.name], kinds[numerical.name] = columns.numbers(file, numerical, table.missing)
    for categorical in table.categorical:
        cells[categorical.name], kinds[categorical.name] = columns.categories(file, categorical, table.missing)
    labels, kinds[table.target] = columns.labels(file, table)
    frame = pd.DataFrame({column: pd.Series(cells[column], dtype=cells[column].dtype) for column in table.features})
    return Dataset(
        frame=frame,
        labels=labels,
        name=name,
        sha256=file.sha256,
        columns=tuple((column, kinds[column]) for column in file.header),
        simulated=simulated,
        warnings=(
            *anomalies.warnings(name, frame, labels, table),
            *(f"{name}: {said}" for column in table.categorical_names if (said := columns.normalised(file, column))),
            *(
                f"{name}: {said}"
                for column in table.categorical
                if (said := columns.read_as_missing(file, column, MISSING)) and table.missing == MISSING
            ),
        ),
    )
