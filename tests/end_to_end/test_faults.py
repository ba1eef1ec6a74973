"""`make report` is killed at any moment: nothing keeps running, and the next one gives the same bytes."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.clones import Clone, copied, other_seed, other_words, small_clone
from tests.end_to_end.reports import PATIENCE, Built

SEED = 5
SIGNALS = (signal.SIGTERM, signal.SIGKILL)
AIMS = ("group", "group", "make", "python")  # what a signal is sent to: make with all it started, or one process only
INSIDE = 0.05  # seconds into a step: what it made before is moved aside
Moments = tuple[str, str]  # as which step begins, by SIGTERM and by SIGKILL
SOME_TIME = "some time"
MOMENTS = ((SOME_TIME, "render"), pytest.param(("verify", "compile"), marks=pytest.mark.long))
LEAST_HIT = 0.8  # of the kills find a build at work; the others come when it is just over

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks for strays in /proc")]


def other_data(clone: Clone) -> None:
    """Change the number of rows that are used, or take the change back: every study of Question 1 runs again."""
    first, second = clone.folder / "data/train.csv", clone.folder / "data/other.csv"
    kept = first.read_bytes()
    if not second.exists():
        second.write_bytes(b"".join(kept.splitlines(keepends=True)[:-10]))
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)


def nothing(clone: Clone) -> None:
    """Remove the build folder."""
    shutil.rmtree(clone.build)


@dataclasses.dataclass
class Change:
    """What is to be done before a build, how long that takes undisturbed, and what it gives: there and back."""

    apply: Callable[[Clone], None]
    seconds: float
    final: list[dict[str, str]]

    @classmethod
    def undisturbed(cls, clone: Clone, apply: Callable[[Clone], None]) -> Change:
        """Measure a change that is applied and taken back."""
        final, begun = [], time.monotonic()
        for _ in range(2):
            apply(clone)
            clone.report()
            final.append(clone.final())
        return cls(apply, (time.monotonic() - begun) / 2, final)

    def killed_and_made(self, clone: Clone, number: int, moment: float | str) -> bool:
        """Apply it, kill the build after a share of its time, or as a step begins, make; return whether it was at work.

        Every second call takes the change back.
        """
        self.apply(clone)
        when = moment if isinstance(moment, str) else moment * self.seconds
        hit = kill(clone, SIGNALS[number % 2], AIMS[number // 2 % len(AIMS)], when)
        done = clone.report()
        assert clone.final() == self.final[number % 2], done.said
        return hit


def kill(clone: Clone, number: signal.Signals, aim: str, when: float | str) -> bool:
    """Start `make report`, kill it after some seconds, or as a step begins; return whether it was still at work."""
    process = clone.start("report", **({"SPECULATE": "0"} if when == "compile" else {}))  # TeX is at work in that step
    if isinstance(when, str):
        assert process.stdout is not None
        assert any(line.startswith(f"{when}: ") for line in process.stdout), "the step never began"
        time.sleep(INSIDE)
    else:
        with contextlib.suppress(subprocess.TimeoutExpired):
            said, _ = process.communicate(timeout=when)
            assert process.returncode == 0, said
            return False
    if aim == "group":
        os.killpg(process.pid, number)
    else:
        os.kill(process.pid if aim == "make" else python_of(process.pid), number)
    said, _ = process.communicate(timeout=PATIENCE)
    clone.expect_no_process()
    assert "Traceback" not in said, said
    return process.returncode != 0


def python_of(make: int) -> int:
    """Return the process that builds, or make itself where no process builds at the moment."""
    for child in Path(f"/proc/{make}/task/{make}/children").read_text().split():
        line = Path(f"/proc/{child}/cmdline")
        if line.exists() and "report_src" in line.read_bytes().decode():
            return int(child)
    return make


def shares(count: int, draw: random.Random) -> list[float]:
    """Return `count` random parts of a build's time, spread over all of it, in random order."""
    found = [(place + draw.random()) / count for place in range(count)]
    draw.shuffle(found)
    return found


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, made_clone: Built) -> Clone:
    return copied(made_clone, tmp_path_factory.mktemp("faults") / "clone")


@pytest.mark.parametrize("moments", MOMENTS, ids=["some time and render", "verify and compile"])
@pytest.mark.long
def test_a_build_killed_after_an_edited_sentence_is_made_whole_by_the_next(clone: Clone, moments: Moments) -> None:
    change = Change.undisturbed(clone, other_words)
    part = random.Random(SEED).random()
    hits = [change.killed_and_made(clone, number, part if moment == SOME_TIME else moment)
            for number, moment in enumerate(moments)]  # fmt: skip
    assert hits[1]


@pytest.mark.long
def test_a_build_killed_at_random_times_is_made_whole_by_the_next(tmp_path: Path) -> None:
    clone = small_clone(tmp_path / "clone")
    clone.report()
    draw, hits = random.Random(SEED), []
    for apply, count in ((other_words, 4), (other_seed, 2), (other_data, 2)):
        change = Change.undisturbed(clone, apply)
        hits += [change.killed_and_made(clone, number, part) for number, part in enumerate(shares(count, draw))]
    nothing_yet = Change.undisturbed(clone, nothing)
    assert nothing_yet.final[0] == nothing_yet.final[1]
    hits += [nothing_yet.killed_and_made(clone, number, part) for number, part in enumerate(shares(2, draw))]
    assert len(hits) == 10
    assert sum(hits) >= LEAST_HIT * len(hits)
