"""The three stages' findings as the record of Part D and its arrays: names, summaries and words, no measuring."""

import math
from collections.abc import Sequence

import numpy as np

from analysis.data import anomalies
from analysis.data.dataset import Dataset
from analysis.network.mlp import Array
from analysis.results.inputs import DataFile
from analysis.results.types import Replicated, replicated
from analysis.settings.schema import Settings, Table
from analysis.statistics import boosting, intervals, metrics
from analysis.studies.generalization import record as contract
from analysis.studies.generalization.evaluation import Evaluation
from analysis.studies.generalization.recipes import Recipe
from analysis.studies.generalization.selection import AS_TRAINED, Choice, scores
from analysis.studies.generalization.shift import Confidence, Histograms, Shift

SMALLEST_GAP = 0.02  # a gap below two percentage points is no failure, however many rows show it
NONE = "none"


def make_record(
    choice: Choice, evaluation: Evaluation, shift: Shift, train: Dataset, settings: Settings
) -> contract.GeneralizationRecord:
    """Join the three stages' findings."""
    test, table, run = evaluation.test, settings.table, settings.run
    validation_rows = int(choice.scored[AS_TRAINED][0].validation_confusion.sum())
    trained = _scores(AS_TRAINED, choice, evaluation, shift.trained)
    mitigated = _scores(choice.mitigation, choice, evaluation, shift.mitigated)
    interventions = tuple(_intervention(recipe, choice, evaluation, settings) for recipe in choice.scored)
    by_name = {one.name: one for one in interventions}
    trees = by_name[_name_of(Recipe(family="boosting"))]
    without = by_name.get(_name_of(Recipe("removed", "boosting", choice.focus)))
    kept = [one for one in interventions if one.keeps_focus and one.name != NONE]
    rows, on_test = (validation_rows, len(test.labels)), trained.test_accuracy.mean
    tolerance = _tolerance(trained.validation_accuracy, trained.gap_validation_minus_test, on_test, rows)
    of_uniform = _tolerance(trained.uniform_accuracy, trained.gap_uniform_minus_test, on_test, rows)
    failure = trained.gap_validation_minus_test.mean > tolerance
    lost = bool(choice.suspects) and not shift.explanation.focus_shift.informative_in_test
    explained = failure and lost and abs(trained.gap_uniform_minus_test.mean) <= of_uniform
    randomised = max(trained.permuted_accuracy.mean, trained.uniform_accuracy.mean)
    numbers = choice.scored[AS_TRAINED], evaluation.scores[AS_TRAINED]
    own = {name: getattr(trained, name) for name in trained.__struct_fields__}
    return contract.GeneralizationRecord(
        **own,
        test_data=DataFile(name=test.name, sha256=test.sha256, rows=len(test.labels)),
        warnings=test.warnings,
        unseen_categories=_unseen_categories(test, train, table),
        unseen_classes=_unseen_classes(test, train, table),
        constant_in_test=anomalies.constant_features(test.frame),
        absent_in_test=anomalies.absent_classes(test.labels, table),
        train_rows=numbers[0][0].train_rows,
        validation_rows=validation_rows,
        test_rows=len(test.labels),
        learning_rate=choice.learning_rate,
        replicates=run.replicates,
        confidence=intervals.CONFIDENCE,
        intervention_replicates=min(run.intervention_replicates, run.replicates),
        models=sum(len(scored) for scored in choice.scored.values()),
        suspects=choice.suspects,
        focus=choice.focus[0],
        focus_features=choice.focus,
        focus_numerical=choice.focus[0] in table.numerical_names,
        focus_categories=shift.histograms.categories,
        mitigation=_name_of(choice.mitigation),
        mitigation_done=_done_of(choice.mitigation, table),
        mitigation_kind=choice.mitigation.kind,
        mitigated=mitigated,
        price_if_sound=by_name[_name_of(choice.mitigation)].price_if_sound,
        mitigated_minus_majority=replicated(
            one - evaluation.majority_accuracy for one in mitigated.test_accuracy.replicates
        ),
        mitigation_test_gain=_difference(mitigated.test_accuracy, trained.test_accuracy),
        interventions=interventions,
        keeping_focus=_range(kept),
        boosting=trees,
        boosting_rate=boosting.RATE,
        calibration_bins=metrics.CONFIDENCE_BINS,
        boosting_without_focus=without,
        majority_train_accuracy=float(np.mean(train.labels == choice.majority)),
        majority_test_accuracy=evaluation.majority_accuracy,
        gap_tolerance=tolerance,
        uniform_tolerance=of_uniform,
        failure=failure,
        explained_by_focus=explained,
        warned=randomised < trained.validation_accuracy.mean - tolerance,
        confusion_validation=_rows(numbers[0][choice.shown].validation_confusion),
        confusion_test=_rows(numbers[1][choice.shown].confusion),
        shown_replicate=choice.shown,
        shown_test_accuracy=numbers[1][choice.shown].accuracy,
        along=_along(choice, evaluation),
        explanation=shift.explanation,
    )


def _unseen_categories(test: Dataset, train: Dataset, table: Table) -> tuple[contract.UnseenCategory, ...]:
    rows = len(test.labels)
    return tuple(
        contract.UnseenCategory(one.feature, one.category, one.rows, one.rows / rows, one.described)
        for one in anomalies.unseen_categories(test.frame, train.frame, table)
    )


def _unseen_classes(test: Dataset, train: Dataset, table: Table) -> tuple[contract.UnseenClass, ...]:
    rows = len(test.labels)
    return tuple(
        contract.UnseenClass(name, count, count / rows)
        for name, count in anomalies.unseen_classes(test.labels, train.labels, table)
    )


def make_arrays(
    choice: Choice, evaluation: Evaluation, histograms: Histograms, probabilities: Array
) -> dict[str, Array]:
    """Return the curves and matrices behind the figures; `probabilities` (K, B) are the network's along the focus."""
    return {
        "checkpoint_iterations": np.array([one.iteration for one in choice.checkpoints]),
        "checkpoint_train_accuracy": np.array([one.train_accuracy for one in choice.checkpoints]),
        "checkpoint_validation_accuracy": np.array([one.validation_accuracy for one in choice.checkpoints]),
        "checkpoint_test_accuracy": np.array(evaluation.checkpoint_accuracy),
        "focus_edges": histograms.edges,
        "focus_shares_train": histograms.train,
        "focus_shares_test": histograms.test,
        "focus_probabilities": probabilities,
        "confusion_mitigated": evaluation.scores[choice.mitigation][choice.shown].confusion,
    }


def _name_of(recipe: Recipe) -> str:
    """Return a recipe's short name, unique among recipes."""
    prefix = "boosting" if recipe.family == "boosting" else ""
    words = {
        "none": "" if prefix else NONE,
        "removed": f"without {_list(recipe.features)}",
        "noise": f"noise {recipe.probability:g} in {_list(recipe.features)}",
        "alone": f"{_list(recipe.features)} alone",
        "indicator": "gaps marked",
        "complete_rows": "complete rows",
        "distinct_rows": "distinct rows",
    }[recipe.kind]
    return " ".join(filter(None, (prefix, words)))


def _done_of(recipe: Recipe, table: Table) -> str:
    """Return a recipe's change of the training fold in words; a template may use its own."""
    names = _list(recipe.features)
    words = {
        "none": "nothing changed",
        "removed": f"{names} removed",
        "noise": f"each value of {names} replaced, with probability {recipe.probability:g}, by a uniform draw",
        "alone": f"every feature but {names} removed",
        "indicator": "gaps marked by inputs of their own",
        "complete_rows": f"every {table.unit_of_observation} with a gap left out",
        "distinct_rows": "repeated rows left out",
    }[recipe.kind]
    return f"{words} (gradient boosting)" if recipe.family == "boosting" else words


def _list(names: Sequence[str]) -> str:
    return " and ".join(names)


def _scores(
    recipe: Recipe, choice: Choice, evaluation: Evaluation, confidences: Sequence[Confidence]
) -> contract.Scores:
    mine, tests = choice.scored[recipe], evaluation.scores[recipe]
    train, validation = replicated(s.train_accuracy for s in mine), replicated(s.validation_accuracy for s in mine)
    test, uniform = replicated(t.accuracy for t in tests), replicated(s.uniform_accuracy for s in mine)
    return contract.Scores(
        train_accuracy=train,
        validation_accuracy=validation,
        test_accuracy=test,
        permuted_accuracy=replicated(s.permuted_accuracy for s in mine),
        uniform_accuracy=uniform,
        test_interval=contract.Interval(*intervals.wilson(tests[choice.shown].accuracy, len(evaluation.test.labels))),
        validation_balanced_accuracy=replicated(s.validation_balanced_accuracy for s in mine),
        test_balanced_accuracy=replicated(t.balanced_accuracy for t in tests),
        validation_log_loss=replicated(s.validation_log_loss for s in mine),
        test_log_loss=replicated(t.log_loss for t in tests),
        validation_confidence=replicated(c.validation for c in confidences),
        test_confidence=replicated(c.test for c in confidences),
        validation_calibration_error=replicated(c.validation_calibration_error for c in confidences),
        test_calibration_error=replicated(c.test_calibration_error for c in confidences),
        gap_train_minus_validation=_difference(train, validation),
        gap_validation_minus_test=_difference(validation, test),
        gap_uniform_minus_test=_difference(uniform, test),
    )


def _intervention(recipe: Recipe, choice: Choice, evaluation: Evaluation, settings: Settings) -> contract.Intervention:
    mine, table = choice.scored[recipe], settings.table
    validation = replicated(s.validation_accuracy for s in mine)
    before = replicated(s.validation_accuracy for s in choice.scored[AS_TRAINED])
    test = replicated(t.accuracy for t in evaluation.scores[recipe])
    same_kind = Recipe(family="boosting") if recipe.family == "boosting" else AS_TRAINED
    unchanged = choice.scored[same_kind]
    return contract.Intervention(
        name=_name_of(recipe),
        done=_done_of(recipe, table),
        kind=recipe.kind,
        family=recipe.family,
        features=recipe.features,
        probability=recipe.probability,
        candidate=recipe in choice.candidates,
        chosen=recipe == choice.mitigation,
        keeps_focus=recipe.kind != "noise" and not set(choice.focus) & set(recipe.dropped(table)),
        train_rows=mine[0].train_rows,
        train=replicated(s.train_accuracy for s in mine),
        validation=validation,
        permuted=replicated(s.permuted_accuracy for s in mine),
        uniform=replicated(s.uniform_accuracy for s in mine),
        compared=_compared(recipe, choice, evaluation, settings),
        price_if_sound=_difference(before, validation),
        test=test,
        validation_minus_unchanged=_difference(validation, replicated(s.validation_accuracy for s in unchanged)),
        test_minus_unchanged=_difference(test, replicated(t.accuracy for t in evaluation.scores[same_kind])),
        gap_validation_minus_test=_difference(validation, test),
    )


def _compared(recipe: Recipe, choice: Choice, evaluation: Evaluation, settings: Settings) -> contract.Compared:
    first = min(settings.run.intervention_replicates, settings.run.replicates)
    unchanged, with_permuted, with_uniform = scores(choice.scored[recipe][:first])
    return contract.Compared(
        replicates=first,
        validation=unchanged,
        permuted=with_permuted,
        uniform=with_uniform,
        smallest=min(unchanged, with_permuted, with_uniform),
        price_if_sound=scores(choice.scored[AS_TRAINED][:first])[0] - unchanged,
        test=float(np.mean([one.accuracy for one in evaluation.scores[recipe][:first]])),
    )


def _along(choice: Choice, evaluation: Evaluation) -> contract.Along:
    points, tests = choice.checkpoints, evaluation.checkpoint_accuracy
    best, last, trained = int(np.argmax(tests)), points[-1], choice.scored[AS_TRAINED][choice.shown]
    differences = (
        last.train_accuracy - trained.train_accuracy,
        last.validation_accuracy - trained.validation_accuracy,
        tests[-1] - evaluation.scores[AS_TRAINED][choice.shown].accuracy,
    )
    return contract.Along(
        points=len(points),
        difference_from_pytorch=max(map(abs, differences)),
        highest_test=tests[best],
        highest_test_iteration=points[best].iteration,
        highest_test_train=points[best].train_accuracy,
        final_test=tests[-1],
        gap_opened_at=gap_opened_at(
            [one.iteration for one in points],
            [one.validation_accuracy - test for one, test in zip(points, tests, strict=True)],
        ),
    )


def gap_opened_at(iterations: Sequence[int], gaps: Sequence[float]) -> int | None:
    """Return from which iteration on a gap stays at half its final value or more; None where it ends at 0 or below."""
    if gaps[-1] <= 0:
        return None
    smaller = [at for at, gap in enumerate(gaps) if gap < gaps[-1] / 2]
    return iterations[smaller[-1] + 1] if smaller else iterations[0]


def _difference(first: Replicated, second: Replicated) -> Replicated:
    """Return first minus second, replicate by replicate, over the replicates that both have."""
    return replicated(a - b for a, b in zip(first.replicates, second.replicates, strict=False))


def _tolerance(validation: Replicated, gap: Replicated, test: float, rows: tuple[int, int]) -> float:
    """Return up to which difference an accuracy on validation and one on test agree; `rows` are those of each."""
    sampling = intervals.difference_half_width(validation.mean, rows[0], test, rows[1])
    return max(SMALLEST_GAP, sampling + 2 * gap.std / math.sqrt(len(gap.replicates)))


def _range(interventions: Sequence[contract.Intervention]) -> contract.TestRange:
    tests = [one.test.mean for one in interventions] or [0.0]
    return contract.TestRange(len(interventions), min(tests), max(tests))


def _rows(matrix: Array) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(cell) for cell in row) for row in matrix)
