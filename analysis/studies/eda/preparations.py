"""Part of the study `eda`: the quick models behind its claims, all fitted on training folds and scored on validation.

Boosted trees show what features can predict (they take gaps and categories without preparation); they do not
distinguish imputations or scalings, so preparations are tried with the network of Part B instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import numpy as np
import pandas as pd

from analysis.data import dataset, features
from analysis.network import descent, mlp, replicates
from analysis.settings.schema import Numerical, RunSettings, Settings, Table
from analysis.statistics import boosting
from analysis.statistics.information import Information
from analysis.statistics.metrics import majority_accuracy
from analysis.studies.eda import imputation

TRIAL_ROWS = 6000  # of the training fold in a trial: what is compared is the start of a descent, not its end
TRIAL_ITERATIONS = 80  # of a trial: by then the network is within three per cent of where it ends
TRIAL_LAST = 10  # a trial's accuracy is the mean over its last iterations: single ones still jump by a per cent
TRIAL_LEARNING_RATE = 0.25  # at twice the rate the jumps are twice as large, at half of it these iterations are too few
TRIAL_REPLICATES, QUICK_REPLICATES = 5, 1  # splits and initialisations
FEWEST_COMPLETE = 0.1  # complete rows are tried where at least this share of the rows is complete


def boosting_inputs(frame: pd.DataFrame, table: Table) -> np.ndarray:
    """Return (N, features) numbers with NaN for gaps; categories as whole numbers."""
    columns = [frame[name].to_numpy(np.float64) for name in table.numerical_names]
    for name in table.categorical_names:
        known = sorted(frame[name].dropna().unique())
        codes = pd.Index(known).get_indexer(pd.Index(frame[name])).astype(np.float64)
        columns.append(np.where(codes < 0, np.nan, codes))
    return np.column_stack(columns)


def boosted_hits(
    inputs: np.ndarray,
    labels: np.ndarray,
    split: dataset.Split,
    chosen: tuple[int, ...],
    categorical: tuple[int, ...],
    rounds: int,
) -> np.ndarray:
    """Return which validation rows, (validation,) bool, boosted trees on the chosen columns of `inputs` get right."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        **boosting.options(rounds),
        categorical_features=[column in categorical for column in chosen],
        random_state=0,
    )
    columns = list(chosen)
    model.fit(inputs[split.train][:, columns], labels[split.train])
    return model.predict(inputs[split.validation][:, columns]) == labels[split.validation]


class Leading(NamedTuple):
    """The most informative feature of either kind; None where the table has none of it."""

    numerical: str | None
    categorical: str | None

    @classmethod
    def of(cls, known: Mapping[str, Information], table: Table) -> Leading:
        """Return those of `known`, feature -> Information."""
        kinds = table.numerical_names, table.categorical_names
        return cls(*(max(own, key=lambda name: known[name].mutual_information, default=None) for own in kinds))


def preparations(frame: pd.DataFrame, table: Table, leading: Leading) -> tuple[str, ...]:
    """Return the preparations that differ on this table, the chosen one first."""
    names = ["median_mode"]
    others = len(table.features) > 1  # to fill by
    if frame.isna().any(axis=None):
        names.append("indicator")
        names += ["complete_rows"] if features.complete_rows(frame).mean() >= FEWEST_COMPLETE else []
        names += ["by_category"] if others and leading.categorical else []
        names += ["iterative"] if others and frame[list(table.numerical_names)].isna().any(axis=None) else []
    tailed = [column.name for column in table.numerical if column.logarithmic]
    names += ["without_log"] if tailed else []
    names += ["min_max"] if table.numerical else []
    names += ["min_max_tailed", "min_max_tailed_without_log"] if 0 < len(tailed) < len(table.numerical) else []
    names += ["min_max_leading"] if len(table.numerical) > 1 and leading.numerical not in tailed else []
    names += ["ordinal_codes"] if any(frame[name].nunique() > 2 for name in table.categorical_names) else []
    return tuple(names)


class Prepared(NamedTuple):
    """The inputs of a trial."""

    train: np.ndarray  # X0, (D, rows used)
    validation: np.ndarray  # X0, (D, N of validation)
    used: np.ndarray  # (N of the training fold,) bool
    marks: int  # how many of the D inputs, the last ones, say that a cell is missing


def prepare(name: str, frame: pd.DataFrame, table: Table, split: dataset.Split, leading: Leading) -> Prepared:
    """Prepare the inputs as `name` says; everything is fitted on the training fold.

    `by_category` fills with the median or mode of the row's category of `leading.categorical`, `iterative` by
    regression; `without_log` leaves log1p out; `min_max` scales numerical inputs to 0..1 instead: all of them, the
    logarithmic ones (`tailed`) or `leading.numerical`; `ordinal_codes` gives a category one input, the z-score of
    its place in the alphabet.
    """
    train, validation = frame.iloc[split.train], frame.iloc[split.validation]
    if name == "by_category":
        train, validation = (
            imputation.by_category(train, rows, str(leading.categorical), table) for rows in (train, validation)
        )
    scaled = [column.name for column in table.numerical if _in_min_max(name, column, leading)]
    if name.endswith("without_log"):
        plain = tuple(msgspec.structs.replace(column, logarithmic=False) for column in table.numerical)
        table = msgspec.structs.replace(table, numerical=plain)
    encoding = features.fit(train, table, strategy=name if name in features.STRATEGIES else "median_mode")
    used = features.complete_rows(train) if name == "complete_rows" else np.ones(len(train), bool)
    folds = [train[used], validation]
    if name == "iterative":
        inputs = imputation.iterative(encoding, train, folds)
    else:
        inputs = [encoding.transform(rows) for rows in folds]
    inputs = _min_max(inputs, [int(encoding.groups[own][0]) for own in scaled])
    if name == "ordinal_codes":
        inputs = _ordinal(inputs, [encoding.groups[feature] for feature in table.categorical_names])
    marks = [position for position, own in enumerate(encoding.inputs) if own.endswith(features.GAP)]
    if name == "indicator":
        order = [position for position in range(len(encoding.inputs)) if position not in marks] + marks
        inputs = [X0[order] for X0 in inputs]
    return Prepared(inputs[0], inputs[1], used, len(marks) if name == "indicator" else 0)


def _in_min_max(name: str, column: Numerical, leading: Leading) -> bool:
    tailed = name.startswith("min_max_tailed") and column.logarithmic
    return name == "min_max" or tailed or (name == "min_max_leading" and column.name == leading.numerical)


def _min_max(inputs: list[np.ndarray], rows: list[int]) -> list[np.ndarray]:
    low = inputs[0][rows].min(axis=1, keepdims=True)
    width = inputs[0][rows].max(axis=1, keepdims=True) - low
    for X0 in inputs:
        X0[rows] = (X0[rows] - low) / np.where(width > 0, width, 1)
    return inputs


def _ordinal(inputs: list[np.ndarray], groups: list[np.ndarray]) -> list[np.ndarray]:
    numerical = groups[0][0]  # numerical inputs come first
    codes = [np.stack([np.arange(len(rows)) @ X0[rows] for rows in groups]) for X0 in inputs]  # (categorical, N)
    mean, deviation = codes[0].mean(axis=1, keepdims=True), codes[0].std(axis=1, keepdims=True)
    scaled = [(code - mean) / np.where(deviation > 0, deviation, 1) for code in codes]
    return [np.vstack([X0[:numerical], code]).astype(X0.dtype) for X0, code in zip(inputs, scaled, strict=True)]


def trial_iterations(run: RunSettings) -> int:
    """Return the iterations of a trial."""
    return min(run.iterations, TRIAL_ITERATIONS)


def trial_replicates(run: RunSettings) -> int:
    """Return the splits that a preparation is tried on; a first look has fewer."""
    return QUICK_REPLICATES if run.profile == "quick" else TRIAL_REPLICATES


def trial_split(labels: np.ndarray, settings: Settings, replicate: int) -> dataset.Split:
    """Return the split of a replicate, with a sample of at most TRIAL_ROWS rows of its training fold."""
    split = dataset.split(labels, settings.run.validation_share, settings.run.seed + replicate)
    if len(split.train) <= TRIAL_ROWS:
        return split
    sample = replicates.generator(settings, replicate).permutation(split.train)[:TRIAL_ROWS]
    return dataset.Split(np.sort(sample), split.validation)


def trial(
    name: str,
    replicate: int,
    split: dataset.Split,
    frame: pd.DataFrame,
    labels: np.ndarray,
    settings: Settings,
    leading: Leading,
) -> dict[str, float]:
    """Train the network of Part B (ReLU) briefly on one preparation; return accuracy, inputs and rows.

    Weights of inputs that mark gaps start at 0, so that every preparation with the same other inputs starts from
    the same network. A run that diverges is scored as what it then is: a constant answer, the training fold's
    majority class.
    """
    run, K = settings.run, len(settings.table.classes)
    train, validation, used, marks = prepare(name, frame, settings.table, split, leading)
    of_train, of_validation = labels[split.train][used], labels[split.validation]
    params = replicates.initial_params(settings, len(train) - marks, replicate, "relu")
    params = params._replace(W1=np.pad(params.W1, ((0, 0), (0, marks))))
    try:
        course = descent.gradient_descent(
            params,
            mlp.in_blocks(train, features.one_hot(of_train, K)),
            mlp.in_blocks(validation, features.one_hot(of_validation, K)),
            mlp.RELU,
            learning_rate=TRIAL_LEARNING_RATE,
            iterations=trial_iterations(run),
            score_from=trial_iterations(run) + 1 - TRIAL_LAST,
        ).validation_accuracy
        accuracy = course[-TRIAL_LAST:].mean()
    except descent.TrainingDiverged:
        accuracy = majority_accuracy(of_train, of_validation)
    return {"accuracy": float(accuracy), "inputs": len(train), "rows": int(used.sum())}
