"""Part B (a): the two-layer perceptron, trained with sigmoid and with ReLU at one learning rate."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from analysis.compute.parallel import run_tasks
from analysis.compute.progress import Progress
from analysis.network import divergence
from analysis.network.descent import TrainingDiverged, TrainingRun
from analysis.network.mlp import ACTIVATIONS, Array, Params
from analysis.network.replicates import EncodedFold, encode_replicates
from analysis.settings.schema import Settings
from analysis.studies.training.runs import (
    SWEPT,
    Trained,
    final_accuracy,
    median_replicate,
    settled_accuracy,
    train_by_torch,
    train_one,
)
from analysis.studies.training.summary import make_record
from analysis.study_interface import Inputs, Outcome

TRACES = ("loss", "train_accuracy", "validation_accuracy", "grad_abs_mean", "probes", "off")


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Sweep the learning rate on replicate 0, train every replicate at the chosen one, one of them by PyTorch as well.

    The gradients are checked.
    """
    folds = encode_replicates(settings)
    sweep = _train_sweep(settings, folds[SWEPT], progress)
    chosen = choose_rate(settings, sweep)
    runs = train_replicates(settings, folds, sweep[chosen], chosen, progress)
    by_means = choose_rate(settings, sweep, settled_accuracy)
    plotted = median_replicate(runs)
    by_torch = _train_by_torch(settings, folds[plotted], plotted, chosen, progress)
    record = make_record(settings, folds, sweep, chosen, by_means, runs, by_torch)
    trained = len(ACTIVATIONS) * (len(sweep) + len(folds) - 1) + 1
    return Outcome(record, _make_arrays(settings, runs, by_torch), trained * settings.run.iterations)


def _train_sweep(settings: Settings, fold: EncodedFold, progress: Progress) -> dict[float, dict[str, Trained]]:
    """Train both activations at every rate on one replicate: rate -> activation -> run."""
    rates = sorted(settings.run.learning_rates)
    tasks = [(settings, fold, SWEPT, name, rate) for rate in rates for name in ACTIVATIONS]
    steps = [settings.run.iterations] * len(tasks)
    rows = len(fold.labels_train)
    runs = run_tasks(train_one, tasks, stage="training: learning rates", progress=progress, steps=steps, rows=rows)
    results: dict[float, dict[str, Trained]] = {rate: {} for rate in rates}
    for (*_, name, rate), run in zip(tasks, runs, strict=True):
        results[rate][name] = run
    return results


def choose_rate(
    settings: Settings,
    sweep: Mapping[float, Mapping[str, Trained]],
    accuracy: Callable[[TrainingRun], float] = final_accuracy,
) -> float:
    """Return the rate whose smaller validation accuracy over the activations is largest.

    Of equal ones the rate with the larger other accuracy, then the smaller rate. A rate at which a run diverged
    is never chosen; InputError, which names one run of the smallest rate, where that leaves none.
    """
    diverged = {
        rate: [str(run) for run in runs.values() if isinstance(run, TrainingDiverged)] for rate, runs in sweep.items()
    }
    if all(diverged.values()):
        smallest = diverged[min(sweep)][0]
        raise divergence.rate_mistake(settings, f"none among {len(sweep)} (smallest: {smallest})", "name smaller ones")
    scores = {
        rate: sorted(accuracy(run) for run in runs.values() if isinstance(run, TrainingRun))
        for rate, runs in sweep.items()
        if not diverged[rate]
    }
    return max(scores, key=lambda rate: (scores[rate], -rate))


def train_replicates(
    settings: Settings, folds: Sequence[EncodedFold], first: Mapping[str, Trained], rate: float, progress: Progress
) -> dict[str, list[TrainingRun]]:
    """Train the replicates after the first (whose runs the sweep has made): activation -> one run per replicate."""
    tasks = [(settings, folds[r], r, name, rate) for r in range(1, len(folds)) for name in ACTIVATIONS]
    steps = [settings.run.iterations] * len(tasks)
    rows = len(folds[SWEPT].labels_train)
    results = run_tasks(train_one, tasks, stage="training: replicates", progress=progress, steps=steps, rows=rows)
    runs: dict[str, list[Any]] = {name: [first[name]] for name in ACTIVATIONS}
    for (_, _, replicate, name, _), result in zip(tasks, results, strict=True):
        runs[name].append(_converged(result, settings, replicate, rate))
    return runs


def _train_by_torch(settings: Settings, fold: EncodedFold, replicate: int, rate: float, progress: Progress) -> Params:
    """Train one replicate's ReLU network by PyTorch."""
    (result,) = run_tasks(
        train_by_torch,
        [(settings, fold, replicate, rate)],
        stage="training: by PyTorch",
        progress=progress,
        steps=[settings.run.iterations],
        rows=len(fold.labels_train),
    )
    return _converged(result, settings, replicate, rate)


def _converged(result: Any, settings: Settings, replicate: int, rate: float) -> Any:
    """Return what a run has trained; InputError where it diverged."""
    if isinstance(result, TrainingDiverged):
        got = f"{rate:g}, chosen from the sweep, where replicate {replicate} diverged ({result})"
        raise divergence.rate_mistake(settings, got, "name a smaller rate in its place")
    return result


def _make_arrays(settings: Settings, runs: Mapping[str, Sequence[TrainingRun]], by_torch: Params) -> dict[str, Array]:
    """Return parameters and traces, the latter stacked over replicates (`relu_loss`, …; R first).

    `relu_0_W1`, … are a replicate's final parameters, `relu_0_checkpoints_W1`, … those along its run, stacked;
    `pytorch_W1`, … those that PyTorch trained.
    """
    arrays: dict[str, Array] = {"probe_at": runs["relu"][0].probe_at}
    arrays |= {f"pytorch_{letter}": array for letter, array in by_torch._asdict().items()}
    for name, replicates in runs.items():
        for trace in TRACES:
            arrays[f"{name}_{trace}"] = np.stack([getattr(run, trace) for run in replicates])
        for replicate, run in enumerate(replicates):
            for letter, array, course in zip(Params._fields, run.params, zip(*run.kept, strict=True), strict=True):
                arrays[f"{name}_{replicate}_{letter}"] = array
                arrays[f"{name}_{replicate}_checkpoints_{letter}"] = np.stack(course)
    return arrays
