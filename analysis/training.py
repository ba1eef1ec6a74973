"""Part B (a): the two-layer perceptron, trained with sigmoid and with ReLU at one learning rate."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from analysis import dataset, features, figure_style, mlp, training_check
from analysis.errors import InputError
from analysis.mlp import ACTIVATIONS, Array, Params, TrainingRun
from analysis.parallel import run_tasks
from analysis.results import Replicated, replicated
from analysis.results.training import (
    ActivationRuns,
    GradientCheck,
    Named,
    ReluMinusSigmoid,
    SweepRow,
    SweepRun,
    TrainingRecord,
)
from analysis.settings import Settings
from analysis.study import Arrays, Inputs, Outcome, Progress

PLOTTED = 0  # the replicate that the figures show; the sweep runs on it too
TRACES = ("loss", "train_accuracy", "validation_accuracy", "grad_abs_mean", "probes")
EVERY_PROBE_UNTIL = 20  # the first updates change the gradients most; from here on …
PROBE_STEP = 10  # … a probe costs as much as an update and is taken at every tenth


@dataclasses.dataclass(frozen=True)
class Fold:
    """The two encoded folds of one replicate: X0 (D, N) float32, labels (N,)."""

    X_train: Array
    labels_train: Array
    X_validation: Array
    labels_validation: Array


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Sweep the learning rate on replicate 0, train every replicate at the chosen one, check the gradients."""
    folds = encode_replicates(settings)
    sweep = train_sweep(settings, folds[PLOTTED], progress)
    chosen = choose_rate(
        settings, {rate: {name: final(run) for name, run in runs.items()} for rate, runs in sweep.items()}
    )
    runs = train_replicates(settings, folds, sweep[chosen], chosen, progress)
    record = make_record(settings, folds, sweep, chosen, runs)
    return Outcome(record, make_arrays(settings, runs))


def encode_replicates(settings: Settings) -> list[Fold]:
    """Split and encode the training table anew for each replicate; the encoding is fitted on its training fold."""
    data = dataset.read_train(settings)
    folds = []
    for replicate in range(settings.run.replicates):
        rows = dataset.split(data.labels, settings.run.validation_share, settings.run.seed + replicate)
        train, validation = data.frame.iloc[rows.train], data.frame.iloc[rows.validation]
        encoding = features.fit(train, settings.table)
        folds.append(
            Fold(
                encoding.transform(train),
                data.labels[rows.train],
                encoding.transform(validation),
                data.labels[rows.validation],
            )
        )
    return folds


def initial_params(settings: Settings, inputs: int, replicate: int, activation: str) -> Params:
    """Draw a replicate's initial parameters; they depend on seed, replicate and activation alone."""
    rng = np.random.default_rng([settings.run.seed, replicate, list(ACTIVATIONS).index(activation)])
    sizes = (inputs, *settings.run.hidden, len(settings.table.classes))
    return mlp.initialise(rng, sizes, ACTIVATIONS[activation])


def probe_iterations(iterations: int, report_at: int) -> list[int]:
    """Return when the deltas are measured: each update up to 20, then every tenth, `report_at` and the last."""
    often = range(min(EVERY_PROBE_UNTIL, iterations) + 1)
    return sorted({*often, *range(0, iterations + 1, PROBE_STEP), report_at, iterations})


def train_one(settings: Settings, fold: Fold, replicate: int, activation: str, rate: float) -> TrainingRun | None:
    """Train one network; None where it diverges."""
    K = len(settings.table.classes)
    run = settings.run
    try:
        return mlp.gradient_descent(
            initial_params(settings, fold.X_train.shape[0], replicate, activation),
            mlp.in_blocks(fold.X_train, features.one_hot(fold.labels_train, K)),
            mlp.in_blocks(fold.X_validation, features.one_hot(fold.labels_validation, K)),
            ACTIVATIONS[activation],
            learning_rate=rate,
            iterations=run.iterations,
            probe_at=probe_iterations(run.iterations, run.report_at),
        )
    except mlp.TrainingDiverged:
        return None


def train_sweep(settings: Settings, fold: Fold, progress: Progress) -> dict[float, dict[str, TrainingRun | None]]:
    """Train both activations at every rate on one replicate: rate -> activation -> run."""
    rates = sorted(settings.run.learning_rates)
    tasks = [(settings, fold, PLOTTED, name, rate) for rate in rates for name in ACTIVATIONS]
    steps = [settings.run.iterations] * len(tasks)
    runs = run_tasks(train_one, tasks, stage="training: learning rates", progress=progress, steps=steps)
    results: dict[float, dict[str, TrainingRun | None]] = {rate: {} for rate in rates}
    for (*_, name, rate), run in zip(tasks, runs, strict=True):
        results[rate][name] = run
    return results


def final(run: TrainingRun | None) -> float | None:
    """Return the validation accuracy after the last update; None for a run that diverged."""
    return None if run is None else float(run.validation_accuracy[-1])


def choose_rate(settings: Settings, sweep: Mapping[float, Mapping[str, float | None]]) -> float:
    """Return the rate whose smaller validation accuracy over the activations is largest.

    Of equal ones the rate with the larger other accuracy, then the smaller rate. A rate at which a run diverged
    (None) is never chosen; InputError where that leaves none.
    """
    scores = {rate: sorted(values.values()) for rate, values in sweep.items() if None not in values.values()}  # type: ignore[type-var]
    if not scores:
        raise InputError(
            f"{settings.path}: run.learning_rates: training diverged at every rate, {min(sweep):g} to {max(sweep):g}",
            "name smaller ones",
        )
    return max(scores, key=lambda rate: (scores[rate], -rate))


def train_replicates(
    settings: Settings, folds: Sequence[Fold], first: Mapping[str, TrainingRun | None], rate: float, progress: Progress
) -> dict[str, list[TrainingRun]]:
    """Train the replicates after the first (whose runs the sweep has made): activation -> one run per replicate."""
    tasks = [(settings, folds[r], r, name, rate) for r in range(1, len(folds)) for name in ACTIVATIONS]
    steps = [settings.run.iterations] * len(tasks)
    results = run_tasks(train_one, tasks, stage="training: replicates", progress=progress, steps=steps)
    runs: dict[str, list[Any]] = {name: [first[name]] for name in ACTIVATIONS}
    for (_, _, replicate, name, _), result in zip(tasks, results, strict=True):
        if result is None:
            raise InputError(
                f"{settings.path}: run.learning_rates: {name} diverged at the chosen rate {rate:g} in replicate "
                f"{replicate}",
                "leave this rate out",
            )
        runs[name].append(result)
    return runs


def make_arrays(settings: Settings, runs: Mapping[str, Sequence[TrainingRun]]) -> dict[str, Array]:
    """Return final parameters (`relu_0_W1`, …) and the traces, stacked over replicates (`relu_loss`, …; R first)."""
    arrays: dict[str, Array] = {"probe_at": runs["relu"][0].probe_at}
    for name, replicates in runs.items():
        for trace in TRACES:
            arrays[f"{name}_{trace}"] = np.stack([getattr(run, trace) for run in replicates])
        for replicate, run in enumerate(replicates):
            for letter, array in zip(Params._fields, run.params, strict=True):
                arrays[f"{name}_{replicate}_{letter}"] = array
    return arrays


def make_record(
    settings: Settings,
    folds: Sequence[Fold],
    sweep: Mapping[float, Mapping[str, TrainingRun | None]],
    chosen: float,
    runs: Mapping[str, Sequence[TrainingRun]],
) -> TrainingRecord:
    """Summarise the runs."""
    run, fold = settings.run, folds[PLOTTED]
    rows = tuple(sweep_row(rate, results, chosen) for rate, results in sweep.items())
    return TrainingRecord(
        inputs=fold.X_train.shape[0],
        hidden=run.hidden,
        classes=len(settings.table.classes),
        parameters=sum(array.size for array in runs["relu"][PLOTTED].params),
        train_rows=len(fold.labels_train),
        validation_rows=len(fold.labels_validation),
        iterations=run.iterations,
        report_at=run.report_at,
        replicates=len(folds),
        plotted_replicate=PLOTTED,
        plotted_seed=run.seed + PLOTTED,
        learning_rate=chosen,
        smallest_rate=min(sweep),
        largest_rate=max(sweep),
        sweep=rows,
        sweep_diverged=sum(row.sigmoid.diverged + row.relu.diverged for row in rows),
        named_accuracy=run.named_accuracy,
        majority_validation_accuracy=replicated(majority_accuracy(fold) for fold in folds),
        gradient_check=check_gradients(settings, fold, runs),
        sigmoid=summarise(runs["sigmoid"], settings),
        relu=summarise(runs["relu"], settings),
        relu_minus_sigmoid=compare(runs["relu"], runs["sigmoid"], settings),
    )


def majority_accuracy(fold: Fold) -> float:
    """Return the validation accuracy of always answering the training fold's largest class."""
    return float((fold.labels_validation == np.bincount(fold.labels_train).argmax()).mean())


def sweep_row(rate: float, results: Mapping[str, TrainingRun | None], chosen: float) -> SweepRow:
    """Return one line of the sweep's table."""
    runs = {name: SweepRun(diverged=run is None, validation_accuracy=final(run)) for name, run in results.items()}
    values = [run.validation_accuracy for run in runs.values() if run.validation_accuracy is not None]
    return SweepRow(
        learning_rate=rate,
        smaller_validation_accuracy=min(values) if len(values) == len(runs) else None,
        chosen=rate == chosen,
        **runs,
    )


def first_at_least(trace: Array, level: float) -> int | None:
    """Return after how many updates a trace first is at least `level`; None for never."""
    reached = np.flatnonzero(trace >= level)
    return int(reached[0]) if len(reached) else None


def updates_to_named(runs: Sequence[TrainingRun], settings: Settings) -> list[int | None]:
    """Return for each run the updates until its validation accuracy reaches the named one."""
    return [first_at_least(run.validation_accuracy, settings.run.named_accuracy) for run in runs]


def summarise(runs: Sequence[TrainingRun], settings: Settings) -> ActivationRuns:
    """Summarise one activation's runs over the replicates."""
    report_at = settings.run.report_at
    needed = [updates for updates in updates_to_named(runs, settings) if updates is not None]
    return ActivationRuns(
        train_accuracy=replicated(run.train_accuracy[-1] for run in runs),
        validation_accuracy=replicated(run.validation_accuracy[-1] for run in runs),
        train_accuracy_at_report=replicated(run.train_accuracy[report_at] for run in runs),
        validation_accuracy_at_report=replicated(run.validation_accuracy[report_at] for run in runs),
        gap_train_minus_validation=replicated(run.train_accuracy[-1] - run.validation_accuracy[-1] for run in runs),
        loss_at_start=replicated(run.loss[0] for run in runs),
        loss=replicated(run.loss[-1] for run in runs),
        loss_rose=replicated((np.diff(run.loss) > 0).mean() for run in runs),
        named=Named(reached=len(needed), iterations=replicated(needed) if needed else None),
        plotted_train_accuracy=float(runs[PLOTTED].train_accuracy[-1]),
        plotted_validation_accuracy=float(runs[PLOTTED].validation_accuracy[-1]),
    )


def compare(relu: Sequence[TrainingRun], sigmoid: Sequence[TrainingRun], settings: Settings) -> ReluMinusSigmoid:
    """Return the differences of the two activations, replicate by replicate."""

    def difference(iteration: int) -> Replicated:
        pairs = zip(relu, sigmoid, strict=True)
        return replicated(a.validation_accuracy[iteration] - b.validation_accuracy[iteration] for a, b in pairs)

    needed = list(zip(updates_to_named(relu, settings), updates_to_named(sigmoid, settings), strict=True))
    differences = [a - b for a, b in needed if a is not None and b is not None]
    return ReluMinusSigmoid(
        validation_accuracy=difference(-1),
        validation_accuracy_at_report=difference(settings.run.report_at),
        iterations_to_named=replicated(differences) if len(differences) == len(needed) else None,
    )


def check_gradients(settings: Settings, fold: Fold, runs: Mapping[str, Sequence[TrainingRun]]) -> GradientCheck:
    """Check both activations' gradients at the plotted run's first and last parameters."""
    X0, labels = fold.X_train[:, : training_check.ROWS], fold.labels_train[: training_check.ROWS]
    errors = {
        name: training_check.check(
            (initial_params(settings, X0.shape[0], PLOTTED, name), runs[name][PLOTTED].params), X0, labels, activation
        )
        for name, activation in ACTIVATIONS.items()
    }
    return GradientCheck(
        rows=len(labels),
        step=training_check.STEP,
        tolerance_central_differences=training_check.CENTRAL_TOLERANCE,
        tolerance_pytorch=training_check.PYTORCH_TOLERANCE,
        **errors,
    )


def plot_accuracy(record: TrainingRecord, arrays: Arrays, settings: Settings) -> Figure:
    """The single plot: training and validation accuracy of both activations against the iterations."""
    figure, axes = figure_style.figure(height=2.9)
    iterations = np.arange(record.iterations + 1)
    ends = []
    for name, colour in figure_style.ACTIVATION_COLOURS.items():
        for fold, line in (("train", "-"), ("validation", (0, (3, 1.5)))):
            trace = 100 * arrays[f"{name}_{fold}_accuracy"][record.plotted_replicate]
            axes.plot(iterations, trace, linestyle=line, color=colour, linewidth=1.1)
            label = f"{figure_style.ACTIVATION_NAMES[name]}, {'training' if fold == 'train' else 'validation'}"
            ends.append((float(trace[-1]), label, colour))
    majority = 100 * record.majority_validation_accuracy.replicates[record.plotted_replicate]
    axes.axhline(majority, color=figure_style.GREY, linewidth=0.8, linestyle=":")
    ends.append((majority, "largest class alone", figure_style.GREY))
    axes.axvline(record.report_at, color=figure_style.GREY, linewidth=0.5)
    axes.set(xlabel="iteration", ylabel="accuracy (%)", xlim=(0, record.iterations))
    for height, (_, label, colour) in zip(apart(sorted(ends), axes), sorted(ends), strict=True):
        figure_style.name_line(axes, 1.015 * record.iterations, height, label, colour)
    return figure


def apart(ends: Sequence[tuple[float, str, str]], axes: figure_style.Axes) -> list[float]:
    """Return heights for the lines' names, in ascending order, moved apart so that none lies on another."""
    low, high = axes.get_ylim()
    distance = 0.058 * (high - low)  # a line of 8 pt text in a panel of this height
    heights: list[float] = []
    for value, *_ in ends:
        heights.append(max(value, heights[-1] + distance) if heights else value)
    excess = max(0.0, heights[-1] - max(high, ends[-1][0]))
    return [height - excess for height in heights] if excess else heights


PLOTS = (plot_accuracy,)
