"""Work that costs less than starting a worker is done here, with the same outcome."""

import os

import pytest

from analysis.compute import parallel, threads
from analysis.compute.progress import silent


def where(number: int) -> tuple[int, int]:
    return number, os.getpid()


@pytest.mark.parametrize(("rows", "here"), [(1, True), (parallel.TINY_WORK, False), (None, False)])
def test_only_tiny_work_starts_no_worker(rows: int | None, here: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_WORKERS", "2")
    found = parallel.run_tasks(where, [(1,), (2,)], stage="", progress=silent, steps=[1, 1], rows=rows)
    assert [number for number, _ in found] == [1, 2]
    assert all((process == os.getpid()) == here for _, process in found)


def test_results_come_in_the_order_of_the_tasks_and_the_longest_is_computed_first(monkeypatch):
    monkeypatch.setenv("ANALYSIS_WORKERS", "1")
    order: list[int] = []

    def note(number: int) -> int:
        order.append(number)
        return number

    found = parallel.run_tasks(note, [(0,), (1,), (2,)], stage="", progress=silent, steps=[1, 3, 2], rows=1)
    assert found == [0, 1, 2]
    assert order == [1, 2, 0]


def threads_of(_: int) -> int:
    return threads.number()


@pytest.mark.parametrize(("rows", "expected"), [(1, 2), (None, 1)])
def test_a_task_has_every_core_where_no_other_process_computes(rows, expected, monkeypatch):
    monkeypatch.setenv("ANALYSIS_WORKERS", "2")
    assert parallel.run_tasks(threads_of, [(1,), (2,)], stage="", progress=silent, steps=[1, 1], rows=rows) == (
        [expected] * 2
    )
