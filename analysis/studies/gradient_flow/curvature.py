"""What the traces do not hold: the curvature at the end of a run, and the damping at its start."""

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh

from analysis.data import features
from analysis.network import descent, mlp
from analysis.network.mlp import ACTIVATIONS, SIGMOID, Array, Blocks, Params
from analysis.network.replicates import EncodedFold, generator, initial_params
from analysis.settings.schema import Settings

PRODUCTS = 20  # of the Hessian with a vector, about as many as Lanczos needs
TOLERANCE = 1e-3  # of the eigenvalue, relative
STEP = 1e-5  # of the difference of gradients, relative to the parameters' norm (float64)
PURPOSE = 7000  # of the random vector that Lanczos starts from
VARIANCES = (1.0, 4.0, 16.0)  # of sigmoid's initial weights, times the fan-in: LeCun's, in between, 1 / g'(0)^2


def encoded(fold: EncodedFold, classes: int, dtype: type) -> Blocks:
    """Return a replicate's training fold in blocks."""
    return mlp.in_blocks(fold.X_train.astype(dtype), features.one_hot(fold.labels_train, classes, dtype))


def curvature(settings: Settings, fold: EncodedFold, replicate: int, activation: str, params: Params) -> float:
    """Return the largest eigenvalue of the training loss's Hessian, by Lanczos's iteration in float64.

    A Hessian's product with a direction is a difference of gradients along it.
    """
    data = encoded(fold, len(settings.table.classes), np.float64)
    point = Params(*(array.astype(np.float64) for array in params))
    team = mlp.team_of(point, max(X0.shape[1] for X0, _ in data.blocks))

    def gradient(at: Array) -> Array:
        return flat(mlp.gradients(_shaped(at, point), data, ACTIVATIONS[activation], team)[2])

    here = flat(point)
    step, before = STEP * max(1.0, float(np.linalg.norm(here))), gradient(here)

    def product(direction: Array) -> Array:
        return (gradient(here + step * direction / np.linalg.norm(direction)) - before) / step

    start = product(generator(settings, replicate, PURPOSE).standard_normal(len(here)))
    if not start.any():  # a network whose units are all off
        return 0.0
    hessian = LinearOperator((len(here), len(here)), lambda v: np.linalg.norm(v) * product(v), dtype=np.float64)
    return float(eigsh(hessian, k=1, which="LA", v0=start, tol=TOLERANCE, return_eigenvectors=False)[0])


def flat(params: Params) -> Array:
    """Return all parameters as one vector."""
    return np.concatenate([array.ravel() for array in params])


def _shaped(vector: Array, like: Params) -> Params:
    """Return a vector as parameters of the shapes of `like`."""
    ends = np.cumsum([array.size for array in like])[:-1]
    return Params(*(part.reshape(array.shape) for part, array in zip(np.split(vector, ends), like, strict=True)))


def damping(settings: Settings, fold: EncodedFold, replicate: int) -> list[float]:
    """Return |delta1|/|delta2| of sigmoid before the first update, for each of VARIANCES in the hidden layers."""
    data = encoded(fold, len(settings.table.classes), np.float32)
    drawn = initial_params(settings, fold.X_train.shape[0], replicate, "sigmoid")
    ratios = []
    for variance in VARIANCES:
        factor = drawn.W1.dtype.type((variance / SIGMOID.gain) ** 0.5)
        params = drawn._replace(W1=factor * drawn.W1, W2=factor * drawn.W2)
        team = mlp.team_of(params, max(X0.shape[1] for X0, _ in data.blocks))
        probe = descent.probe(params, data, SIGMOID, team)
        ratios.append(probe.delta1 / probe.delta2 if probe.delta2 else 0.0)
    return ratios
