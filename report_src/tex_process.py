"""One run of pdflatex, shut in its folder. It can be started ahead: it then waits behind the preamble to be let go.

A run that was started ahead gives the bytes of one that was not. Its standard input is a pipe that we hold: when we
are gone, however, the pipe ends and TeX with it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

from report_src.children import end_group, limits
from report_src.errors import BuildError

PASS_SECONDS = 120  # a pass over thirty pages takes one; a template that loops would take for ever
LARGEST_FILE = 512  # megabytes a pass may write into one file
OPTIONS = ("-file-line-error", "-no-shell-escape", "-recorder")
# \read from the terminal is allowed in scrollmode, not in nonstopmode; what is read is \relax or \pdfdraftmode=1
WAIT = r"\read-1 to\letgo\letgo\nonstopmode\csname @@input\endcsname {}.tex"


@dataclasses.dataclass
class Waiting:
    """A TeX process that has read its format and waits for a line."""

    process: subprocess.Popen[Any]
    folder: Path
    name: str
    epoch: int

    def fits(self, folder: Path, name: str, epoch: int) -> bool:
        """Whether it still waits, and for this document at this date."""
        return self.process.poll() is None and (self.folder, self.name, self.epoch) == (folder, name, epoch)

    def go(self, *, draft: bool) -> int:
        """Let it run to its end and return its status, below 0 where it had to be stopped. `draft` writes no pages."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it ended by itself; its status says so
            self.process.stdin.write(b"\\pdfdraftmode=1 \n" if draft else b"\\relax\n")
            self.process.stdin.close()
        try:
            return ended(self.process)
        finally:
            self.end()

    def end(self) -> None:
        """End it, whatever it does."""
        end_group(self.process)
        if self.process.stdin is not None and not self.process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        for record in self.folder.glob(f"*{self.process.pid}.fls"):  # its name until the document's is known
            record.unlink(missing_ok=True)


def start(folder: Path, name: str, epoch: int, *, form: str | None) -> Waiting:
    """Start TeX on folder/name.tex with a format that lies there (None: its own), and let it wait.

    TeX reads and writes below `folder` alone, has no shell, a limit of time and of size, and takes dates from
    `epoch`. BuildError where TeX is not installed.
    """
    chosen = [] if form is None else [f"-fmt={form}"]
    command = ["pdflatex", *chosen, *OPTIONS, "-interaction=scrollmode", f"-jobname={name}", WAIT.format(name)]
    return Waiting(launch(command, folder, epoch, stdin=subprocess.PIPE), folder, name, epoch)


def ended(process: subprocess.Popen[Any]) -> int:
    """Wait for the end of a TeX process and return its status; it is killed when its time is over.

    (A wait with a timeout would look every 50 ms.)
    """
    clock = threading.Timer(PASS_SECONDS, process.kill)
    clock.start()
    try:
        return process.wait()
    finally:
        clock.cancel()


def launch(command: list[str], folder: Path, epoch: int, *, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[Any]:
    """Start a TeX program in `folder` within its limits."""
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment(epoch),
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=limits(PASS_SECONDS, LARGEST_FILE),
        )
    except FileNotFoundError:
        raise BuildError("pdflatex is not installed; type: python3 bootstrap.py tex", 2) from None


def environment(epoch: int) -> dict[str, str]:
    """Return TeX's environment: its folder alone, long log lines, the given date, no bitmap fonts made."""
    kept = {key: value for key, value in os.environ.items() if key not in ("TEXMFOUTPUT", "TEXINPUTS", "TEXFORMATS")}
    return kept | {
        "openin_any": "p",
        "openout_any": "p",
        "max_print_line": "10000",
        "error_line": "254",
        "half_error_line": "238",
        "SOURCE_DATE_EPOCH": str(epoch),
        "FORCE_SOURCE_DATE": "1",
        "MKTEXPK": "0",
        "TZ": "UTC",
    }
