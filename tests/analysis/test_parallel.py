"""Work that costs less than starting a worker is done here, with the same outcome."""

from __future__ import annotations

import os

import pytest

from analysis import parallel
from analysis.study import silent


def where(number: int) -> tuple[int, int]:
    return number, os.getpid()


@pytest.mark.parametrize(("rows", "here"), [(1, True), (parallel.TINY_WORK, False), (None, False)])
def test_only_tiny_work_starts_no_worker(rows: int | None, here: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_WORKERS", "2")
    found = parallel.run_tasks(where, [(1,), (2,)], stage="", progress=silent, steps=[1, 1], rows=rows)
    assert [number for number, _ in found] == [1, 2]
    assert all((process == os.getpid()) == here for _, process in found)
