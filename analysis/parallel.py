"""Replicates in parallel processes, one BLAS thread each: where and by how many they are computed changes no result."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any

import joblib

from analysis import cluster, threads
from analysis.study import Progress

# row-iterations, about 4 s of one core: two workers would save half of that, and they cost as much to start and to
# import pandas and scikit-learn once more
TINY_WORK = 6_000_000


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
    cluster (analysis.cluster), they are computed there.
    """
    weights = list(steps) if steps is not None else [1] * len(tasks)
    total, done = sum(weights), 0
    progress(stage, 0, total)
    tiny = rows is not None and total * rows <= TINY_WORK
    order = sorted(range(len(tasks)), key=lambda task: -weights[task])  # a long task begun last would be waited for
    results: list[Any] = [None] * len(tasks)
    with contextlib.ExitStack() as stack:
        where = None if tiny else cluster.address()
        if where is None:
            count = 1 if tiny else min(threads.cores(), max(1, len(tasks)))
            function = functools.partial(threads.alone, function) if count > 1 else function
            stack.enter_context(joblib.parallel_config(backend="loky", inner_max_num_threads=1, n_jobs=count))
        else:
            stack.enter_context(cluster.connected(where))
            stack.enter_context(joblib.parallel_config(backend="dask", n_jobs=-1))
            function = functools.partial(cluster.one_thread, functools.partial(threads.alone, function))
        found = joblib.Parallel(return_as="generator")(joblib.delayed(function)(*tasks[task]) for task in order)
        for task, result in zip(order, found, strict=True):
            results[task] = result
            done += weights[task]
            progress(stage, done, total)
    return results
