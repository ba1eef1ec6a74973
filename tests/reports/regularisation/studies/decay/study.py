"""The network of the training study with the gradients of a penalised loss."""

import numpy as np

from analysis.compute.progress import Progress
from analysis.data import dataset, features
from analysis.network import mlp
from analysis.network.mlp import RELU, Array, Params
from analysis.network.replicates import EncodedFold, encode, fold, initial_params
from analysis.results.inputs import DataFile
from analysis.results.types import replicated
from analysis.settings.schema import Settings
from analysis.study_interface import Inputs, Outcome
from studies.decay.record import DecayRecord, Strength

STEP = 1e-5  # of the central differences that the gradient is compared with
CHECKED = 0.1  # the strength at which gradients are compared


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Train with every strength on every split."""
    data, rate = dataset.read_train(settings), float(inputs.record("training").learning_rate)
    strengths, count = settings.decay.strengths, settings.run.replicates
    splits = [encode(fold(data, settings, replicate), settings.table, np.float64) for replicate in range(count)]
    trained = []
    for number, strength in enumerate(strengths, start=1):
        trained.append([descend(split, settings, r, rate, strength) for r, split in enumerate(splits)])
        progress("strengths", number, len(strengths))
    entries = [summarise(strength, runs, splits) for strength, runs in zip(strengths, trained, strict=True)]
    first, last = entries[0], entries[-1]
    record = DecayRecord(
        data=DataFile(name=data.name, sha256=data.sha256, rows=len(data.labels)),
        rows=len(data.labels),
        rate=rate,
        strengths=tuple(entries),
        norm_change=paired(last.norm.replicates, first.norm.replicates),
        accuracy_change=paired(last.validation_accuracy.replicates, first.validation_accuracy.replicates),
    )
    return Outcome(record, make_arrays(splits[0], settings), len(strengths) * count * settings.run.iterations)


def paired(values, others):
    """Return the summary of the differences, replicate by replicate."""
    return replicated(a - b for a, b in zip(values, others, strict=True))


def penalised(params: Params, X0: Array, labels: Array, classes: int, strength: float) -> tuple[float, Params]:
    """Return the mean cross-entropy plus half the strength times the squared weights, and its gradients."""
    data = mlp.in_blocks(X0, features.one_hot(labels, classes, np.float64))
    loss, _, grads = mlp.gradients(params, data, RELU, mlp.team_of(params, mlp.BLOCK_COLUMNS))
    decayed = [grad + strength * value if name.startswith("W") else grad
               for name, grad, value in zip(Params._fields, grads, params, strict=True)]  # fmt: skip
    return loss + strength / 2 * norm(params) ** 2, Params(*decayed)


def norm(params: Params) -> float:
    """Return the root of the sum of all squared weights, biases left out."""
    return float(np.sqrt(sum(np.sum(weights**2) for weights in params[::2])))


def start(split: EncodedFold, settings: Settings, replicate: int) -> Params:
    """Return the initial parameters of a replicate in double precision."""
    return Params(
        *(value.astype(np.float64) for value in initial_params(settings, len(split.X_train), replicate, "relu"))
    )


def descend(split: EncodedFold, settings: Settings, replicate: int, rate: float, strength: float) -> Params:
    """Return the parameters after gradient descent on the penalised loss."""
    params, classes = start(split, settings, replicate), len(settings.table.classes)
    for _ in range(settings.run.iterations):
        _, grads = penalised(params, split.X_train, split.labels_train, classes, strength)
        params = Params(*(value - rate * grad for value, grad in zip(params, grads, strict=True)))
    return params


def accuracy(params: Params, X0: Array, labels: Array) -> float:
    """Return the share of rows whose class is named right."""
    return float(np.mean(mlp.probabilities(params, X0, RELU).argmax(0) == labels))


def summarise(strength: float, runs: list[Params], splits: list[EncodedFold]) -> Strength:
    """Return what the report prints of one strength."""
    pairs = list(zip(runs, splits, strict=True))
    return Strength(
        strength=strength,
        norm=replicated(norm(run) for run in runs),
        train_accuracy=replicated(accuracy(run, split.X_train, split.labels_train) for run, split in pairs),
        validation_accuracy=replicated(
            accuracy(run, split.X_validation, split.labels_validation) for run, split in pairs
        ),
    )


def make_arrays(split: EncodedFold, settings: Settings) -> dict[str, Array]:
    """Return the start of the first replicate, its fold, and the gradient of W1 by the code and by differences."""
    classes, params = len(settings.table.classes), start(split, settings, 0)
    _, grads = penalised(params, split.X_train, split.labels_train, classes, CHECKED)
    central = np.empty_like(params.W1)
    for place in np.ndindex(*central.shape):
        moved = np.zeros_like(central)
        moved[place] = STEP
        above, below = (params._replace(W1=params.W1 + sign * moved) for sign in (1, -1))
        ends = [penalised(each, split.X_train, split.labels_train, classes, CHECKED)[0] for each in (above, below)]
        central[place] = (ends[0] - ends[1]) / (2 * STEP)
    names = dict(zip(Params._fields, params, strict=True))
    biases = {name: value[:, 0] for name, value in names.items() if name.startswith("b")}
    return {**names, **biases, "X0": split.X_train, "Y": features.one_hot(split.labels_train, classes, np.float64),
            "strength": np.array(CHECKED), "dW1_numpy": grads.W1, "dW1_central": central}  # fmt: skip
