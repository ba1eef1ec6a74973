"""Part B (a): the two-layer perceptron, trained with sigmoid and with ReLU at one learning rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from analysis.compute.parallel import run_tasks
from analysis.compute.progress import Progress
from analysis.network import divergence
from analysis.network.descent import TrainingDiverged, TrainingRun
from analysis.network.mlp import ACTIVATIONS, Array, Params
from analysis.network.replicates import Fold, encode_replicates
from analysis.plotting import style
from analysis.plotting.labels import apart
from analysis.settings.schema import Settings
from analysis.studies.training.record import TrainingRecord
from analysis.studies.training.runs import PLOTTED, Trained, train_one
from analysis.studies.training.summary import make_record
from analysis.study import Arrays, Inputs, Outcome

TRACES = ("loss", "train_accuracy", "validation_accuracy", "grad_abs_mean", "probes")
LABEL_DISTANCE = 0.058  # a line of 8 pt text, as a share of the height of the plot


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Sweep the learning rate on replicate 0, train every replicate at the chosen one, check the gradients."""
    folds = encode_replicates(settings)
    sweep = train_sweep(settings, folds[PLOTTED], progress)
    chosen = choose_rate(settings, sweep)
    runs = train_replicates(settings, folds, sweep[chosen], chosen, progress)
    record = make_record(settings, folds, sweep, chosen, runs)
    trained = len(ACTIVATIONS) * (len(sweep) + len(folds) - 1)
    return Outcome(record, make_arrays(settings, runs), trained * settings.run.iterations)


def train_sweep(settings: Settings, fold: Fold, progress: Progress) -> dict[float, dict[str, Trained]]:
    """Train both activations at every rate on one replicate: rate -> activation -> run."""
    rates = sorted(settings.run.learning_rates)
    tasks = [(settings, fold, PLOTTED, name, rate) for rate in rates for name in ACTIVATIONS]
    steps = [settings.run.iterations] * len(tasks)
    rows = len(fold.labels_train)
    runs = run_tasks(train_one, tasks, stage="training: learning rates", progress=progress, steps=steps, rows=rows)
    results: dict[float, dict[str, Trained]] = {rate: {} for rate in rates}
    for (*_, name, rate), run in zip(tasks, runs, strict=True):
        results[rate][name] = run
    return results


def choose_rate(settings: Settings, sweep: Mapping[float, Mapping[str, Trained]]) -> float:
    """Return the rate whose smaller validation accuracy over the activations is largest.

    Of equal ones the rate with the larger other accuracy, then the smaller rate. A rate at which a run diverged
    is never chosen; InputError, which names one run of the smallest rate, where that leaves none.
    """
    diverged = {
        rate: [str(run) for run in runs.values() if isinstance(run, TrainingDiverged)] for rate, runs in sweep.items()
    }
    if all(diverged.values()):
        smallest = diverged[min(sweep)][0]
        raise divergence.mistake(settings, f"none among {len(sweep)} (smallest: {smallest})", "name smaller ones")
    scores = {
        rate: sorted(float(run.validation_accuracy[-1]) for run in runs.values() if isinstance(run, TrainingRun))
        for rate, runs in sweep.items()
        if not diverged[rate]
    }
    return max(scores, key=lambda rate: (scores[rate], -rate))


def train_replicates(
    settings: Settings, folds: Sequence[Fold], first: Mapping[str, Trained], rate: float, progress: Progress
) -> dict[str, list[TrainingRun]]:
    """Train the replicates after the first (whose runs the sweep has made): activation -> one run per replicate."""
    tasks = [(settings, folds[r], r, name, rate) for r in range(1, len(folds)) for name in ACTIVATIONS]
    steps = [settings.run.iterations] * len(tasks)
    rows = len(folds[PLOTTED].labels_train)
    results = run_tasks(train_one, tasks, stage="training: replicates", progress=progress, steps=steps, rows=rows)
    runs: dict[str, list[Any]] = {name: [first[name]] for name in ACTIVATIONS}
    for (_, _, replicate, name, _), result in zip(tasks, results, strict=True):
        if isinstance(result, TrainingDiverged):
            got = f"{rate:g}, chosen from the sweep, where replicate {replicate} diverged ({result})"
            raise divergence.mistake(settings, got, "name a smaller rate in its place")
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


def plot_accuracy(record: TrainingRecord, arrays: Arrays, settings: Settings) -> Figure:
    """The single plot: training and validation accuracy of both activations against the iterations."""
    figure, axes = style.figure(height=2.9)
    ends = []
    for name, colour in style.ACTIVATION_COLOURS.items():
        for fold, width, alpha in (("training", 2.6, 0.35), ("validation", 0.8, 1.0)):
            key = f"{name}_{'train' if fold == 'training' else fold}_accuracy"
            trace = 100 * arrays[key][record.plotted_replicate]
            axes.plot(trace, color=colour, linewidth=width, alpha=alpha)
            ends.append((float(trace[-1]), f"{style.ACTIVATION_NAMES[name]}, {fold}", colour, alpha))
    majority = 100 * record.majority_validation_accuracy.replicates[record.plotted_replicate]
    axes.axhline(majority, color=style.GREY, linewidth=0.8, linestyle=":")
    ends.append((majority, "largest class alone", style.GREY, 1.0))
    axes.set(xlabel="iteration", ylabel="accuracy (%)", xlim=(0, record.iterations))
    low, high = axes.get_ylim()
    ends.sort()
    heights = apart([end[0] for end in ends], LABEL_DISTANCE * (high - low))
    for height, (_, label, colour, alpha) in zip(heights, ends, strict=True):
        shade = max(alpha, 0.6)  # pale lines have pale names, but legible ones
        style.name_line(axes, 1.015 * record.iterations, height, label, colour, alpha=shade)
    return figure


PLOTS = (plot_accuracy,)
