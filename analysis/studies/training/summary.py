"""What the report says of the training runs: the record of `training`, from runs to numbers."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.network.descent import TrainingDiverged, TrainingRun
from analysis.network.mlp import ACTIVATIONS, Array, Params
from analysis.network.replicates import EncodedFold, initial_params
from analysis.results.types import Replicated, replicated
from analysis.settings.schema import Settings
from analysis.statistics.metrics import majority_accuracy
from analysis.studies.training import gradient_check
from analysis.studies.training.record import (
    ActivationRuns,
    GradientCheck,
    Named,
    ReluMinusSigmoid,
    SweepRow,
    SweepRun,
    TrainingRecord,
)
from analysis.studies.training.runs import (
    IN_PYTORCH,
    LAST,
    SWEPT,
    Trained,
    compare,
    final_accuracy,
    median_replicate,
    settled_accuracy,
)


def make_record(
    settings: Settings,
    folds: Sequence[EncodedFold],
    sweep: Mapping[float, Mapping[str, Trained]],
    chosen: float,
    by_means: float,
    runs: Mapping[str, Sequence[TrainingRun]],
    by_torch: Params,
) -> TrainingRecord:
    """Summarise the runs."""
    run, plotted = settings.run, median_replicate(runs)
    fold = folds[plotted]
    sigmoid, relu = (summarise(runs[name], settings, plotted) for name in ("sigmoid", "relu"))
    rows = tuple(_sweep_row(rate, results, chosen) for rate, results in sweep.items())
    return TrainingRecord(
        inputs=fold.X_train.shape[0],
        hidden=run.hidden,
        classes=len(settings.table.classes),
        parameters=sum(array.size for array in runs["relu"][plotted].params),
        train_rows=len(fold.labels_train),
        validation_rows=len(fold.labels_validation),
        iterations=run.iterations,
        last=min(LAST, run.iterations),
        report_at=run.report_at,
        replicates=len(folds),
        swept_replicate=SWEPT,
        plotted_replicate=plotted,
        learning_rate=chosen,
        last_means_lead=_lead(rows),
        rate_by_last_means=by_means,
        smallest_rate=min(sweep),
        largest_rate=max(sweep),
        sweep=rows,
        sweep_diverged=sum(row.sigmoid.diverged + row.relu.diverged for row in rows),
        named_accuracy=run.named_accuracy,
        majority_validation_accuracy=replicated(
            majority_accuracy(fold.labels_train, fold.labels_validation) for fold in folds
        ),
        gradient_check=_check_gradients(settings, fold, runs, plotted),
        smaller_last_swing=min(sigmoid.last_validation_swing.mean, relu.last_validation_swing.mean),
        final_difference=abs(relu.validation_accuracy.mean - sigmoid.validation_accuracy.mean),
        sigmoid=sigmoid,
        relu=relu,
        relu_minus_sigmoid=differences(runs["relu"], runs["sigmoid"], settings),
        twins=compare(by_torch, runs[IN_PYTORCH][plotted].params, fold),
    )


def _lead(rows: Sequence[SweepRow]) -> float | None:
    """Return by how much the largest smaller mean of the last iterations exceeds the next; None of fewer than two."""
    means = [(row.sigmoid.last_validation_accuracy, row.relu.last_validation_accuracy) for row in rows]
    smaller = sorted(min(both) for both in means if None not in both)  # type: ignore[type-var]  # of two numbers
    return smaller[-1] - smaller[-2] if len(smaller) > 1 else None  # type: ignore[operator]


def _sweep_row(rate: float, results: Mapping[str, Trained], chosen: float) -> SweepRow:
    """Return one line of the sweep's table."""
    runs = {
        name: SweepRun(True, None, None)
        if isinstance(run, TrainingDiverged)
        else SweepRun(False, final_accuracy(run), settled_accuracy(run))
        for name, run in results.items()
    }
    return SweepRow(
        learning_rate=rate,
        chosen=rate == chosen,
        **runs,
    )


def _first_at_least(trace: Array, level: float) -> int | None:
    """Return after how many updates a trace first is at least `level`; None for never."""
    reached = np.flatnonzero(trace >= level)
    return int(reached[0]) if len(reached) else None


def held_from(trace: Array, level: float) -> int | None:
    """Return after how many updates a trace stays at `level` or above to its end; None where its end is below."""
    below = np.flatnonzero(trace < level)
    first = int(below[-1]) + 1 if len(below) else 0
    return first if first < len(trace) else None


def _updates_to_named(runs: Sequence[TrainingRun], settings: Settings) -> list[int | None]:
    """Return for each run the updates until its validation accuracy reaches that of the settings."""
    return [_first_at_least(run.validation_accuracy, settings.run.named_accuracy) for run in runs]


def summarise(runs: Sequence[TrainingRun], settings: Settings, plotted: int) -> ActivationRuns:
    """Summarise one activation's runs over the replicates."""
    report_at = settings.run.report_at
    needed = [updates for updates in _updates_to_named(runs, settings) if updates is not None]
    held = [held_from(run.validation_accuracy, settings.run.named_accuracy) for run in runs]
    settled = [updates for updates in held if updates is not None]
    return ActivationRuns(
        train_accuracy=replicated(run.train_accuracy[-1] for run in runs),
        validation_accuracy=replicated(final_accuracy(run) for run in runs),
        train_accuracy_at_report=replicated(run.train_accuracy[report_at] for run in runs),
        validation_accuracy_at_report=replicated(run.validation_accuracy[report_at] for run in runs),
        last_gap_train_minus_validation=replicated(
            (run.train_accuracy - run.validation_accuracy)[-LAST:].mean() for run in runs
        ),
        last_validation_accuracy=replicated(settled_accuracy(run) for run in runs),
        last_validation_swing=replicated(np.ptp(run.validation_accuracy[-LAST:]) for run in runs),
        loss=replicated(run.loss[-1] for run in runs),
        loss_rose=replicated((np.diff(run.loss) > 0).mean() for run in runs),
        named=Named(
            reached=len(needed),
            iterations=replicated(needed) if needed else None,
            held=len(settled),
            held_from=replicated(settled) if settled else None,
        ),
        plotted_validation_accuracy=float(runs[plotted].validation_accuracy[-1]),
    )


def differences(relu: Sequence[TrainingRun], sigmoid: Sequence[TrainingRun], settings: Settings) -> ReluMinusSigmoid:
    """Return the differences of the two activations, replicate by replicate."""
    pairs = list(zip(relu, sigmoid, strict=True))

    def difference(iteration: int) -> Replicated:
        return replicated(a.validation_accuracy[iteration] - b.validation_accuracy[iteration] for a, b in pairs)

    needed = list(zip(_updates_to_named(relu, settings), _updates_to_named(sigmoid, settings), strict=True))
    between = [a - b for a, b in needed if a is not None and b is not None]
    held = [[held_from(run.validation_accuracy, settings.run.named_accuracy) for run in pair] for pair in pairs]
    apart = [a - b for a, b in held if a is not None and b is not None]
    return ReluMinusSigmoid(
        last_train_accuracy=replicated(
            a.train_accuracy[-LAST:].mean() - b.train_accuracy[-LAST:].mean() for a, b in pairs
        ),
        last_loss=replicated(a.loss[-LAST:].mean() - b.loss[-LAST:].mean() for a, b in pairs),
        last_validation_accuracy=replicated(settled_accuracy(a) - settled_accuracy(b) for a, b in pairs),
        validation_accuracy=difference(-1),
        validation_accuracy_at_report=difference(settings.run.report_at),
        iterations_to_named=replicated(between) if len(between) == len(needed) else None,
        held_from=replicated(apart) if len(apart) == len(held) else None,
    )


def _check_gradients(
    settings: Settings, fold: EncodedFold, runs: Mapping[str, Sequence[TrainingRun]], plotted: int
) -> GradientCheck:
    """Check both activations' gradients at the plotted run's first and last parameters."""
    X0, labels = fold.X_train[:, : gradient_check.ROWS], fold.labels_train[: gradient_check.ROWS]
    errors = {
        name: gradient_check.check(
            (initial_params(settings, X0.shape[0], plotted, name), runs[name][plotted].params), X0, labels, activation
        )
        for name, activation in ACTIVATIONS.items()
    }
    return GradientCheck(
        rows=len(labels),
        step=gradient_check.STEP,
        **errors,
    )
