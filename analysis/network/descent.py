"""Full-batch gradient descent on the perceptron, and the back-propagation statistics that it records."""

import dataclasses
import math
import sys
from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from analysis.compute.threads import Team, number
from analysis.network.mlp import NOBODY, Activation, Array, Blocks, Observer, Params, Work, evaluate, gradients, team_of

BLOWN_UP = 20  # times the loss of equal guesses; runs that converged later have peaked that high early on
CHECKPOINTS = 20  # points along a run at which its parameters are kept
SATURATED_BELOW = 0.05  # a sigmoid passes on less than a fifth of its largest derivative, 1/4


class TrainingDiverged(ArithmeticError):
    """The loss is not finite, or far above that of guessing; the message gives learning rate, loss and update."""


class Probe(NamedTuple):
    """Back-propagation statistics of one iteration, over all training examples.

    `delta1`, `delta2`: root mean square over examples of the norm of delta^(1), delta^(2); `pulled_back`: of
    W2.T @ delta2, so that delta1/delta2 = (pulled_back/delta2) * (delta1/pulled_back), weights times activation.
    `slope1`, `slope2`: mean of g'(A); `stuck1`, `stuck2`: sigmoid: share of (unit, example) pairs with
    g'(A) < SATURATED_BELOW; ReLU: share of units that are 0 on every example. `classes`: how many classes are
    predicted for at least one example.
    """

    delta1: float
    delta2: float
    pulled_back: float
    slope1: float
    slope2: float
    stuck1: float
    stuck2: float
    classes: float


class Meter(Observer):
    """Accumulates a Probe block by block, from the work arrays that a backward pass leaves."""

    def __init__(self, params: Params, activation: Activation) -> None:
        """Start at zero."""
        self.activation = activation
        self.examples = 0
        self.squares = np.zeros(3)  # of delta1, delta2, W2.T @ delta2
        self.slopes, self.saturated = np.zeros(2), np.zeros(2)
        self.alive = [np.zeros(b.shape[0], bool) for b in (params.b1, params.b2)]
        self.predicted = np.zeros(params.b3.shape[0], bool)

    def pulled_back(self, product: Array) -> None:
        """Add |W2.T @ delta2|^2 of one block."""
        self.squares[2] += _square(product)

    def add(self, work: Work, slopes: tuple[Array, Array]) -> None:
        """Add the other statistics of one block."""
        self.squares[:2] += [_square(work.delta1), _square(work.delta2)]
        self.examples += work.X1.shape[1]
        for layer, (X, slope) in enumerate(zip((work.X1, work.X2), slopes, strict=True)):
            if not self.alive[layer].all():
                on = slope if self.activation.name == "relu" else X > 0  # ReLU's slope says it already
                self.alive[layer] |= on.any(axis=1)
            if self.activation.name == "relu":
                self.slopes[layer] += np.count_nonzero(slope) / X.shape[0]
            else:
                sums = slope @ np.ones(X.shape[1], X.dtype)  # (M,), a third of the time that slope.sum() takes
                self.slopes[layer] += float(sums.sum(dtype=np.float64)) / X.shape[0]
                self.saturated[layer] += np.count_nonzero(slope < SATURATED_BELOW) / X.shape[0]
        self.predicted |= predicted_classes(work.X3)

    def probe(self) -> Probe:
        """Return the Probe of all blocks so far."""
        dead = [1 - float(units.mean()) for units in self.alive]
        stuck = dead if self.activation.name == "relu" else list(self.saturated / self.examples)
        norms = np.sqrt(self.squares / self.examples)
        return Probe(*map(float, (*norms, *(self.slopes / self.examples), *stuck, self.predicted.sum())))

    def off(self) -> Array:
        """Return which hidden units, first layer first, are 0 on every example so far, (M1 + M2,) bool."""
        return ~np.concatenate(self.alive)


def _square(array: Array) -> float:
    """Return the sum of squares of an array whose rows are contiguous."""
    return float(np.vecdot(array, array).sum(dtype=np.float64))


def predicted_classes(X3: Array) -> Array:
    """Return which classes some example of X3 (K, N) is assigned to, (K,) bool; of equal outputs the first counts."""
    largest = np.equal(X3, X3.max(axis=0))
    if np.count_nonzero(largest) > X3.shape[1]:  # some column has several; argmax takes seven times as long as this
        return np.isin(np.arange(len(X3)), X3.argmax(axis=0))
    return largest.any(axis=1)


def probe(params: Params, data: Blocks, activation: Activation, team: Team[Work]) -> Probe:
    """Measure a Probe at `params`."""
    meter = Meter(params, activation)
    gradients(params, data, activation, team, meter)
    return meter.probe()


@dataclasses.dataclass(frozen=True)
class TrainingRun:
    """A run of gradient descent; entry t of each trace belongs to the parameters after t updates."""

    params: Params
    loss: Array  # (T + 1,), NaN before scores were asked for
    train_accuracy: Array  # (T + 1,), the same
    validation_accuracy: Array  # (T + 1,), the same, and without a validation fold
    grad_abs_mean: Array  # (3, T + 1): mean |dL/dW| of the layers
    probe_at: Array  # iterations at which a probe was taken
    probes: Array  # (len(probe_at), 8): Probe by Probe
    off: Array  # (len(probe_at), M1 + M2) bool: the hidden units that are 0 on every example
    kept: tuple[Params, ...] = ()  # the parameters after so many updates as `keep_at` says, in that order


def checkpoints(iterations: int) -> list[int]:
    """Return CHECKPOINTS iterations from 0 to the last, denser at the start, where accuracy changes most."""
    return sorted({0, *np.geomspace(1, iterations, CHECKPOINTS).round().astype(int).tolist()})


def refuse_diverged(
    loss: float, classes: int, what: str, learning_rate: float, updates: int, *, at_the_end: bool
) -> None:
    """Raise TrainingDiverged if the loss is not finite, or at the end of training exceeds BLOWN_UP log(classes).

    During training a loss may rise that high and fall again.
    """
    if not loss <= (BLOWN_UP * math.log(classes) if at_the_end else sys.float_info.max):
        raise TrainingDiverged(f"{what} at learning rate {learning_rate:g}: loss {loss:.3g} after update {updates}")


def gradient_descent(
    params: Params,
    train: Blocks,
    validation: Blocks | None,
    activation: Activation,
    *,
    learning_rate: float,
    iterations: int,
    probe_at: Collection[int] = (),
    score_from: int = 0,
    keep_at: Collection[int] = (),
) -> TrainingRun:
    """Return a run of plain full-batch gradient descent; `params` is not changed.

    Losses and accuracies, of `validation` too if it is given, are measured from update `score_from` on.
    Loss, accuracies and gradients of entry t all belong to the parameters after t updates.
    Raises TrainingDiverged if the loss is not finite, or is still blown up at the end.
    """
    params = Params(*(array.copy() for array in params))
    columns = max(X0.shape[1] for X0, _ in (*train.blocks, *(validation.blocks if validation else ())))
    traces = np.full((6, iterations + 1), np.nan)
    probes, off, kept = [], [], []
    with (
        np.errstate(over="ignore", invalid="ignore"),
        team_of(params, columns, min(number(), len(train.blocks))) as team,
    ):
        for t in range(iterations + 1):
            meter = Meter(params, activation) if t in probe_at else None
            scored = t >= score_from
            loss, accuracy, grads = gradients(params, train, activation, team, meter or NOBODY, scored=scored)
            traces[:, t] = loss, accuracy, np.nan, *(np.abs(dW).mean() for dW in grads[::2])
            if scored or not np.isfinite(traces[3:, t]).all():
                loss = loss if scored else evaluate(params, train, activation, team)[0]
                refuse_diverged(loss, len(params.b3), activation.name, learning_rate, t, at_the_end=t == iterations)
            if scored and validation is not None:
                traces[2, t] = evaluate(params, validation, activation, team)[1]
            if meter:
                probes.append(meter.probe())
                off.append(meter.off())
            if t in keep_at:
                kept.append(Params(*(array.copy() for array in params)))
            if t < iterations:
                for array, grad in zip(params, grads, strict=True):
                    array -= array.dtype.type(learning_rate) * grad
    return TrainingRun(
        params=params,
        loss=traces[0],
        train_accuracy=traces[1],
        validation_accuracy=traces[2],
        grad_abs_mean=traces[3:],
        probe_at=np.array(sorted(t for t in set(probe_at) if t <= iterations)),
        probes=np.array(probes).reshape(len(probes), len(Probe._fields)),
        off=np.array(off, bool).reshape(len(off), len(params.b1) + len(params.b2)),
        kept=tuple(kept),
    )
