"""One full-batch iteration of our network against PyTorch's, scikit-learn's and its own matrix products.

    python -m benchmarks.training

12-64-32-4 on 33,078 rows (the training fold of the course's table), float32. All are timed in turn, again and
again, so that a busy machine slows them alike. PyTorch: nn.Sequential, cross_entropy, loss.backward(), SGD.
Two threads: PyTorch's share each operation, ours take whole blocks of columns, with one BLAS thread each.
A processor with AVX-512 is measured a second time as one without it: names that end in `_avx2`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import machine

ROWS, SIZES = 33_078, (12, 64, 32, 4)
REPEATS, STEPS = 7, 5  # each repeat times so many iterations of each
RATE = 0.1
# of PyTorch's step, without and with AVX-512
LIMITS = {("relu", 1): (0.65, 0.5), ("sigmoid", 1): (0.75, 0.6), ("relu", 2): (0.9, 0.9), ("sigmoid", 2): (0.9, 0.9)}

Step = Callable[[], None]


def data(rows: int) -> tuple[Any, Any]:
    """Return X0 (D, rows) float32 and labels (rows,): how long an iteration takes does not depend on the values."""
    import numpy as np

    rng = np.random.default_rng(0)
    return rng.standard_normal((SIZES[0], rows)).astype(np.float32), rng.integers(SIZES[-1], size=rows)


def ours(X0: Any, labels: Any, activation: str, threads: int = 1) -> Step:
    """Return one iteration of analysis.network.mlp: forward, loss, backward, update."""
    import numpy as np

    from analysis.network import mlp

    params = mlp.initialise(np.random.default_rng(0), SIZES, mlp.ACTIVATIONS[activation])
    blocks = mlp.in_blocks(X0, np.eye(SIZES[-1], dtype=np.float32)[:, labels])
    team = mlp.team_of(params, max(X.shape[1] for X, _ in blocks.blocks), threads)  # contiguous, as in a descent

    def step() -> None:
        _, _, grads = mlp.gradients(params, blocks, mlp.ACTIVATIONS[activation], team)
        for array, grad in zip(params, grads, strict=True):
            array -= np.float32(RATE) * grad

    return step


def pytorch(X0: Any, labels: Any, activation: str) -> Step:
    """Return PyTorch's eager iteration."""
    import numpy as np
    import torch
    from torch import nn

    g = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}[activation]
    D, M1, M2, K = SIZES
    model = nn.Sequential(nn.Linear(D, M1), g(), nn.Linear(M1, M2), g(), nn.Linear(M2, K))
    optimiser = torch.optim.SGD(model.parameters(), lr=RATE)
    X, y = torch.from_numpy(np.ascontiguousarray(X0.T)), torch.from_numpy(labels)

    def step() -> None:
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(X), y).backward()
        optimiser.step()

    return step


def products(X0: Any, labels: Any) -> Step:
    """Return the eight matrix products of an iteration, in our blocks, and nothing else."""
    import numpy as np

    from analysis.network import mlp

    params = mlp.initialise(np.random.default_rng(0), SIZES, mlp.RELU)
    blocks = [X[:-1] for X, _ in mlp.in_blocks(X0, np.eye(SIZES[-1], dtype=np.float32)[:, labels]).blocks]
    work = mlp.work_arrays(params, max(X.shape[1] for X in blocks))
    for array in work:
        array[...] = 0.5

    def step() -> None:
        for X in blocks:
            X1, X2, X3, delta1, delta2, delta3, *_ = work.first(X.shape[1])
            np.matmul(params.W1, X, out=X1)
            np.matmul(params.W2, X1, out=X2)
            np.matmul(params.W3, X2, out=X3)
            np.matmul(params.W3.T, delta3, out=delta2)
            np.matmul(params.W2.T, delta2, out=delta1)
            delta1 @ X.T, delta2 @ X1.T, delta3 @ X2.T

    return step


def scikit_learn(X0: Any, labels: Any) -> Step:
    """Return scikit-learn's MLPClassifier with the batch as large as the data: one epoch is one iteration (ReLU)."""
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    X = np.ascontiguousarray(X0.T)
    model = MLPClassifier(
        SIZES[1:3], solver="sgd", batch_size=len(X), alpha=0.0, momentum=0.0, learning_rate_init=RATE, random_state=0
    )
    classes = np.arange(SIZES[-1])
    return lambda: model.partial_fit(X, labels, classes=classes)


def in_turn(steps: Mapping[str, Step], repeats: int) -> dict[str, list[float]]:
    """Return the seconds of one iteration of each, one entry a repeat; a repeat times each in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(repeats):
        for name, step in steps.items():
            step()  # whatever the one before has left in the cache is ours again
            begun = time.perf_counter()
            for _ in range(STEPS):
                step()
            seconds[name].append((time.perf_counter() - begun) / STEPS)
    return seconds


def here(threads: int, rows: int, repeats: int) -> dict[str, list[float]]:
    """Time everything in this process, whose BLAS has been given its threads."""
    import torch

    torch.set_num_threads(threads)
    X0, labels = data(rows)
    steps = {f"numpy {g}": ours(X0, labels, g, threads) for g in ("relu", "sigmoid")}
    steps |= {f"pytorch {g}": pytorch(X0, labels, g) for g in ("relu", "sigmoid")}
    steps["products"] = products(X0, labels)
    if threads == 1:
        steps["scikit-learn relu"] = scikit_learn(X0, labels)
    return in_turn(steps, repeats)


def in_child(
    threads: int, rows: int, repeats: int, settings: Mapping[str, str] | None = None
) -> dict[str, list[float]]:
    """Time everything in a process of its own: BLAS threads and `settings` are in its environment from the start."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    # BLAS is given one thread either way: a second is slower on products of this size
    environment = {**os.environ, **dict.fromkeys(names, "1"), "OMP_NUM_THREADS": str(threads), **(settings or {})}
    command = [sys.executable, "-m", "benchmarks.training", str(threads), str(rows), str(repeats)]
    folder = Path(__file__).resolve().parent.parent
    answer = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True)
    return dict(json.loads(answer.stdout))


def measure(rows: int = ROWS, repeats: int = REPEATS) -> dict[str, float]:
    """Return medians over the repeats: milliseconds a step, and ratios taken within each repeat.

    `numpy_relu_over_pytorch_1` is the ratio with one thread each, `…_2` with two; `…_over_products` is ours over the
    time of its matrix products alone, `…_over_scikit_learn` over MLPClassifier's.
    """
    found: dict[str, float] = {"rows": rows, "repeats": repeats} | of_kind(rows, repeats)
    if machine.has_avx512():
        emulated = of_kind(rows, repeats, machine.WITHOUT_AVX512)
        found |= {f"{name}_avx2": value for name, value in emulated.items()}
    return found


def of_kind(rows: int, repeats: int, settings: Mapping[str, str] | None = None) -> dict[str, float]:
    """Return `measure` of one kind of processor: this one, or what `settings` make of it."""
    found: dict[str, float] = {}
    for threads in (1, 2):
        seconds = in_child(threads, rows, repeats, settings)
        for name, values in seconds.items():
            found[f"{name.replace(' ', '_')}_ms_{threads}"] = 1000 * median(values)

        def ratio(first: str, second: str, of: Mapping[str, list[float]] = seconds) -> float:
            return median(a / b for a, b in zip(of[first], of[second], strict=True))

        for g in ("relu", "sigmoid"):
            found[f"numpy_{g}_over_pytorch_{threads}"] = ratio(f"numpy {g}", f"pytorch {g}")
            if threads == 1:
                found[f"numpy_{g}_over_products"] = ratio(f"numpy {g}", "products")
        if threads == 1:
            found["numpy_relu_over_scikit_learn"] = ratio("numpy relu", "scikit-learn relu")
    return found


def main() -> None:
    """Print the table; with three numbers (threads, rows, repeats), the raw seconds of this process."""
    if len(sys.argv) == 4:
        print(json.dumps(here(*map(int, sys.argv[1:]))))
        return
    found = measure()
    for name, value in found.items():
        print(f"{name:34s} {value:9.3f}")
    print(machine.processor())
    for (g, threads), limits in LIMITS.items():
        value, limit = found[f"numpy_{g}_over_pytorch_{threads}"], limits[machine.has_avx512()]
        print(f"{g}, {threads} thread(s): {value:.2f} of PyTorch's, {'within' if value <= limit else 'ABOVE'} {limit}")


if __name__ == "__main__":
    main()
