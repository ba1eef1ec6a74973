"""Studies that run at once share the cores: at any time as many workers compute as there are slots."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analysis.compute.parallel import here
from analysis.compute.slots import holding_one
from analysis.settings.cores import SLOTS
from report_src.project import ROOT

CORES = 2
SPAN = 0.1  # seconds that a task takes


@pytest.fixture
def slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for core in range(CORES):
        (tmp_path / str(core)).touch()
    monkeypatch.setenv(SLOTS, str(tmp_path))
    return tmp_path


def span(number: int) -> tuple[int, float, float]:
    """Return the number, and when the task began and ended, by a clock of the whole machine."""
    begun = time.monotonic()
    time.sleep(SPAN)
    return number, begun, time.monotonic()


def most_at_once(count: int) -> int:
    spans = [(begun, end) for _, begun, end in here(span, [(number,) for number in range(8)], count)]
    return max(sum(begun <= moment < end for begun, end in spans) for moment, _ in spans)


def test_no_more_workers_compute_than_there_are_slots(slots: Path) -> None:
    assert most_at_once(4) == CORES


def test_a_study_by_itself_waits_for_no_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SLOTS, raising=False)
    assert most_at_once(4) > CORES


def test_a_worker_that_is_killed_gives_its_slot_back(slots: Path) -> None:
    (slots / "1").unlink()
    hold = "import time; print('held', flush=True); time.sleep(600)"
    code = f"from analysis.compute.slots import holding_one; holding_one(exec, {hold!r})"
    holder = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | {SLOTS: str(slots)}, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    assert holding_one(span, 7)[0] == 7
