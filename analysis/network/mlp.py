"""The two-layer perceptron of Part B (a): only NumPy, in the letters of the class.

    D, M1, M2, K   inputs, units of the two hidden layers, classes        N   examples
    X0 (D, N)      the input, examples are columns                        Y   (K, N) one-hot labels
    A1 = W1 @ X0 + b1, X1 = g(A1);  A2 = W2 @ X1 + b2, X2 = g(A2);  A3 = W3 @ X2 + b3, X3 = softmax(A3)
    delta3 = X3 - Y;  delta2 = (W3.T @ delta3) * g'(A2);  delta1 = (W2.T @ delta2) * g'(A1)
    dW3 = delta3 @ X2.T / N;  db3 = the sum of delta3's columns / N;  dX0 = W1.T @ delta1 / N

delta holds the *per-example* gradient, N times dL/dA; the 1/N of the mean loss enters in dW, db and dX0.
A bias is the weight of an input that is always 1: [W b] @ [X; 1] = W @ X + b, and delta @ [X; 1].T = [dW db].
One product a layer then does the work of two; X with the row of ones below it is called X_1 here. The gradient
is computed transposed, X_1 @ delta.T = [dW db].T: the same sums, for which BLAS takes three quarters of the time.
Both activations know g'(A) from g(A), so X overwrites A: training needs the data and one block of
work arrays, which stays in the processor's cache.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from analysis.compute.processor import cache_bytes, unpacked_products
from analysis.compute.threads import Team

Array = np.ndarray

COLUMN_BYTES = 800  # of the work arrays of 12-64-32-4
BLOCK_COLUMNS = cache_bytes() // COLUMN_BYTES  # of a block, whose work arrays then stay in a core's share of the cache
GROUP_COLUMNS = 464  # of a group: a multiple of a register's 16 numbers, few enough for 12-64-32-4 to be UNPACKED
UNPACKED = 1_000_000  # multiply-adds: OpenBLAS's kernel that copies no operand first takes products up to so many
GROUPED = unpacked_products()
COPIED = 40  # rows of X from which X @ delta.T in groups is quicker with a copy of delta.T, one pass over it


class Params(NamedTuple):
    """Weights and biases; W (units, inputs of the layer), b (units, 1)."""

    W1: Array
    b1: Array
    W2: Array
    b2: Array
    W3: Array
    b3: Array


class Activation(NamedTuple):
    """g and its derivative: `apply(sign * A)` turns that into X, in place; `slope(X)` is g'(A)."""

    name: str
    apply: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    gain: float  # variance of a hidden layer's initial weights is gain / fan-in
    sign: int = 1  # -1: `apply` takes -A, which the product with -[W b] gives without a pass over A


def _sigmoid(minus_A: Array) -> Array:
    with np.errstate(over="ignore", under="ignore"):  # 1 / (1 + inf) = 0 and 1 / (1 + 0) = 1 are exact
        np.exp(minus_A, out=minus_A)
    minus_A += 1
    return np.divide(1, minus_A, out=minus_A)  # 1 / (1 + exp(-A))


def _relu(A: Array) -> Array:
    zeros = np.zeros(A.shape[1], A.dtype)  # NumPy compares with a row of zeros four times as fast as with the number 0
    return np.maximum(A, zeros, out=A)


def _sigmoid_slope(X: Array) -> Array:
    slope = 1 - X
    slope *= X
    return slope


def _relu_slope(X: Array) -> Array:
    return X > 0  # True is 1


SIGMOID = Activation("sigmoid", _sigmoid, _sigmoid_slope, 1.0, sign=-1)
RELU = Activation("relu", _relu, _relu_slope, 2.0)
ACTIVATIONS = {"sigmoid": SIGMOID, "relu": RELU}


def initialise(
    rng: np.random.Generator, sizes: tuple[int, int, int, int], activation: Activation, dtype: type = np.float32
) -> Params:
    """Draw W ~ N(0, gain / fan-in) for the hidden layers, N(0, 1 / fan-in) for the output; biases are 0.

    `sizes` is (D, M1, M2, K). Gain 1 (LeCun et al. 1998) for sigmoid, 2 (He et al. 2015) for ReLU.
    """
    D, M1, M2, K = sizes
    layers = ((M1, D, activation.gain), (M2, M1, activation.gain), (K, M2, 1.0))
    arrays: list[Array] = []
    for units, fan_in, gain in layers:
        arrays.append((rng.standard_normal((units, fan_in)) * np.sqrt(gain / fan_in)).astype(dtype))
        arrays.append(np.zeros((units, 1), dtype))
    return Params(*arrays)


class Work(NamedTuple):
    """Work arrays for one block of columns; X1 and X2 are all rows but the last of X1_1 and X2_1, which is 1."""

    X1: Array
    X2: Array
    X3: Array
    delta1: Array
    delta2: Array
    delta3: Array
    X1_1: Array
    X2_1: Array

    def first(self, columns: int) -> Work:
        """Return views of the first `columns` columns (the last block is narrower)."""
        return self if columns == self.X1.shape[1] else Work(*(array[:, :columns] for array in self))


def work_arrays(params: Params, columns: int) -> Work:
    """Allocate the work arrays for blocks of `columns` columns."""
    M1, M2, K, dtype = len(params.W1), len(params.W2), len(params.W3), params.W1.dtype
    X3, delta1, delta2, delta3 = (np.empty((units, columns), dtype) for units in (K, M1, M2, K))
    X1_1, X2_1 = (np.ones((units + 1, columns), dtype) for units in (M1, M2))
    return Work(X1_1[:-1], X2_1[:-1], X3, delta1, delta2, delta3, X1_1, X2_1)


def team_of(params: Params, columns: int, threads: int = 1) -> Team[Work]:
    """Return so many threads, each with work arrays of its own for blocks of `columns` columns."""
    return Team([work_arrays(params, columns) for _ in range(threads)])


def _with_ones(X: Array) -> Array:
    """Return X (rows, N) with a row of ones below it, contiguous."""
    return np.concatenate([X, np.ones((1, X.shape[1]), X.dtype)])


def _with_biases(params: Params, activation: Activation) -> list[Array]:
    """Return [W b] of each layer, (units, inputs of the layer + 1), of hidden layers with the activation's sign."""
    *hidden, last = (np.hstack(layer) for layer in zip(params[::2], params[1::2], strict=True))
    return [*(activation.sign * layer for layer in hidden), last]


def groups(X: Array, weights: int) -> Array:
    """Return X (rows, n) as groups of examples, (n / GROUP_COLUMNS, rows, GROUP_COLUMNS), a view: for one product each.

    All examples are one group, (1, rows, n), where n is no multiple, and where a product with so many `weights` is no
    quicker in groups.
    """
    if GROUPED and X.shape[1] % GROUP_COLUMNS == 0 and weights * GROUP_COLUMNS <= UNPACKED:
        return X.reshape(len(X), -1, GROUP_COLUMNS).swapaxes(0, 1)
    return X[np.newaxis]


def multiply(W: Array, X: Array, out: Array) -> None:
    """Write W @ X to `out`, (units, n), a group of examples at a time: three quarters of the time with AVX-512."""
    np.matmul(W, groups(X, W.size), out=groups(out, W.size))


def multiply_transposed(X: Array, delta: Array) -> Array:
    """Return X @ delta.T, (inputs, units), as a sum over groups of examples.

    With AVX-512 it takes a third of the time where X has few rows, five sixths where it has many.
    """
    weights = len(X) * len(delta)
    of_X, of_delta = groups(X, weights), groups(delta, weights).mT
    if len(of_X) > 1 and len(X) >= COPIED:
        of_delta = np.ascontiguousarray(of_delta)
    product: Array = of_X @ of_delta
    return product.sum(axis=0)


def forward(layers: Sequence[Array], X0_1: Array, activation: Activation, work: Work) -> Array:
    """Fill X1, X2 and the logits A3 (in `work.X3`); return A3, (K, N).

    `layers` are [W b], for sigmoid -[W b] of hidden layers, whose products are then -A; X0_1 is [X0; 1].
    """
    W1_b1, W2_b2, W3_b3 = layers
    multiply(W1_b1, X0_1, out=work.X1)  # A1 = W1 @ X0 + b1, (M1, N)
    activation.apply(work.X1)
    multiply(W2_b2, work.X1_1, out=work.X2)  # A2 = W2 @ X1 + b2, (M2, N)
    activation.apply(work.X2)
    np.matmul(W3_b3, work.X2_1, out=work.X3)  # A3 = W3 @ X2 + b3, (K, N)
    return work.X3


def softmax_cross_entropy(A3: Array, Y: Array, scratch: Array) -> tuple[float, int]:
    """Turn the logits A3 (K, N) into X3 = softmax(A3), in place; return (summed loss, correct examples).

    L_n = log(sum_k exp(A3_kn)) - A3_yn, with the largest logit of each column taken off first, so that
    nothing overflows; an example is correct where its label's logit is the largest (of equal ones, the first answers).
    """
    A3 -= A3.max(axis=0)
    np.multiply(A3, Y, out=scratch)
    of_label = scratch.sum(axis=0)  # (N,), 0 where the label's logit is the largest
    correct = int(np.count_nonzero(of_label == 0))
    if np.count_nonzero(A3 == 0) > A3.shape[1]:  # some column has several largest logits
        correct = int(np.count_nonzero(A3.argmax(axis=0) == Y.argmax(axis=0)))
    np.exp(A3, out=A3)
    total = A3.sum(axis=0)  # (N,)
    loss = float(np.log(total).sum(dtype=np.float64) - of_label.sum(dtype=np.float64))
    A3 /= total
    return loss, correct


def softmax(A3: Array) -> None:
    """Turn the logits A3 (K, N) into X3, in place, as softmax_cross_entropy does, where nobody asks for the loss."""
    A3 -= A3.max(axis=0)
    np.exp(A3, out=A3)
    A3 /= A3.sum(axis=0)


class Observer:
    """Looks at the work arrays of each block, in the order of the blocks; this one passes over them."""

    def pulled_back(self, product: Array) -> None:
        """Look at W2.T @ delta2, (M1, n), which delta1 holds before the activation's slope comes in."""

    def add(self, work: Work, slopes: tuple[Array, Array]) -> None:
        """Look at the work arrays after the backward pass, and at g'(A1) and g'(A2)."""


NOBODY = Observer()


def backward(
    params: Params, X0_1: Array, Y: Array, activation: Activation, work: Work, observer: Observer = NOBODY
) -> list[Array]:
    """Return [dW db].T of each layer, summed over this block's examples, from the forward pass in `work`.

    (inputs of the layer + 1, units) each.
    """
    X1, X2, X3, delta1, delta2, delta3, X1_1, X2_1 = work
    np.subtract(X3, Y, out=delta3)  # (K, N)
    np.matmul(params.W3.T, delta3, out=delta2)  # (M2, N)
    delta2 *= (slope2 := activation.slope(X2))
    multiply(params.W2.T, delta2, out=delta1)  # (M1, N)
    observer.pulled_back(delta1)  # Part B (b) measures the error before and after its factor g'
    delta1 *= (slope1 := activation.slope(X1))
    observer.add(work, (slope1, slope2))
    dW1_db1 = multiply_transposed(X0_1, delta1)  # X0_1 @ delta1.T
    dW2_db2 = multiply_transposed(X1_1, delta2)  # X1_1 @ delta2.T
    return [dW1_db1, dW2_db2, X2_1 @ delta3.T]


@dataclasses.dataclass(frozen=True)
class Blocks:
    """A data set as contiguous blocks of columns: [X0; 1] (D + 1, n) and Y (K, n) each, N columns in all."""

    blocks: tuple[tuple[Array, Array], ...]
    N: int


def in_blocks(X0: Array, Y: Array, columns: int = BLOCK_COLUMNS) -> Blocks:
    """Cut X0 (D, N) and Y (K, N) into contiguous blocks, at most `columns` wide.

    Blocks of several groups of examples are of whole groups; the last one has what is left. Others are of equal width,
    and an even number of them, so that two threads have as many. ValueError where the N of X0 and Y differ or are 0.
    """
    N = X0.shape[1]
    if Y.shape[1] != N or N == 0:
        raise ValueError(f"expected as many examples in X0 and Y, at least 1; got {N} and {Y.shape[1]}")
    unit = GROUP_COLUMNS if GROUPED and columns >= GROUP_COLUMNS else 1
    units, most = N // unit, columns // unit
    count = 1 if units <= most else 2 * math.ceil(units / most / 2)
    ends = sorted({*(unit * (units * index // count) for index in range(count + 1)), N})
    own = [slice(*both) for both in itertools.pairwise(ends)]
    return Blocks(tuple((_with_ones(X0[:, at]), np.ascontiguousarray(Y[:, at], X0.dtype)) for at in own), N)


def gradients(
    params: Params,
    data: Blocks,
    activation: Activation,
    team: Team[Work],
    observer: Observer = NOBODY,
    *,
    scored: bool = True,
) -> tuple[float, float, Params]:
    """Return the mean loss, the accuracy and the gradients of the mean loss, all at `params`.

    Loss and accuracy are NaN where they are not asked for.
    """
    layers = _with_biases(params, activation)

    def of_block(work: Work, X0_1: Array, Y: Array) -> tuple[float, int, list[Array]]:
        block = work.first(X0_1.shape[1])
        A3 = forward(layers, X0_1, activation, block)
        if scored:
            loss, correct = softmax_cross_entropy(A3, Y, block.delta3)
        else:
            loss, correct = math.nan, 0
            softmax(A3)
        return loss, correct, backward(params, X0_1, Y, activation, block, observer)

    loss, correct, sums = 0.0, 0, [np.zeros_like(layer.T) for layer in layers]
    for block_loss, block_correct, parts in team.over(data.blocks, of_block, together=observer is NOBODY):
        loss, correct = loss + block_loss, correct + block_correct
        for total, part in zip(sums, parts, strict=True):
            total += part
    grads = Params(*(part.T / data.N for total in sums for part in (total[:-1], total[-1:])))
    return loss / data.N, correct / data.N if scored else math.nan, grads


def evaluate(params: Params, data: Blocks, activation: Activation, team: Team[Work]) -> tuple[float, float]:
    """Return (mean loss, accuracy) at `params`."""
    layers = _with_biases(params, activation)

    def of_block(work: Work, X0_1: Array, Y: Array) -> tuple[float, int]:
        block = work.first(X0_1.shape[1])
        return softmax_cross_entropy(forward(layers, X0_1, activation, block), Y, block.delta3)

    losses, corrects = zip(*team.over(data.blocks, of_block), strict=True)
    return sum(losses) / data.N, sum(corrects) / data.N


def input_gradient(params: Params, X0: Array, Y: Array, activation: Activation) -> Array:
    """Return the per-example dL_n/dx_n, (D, N): backpropagation carried one step further, W1.T @ delta1."""
    work, layers, X0_1 = work_arrays(params, X0.shape[1]), _with_biases(params, activation), _with_ones(X0)
    softmax(forward(layers, X0_1, activation, work))
    backward(params, X0_1, Y, activation, work)
    return params.W1.T @ work.delta1


def probabilities(params: Params, X0: Array, activation: Activation) -> Array:
    """Return X3 = softmax(A3), (K, N)."""
    work = work_arrays(params, X0.shape[1])
    A3 = forward(_with_biases(params, activation), _with_ones(X0), activation, work)
    softmax(A3)
    return A3
