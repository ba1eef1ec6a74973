"""What the user sees while a study runs: stage, steps done, time left. A terminal gets a bar, a log gets lines."""

import sys
import time
from typing import Any, TextIO

from report_src.system.terminal import drawable

SECONDS_BETWEEN_LINES = 5.0  # often enough to see life, seldom enough for a CI log
MARK = "PROGRESS\t"  # how a child's report begins
STEPS = "STEPS\t"  # begins the line with the number of training iterations, at its end


def parse(line: str) -> tuple[str, int, int] | None:
    """Return (stage, done, total) of a child's report, None for any other line."""
    if not line.startswith(MARK):
        return None
    fields = line.rstrip("\n").split("\t")
    try:
        return fields[1], int(fields[2]), int(fields[3])
    except (IndexError, ValueError):
        return None


def parse_steps(line: str) -> int | None:
    """Return the training iterations that a child reports, None for any other line."""
    number = line.removeprefix(STEPS).strip()
    return int(number) if line.startswith(STEPS) and number.isdigit() else None


def estimate(elapsed: float, done: int, total: int) -> float | None:
    """Return the seconds left at the pace so far; None before there is a pace."""
    return elapsed * (total - done) / done if done > 0 and total > 0 else None


def _clock(seconds: float) -> str:
    """Return minutes and seconds, 0:07 or 12:30."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


class Lines:
    """Plain lines, at most one every few seconds: for logs and pipes."""

    def __init__(self, stream: TextIO, now: Any = time.monotonic) -> None:
        """Print to `stream`; `now` is the clock."""
        self.stream, self.now = stream, now
        self._begun: dict[str, float] = {}
        self._last = now()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say how far a stage has come."""
        moment = self.now()
        begun = self._begun.setdefault(stage, moment)
        if moment - self._last < SECONDS_BETWEEN_LINES:
            return
        self._last = moment
        left = estimate(moment - begun, done, total)
        rest = f", about {_clock(left)} left" if left is not None else ""
        print(f"  {stage}: {done}/{total}, {_clock(moment - begun)}{rest}", file=self.stream, flush=True)

    def close(self) -> None:
        """Nothing to tidy."""


class Bar:
    """One moving line a study, drawn by rich (imported here, so that a rebuild without studies does not pay for it)."""

    def __init__(self) -> None:
        """Start drawing on standard error."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
        from rich.progress import TimeRemainingColumn as Left

        columns = (TextColumn("  {task.description}"), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn(), Left())
        self._progress = Progress(*columns, console=Console(file=drawable(sys.stderr)), transient=True)
        self._tasks: dict[str, tuple[str, Any]] = {}  # study -> the stage that is drawn, and its line
        self._progress.start()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Draw how far a stage has come."""
        study = stage.partition(":")[0]
        before, line = self._tasks.get(study, ("", None))
        if stage != before:
            if line is not None:
                self._progress.remove_task(line)
            line = self._progress.add_task(stage, total=total or None)
            self._tasks[study] = stage, line
        self._progress.update(line, completed=done, total=total or None)

    def close(self) -> None:
        """Give the line back."""
        self._progress.stop()


def display() -> Lines | Bar:
    """Return what suits standard error: a bar on a terminal, lines elsewhere."""
    return Bar() if sys.stderr.isatty() else Lines(sys.stderr)
