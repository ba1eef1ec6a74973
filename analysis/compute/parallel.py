"""Replicates in parallel processes, one thread each: where and by how many they are computed changes no result.

On Linux a worker is a fork of the study, which has everything imported and the data in memory; elsewhere it begins
again.
"""

import functools
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from analysis.compute import cluster, slots, threads
from analysis.compute.progress import Progress
from analysis.settings.cores import cores

TINY_WORK = 500_000  # row-iterations, about 0.2 s of one core: workers would save less than they cost
START = "fork" if sys.platform == "linux" else "spawn"  # of a worker; macOS's own libraries break in a fork


def run_tasks(
    function: Callable[..., Any],
    tasks: Sequence[tuple[Any, ...]],
    *,
    stage: str,
    progress: Progress,
    steps: Sequence[int] | None = None,
    rows: int | None = None,
) -> list[Any]:
    """Return [function(*task) for task in tasks], in order, computed in parallel, the longest tasks first.

    `function` must be importable (defined at a module's top level). `steps[i]` is the number of
    training iterations of task i; where `rows`, those that an iteration goes through, are given as well and
    the work is tiny, no worker is started and the tasks are computed here. Where the environment names a
    cluster (analysis.compute.cluster), they are computed there.
    """
    weights = list(steps) if steps is not None else [1] * len(tasks)
    total, done = sum(weights), 0
    progress(stage, 0, total)
    order = sorted(range(len(tasks)), key=lambda task: -weights[task])  # a long task begun last would be waited for
    tiny = rows is not None and total * rows <= TINY_WORK
    where = None if tiny else cluster.address()
    count = 1 if tiny else min(cores(), len(tasks))
    in_order = [tasks[task] for task in order]
    found = _on_cluster(function, in_order, where) if where else here(function, in_order, count)
    results: list[Any] = [None] * len(tasks)
    for task, result in zip(order, found, strict=True):
        results[task] = result
        done += weights[task]
        progress(stage, done, total)
    return results


def here(function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]], count: int) -> Iterator[Any]:
    """Yield function(*task) of each task, in order, computed by `count` processes; 1 means this process."""
    if count <= 1:
        yield from (function(*task) for task in tasks)
        return
    context = multiprocessing.get_context(START)
    pool = ProcessPoolExecutor(count, context, initializer=_one_blas_thread)
    try:
        for future in [pool.submit(slots.holding_one, threads.with_one_thread, function, *task) for task in tasks]:
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _one_blas_thread() -> None:
    """Give BLAS one thread in this process from now on; a forked process inherits its parent's number."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)


def _on_cluster(function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]], address: str) -> Iterator[Any]:
    """Yield the same, computed on a Dask cluster."""
    import joblib

    alone = functools.partial(cluster.one_thread, functools.partial(threads.with_one_thread, function))
    with cluster.connected(address), joblib.parallel_config(backend="dask", n_jobs=-1):
        yield from joblib.Parallel(return_as="generator")(joblib.delayed(alone)(*task) for task in tasks)
