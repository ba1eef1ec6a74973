"""Logistic regression from scratch: the forward pass, the gradient, the descent."""

from typing import NamedTuple

import numpy as np

from analysis.compute.progress import Progress
from analysis.data import dataset
from analysis.data.dataset import Dataset
from analysis.errors import InputError
from analysis.results.inputs import DataFile
from analysis.results.types import replicated
from analysis.settings.schema import Settings
from analysis.study_interface import Inputs, Outcome
from studies.logistic.record import LogisticRecord, Weight

Array = np.ndarray
STEP = 1e-5  # of the central differences that the gradient is compared with


class Fold(NamedTuple):
    """Standardised features X (D, N) and labels y (N,), 0 or 1."""

    X: Array
    y: Array


class Trained(NamedTuple):
    """Weights w (D,) and bias b (1,) after the last update, and the loss before each update and after the last."""

    w: Array
    b: Array
    loss: Array


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Train once for each split and return the record; the arrays are those of the first split."""
    data, chosen = dataset.read_train(settings), settings.logistic
    refuse_gaps(data, settings)
    runs, accuracies = [], []
    for replicate in range(chosen.replicates):
        train, validation = folds(data, settings, replicate)
        runs.append(descend(train, chosen.rate, chosen.iterations))
        accuracies.append(accuracy(runs[-1], validation))
        progress("splits", replicate + 1, chosen.replicates)
    record = make_record(data, settings, runs, accuracies)
    first, _ = folds(data, settings, 0)
    return Outcome(record, make_arrays(first, runs[0]), chosen.iterations * chosen.replicates)


def refuse_gaps(data: Dataset, settings: Settings) -> None:
    """Raise InputError at a feature with empty cells, or a third class: this study has nothing to put there."""
    if (classes := len(np.unique(data.labels))) > 2:
        raise InputError(f"{settings.train_path}: expected rows of two classes, got {classes}",
                         "this study tells one class from another; write a softmax for more")  # fmt: skip
    for name in settings.table.numerical_names:
        gaps = int(data.frame[name].isna().sum())
        if gaps:
            got = f"{gaps} without one"
            raise InputError(f"{settings.train_path}: column '{name}': expected a value in each row, got {got}",
                             "fill them in the table, or in folds of studies/logistic/study.py")  # fmt: skip
        if data.frame[name].nunique() == 1:
            got = f"{data.frame[name].iloc[0]} in each row"
            raise InputError(f"{settings.train_path}: column '{name}': expected values that differ, got {got}",
                             "take the column out of [table] in report.toml and out of the file")  # fmt: skip


def folds(data: Dataset, settings: Settings, replicate: int) -> tuple[Fold, Fold]:
    """Return the training fold and the validation fold, both standardised by the training fold."""
    rows = np.random.default_rng(settings.run.seed + replicate).permutation(len(data.labels))
    validation, train = np.split(rows, [round(settings.run.validation_share * len(rows))])
    values = data.frame[list(settings.table.numerical_names)].to_numpy(float).T
    mean, spread = values[:, train].mean(1, keepdims=True), values[:, train].std(1, keepdims=True)
    X, y = (values - mean) / np.where(spread, spread, 1), data.labels.astype(float)
    return Fold(X[:, train], y[train]), Fold(X[:, validation], y[validation])


def loss(w: Array, b: Array, fold: Fold) -> float:
    """Return the mean cross-entropy in nats."""
    a = fold.X.T @ w + b
    return float(np.mean(np.logaddexp(0, a) - fold.y * a))


def gradient(w: Array, b: Array, fold: Fold) -> tuple[Array, Array]:
    """Return the gradients of the loss with respect to the weights (D,) and the bias (1,)."""
    error = 1 / (1 + np.exp(-(fold.X.T @ w + b))) - fold.y
    return fold.X @ error / len(error), error.mean(keepdims=True)


def descend(fold: Fold, rate: float, iterations: int) -> Trained:
    """Return the parameters after gradient descent from zero."""
    w, b = np.zeros(len(fold.X)), np.zeros(1)
    losses = [loss(w, b, fold)]
    for _ in range(iterations):
        dw, db = gradient(w, b, fold)
        w, b = w - rate * dw, b - rate * db
        losses.append(loss(w, b, fold))
    return Trained(w, b, np.array(losses))


def accuracy(trained: Trained, fold: Fold) -> float:
    """Return the share of rows whose class is named right."""
    return float(np.mean((fold.X.T @ trained.w + trained.b > 0) == (fold.y > 0.5)))


def make_record(data: Dataset, settings: Settings, runs: list[Trained], accuracies: list[float]) -> LogisticRecord:
    """Return what the report prints."""
    commonest = float(np.bincount(data.labels).max() / len(data.labels))
    weights = [
        Weight(feature=name, weight=replicated(run.w[number] for run in runs))
        for number, name in enumerate(settings.table.numerical_names)
    ]
    return LogisticRecord(
        data=DataFile(name=data.name, sha256=data.sha256, rows=len(data.labels)),
        warnings=data.warnings,
        rows=len(data.labels),
        training_rows=folds(data, settings, 0)[0].y.size,
        commonest=commonest,
        first_loss=float(runs[0].loss[0]),
        last_loss=float(runs[0].loss[-1]),
        validation_accuracy=replicated(accuracies),
        margin=replicated(value - commonest for value in accuracies),
        weights=tuple(sorted(weights, key=lambda one: -abs(one.weight.mean))),
    )


def make_arrays(fold: Fold, trained: Trained) -> dict[str, Array]:
    """Return what the figure and the bound derivation read: the fold, the parameters, two gradients by each weight."""
    central = [
        (loss(trained.w + step, trained.b, fold) - loss(trained.w - step, trained.b, fold)) / (2 * STEP)
        for step in STEP * np.eye(len(trained.w))
    ]
    dw, _ = gradient(trained.w, trained.b, fold)
    return {"X": fold.X, "y": fold.y, "w": trained.w, "b": trained.b, "loss": trained.loss,
            "dw_numpy": dw, "dw_central": np.array(central)}  # fmt: skip
