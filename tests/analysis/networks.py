"""Small networks with data, and a table to train on, for the tests of the network and of its studies."""

import numpy as np

from analysis.network import mlp
from analysis.network.mlp import ACTIVATIONS, Params
from tests.analysis.tables import HEADER

SIZES = (5, 7, 6, 3)  # four different numbers: a transposed array cannot pass


def example(name, rows=40, dtype=np.float64, sizes=SIZES):
    rng = np.random.default_rng(3)
    params = mlp.initialise(rng, sizes, ACTIVATIONS[name], dtype)
    params = Params(*(array + 0.1 * rng.standard_normal(array.shape).astype(dtype) for array in params))
    X0 = rng.standard_normal((sizes[0], rows)).astype(dtype)
    labels = rng.integers(0, sizes[-1], rows)
    return params, X0, np.eye(sizes[-1], dtype=dtype)[:, labels], labels


def gradients(params, X0, Y, name, columns=mlp.BLOCK_COLUMNS):
    team = mlp.team_of(params, min(columns, X0.shape[1]))
    return mlp.gradients(params, mlp.in_blocks(X0, Y, columns), ACTIVATIONS[name], team)


RUN = "iterations = 30\nreport_at = 15\nreplicates = 2\nlearning_rates = [0.5, 0.1]\nhidden = [6, 5]\nseed = 3"


def a_table_of_plants(rows: int = 240) -> str:
    """Three species that height tells apart, with gaps."""
    rng = np.random.default_rng(0)
    lines = [HEADER]
    for row in range(rows):
        species = row % 3
        height = "" if row % 17 == 0 else f"{45 + 60 * species + rng.normal(0, 12):.1f}"
        soil = "" if row % 23 == 0 else rng.choice(["clay", "sand", "peat"])
        lines.append(f"{height},{soil},{('se', 've', 'vi')[species]},{rng.integers(0, 9)},{('sun', 'shade')[row % 2]}")
    return "\n".join(lines) + "\n"
