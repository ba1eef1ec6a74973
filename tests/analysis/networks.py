"""A small network with data, for the tests of the network and of its PyTorch twin."""

import numpy as np

from analysis import mlp
from analysis.mlp import ACTIVATIONS, Params

SIZES = (5, 7, 6, 3)  # four different numbers: a transposed array cannot pass


def example(name, rows=40, dtype=np.float64, sizes=SIZES):
    rng = np.random.default_rng(3)
    params = mlp.initialise(rng, sizes, ACTIVATIONS[name], dtype)
    params = Params(*(array + 0.1 * rng.standard_normal(array.shape).astype(dtype) for array in params))
    X0 = rng.standard_normal((sizes[0], rows)).astype(dtype)
    labels = rng.integers(0, sizes[-1], rows)
    return params, X0, np.eye(sizes[-1], dtype=dtype)[:, labels], labels


def gradients(params, X0, Y, name, columns=mlp.BLOCK_COLUMNS):
    work = mlp.work_arrays(params, min(columns, X0.shape[1]))
    return mlp.gradients(params, mlp.in_blocks(X0, Y, columns), ACTIVATIONS[name], work)
