"""Question 2's experiment: a shared bias against independent ones, from equal starts, pair by pair.

An arm is a 2 x 2 matrix M: its biases take the step -rate * (M @ [dL/db1; dL/db2]), its weights -rate * dL/dW and
-rate * dL/dU. The shared bias adds the gradients of both paths and gives the sum to both names of b; it equals
the doubled arm followed by the orthogonal projection on b1 = b2, which is M @ M = 2 M with M = SHARED.
"""

import math
from typing import NamedTuple

import numpy as np

from analysis.network.descent import TrainingDiverged
from analysis.studies.shared_bias.network import (
    Array,
    Forward,
    Parameters,
    backward,
    bias_hessian,
    forward,
    shared_hessian,
)
from analysis.studies.shared_bias.settings import SharedBiasSettings

ARMS = ("shared", "independent", "doubled")  # doubled: independent, with twice the rate on its biases
SHARED, INDEPENDENT, DOUBLED = range(3)
MIXING = np.array([[[1.0, 1.0], [1.0, 1.0]], np.eye(2), 2 * np.eye(2)])  # (arm, step of b1 b2, dL/db1 dL/db2)

TEACHER_UNITS = 16  # hidden tanh units of the network that labels the examples
TEACHER_SCALE = 3.0  # standard deviation of its logits: clear classes, with some labels left to chance
LOSS_SHARES = (0.95, 0.8, 0.7)  # target losses, as shares of the best constant output's loss
BLOWN_UP = 20  # times the loss at the start: updates then leap between saturated outputs, and gradients vanish
FALLING_STEPS = 100  # a rate passes where the loss falls in each of so many first steps
RATES = tuple(2.0**exponent for exponent in range(-2, 8))  # 1/4 … 128, an octave apart
BISECTIONS = 8  # of the octave above the largest passing rate: known to within a factor 2 ** (1 / 256)
SNAPSHOTS = 24  # iterations at which curvature is measured, about evenly spaced on a logarithmic axis


class Pair(NamedTuple):
    """One paired seed: data X (d, N), Y (m, N) and the start that all arms share."""

    X: Array
    Y: Array
    start: Parameters


class Course(NamedTuple):
    """What one pair measured; arms in the order of ARMS, snapshots in the order of `snapshot_iterations`."""

    loss: Array  # (arm, iterations + 1): mean loss after t updates
    constant_loss: Array  # (): loss of the best constant output
    path_products: Array  # (3,): dL/db1·dL/db1, dL/db1·dL/db2, dL/db2·dL/db2 at the start
    largest_rate: Array  # (arm,): largest rate that passes, 0 where none does
    cosine: Array  # (snapshot,): of dL/db1 and dL/db2 along the shared arm
    block_extremes: Array  # (snapshot, 2): smallest and largest eigenvalue of H, the block of (b1, b2)
    shared_extremes: Array  # (snapshot, 2): the same of H_b
    snapshot_parameters: tuple[Parameters, ...]  # the shared arm's, at the start, at a tenth and at the end


def make_pair(settings: SharedBiasSettings, pair: int) -> Pair:
    """Draw the data and the start of one pair.

    x ~ N(0, I). A label is drawn from the softmax of a random tanh network's logits, each logit centred and
    scaled to TEACHER_SCALE over the examples. Start: W ~ N(0, 1/d), U ~ N(0, 1/m), b = 0.
    """
    rng = np.random.default_rng([settings.seed, pair])
    d, m, N = settings.inputs, settings.units, settings.rows
    X = rng.standard_normal((d, N))
    hidden = np.tanh(rng.standard_normal((TEACHER_UNITS, d)) @ X)  # (TEACHER_UNITS, N)
    logits = rng.standard_normal((m, TEACHER_UNITS)) @ hidden  # (m, N)
    logits -= logits.mean(axis=1, keepdims=True)
    logits *= TEACHER_SCALE / logits.std(axis=1, keepdims=True)
    labels = (logits + rng.gumbel(size=(m, N))).argmax(axis=0)  # a draw from the softmax (Gumbel's trick)
    W = rng.standard_normal((m, d)) / math.sqrt(d)
    U = rng.standard_normal((m, m)) / math.sqrt(m)
    zero = np.zeros((m, 1))
    return Pair(X, np.eye(m)[:, labels], Parameters(W, U, zero, zero.copy()))


def snapshot_iterations(iterations: int) -> Array:
    """Return 0, 1, … iterations, about evenly spaced on a logarithmic axis; a tenth is always among them."""
    spaced = np.geomspace(1, iterations, SNAPSHOTS - 1).round().astype(int)
    return np.unique(np.concatenate([[0, tenth(iterations)], spaced]))


def tenth(iterations: int) -> int:
    """Return the iteration of the second reported snapshot."""
    return iterations // 10


def run_pair(settings: SharedBiasSettings, index: int) -> Course:
    """Run all arms of one pair."""
    pair = make_pair(settings, index)
    loss, kept = descend(pair, settings)
    start = backward(pair.start, pair.X, pair.Y, forward(pair.start, pair.X, pair.Y))
    p1, p2 = start.b1[:, 0], start.b2[:, 0]
    blocks = [bias_hessian(parameters, pair.X, pair.Y) for parameters in kept.values()]
    reported = (0, tenth(settings.iterations), settings.iterations)
    return Course(
        loss=loss,
        constant_loss=np.array(constant_loss(pair.Y)),
        path_products=np.array([p1 @ p1, p1 @ p2, p2 @ p2]),
        largest_rate=largest_rates(pair),
        cosine=np.array([gradient_cosine(parameters, pair) for parameters in kept.values()]),
        block_extremes=np.array([extremes(H) for H in blocks]),
        shared_extremes=np.array([extremes(shared_hessian(H)) for H in blocks]),
        snapshot_parameters=tuple(kept[iteration] for iteration in reported),
    )


def descend(pair: Pair, settings: SharedBiasSettings) -> tuple[Array, dict[int, Parameters]]:
    """Full-batch gradient descent of all arms; return their losses and the shared arm's parameters by snapshot."""
    snapshots = set(snapshot_iterations(settings.iterations).tolist())
    parameters = repeat(pair.start, len(ARMS))
    rates = np.full(len(ARMS), settings.learning_rate)
    loss = np.empty((len(ARMS), settings.iterations + 1))
    kept: dict[int, Parameters] = {}
    for t in range(settings.iterations + 1):
        if t in snapshots:
            kept[t] = Parameters(*(array[SHARED].copy() for array in parameters))
        state = forward(parameters, pair.X, pair.Y)
        loss[:, t] = state.loss
        _refuse_blown_up(loss[:, t], loss[:, 0], settings.learning_rate, t)
        if t < settings.iterations:
            parameters = step(parameters, backward(parameters, pair.X, pair.Y, state), rates, MIXING)
    return loss, kept


def _refuse_blown_up(loss: Array, first: Array, learning_rate: float, updates: int) -> None:
    """Raise TrainingDiverged where an arm's loss, (arm,), is not a number or above BLOWN_UP times its first."""
    for arm, value, start in zip(ARMS, loss, first, strict=True):
        if not value <= BLOWN_UP * start:
            raise TrainingDiverged(
                f"the {arm} arm at learning rate {learning_rate:g}: loss {value:.3g} after update {updates}"
            )


def repeat(parameters: Parameters, copies: int) -> Parameters:
    """Return `copies` equal sets of parameters along a new first axis."""
    return Parameters(*(np.repeat(array[None], copies, axis=0) for array in parameters))


def step(parameters: Parameters, gradient: Parameters, rates: Array, mixing: Array) -> Parameters:
    """Return the parameters after one step; `rates` (arm,), `mixing` (arm, 2, 2)."""
    rate = rates[:, None, None]
    both = np.stack([gradient.b1, gradient.b2], axis=1)  # (arm, 2, m, 1)
    mixed = np.einsum("aij,ajmx->aimx", mixing, both)
    return Parameters(
        parameters.W - rate * gradient.W,
        parameters.U - rate * gradient.U,
        parameters.b1 - rate * mixed[:, 0],
        parameters.b2 - rate * mixed[:, 1],
    )


def largest_rates(pair: Pair) -> Array:
    """Return, per arm, the largest rate with which the loss falls in each of the first FALLING_STEPS steps.

    First the largest of RATES that passes, then bisection (of the logarithm) of the interval above it; 0 stands
    for an arm where none of RATES passes.
    """
    arm, rates = (axis.ravel() for axis in np.meshgrid(np.arange(len(ARMS)), np.array(RATES), indexing="ij"))
    passed = _falls_throughout(pair, arm, rates)
    low = np.array([rates[passed & (arm == index)].max(initial=0.0) for index in range(len(ARMS))])
    high = low * RATES[1] / RATES[0]
    for _ in range(BISECTIONS):
        middle = np.sqrt(low * high)
        passed = _falls_throughout(pair, np.arange(len(ARMS)), middle)
        low, high = np.where(passed, middle, low), np.where(passed, high, middle)
    return low


def _falls_throughout(pair: Pair, arm: Array, rates: Array) -> Array:
    """Return, per run (its arm and its rate), whether the loss falls in each of the first FALLING_STEPS steps."""
    running = np.flatnonzero(rates > 0)
    parameters = repeat(pair.start, len(running))
    state = forward(parameters, pair.X, pair.Y)
    for _ in range(FALLING_STEPS):
        gradient = backward(parameters, pair.X, pair.Y, state)
        parameters = step(parameters, gradient, rates[running], MIXING[arm[running]])
        before, state = state.loss, forward(parameters, pair.X, pair.Y)
        falls = state.loss < before
        running = running[falls]
        parameters = Parameters(*(array[falls] for array in parameters))
        state = Forward(*(array[falls] for array in state))
    return np.isin(np.arange(len(rates)), running)


def gradient_cosine(parameters: Parameters, pair: Pair) -> float:
    """Return the cosine of dL/db1 and dL/db2."""
    gradient = backward(parameters, pair.X, pair.Y, forward(parameters, pair.X, pair.Y))
    p1, p2 = gradient.b1[:, 0], gradient.b2[:, 0]
    return float(p1 @ p2 / (np.linalg.norm(p1) * np.linalg.norm(p2)))


def extremes(H: Array) -> tuple[float, float]:
    """Return the smallest and the largest eigenvalue of a symmetric matrix."""
    values = np.linalg.eigvalsh(H)
    return float(values[0]), float(values[-1])


def constant_loss(Y: Array) -> float:
    """Return the smallest mean loss of an output that ignores x: the summed binary entropies of the units."""
    share = Y.mean(axis=1)
    share = share[(share > 0) & (share < 1)]
    return float(-(share * np.log(share) + (1 - share) * np.log1p(-share)).sum())


def steps_to(loss: Array, level: float) -> float:
    """Return the first t at which loss[t] <= level, infinity where the loss never reaches it."""
    reached = np.flatnonzero(loss <= level)
    return float(reached[0]) if reached.size else math.inf


def sign_test(larger: int, smaller: int) -> float:
    """Return the exact two-sided p of a sign test: both directions equally likely, ties left out."""
    n = larger + smaller
    tail = sum(math.comb(n, count) for count in range(min(larger, smaller) + 1))
    return min(1.0, 2 * tail / 2**n)
