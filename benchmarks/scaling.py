"""Time and memory of training, and of reading, against the number of rows: 41 thousand, 410 thousand, 4.1 million.

    python -m benchmarks.scaling

The rows are simulated. Each size is trained in a process of its own: a few iterations of full-batch gradient descent
(12-64-32-4, ReLU, float32). The data are what training holds of them, the blocks of columns; what the process's peak
memory (resident) has beyond them is Python with its libraries, the simulator's one draw, and the work arrays of
training. A table of the largest size is read as well: that limits a larger one before its training does.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import linear_regression, median
from typing import TYPE_CHECKING

import msgspec

from benchmarks import machine

if TYPE_CHECKING:
    import numpy as np

    from analysis.network.mlp import Blocks, Params

ROOT = Path(__file__).resolve().parent.parent
SIZES = (41_000, 410_000, 4_100_000)
ITERATIONS = 4
REPEATS = 5
HIDDEN = (64, 32)
AT_ONCE = 20_000  # rows kept of a draw, so that drawing and encoding need as much memory at every size


def simulated(rows: int) -> Blocks:
    """Draw and encode so many rows."""
    from analysis.data import features, simulate
    from analysis.network import mlp
    from analysis.settings.load import load

    table = load(ROOT / "report.toml").table
    blocks: list[tuple[np.ndarray, np.ndarray]] = []
    encoding, missing = None, rows
    while missing > 0:  # one draw of the simulator after another: the tables themselves are not kept
        draw = simulate.simulate(missing)[0].iloc[: min(missing, AT_ONCE)]
        encoding = encoding or features.fit(draw, table)
        Y = features.one_hot(draw[table.target].to_numpy(), len(table.classes))
        blocks += mlp.in_blocks(encoding.transform(draw), Y).blocks
        missing -= len(draw)
    return mlp.Blocks(tuple(blocks), rows)


def start(data: Blocks, seed: int = 0) -> Params:
    """Draw initial parameters for such data."""
    import numpy as np

    from analysis.network import mlp

    X0_1, Y = data.blocks[0]
    return mlp.initialise(np.random.default_rng(seed), (len(X0_1) - 1, *HIDDEN, len(Y)), mlp.RELU)


def train(rows: int) -> dict[str, float]:
    """Train on `rows` simulated rows; return an iteration's median CPU seconds, the data's and the peak's bytes."""
    from analysis.network import descent, mlp

    data = simulated(rows)
    params, (X0_1, Y) = start(data), data.blocks[0]
    one = mlp.in_blocks(X0_1[:-1, :1], Y[:, :1])
    seconds = []
    for _ in range(REPEATS):
        begun = time.process_time()
        descent.gradient_descent(params, data, one, mlp.RELU, learning_rate=0.1, iterations=ITERATIONS)
        seconds.append((time.process_time() - begun) / (ITERATIONS + 1))  # the last parameters are evaluated too
    of_data = sum(X0.nbytes + Y.nbytes for X0, Y in data.blocks)
    return {"rows": rows, "seconds": median(seconds), "data_bytes": of_data, "peak_bytes": machine.peak_bytes()}


def read(rows: int) -> dict[str, float]:
    """Read a CSV file of so many rows, as every study does; return the CPU seconds and the peak's bytes."""
    from analysis.data import dataset, simulate
    from analysis.settings.load import load

    header, *lines = simulate.as_csv(0)[0].decode().splitlines(keepends=True)
    settings = load(ROOT / "report.toml")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write(header)
            file.writelines(itertools.islice(itertools.cycle(lines), rows))
        data = msgspec.structs.replace(settings.data, train=str(path), test="")
        begun = time.process_time()
        table = dataset.read_train(dataclasses.replace(settings, data=data))
        seconds = time.process_time() - begun
    return {"rows": len(table.labels), "seconds": seconds, "peak_bytes": machine.peak_bytes()}


def in_child(rows: int, task: str = "train") -> dict[str, float]:
    """Train on `rows` rows, or read them, in a process of its own, with one thread."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    command = [sys.executable, "-m", "benchmarks.scaling", task, str(rows)]
    environment = {**os.environ, **dict.fromkeys(names, "1")}
    answer = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(answer.stdout))


def measure(sizes: Sequence[int] = SIZES) -> dict[str, object]:
    """Return each size's figures, the slope of time in logarithms (1: linear) and bytes per row beyond the data.

    The latter is the slope of (peak - data) over the rows: 0 where memory is the data plus a constant; the constant
    is what the smallest size has beyond its data. The largest size is read from a file as well.
    """
    import math

    found = [in_child(rows) for rows in sizes]
    reading = in_child(sizes[-1], "read")
    rows = [one["rows"] for one in found]
    beyond = [one["peak_bytes"] - one["data_bytes"] for one in found]
    logarithms = [[math.log(value) for value in values] for values in (rows, [one["seconds"] for one in found])]
    return {
        "sizes": found,
        "time_slope": linear_regression(*logarithms).slope,
        "data_bytes_per_row": found[-1]["data_bytes"] / rows[-1],
        "bytes_per_row_beyond_data": linear_regression(rows, beyond).slope,
        "constant_megabytes": beyond[0] / 1e6,
        "reading_seconds": reading["seconds"],
        "reading_gigabytes": reading["peak_bytes"] / 1e9,
    }


TASKS: Mapping[str, Callable[[int], dict[str, float]]] = {"train": train, "read": read}


def main() -> None:
    """Print the table; with a task and a number of rows, only the figures of this process."""
    if len(sys.argv) == 3:
        print(json.dumps(TASKS[sys.argv[1]](int(sys.argv[2]))))
        return
    found = measure()
    for one in found.pop("sizes"):  # type: ignore[attr-defined]
        print(
            "{rows:>9,} rows  {seconds:8.4f} s an iteration  data {data_bytes:>13,} B  peak {peak_bytes:>13,} B".format(
                **one
            )
        )
    for name, value in found.items():
        print(f"{name:28s} {value:9.3f}")


if __name__ == "__main__":
    main()
