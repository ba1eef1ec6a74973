"""Question 2's network, its gradients and the curvature in its biases: only NumPy, in the question's letters.

    d, m = k    inputs, units of either layer                      N    examples (they are columns)
    X (d, N)    the input                                          Y    (m, N) one-hot targets
    A1 = W @ X + b1, H1 = g(A1);  A2 = U @ H1 + b2, Y_hat = g1(A2);  L = sum of l(Y_hat, Y) / N
    delta2 = Y_hat - Y;  delta1 = (U.T @ delta2) * g'(A1);  dL/db = (sum of delta2's and of delta1's columns) / N

g and g1 are the logistic function, applied to each element, and l is the binary cross-entropy summed over the
units; so dl/dy_hat * g1'(a2) = y_hat - y. The biases of the layers have two names, b1 and b2: the shared model is
b1 = b2 = b. Every array may have leading axes (arms, rates, pairs): they are carried along.
"""

from typing import NamedTuple

import numpy as np

from analysis.statistics import metrics

Array = np.ndarray

CENTRAL_STEP = 1e-5  # near the cube root of float64's precision, where rounding and truncation are about equal
TORCH_TOLERANCE = 1e-11  # two orders of float64 summation: some hundred roundings of 1e-16
CENTRAL_TOLERANCE = 1e-7  # CENTRAL_STEP squared times a third derivative of order 1, rounding 1e-16 / CENTRAL_STEP


class Parameters(NamedTuple):
    """W (…, m, d), U (…, m, m), b1 and b2 (…, m, 1); the shared model has b1 = b2."""

    W: Array
    U: Array
    b1: Array
    b2: Array


class Forward(NamedTuple):
    """H1 and Y_hat, (…, m, N), and the mean loss, (…)."""

    H1: Array
    Y_hat: Array
    loss: Array


class GradientError(ArithmeticError):
    """A gradient differs from its reference by more than rounding."""


def forward(parameters: Parameters, X: Array, Y: Array) -> Forward:
    """Return hidden layer, output and mean loss.

    With e = exp(-|a|) neither l = max(a, 0) - y a + log(1 + e) nor the logistic function can overflow.
    """
    W, U, b1, b2 = parameters
    H1 = _logistic(W @ X + b1)[0]  # (m, N)
    A2 = U @ H1 + b2  # (m, N)
    Y_hat, one_plus_e = _logistic(A2)
    per_unit = np.maximum(A2, 0) - Y * A2 + np.log(one_plus_e)  # (m, N)
    return Forward(H1, Y_hat, per_unit.sum(axis=-2).mean(axis=-1))


def backward(parameters: Parameters, X: Array, Y: Array, state: Forward) -> Parameters:
    """Return dL/dW, dL/dU, dL/db1 and dL/db2 of the mean loss: two biases, each seen only by its own path."""
    N = X.shape[-1]
    H1, Y_hat, _ = state
    delta2 = Y_hat - Y  # (m, N)
    delta1 = np.swapaxes(parameters.U, -1, -2) @ delta2  # (m, N)
    delta1 *= H1 * (1 - H1)
    return Parameters(
        W=delta1 @ X.T / N,  # (m, d)
        U=delta2 @ np.swapaxes(H1, -1, -2) / N,  # (m, m)
        b1=delta1.mean(axis=-1, keepdims=True),  # (m, 1)
        b2=delta2.mean(axis=-1, keepdims=True),  # (m, 1)
    )


def shared_gradient(W: Array, U: Array, b: Array, X: Array, Y: Array) -> Array:
    """Return dL/db, (m, 1), of the one bias that both layers use: backpropagation with an accumulator for b."""
    N = X.shape[-1]
    H1 = _logistic(W @ X + b)[0]  # (m, N)
    Y_hat = _logistic(U @ H1 + b)[0]  # (m, N)
    db = np.zeros_like(b)  # (m, 1)
    delta2 = Y_hat - Y  # (m, N)
    db += delta2.sum(axis=-1, keepdims=True)  # layer 2 is visited: the direct path
    delta1 = (U.T @ delta2) * H1 * (1 - H1)  # (m, N)
    db += delta1.sum(axis=-1, keepdims=True)  # layer 1 is visited: the path through h_1
    return db / N


def central_difference(W: Array, U: Array, b: Array, X: Array, Y: Array) -> Array:
    """Return dL/db, (m, 1), by central differences of the loss; relative error about 1e-9."""
    gradient = np.empty_like(b)
    for unit in range(b.size):
        step = np.zeros_like(b)
        step[unit] = CENTRAL_STEP
        above, below = (forward(Parameters(W, U, shifted, shifted), X, Y).loss for shifted in (b + step, b - step))
        gradient[unit] = (above - below) / (2 * CENTRAL_STEP)
    return gradient


def check(value: Array, reference: Array, tolerance: float, what: str) -> float:
    """Return the relative difference; GradientError where it is above `tolerance`."""
    difference = metrics.relative_difference(value, reference)
    if not difference <= tolerance:
        raise GradientError(f"{what}: expected a relative difference of at most {tolerance:g}, got {difference:.3g}")
    return difference


def bias_hessian(parameters: Parameters, X: Array, Y: Array) -> Array:
    """Return H, (…, 2m, 2m): the second derivatives of the mean loss in (b1, b2), exactly.

    With D2 = diag(y_hat (1 - y_hat)) and G1 = diag(g'(a1)), per example
    H_22 = D2, H_12 = G1 U^T D2, H_11 = G1 U^T D2 U G1 + diag((U^T delta2) * g''(a1)).
    """
    state = forward(parameters, X, Y)
    U, H1, Y_hat, N = parameters.U, state.H1, state.Y_hat, X.shape[-1]
    slope1, slope2 = H1 * (1 - H1), Y_hat * (1 - Y_hat)  # (m, N)
    bend1 = slope1 * (1 - 2 * H1)  # g''(a1), (m, N)
    pulled_back = np.swapaxes(U, -1, -2) @ (Y_hat - Y)  # (m, N)
    H22 = _diagonal(slope2.mean(axis=-1))  # (m, m)
    H12 = np.einsum("...in,...ji,...jn->...ij", slope1, U, slope2) / N  # (m, m)
    H11 = np.einsum("...in,...ji,...jn,...jl,...ln->...il", slope1, U, slope2, U, slope1, optimize=True) / N
    H11 = H11 + _diagonal((pulled_back * bend1).mean(axis=-1))
    return np.concatenate(
        [np.concatenate([H11, H12], axis=-1), np.concatenate([np.swapaxes(H12, -1, -2), H22], axis=-1)], axis=-2
    )


def shared_hessian(H: Array) -> Array:
    """Return H_b = S^T H S, (…, m, m), S = [I; I]: the sum of the four m x m blocks of H (…, 2m, 2m)."""
    m = H.shape[-1] // 2
    return H[..., :m, :m] + H[..., :m, m:] + H[..., m:, :m] + H[..., m:, m:]


def share_biases(full: Array, m: int) -> Array:
    """Return T^T H T, the Hessian in (weights, b), from `full`, that in (weights, b1, b2); T = diag(I, [I; I])."""
    weights = len(full) - 2 * m
    T = np.zeros((len(full), weights + m))
    T[:weights, :weights] = np.eye(weights)
    T[weights:, weights:] = np.concatenate([np.eye(m), np.eye(m)])
    return T.T @ full @ T


def _logistic(A: Array) -> tuple[Array, Array]:
    """Return 1 / (1 + exp(-A)) and 1 + exp(-|A|)."""
    e = np.exp(-np.abs(A))
    one_plus_e = 1 + e
    return np.where(A >= 0, 1.0, e) / one_plus_e, one_plus_e


def _diagonal(values: Array) -> Array:
    """Return diagonal matrices, (…, m, m), of the last axis of `values` (…, m)."""
    return values[..., None] * np.eye(values.shape[-1])
