"""Stage 3 of Part D, explanation alone: what differs between the two tables, and what the models make of it.

It reads what stages 1 and 2 have fixed and hands nothing back to them: no model is trained for use here, none is
chosen. Classifiers and regressors in this file describe the tables, they predict no label of the task.
First the features alone are compared (what one could see without test labels), then the labels are used.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict

from analysis.compute.parallel import run_tasks
from analysis.compute.progress import Progress
from analysis.data import features
from analysis.data.dataset import Dataset
from analysis.network.mlp import Array
from analysis.settings.schema import Settings
from analysis.statistics import metrics
from analysis.studies.generalization.recipes import fold, generator
from analysis.studies.generalization.selection import AS_TRAINED, Choice, Scored

FOLDS = 5
ROUNDS = 40  # of boosting: enough that more change no third digit on the course's tables
RATE = 0.15
LEAF = 20  # least rows of a leaf, scikit-learn's own default
SURE = 1e-6  # probabilities stay this far from 0 and 1, so that odds are finite
SMALLEST_COMPLETE = 0.5  # share of rows without a gap below which they no longer stand for the table
HISTOGRAM_BINS = 30
INFORMATION_DRAWS = 6  # purpose of the generator behind the label permutations


@dataclasses.dataclass(frozen=True)
class FeatureShift:
    """One feature in both tables; information in nats, less what label permutations give."""

    name: str
    distance: float  # Kolmogorov-Smirnov (numerical) or total variation (categorical), 0-1
    information_train: float
    zero_line_train: float
    information_test: float
    zero_line_test: float


@dataclasses.dataclass(frozen=True)
class GroupMeans:
    """Means of a numerical focus by the values of another column, in the focus's unit."""

    column: str
    groups: tuple[str, ...]
    train: tuple[float, ...]
    test: tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class Histograms:
    """Shares of the focus's bins (categories) within each class, (K, B); `edges` (B + 1,) where numerical."""

    train: Array
    test: Array
    edges: Array
    categories: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Confidence:
    """Mean confidence and expected calibration error of one model on validation and on test."""

    validation: float
    test: float
    validation_calibration_error: float
    test_calibration_error: float


@dataclasses.dataclass(frozen=True)
class Explanation:
    """What stage 3 found; sequences of floats have one value a replicate."""

    incomplete_share_train: float
    incomplete_share_test: float
    auc_all: float
    auc_without_focus: float
    explained_train: float
    explained_test: float
    by_group: GroupMeans | None
    by_class: GroupMeans | None
    shifts: tuple[FeatureShift, ...]
    histograms: Histograms
    agreement_validation: tuple[float, ...]  # of the models with and without the focus; empty where none is without
    agreement_test: tuple[float, ...]
    trained: tuple[Confidence, ...]
    mitigated: tuple[Confidence, ...]
    class_shares_train: Array
    class_shares_test: Array
    with_test_classes: tuple[float, ...]  # validation accuracy, reweighted to the test table's class shares
    with_test_features: tuple[float, ...]  # … to its mix of the other features


def explain(
    choice: Choice,
    train: Dataset,
    test: Dataset,
    known: Mapping[str, tuple[float, float]],
    settings: Settings,
    progress: Progress,
) -> Explanation:
    """Compare the two tables and what the frozen models do on them.

    `known` holds, for each feature, Part A's mutual information with the label and its zero line, nats.
    """
    name = choice.focus[0]
    here = comparable_rows(train)
    compared = (train.frame[here], test.frame[comparable_rows(test)])
    tables = run_tasks(
        _call,
        [
            (table_probabilities, *compared, settings, ()),
            (table_probabilities, *compared, settings, choice.focus),
            (explained_share, train.frame, name, settings),
            (explained_share, test.frame, name, settings),
            (feature_shifts, train, test, known, settings),
        ],
        stage="generalization: explanation",
        progress=progress,
        steps=[FOLDS * ROUNDS] * 5,
        rows=len(train.labels),
    )
    of_all, of_others, explained_train, explained_test, shifts = tables
    is_test = np.arange(len(of_all)) >= here.sum()
    models = choice.scored[AS_TRAINED]
    odds = np.zeros(len(train.labels))  # rows that are not compared have no weight
    odds[here] = of_others[: here.sum()] / (1 - of_others[: here.sum()])
    classes = len(settings.table.classes)
    shares = [np.bincount(table.labels, minlength=classes) / len(table.labels) for table in (train, test)]
    agreement = agreements(choice, train, test, settings)
    return Explanation(
        incomplete_share_train=float(1 - features.complete_rows(train.frame).mean()),
        incomplete_share_test=float(1 - features.complete_rows(test.frame).mean()),
        auc_all=metrics.auc(of_all, is_test),
        auc_without_focus=metrics.auc(of_others, is_test),
        explained_train=explained_train,
        explained_test=explained_test,
        by_group=strongest_group_means(train.frame, test.frame, name, settings),
        by_class=class_means(train, test, name, settings),
        shifts=shifts,
        histograms=histograms(train, test, name, settings),
        agreement_validation=tuple(one for one, _ in agreement),
        agreement_test=tuple(one for _, one in agreement),
        trained=tuple(confidences(one, train, test, settings) for one in models),
        mitigated=tuple(confidences(one, train, test, settings) for one in choice.scored[choice.mitigation]),
        class_shares_train=shares[0],
        class_shares_test=shares[1],
        with_test_classes=tuple(
            reweighted(one, train, shares[1][train.labels] / shares[0][train.labels], settings) for one in models
        ),
        with_test_features=tuple(reweighted(one, train, odds, settings) for one in models),
    )


def table_probabilities(train: pd.DataFrame, test: pd.DataFrame, settings: Settings, drop: Sequence[str]) -> Array:
    """Return, for every given row, train first, the cross-validated probability that it is a test row.

    Where no feature is left to tell by, or a table has too few rows for the folds: the tables' shares of the rows.
    """
    drop = (*drop, *(str(name) for name in train if train[name].isna().all()))  # empty where no row is complete
    if len({*drop}) == len(settings.table.features) or min(len(train), len(test)) < FOLDS:
        return np.full(len(train) + len(test), len(test) / (len(train) + len(test)))
    encoding = features.fit(train, settings.table, drop=tuple(drop))
    X = np.hstack([encoding.transform(train), encoding.transform(test)]).T
    is_test = np.arange(len(X)) >= len(train)
    classifier = HistGradientBoostingClassifier(
        max_iter=ROUNDS, learning_rate=RATE, min_samples_leaf=LEAF, early_stopping=False, random_state=settings.run.seed
    )
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=settings.run.seed)
    probabilities: Array = cross_val_predict(classifier, X, is_test, cv=parts, method="predict_proba")[:, 1]
    return np.clip(probabilities, SURE, 1 - SURE)


def comparable_rows(table: Dataset) -> Array:
    """Return which rows are compared, (N,) bool: those without a gap, as filled gaps would tell tables apart.

    Every row, where fewer than half have no gap.
    """
    complete = features.complete_rows(table.frame)
    return complete if complete.mean() >= SMALLEST_COMPLETE else np.ones_like(complete)


def explained_share(frame: pd.DataFrame, name: str, settings: Settings) -> float:
    """Return how much of one feature the others explain, cross-validated within one table.

    Numerical: R². Categorical: 1 - cross-entropy / entropy, its counterpart. 0 where no other feature has
    values, and where there are too few rows for the folds.
    """
    rows = frame[frame[name].notna()]
    values = rows[name]
    drop = {name, *(str(other) for other in rows if rows[other].isna().all())}
    if len(drop) == len(settings.table.features) or values.nunique() < 2 or len(rows) < FOLDS:
        return 0.0
    X = features.fit(rows, settings.table, drop=tuple(drop)).transform(rows).T
    parts = KFold(FOLDS, shuffle=True, random_state=settings.run.seed)
    options = {"max_iter": ROUNDS, "learning_rate": RATE, "min_samples_leaf": LEAF, "early_stopping": False}
    if name in settings.table.numerical_names:
        guess = cross_val_predict(HistGradientBoostingRegressor(**options), X, values.to_numpy(), cv=parts)
        variance = values.var(ddof=0)  # of values below 1e-154 or so: 0, and nothing to explain
        return float(1 - np.mean((values - guess) ** 2) / variance) if variance else 0.0
    found = metrics.codes(values)
    stratified = StratifiedKFold(FOLDS, shuffle=True, random_state=settings.run.seed)
    usable = np.isin(found, np.flatnonzero(np.bincount(found) >= FOLDS))
    if len(np.unique(found[usable])) < 2:
        return 0.0
    classifier = HistGradientBoostingClassifier(**options)
    shares = cross_val_predict(classifier, X[usable], found[usable], cv=stratified, method="predict_proba")
    position = np.unique(found[usable], return_inverse=True)[1]
    return 1 - metrics.log_loss(np.log(np.clip(shares.T, 1e-12, 1)), position) / metrics.entropy(position)


def feature_shifts(
    train: Dataset, test: Dataset, known: Mapping[str, tuple[float, float]], settings: Settings
) -> tuple[FeatureShift, ...]:
    """Return how each feature, and what it says about the label, differs between the tables."""
    shifts = []
    for position, name in enumerate(settings.table.features):
        rng = generator(settings, 0, INFORMATION_DRAWS, position)
        of_test = metrics.information(test.frame[name], test.labels, rng)
        gap = distance(train.frame[name].dropna(), test.frame[name].dropna(), name in settings.table.numerical_names)
        shifts.append(FeatureShift(name, gap, *known[name], *of_test))
    return tuple(shifts)


def distance(train: pd.Series, test: pd.Series, numerical: bool) -> float:
    """Return the Kolmogorov-Smirnov distance of two numerical columns, or the total variation of two categorical."""
    if numerical:
        both = np.concatenate([train, test])
        below = [np.searchsorted(np.sort(column), both, side="right") / len(column) for column in (train, test)]
        return float(np.abs(below[0] - below[1]).max())  # without a p-value, which SciPy cannot give for every table
    shares = [column.value_counts(normalize=True) for column in (train, test)]
    return float(shares[0].sub(shares[1], fill_value=0).abs().sum() / 2)


def strongest_group_means(train: pd.DataFrame, test: pd.DataFrame, name: str, settings: Settings) -> GroupMeans | None:
    """Return the means of a numerical focus by the categorical feature that explains most of its training variance."""
    others = [column for column in settings.table.categorical_names if column != name]
    if name not in settings.table.numerical_names or not others:
        return None
    means = {column: train.groupby(column)[name].transform("mean") for column in others}
    column = max(others, key=lambda other: float(means[other].var()))
    found = [table.groupby(column)[name].mean() for table in (train, test)]
    groups = [group for group in found[0].sort_values(ascending=False).index if group in found[1].index]
    return GroupMeans(
        column, tuple(groups), tuple(float(found[0][g]) for g in groups), tuple(float(found[1][g]) for g in groups)
    )


def class_means(train: Dataset, test: Dataset, name: str, settings: Settings) -> GroupMeans | None:
    """Return the means of a numerical focus by class, for the classes that occur in both tables."""
    if name not in settings.table.numerical_names:
        return None
    found = [table.frame[name].groupby(table.labels).mean().dropna() for table in (train, test)]
    groups = [label for label in range(len(settings.table.classes)) if all(label in means.index for means in found)]
    return GroupMeans(
        settings.table.target,
        tuple(settings.table.classes[label] for label in groups),
        tuple(float(found[0][label]) for label in groups),
        tuple(float(found[1][label]) for label in groups),
    )


def histograms(train: Dataset, test: Dataset, name: str, settings: Settings) -> Histograms:
    """Return the focus's distribution within each class, on bins that the two tables share."""
    columns = [table.frame[name] for table in (train, test)]
    both = pd.concat(columns).dropna()
    edges, categories = np.empty(0), ()
    if name in settings.table.numerical_names:
        logarithmic = getattr(settings.table.column(name), "logarithmic", False)
        low, high = (np.log1p([both.min(), both.max()])) if logarithmic else (both.min(), both.max())
        edges = np.linspace(low, high if high > low else low + 1, HISTOGRAM_BINS + 1)
        scaled = [np.log1p(column) if logarithmic else column for column in columns]
        codes = [np.clip(np.searchsorted(edges, column, side="right") - 1, 0, HISTOGRAM_BINS - 1) for column in scaled]
        edges, bins = (np.expm1(edges) if logarithmic else edges), HISTOGRAM_BINS
    else:
        categories = tuple(sorted(both.unique()))
        codes = [pd.Index(categories).get_indexer(pd.Index(column)) for column in columns]
        bins = len(categories)
    shares = []
    for table, column, code in zip((train, test), columns, codes, strict=True):
        here = column.notna().to_numpy()
        counts = metrics.joint_counts(table.labels[here], code[here], len(settings.table.classes), bins)
        shares.append(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
    return Histograms(shares[0], shares[1], edges, categories)


def agreements(choice: Choice, train: Dataset, test: Dataset, settings: Settings) -> list[tuple[float, float]]:
    """Return, a replicate each, the share of validation and of test rows on which both models name one class.

    The two are the model on every feature and the one trained without the suspects; empty where none is without.
    """
    without = [
        recipe for recipe in choice.candidates if recipe.kind == "removed" and recipe.features == choice.suspects
    ]
    if not without:
        return []
    pairs = zip(choice.scored[AS_TRAINED], choice.scored[without[0]], strict=False)
    found = []
    for one, other in pairs:
        validation = fold(train, settings, one.model.replicate).validation
        found.append(
            (
                metrics.accuracy(one.model.predict(validation), other.model.predict(validation)),
                metrics.accuracy(one.model.predict(test.frame), other.model.predict(test.frame)),
            )
        )
    return found


def confidences(one: Scored, train: Dataset, test: Dataset, settings: Settings) -> Confidence:
    """Return mean confidence and calibration error of a model on validation and on test."""
    folds = fold(train, settings, one.model.replicate)
    validation = one.model.log_probabilities(folds.validation)
    on_test = one.model.log_probabilities(test.frame)
    return Confidence(
        float(metrics.confidence(validation).mean()),
        float(metrics.confidence(on_test).mean()),
        metrics.calibration_error(validation, folds.validation_labels),
        metrics.calibration_error(on_test, test.labels),
    )


def reweighted(one: Scored, train: Dataset, weights: Array, settings: Settings) -> float:
    """Return a model's validation accuracy under `weights`, one a row of the training table."""
    folds = fold(train, settings, one.model.replicate)
    mine = weights[folds.validation_rows]
    return metrics.weighted_accuracy(one.model.predict(folds.validation), folds.validation_labels, mine)


def _call(function: object, *arguments: object) -> object:
    assert callable(function)
    return function(*arguments)
