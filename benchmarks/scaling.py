"""Time and memory of training against the number of rows: 41 thousand, 410 thousand, 4.1 million, simulated.

    python -m benchmarks.scaling

Each size is trained in a process of its own: a few iterations of full-batch gradient descent (12-64-32-4, ReLU,
float32). The data are what training holds of them, the blocks of columns; what the process's peak memory (resident)
has beyond them is Python with its libraries, the simulator's one draw, and the work arrays of training.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression, median

from benchmarks import machine

ROOT = Path(__file__).resolve().parent.parent
SIZES = (41_000, 410_000, 4_100_000)
ITERATIONS = 4
REPEATS = 5
HIDDEN = (64, 32)
AT_ONCE = 20_000  # rows kept of a draw, so that drawing and encoding need as much memory at every size


def train(rows: int) -> dict[str, float]:
    """Train on `rows` simulated rows; return an iteration's median CPU seconds, the data's and the peak's bytes."""
    import numpy as np

    from analysis.data import features, simulate
    from analysis.network import descent, mlp
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
    data = mlp.Blocks(tuple(blocks), rows)
    assert encoding is not None
    sizes = (len(encoding.inputs), *HIDDEN, len(table.classes))
    params = mlp.initialise(np.random.default_rng(0), sizes, mlp.RELU)
    one = mlp.in_blocks(blocks[0][0][:-1, :1], blocks[0][1][:, :1])
    seconds = []
    for _ in range(REPEATS):
        begun = time.process_time()
        descent.gradient_descent(params, data, one, mlp.RELU, learning_rate=0.1, iterations=ITERATIONS)
        seconds.append((time.process_time() - begun) / (ITERATIONS + 1))  # the last parameters are evaluated too
    of_data = sum(X0.nbytes + Y.nbytes for X0, Y in blocks)
    return {"rows": rows, "seconds": median(seconds), "data_bytes": of_data, "peak_bytes": machine.peak_bytes()}


def in_child(rows: int) -> dict[str, float]:
    """Train on `rows` rows in a process of its own, with one thread."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    command = [sys.executable, "-m", "benchmarks.scaling", str(rows)]
    environment = {**os.environ, **dict.fromkeys(names, "1")}
    answer = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(answer.stdout))


def measure(sizes: Sequence[int] = SIZES) -> dict[str, object]:
    """Return each size's figures, the slope of time in logarithms (1: linear) and bytes per row beyond the data.

    The latter is the slope of (peak - data) over the rows: 0 where memory is the data plus a constant; the constant
    is what the smallest size has beyond its data.
    """
    import math

    found = [in_child(rows) for rows in sizes]
    rows = [one["rows"] for one in found]
    beyond = [one["peak_bytes"] - one["data_bytes"] for one in found]
    logarithms = [[math.log(value) for value in values] for values in (rows, [one["seconds"] for one in found])]
    return {
        "sizes": found,
        "time_slope": linear_regression(*logarithms).slope,
        "data_bytes_per_row": found[-1]["data_bytes"] / rows[-1],
        "bytes_per_row_beyond_data": linear_regression(rows, beyond).slope,
        "constant_megabytes": beyond[0] / 1e6,
    }


def main() -> None:
    """Print the table; with a number of rows, only the figures of this process."""
    if len(sys.argv) == 2:
        print(json.dumps(train(int(sys.argv[1]))))
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
