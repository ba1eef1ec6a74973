"""One training run of Part B (a): data of a replicate, its initial parameters, gradient descent."""

from __future__ import annotations

from analysis.data import features
from analysis.network import descent, mlp
from analysis.network.descent import TrainingDiverged, TrainingRun
from analysis.network.mlp import ACTIVATIONS
from analysis.network.replicates import EncodedFold, initial_params
from analysis.settings.schema import Settings

PLOTTED = 0  # the replicate that the figures show; the sweep runs on it too
PROBED = ((20, 1), (100, 5))  # (until, step): the deltas are measured at each of the first iterations, where they
PROBE_STEP = 25  # change most, later at every fifth and 25th (odd steps: training may swing between two updates)

Trained = TrainingRun | TrainingDiverged


def probe_iterations(iterations: int, report_at: int) -> list[int]:
    """Return when the deltas are measured: see PROBED and PROBE_STEP; `report_at` and the last iteration always."""
    early = {t for until, step in PROBED for t in range(0, min(until, iterations) + 1, step)}
    return sorted(early | {*range(0, iterations + 1, PROBE_STEP), report_at, iterations})


def train_one(settings: Settings, fold: EncodedFold, replicate: int, activation: str, rate: float) -> Trained:
    """Train one network; return the exception where it diverges, so that the rest of a sweep goes on."""
    K = len(settings.table.classes)
    run = settings.run
    try:
        return descent.gradient_descent(
            initial_params(settings, fold.X_train.shape[0], replicate, activation),
            mlp.in_blocks(fold.X_train, features.one_hot(fold.labels_train, K)),
            mlp.in_blocks(fold.X_validation, features.one_hot(fold.labels_validation, K)),
            ACTIVATIONS[activation],
            learning_rate=rate,
            iterations=run.iterations,
            probe_at=probe_iterations(run.iterations, run.report_at),
        )
    except TrainingDiverged as error:
        return error


def final(run: Trained) -> float | None:
    """Return the validation accuracy after the last update; None for a run that diverged."""
    return None if isinstance(run, TrainingDiverged) else float(run.validation_accuracy[-1])
