"""One training run of Part B (a): data of a replicate, its initial parameters, gradient descent; also by PyTorch."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.data import features
from analysis.network import descent, mlp, torch_network
from analysis.network.descent import TrainingDiverged, TrainingRun
from analysis.network.mlp import ACTIVATIONS, Params
from analysis.network.replicates import EncodedFold, initial_params
from analysis.settings.schema import Settings
from analysis.statistics.ranks import median_position
from analysis.studies.training.record import Twins

SWEPT = 0  # the replicate on which the learning rates are tried
IN_PYTORCH = "relu"  # the activation of the network that PyTorch trains as well
LAST = 20  # iterations at the end that accuracies are averaged over: a run may alternate between two values

Trained = TrainingRun | TrainingDiverged


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
            probe_at=range(run.iterations + 1),
            keep_at=descent.checkpoints(run.iterations),
        )
    except TrainingDiverged as error:
        return error


def train_by_torch(settings: Settings, fold: EncodedFold, replicate: int, rate: float) -> Params | TrainingDiverged:
    """Train a replicate's ReLU network by PyTorch, from the parameters that `train_one` starts from."""
    start = initial_params(settings, fold.X_train.shape[0], replicate, IN_PYTORCH)
    labels, iterations = fold.labels_train, settings.run.iterations
    try:
        return torch_network.train(start, fold.X_train, labels, IN_PYTORCH, learning_rate=rate, iterations=iterations)
    except TrainingDiverged as error:
        return error


def compare(by_torch: Params, by_numpy: Params, fold: EncodedFold) -> Twins:
    """Compare two networks of one replicate, which started from the same parameters."""
    both = (by_torch, by_numpy)
    one, other = (np.concatenate([array.ravel() for array in params]) for params in both)
    X, labels = fold.X_validation, fold.labels_validation
    answers = [torch_network.log_probabilities(params, X, IN_PYTORCH).argmax(axis=0) for params in both]
    accuracies = [float((predicted == labels).mean()) for predicted in answers]
    return Twins(
        parameter_difference=float(np.linalg.norm(one - other) / np.linalg.norm(other)),
        different_predictions=float((answers[0] != answers[1]).mean()),
        accuracy_difference=abs(accuracies[0] - accuracies[1]),
    )


def median_replicate(runs: Mapping[str, Sequence[TrainingRun]]) -> int:
    """Return the replicate that the figures show: the median by final validation accuracy, mean of the activations."""
    ends = np.mean([[run.validation_accuracy[-1] for run in replicates] for replicates in runs.values()], axis=0)
    return median_position(ends)


def final_accuracy(run: TrainingRun) -> float:
    """Return the validation accuracy after the last update."""
    return float(run.validation_accuracy[-1])


def settled_accuracy(run: TrainingRun) -> float:
    """Return the mean validation accuracy of the last iterations: it does not hang on the phase of an oscillation."""
    return float(run.validation_accuracy[-LAST:].mean())
