"""What the tests of the cluster have it compute: a training run, slow enough to be killed midway."""

import time
from pathlib import Path

import numpy as np

from analysis.network import descent, mlp
from analysis.network.mlp import Params

SECONDS = 0.3  # a task takes at least so long: the cluster is still busy when a worker is killed


def train(seed: int, begun: str) -> Params:
    """Train a small network; leave a file in the folder `begun`, so that the test knows that work goes on."""
    Path(begun, f"{seed}").touch()
    time.sleep(SECONDS)
    rng = np.random.default_rng(seed)
    X0 = rng.standard_normal((12, 3000)).astype(np.float32)
    data = mlp.in_blocks(X0, np.eye(4, dtype=np.float32)[:, rng.integers(4, size=3000)])
    params = mlp.initialise(rng, (12, 64, 32, 4), mlp.RELU)
    return descent.gradient_descent(params, data, data, mlp.RELU, learning_rate=0.5, iterations=10).params
