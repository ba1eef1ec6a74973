"""Stage 3 of Part D, the explanation: differences between the two tables, and their effect on the models.

It reads what stages 1 and 2 have fixed and hands nothing back to them: no model is trained for use here, none is
chosen. Classifiers and regressors in this file describe the tables, they predict no label of the task.
The first comparisons use only the features (possible without test labels), the later ones the labels, too.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict

from analysis.compute.parallel import run_tasks
from analysis.compute.progress import Progress
from analysis.data import features
from analysis.data.dataset import Dataset
from analysis.data.features import Encoding
from analysis.network.mlp import Array
from analysis.network.replicates import Fold
from analysis.results.types import replicated
from analysis.settings.schema import Settings
from analysis.statistics import boosting, information, metrics
from analysis.statistics.information import Information
from analysis.studies.generalization.evaluation import Evaluation
from analysis.studies.generalization.recipes import Model, generator
from analysis.studies.generalization.record import (
    Agreement,
    ClassShift,
    Explanation,
    FeatureShift,
    GroupMean,
    GroupMeans,
)
from analysis.studies.generalization.selection import AS_TRAINED, Choice, call
from analysis.studies.generalization.uniformity import uniformity

FOLDS = 5
SURE = 1e-6  # probabilities stay this far from 0 and 1, so that odds are finite
SMALLEST_COMPLETE = 0.5  # share of rows without a gap below which they no longer stand for the table
HISTOGRAM_BINS = 30
INFORMATION_DRAWS = 6  # purpose of the generator behind the label permutations


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
class Shift:
    """The findings of stage 3; sequences have one value a replicate."""

    explanation: Explanation
    histograms: Histograms
    trained: tuple[Confidence, ...]
    mitigated: tuple[Confidence, ...]


def explain(
    choice: Choice,
    train: Dataset,
    evaluation: Evaluation,
    known: Mapping[str, Information],
    settings: Settings,
    progress: Progress,
) -> Shift:
    """Compare the two tables and the frozen models' behaviour on them.

    `known` holds Part A's mutual information of each feature with the label.
    """
    test, models = evaluation.test, choice.scored[AS_TRAINED]
    auc_all, auc_without_focus, odds, explained_train, explained_test, shifts = _compare_tables(
        choice, train, test, known, settings, progress
    )
    classes = _class_shifts(choice, evaluation, train, settings)
    class_weights = np.array([one.share_test / one.share_train if one.share_train else 0.0 for one in classes])
    incomplete = [float(1 - features.complete_rows(table.frame).mean()) for table in (train, test)]
    weights = (
        np.ones(len(train.labels)),
        class_weights[train.labels],
        odds,
        _comparable_rows(train).astype(float),
    )
    alike, of_classes, of_features, plain = zip(
        *(reweighted(one.model, choice.folds[one.model.replicate], weights) for one in models), strict=True
    )
    explanation = Explanation(
        incomplete_share_train=incomplete[0],
        incomplete_share_test=incomplete[1],
        auc_all=auc_all,
        auc_without_focus=auc_without_focus,
        explained_train=explained_train,
        explained_test=explained_test,
        by_group=strongest_group_means(train.frame, test.frame, choice.focus[0], settings),
        by_class=class_means(train, test, choice.focus[0], settings),
        shifts=shifts,
        focus_uniform=uniformity(train, test, choice.focus[0], settings),
        focus_shift=next(one for one in shifts if one.name == choice.focus[0]),
        agreement=agreement(choice, test),
        classes=classes,
        largest_class_shift=max(abs(one.share_train - one.share_test) for one in classes),
        test_classes_accuracy=replicated(of_classes),
        reweighted_complete=0 < incomplete[0] <= 1 - SMALLEST_COMPLETE,
        test_features_accuracy=replicated(of_features),
        unweighted_accuracy=replicated(plain),
        classes_minus_unweighted=replicated(np.subtract(of_classes, alike)),
        features_minus_unweighted=replicated(np.subtract(of_features, plain)),
    )
    return Shift(
        explanation,
        histograms(train, test, choice.focus[0], settings),
        *(
            tuple(_confidences(one.model, choice.folds[one.model.replicate], test) for one in own)
            for own in (models, choice.scored[choice.mitigation])
        ),
    )


def _compare_tables(
    choice: Choice,
    train: Dataset,
    test: Dataset,
    known: Mapping[str, Information],
    settings: Settings,
    progress: Progress,
) -> tuple[float, float, Array, float, float, tuple[FeatureShift, ...]]:
    """Return both AUCs, the odds (N,) of each training row to be a test row, both explained shares, the shifts."""
    name, compared = choice.focus[0], _comparable_rows(train)
    frames = (train.frame[compared], test.frame[_comparable_rows(test)])
    of_all, of_others, *explained, shifts = run_tasks(
        call,
        [
            (table_probabilities, *frames, settings, ()),
            (table_probabilities, *frames, settings, choice.focus),
            (explained_share, train.frame, name, settings),
            (explained_share, test.frame, name, settings),
            (_feature_shifts, train, test, known, choice.suspects, settings),
        ],
        stage="generalization: explanation",
        progress=progress,
        steps=[FOLDS * settings.run.boosting_rounds] * 5,
        rows=len(train.labels),
    )
    is_test = np.arange(len(of_all)) >= compared.sum()
    odds = np.zeros(len(train.labels))  # rows that are not compared have no weight
    odds[compared] = of_others[: compared.sum()] / (1 - of_others[: compared.sum()])
    return metrics.auc(of_all, is_test), metrics.auc(of_others, is_test), odds, *explained, shifts


def table_probabilities(train: pd.DataFrame, test: pd.DataFrame, settings: Settings, drop: Sequence[str]) -> Array:
    """Return, for every given row, train first, the cross-validated probability that it is a test row.

    Where no feature is left to tell by, or a table has too few rows for the folds: the tables' shares of the rows.
    """
    drop = (*drop, *(str(name) for name in train if train[name].isna().all()))  # empty where no row is complete
    if len({*drop}) == len(settings.table.features) or min(len(train), len(test)) < FOLDS:
        return np.full(len(train) + len(test), len(test) / (len(train) + len(test)))
    encoding = features.fit(train, settings.table, drop=tuple(drop))
    X = np.vstack([encoding.columns(encoding.transform(frame)) for frame in (train, test)])
    is_test = np.arange(len(X)) >= len(train)
    classifier = HistGradientBoostingClassifier(**_options(encoding, settings), random_state=settings.run.seed)
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=settings.run.seed)
    probabilities: Array = cross_val_predict(classifier, X, is_test, cv=parts, method="predict_proba")[:, 1]
    return np.clip(probabilities, SURE, 1 - SURE)


def _options(encoding: Encoding, settings: Settings) -> dict[str, Any]:
    """Return how trees are boosted to tell tables, or values, apart."""
    options = boosting.options(settings.run.boosting_rounds)
    return {**options, "categorical_features": encoding.categorical_columns}


def _comparable_rows(table: Dataset) -> Array:
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
    encoding = features.fit(rows, settings.table, drop=tuple(drop))
    X, options = encoding.columns(encoding.transform(rows)), _options(encoding, settings)
    parts = KFold(FOLDS, shuffle=True, random_state=settings.run.seed)
    if name in settings.table.numerical_names:
        guess = cross_val_predict(HistGradientBoostingRegressor(**options), X, values.to_numpy(), cv=parts)
        variance = values.var(ddof=0)  # of values below 1e-154 or so: 0, and nothing to explain
        return float(1 - np.mean((values - guess) ** 2) / variance) if variance else 0.0
    found = pd.factorize(values, sort=True)[0]
    stratified = StratifiedKFold(FOLDS, shuffle=True, random_state=settings.run.seed)
    usable = np.isin(found, np.flatnonzero(np.bincount(found) >= FOLDS))
    if len(np.unique(found[usable])) < 2:
        return 0.0
    classifier = HistGradientBoostingClassifier(**options)
    shares = cross_val_predict(classifier, X[usable], found[usable], cv=stratified, method="predict_proba")
    position = np.unique(found[usable], return_inverse=True)[1]
    return 1 - metrics.log_loss(np.log(np.clip(shares.T, 1e-12, 1)), position) / information.entropy(
        np.bincount(position)
    )


def _feature_shifts(
    train: Dataset, test: Dataset, known: Mapping[str, Information], suspects: tuple[str, ...], settings: Settings
) -> tuple[FeatureShift, ...]:
    """Return how each feature, and its information about the label, differs between the tables."""
    shifts = []
    for position, name in enumerate(settings.table.features):
        rng = generator(settings, 0, INFORMATION_DRAWS, position)
        numerical = name in settings.table.numerical_names
        of_test = information.information(test.frame[name], test.labels, numerical, rng)
        shifts.append(
            FeatureShift(
                name=name,
                suspect=name in suspects,
                distance_train_test=distance(train.frame[name].dropna(), test.frame[name].dropna(), numerical),
                information_train=known[name].mutual_information,
                information_test=of_test.mutual_information,
                zero_line_test=of_test.zero_line,
                informative_in_test=of_test.mutual_information > of_test.zero_line,
            )
        )
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
    return _group_means(column, [(group, float(found[0][group]), float(found[1][group])) for group in groups])


def class_means(train: Dataset, test: Dataset, name: str, settings: Settings) -> GroupMeans | None:
    """Return the means of a numerical focus by class, for the classes that occur in both tables."""
    if name not in settings.table.numerical_names:
        return None
    found = [table.frame[name].groupby(table.labels).mean().dropna() for table in (train, test)]
    groups = [label for label in range(len(settings.table.classes)) if all(label in means.index for means in found)]
    rows = [(settings.table.classes[label], float(found[0][label]), float(found[1][label])) for label in groups]
    return _group_means(settings.table.target, rows)


def _group_means(column: str, rows: Sequence[tuple[str, float, float]]) -> GroupMeans | None:
    """Return the record of (group, mean in train, mean in test) rows; None without a row."""
    if not rows:
        return None
    _, train, test = zip(*rows, strict=True)
    return GroupMeans(
        column=column,
        groups=tuple(GroupMean(*row) for row in rows),
        spread_train=max(train) - min(train),
        spread_test=max(test) - min(test),
    )


def _class_shifts(choice: Choice, evaluation: Evaluation, train: Dataset, settings: Settings) -> tuple[ClassShift, ...]:
    """Return each class's share in both tables, and its recall on validation and on test, replicate by replicate."""
    classes, tables = settings.table.classes, (train, evaluation.test)
    shares = [np.bincount(table.labels, minlength=len(classes)) / len(table.labels) for table in tables]
    recalls = [
        np.array([recall(matrix) for matrix in matrices])  # (R, K)
        for recipe in (AS_TRAINED, choice.mitigation)
        for matrices in (
            [one.validation_confusion for one in choice.scored[recipe]],
            [one.confusion for one in evaluation.scores[recipe]],
        )
    ]
    predicted = [one.confusion.sum(axis=0) / one.confusion.sum() for one in evaluation.scores[choice.mitigation]]
    columns = [*recalls, np.array(predicted)]
    found = []
    for k, name in enumerate(classes):
        numbers: list[Any] = [*(float(share[k]) for share in shares), *(replicated(column[:, k]) for column in columns)]
        found.append(ClassShift(name, *numbers))
    return tuple(found)


def recall(confusion: Array) -> Array:
    """Return the share of each class's rows that are predicted right, (K,); 0 of a class without rows."""
    shares: Array = np.diag(confusion) / np.maximum(confusion.sum(axis=1), 1)
    return shares


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


def agreement(choice: Choice, test: Dataset) -> Agreement | None:
    """Return how often the models with and without the suspects predict the same class; None without the latter."""
    without = [one for one in choice.candidates if one.kind == "removed" and one.features == choice.suspects]
    if not without:
        return None
    on_validation, on_test = [], []
    for one, other in zip(choice.scored[AS_TRAINED], choice.scored[without[0]], strict=False):
        validation = choice.folds[one.model.replicate].validation
        on_validation.append(metrics.accuracy(one.model.predict(validation), other.model.predict(validation)))
        on_test.append(metrics.accuracy(one.model.predict(test.frame), other.model.predict(test.frame)))
    return Agreement(replicated(on_validation), replicated(on_test))


def _confidences(model: Model, folds: Fold, test: Dataset) -> Confidence:
    """Return mean confidence and calibration error of a model on validation and on test."""
    validation = model.log_probabilities(folds.validation)
    on_test = model.log_probabilities(test.frame)
    return Confidence(
        float(metrics.confidence(validation).mean()),
        float(metrics.confidence(on_test).mean()),
        metrics.calibration_error(validation, folds.validation_labels),
        metrics.calibration_error(on_test, test.labels),
    )


def reweighted(model: Model, folds: Fold, weights: Sequence[Array]) -> list[float]:
    """Return a model's validation accuracy under each of the `weights`, one a row of the training table."""
    predicted, rows = model.predict(folds.validation), folds.validation_rows
    return [metrics.accuracy(predicted, folds.validation_labels, own[rows]) for own in weights]
