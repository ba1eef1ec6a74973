"""Training on a Dask cluster of two workers beside two processes of one machine: 410 thousand rows.

    python -m benchmarks.cluster

Scheduler and workers are of this machine, on loopback, with the settings that README gives. Two networks are trained
either way (12-64-32-4, ReLU, float32), from the start of Python to the results, which have to be equal to the bit.
"""

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from analysis.compute.cluster import ADDRESS as ASKED
from analysis.compute.parallel import run_tasks
from analysis.compute.progress import silent
from analysis.network import descent, mlp
from benchmarks import scaling

ROOT = Path(__file__).resolve().parent.parent
ROWS, ITERATIONS = 410_000, 300
WORKERS = 2
REPEATS = 3
START_SECONDS = 60
OWN_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "134217728", "MALLOC_MMAP_THRESHOLD_": "33554432"}
ADDRESS = re.compile(r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)")
REGISTERED = re.compile(r"Registered to:\s+(\S+)")


def train(rows: int, iterations: int, seed: int) -> str:
    """Draw the rows and train one network; return the SHA-256 of its parameters."""
    data = scaling.simulated(rows)
    run = descent.gradient_descent(
        scaling.start(data, seed), data, None, mlp.RELU, learning_rate=0.1, iterations=iterations, score_from=iterations
    )
    return hashlib.sha256(b"".join(array.tobytes() for array in run.params)).hexdigest()


def train_all(rows: int, iterations: int) -> list[str]:
    """Train as many networks as there are workers, wherever the environment says."""
    from benchmarks import cluster  # a worker finds the function there, not in a module that is run as `__main__`

    tasks = [(rows, iterations, seed) for seed in range(WORKERS)]
    steps = [iterations] * WORKERS
    return run_tasks(cluster.train, tasks, stage="networks", progress=silent, steps=steps, rows=rows)


def timed(rows: int, iterations: int, address: str | None) -> tuple[float, list[str]]:
    """Return the seconds that a Python of its own takes to train all networks, and what it has trained."""
    environment = {name: value for name, value in os.environ.items() if name != ASKED}
    if address:
        environment[ASKED] = address
    command = [sys.executable, "-m", "benchmarks.cluster", str(rows), str(iterations)]
    begun = time.perf_counter()
    answer = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return time.perf_counter() - begun, json.loads(answer.stdout)


@contextlib.contextmanager
def started() -> Iterator[str]:
    """Run a scheduler and its workers; give the scheduler's address."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        where = ["scheduler", "--host", "127.0.0.1", "--port", "0"]
        address = _answer(running, where, ADDRESS, Path(folder) / "scheduler.log")
        for index in range(WORKERS):
            worker = ["worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", f"{folder}/{index}"]
            _answer(running, worker, REGISTERED, Path(folder) / f"worker-{index}.log")
        yield address


def _answer(running: contextlib.ExitStack, arguments: Sequence[str], expected: re.Pattern[str], log: Path) -> str:
    """Start one of Dask's commands, until `running` ends; return what its log says."""
    command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT, env={**os.environ, **OWN_MEMORY})
    running.callback(process.wait)
    running.callback(process.kill)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := expected.search(log.read_text()):
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"{' '.join(command)}: {log.read_text()}")


def measure(rows: int = ROWS, iterations: int = ITERATIONS, repeats: int = REPEATS) -> dict[str, object]:
    """Return the median seconds of both ways, in turn, and of their ratios. RuntimeError where the results differ."""
    machine, dask = [], []
    with started() as address:
        for _ in range(repeats):
            for seconds, where in ((machine, None), (dask, address)):
                took, found = timed(rows, iterations, where)
                seconds.append((took, found))
    results = {tuple(found) for _, found in (*machine, *dask)}
    if len(results) > 1:
        raise RuntimeError(f"expected equal parameters from both ways, got {results}")
    ratios = [there / here for (there, _), (here, _) in zip(dask, machine, strict=True)]
    return {
        "rows": rows,
        "iterations": iterations,
        "one_machine_s": median(took for took, _ in machine),
        "dask_s": median(took for took, _ in dask),
        "dask_of_one_machine": median(ratios),
    }


def main() -> None:
    """Print the measurement as JSON; with rows and iterations, only what this process has trained."""
    if len(sys.argv) == 3:
        print(json.dumps(train_all(int(sys.argv[1]), int(sys.argv[2]))))
        return
    print(json.dumps(measure(), indent=1))


if __name__ == "__main__":
    main()
