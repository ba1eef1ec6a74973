"""The command line as a user has it, but in this process: studies start no Python of their own, TeX never starts."""

import contextlib
import importlib
import io
import os
import signal
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from report_src import __main__
from report_src.build import environment
from report_src.system import forkserver
from report_src.tex import compile, speculative
from tests.end_to_end.reports import simulated

TRAIN_ROWS, TEST_ROWS = 120, 60
LONGEST = 300  # seconds after which a command waits for something that never comes, on a busy machine as well
NOBODY = 65534  # a user without any right of its own
PASSING = ("build.log", ".lock", "imports.json")  # of a build folder: what every command may write to

SETTINGS = """[report]
title = "Small"
author = "A. Student"
roll_number = "1"
repository = "https://example.org/small"

[data]
train = "train.csv"
test = "test.csv"

[run]
profile = "quick"
seed = 3
validation_share = 0.25
hidden = [5, 4]
iterations = 12
report_at = 10
learning_rates = [0.25, 0.5]
boosting_rounds = 3
[shared_bias]
pairs = 2
iterations = 100

[ai]
log = "ai.toml"

[table]
unit_of_observation = "listing"
target = "price_class"
classes = ["Budget", "Moderate", "Premium", "Luxury"]
labels = [0, 1, 2, 3]

[[table.categorical]]
name = "neighbourhood_group"
meaning = "borough"

[[table.categorical]]
name = "room_type"
meaning = "type of accommodation"
values = ["Entire home/apt", "Private room", "Shared room"]

[[table.numerical]]
name = "minimum_nights"
meaning = "nights"
unit = "nights"
minimum = 1
maximum = 3650
integer = true
logarithmic = true

[[table.numerical]]
name = "amenity_score"
meaning = "score"
unit = "points"
minimum = 0
maximum = 100

[[table.numerical]]
name = "number_of_reviews"
meaning = "reviews"
unit = "reviews"
minimum = 0
maximum = 10000
integer = true
logarithmic = true

[[table.numerical]]
name = "availability_365"
meaning = "days"
unit = "days"
minimum = 0
maximum = 365
integer = true
"""
LOG = """used = "yes"

[[entry]]
tool = "T 1"
date = 2026-02-07
prompt = '''
Why?
'''
output = "Because."
edits = "none"
"""


def write_project(folder: Path) -> None:
    """Write a small project on simulated tables, everything filled in."""
    train, test = simulated()
    folder.mkdir(parents=True, exist_ok=True)
    train[:TRAIN_ROWS].to_csv(folder / "train.csv", index=False)
    test[:TEST_ROWS].to_csv(folder / "test.csv", index=False)
    (folder / "report.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "ai.toml").write_text(LOG, encoding="utf-8")


def run_here(arguments: Sequence[str], *, log: Any, on_line: Any, **_: Any) -> int:
    """Stand in for `run_module`: the same command line, called; an exception that is no exit is a traceback."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            name = arguments[0] if "." in arguments[0] else f"{arguments[0]}.__main__"
            status = importlib.import_module(name).main(list(arguments[1:]))
        except SystemExit as left:
            status = int(left.code or 0)
        except Exception:  # what ends a process of its own with a traceback
            traceback.print_exc()
            status = 1
    for line in said.getvalue().splitlines(keepends=True):
        log.write(line)
        on_line(line)
    return int(status)


def without_processes(patch: pytest.MonkeyPatch) -> None:
    """Have the command line start no process, and accept the environment that runs the tests."""

    def page(folder: Path, name: str, **_: Any) -> compile.Outcome:
        pdf = folder / f"{name}.pdf"
        pdf.write_bytes(b"%PDF\n" + (folder / f"{name}.tex").read_bytes())
        return compile.Outcome(pdf, 1, ())

    patch.setenv("ANALYSIS_WORKERS", "1")  # studies that are called in this process run one after the other
    patch.setattr(environment, "check", lambda: None)
    patch.setattr(forkserver, "run_module", run_here)
    patch.setattr(compile, "compile_tex", page)
    patch.setattr(speculative.Ahead, "start", lambda *_, **__: None)


def report(folder: Path) -> int:
    """Run `make report` in a project's folder; return the exit status. A command that waits for ever is stopped."""

    def late(number: int, frame: object) -> None:
        raise AssertionError(f"the command still waits after {LONGEST} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST)
    try:
        own = ["--studies", str(folder / "studies")] if (folder / "studies").is_dir() else []
        place = ["--config", str(folder / "report.toml"), "--build", str(folder / "build")]
        return __main__.main(["report", *place, *own])
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def products(folder: Path) -> dict[str, bytes]:
    """Return every file of a project's build, those aside that any command writes to."""
    build = folder / "build"
    files = (path for path in build.rglob("*") if path.is_file() and path.name not in PASSING)
    return {path.relative_to(build).as_posix(): path.read_bytes() for path in files}


@contextlib.contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Act as a user whom permissions bind, who owns the folder; root passes over them."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
