"""Prepare the machine: `python3 bootstrap.py environment|tex|tools`. Any Python 3.8 or newer runs it.

environment   .venv holds exactly what requirements.lock pins
tex           pdflatex and every package that templates/preamble.tex loads
tools         what draws the web page's pictures, and what the tests look at PDFs and pages with

Each leaves a stamp in .ready/ once it is done, so that make asks only when something changed.
What is missing is installed where that needs no password; otherwise the message has the command to type.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from pathlib import Path

from machine import environment, system, tex, tools
from machine.commands import Missing, runs, say

ROOT = Path(__file__).resolve().parent
OLDEST_PYTHON = (3, 11)  # tomllib, and what the pinned packages ask for
NEWEST_TRIED = 14  # interpreters python3.11 … python3.14 are looked for where `python3` itself is too old
PYTHON_PACKAGES = {"apt": "python3 python3-venv", "dnf": "python3.12", "brew": "python@3.12"}


def newer_python() -> str | None:
    """Return an interpreter that is new enough, where this one is not."""
    for minor in range(NEWEST_TRIED, OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and runs(Path(found)):
            return found
    return None


def lock_root(root: Path) -> object:
    """Wait until no other bootstrap runs here; the lock goes with the process and what it runs."""
    import fcntl

    (root / ".ready").mkdir(exist_ok=True)
    handle = (root / ".ready" / "lock").open("w")
    os.set_inheritable(handle.fileno(), True)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("another make is preparing this clone; waiting for it")
        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


PARTS = {"environment": environment.prepare_environment, "tex": tex.prepare_tex, "tools": tools.prepare_tools}


def main(arguments: list | None = None) -> int:
    """Prepare the given parts; return 2 if something is missing that may not be installed."""
    parser = argparse.ArgumentParser(prog="python3 bootstrap.py", description="Prepare the machine.")
    parser.add_argument("parts", nargs="+", choices=PARTS)
    options = parser.parse_args(arguments)
    if sys.version_info < OLDEST_PYTHON:
        newer = newer_python()
        if newer is not None:
            os.execv(newer, [newer, __file__, *options.parts])
        version = ".".join(map(str, sys.version_info[:3]))
        needed = f"Python 3.{OLDEST_PYTHON[1]} or newer is needed, this is {version}"
        say(f"{needed}; {system.how_to_install(PYTHON_PACKAGES)}")
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))  # so that what runs is ended as well
    lock = lock_root(ROOT)
    try:
        for part in options.parts:
            PARTS[part](ROOT)
    except Missing as missing:
        say(str(missing))
        return 2
    finally:
        del lock
    return 0


if __name__ == "__main__":
    sys.exit(main())
