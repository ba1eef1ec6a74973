"""One run of pdflatex, confined to its folder. It can start early and receive the document bit by bit.

TeX reads the document from its standard input, a pipe that we hold: it sets pages as far as it has received it, then
it waits. The bytes that come out are those of a run that reads the whole file at once. When we are gone, however,
the pipe ends and TeX with it. What it writes lies in a folder of the run's own until it has ended well.
"""

import contextlib
import dataclasses
import fcntl
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

from report_src.errors import BuildError
from report_src.system.files import write_whole
from report_src.system.limits import limits
from report_src.system.lock import own_folder
from report_src.system.processes import end_group, inherited

PASS_SECONDS = 120  # a pass over thirty pages takes one; a template that loops would take for ever
LAST_WORDS = 3  # seconds an interrupted run gets to write its log
INTERRUPTED = "Interruption."  # how its log says that it was
LARGEST_FILE = 512  # megabytes a pass may write into one file
OPTIONS = ("-file-line-error", "-no-shell-escape", "-recorder", "-interaction=nonstopmode")
SYNCTEX_OPTION = "-synctex=-1"  # not compressed: it is read again at once
RECORDS = (".log", ".fls")  # what it did, and which files it read
AUXILIARY = ("*.aux", "*.toc", "*.out", "*.lof", "*.lot")  # what one pass leaves for the next
OWN = "pass-"  # how the folder of a run is called, below that of the document
STANDARD_INPUT = "stdin.tex"  # the standard input, under a name that TeX may open
NO_TRAILER_ID = r"\pdftrailerid{}"  # a format does not keep the preamble's, and TeX would make one of the folder's name
PIPE_BYTES = 1 << 20  # what Linux lets a pipe hold for any user: more than a long report has


@dataclasses.dataclass
class Waiting:
    """A TeX process that has read its format, and waits for the document or for what follows in it."""

    process: subprocess.Popen[bytes]
    folder: Path
    name: str
    epoch: int
    own: Path  # where it writes
    lock: int  # held while it is ours: a folder without one was left by a build that was killed
    sent: bytes = b""  # the beginning of the document that was written to its pipe

    def fits(self, folder: Path, name: str, epoch: int, text: bytes | None = None) -> bool:
        """Whether it is one for this document at this date, and still waits or was given this whole text."""
        usable = self.process.poll() is None or self.sent == text
        return usable and (self.folder, self.name, self.epoch) == (folder, name, epoch)

    def send(self, beginning: bytes) -> None:
        """Give it the beginning of the document, or as much of that as the pipe holds: this never waits."""
        pipe = self.pipe()
        os.set_blocking(pipe, False)
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            self.sent += beginning[: os.write(pipe, beginning)]
        os.set_blocking(pipe, True)

    def go(self, text: bytes, *, draft: bool) -> int:
        """Let it set the whole text, and return its status, below 0 where it had to be stopped.

        The text must begin with what was sent; `draft` writes no pages, and must be known from the start.
        """
        assert text.startswith(self.sent)
        assert not (draft and self.sent)
        clocks = [threading.Timer(PASS_SECONDS, self.process.send_signal, (signal.SIGINT,)),
                  threading.Timer(PASS_SECONDS + LAST_WORDS, self.process.kill)]  # fmt: skip
        for clock in clocks:
            clock.start()
        try:
            rest = text[len(self.sent) :]
            with contextlib.suppress(BrokenPipeError):  # it ended by itself, as its status shows
                _write_all(self.pipe(), (b"\\pdfdraftmode=1 " if draft else b"") + rest)
            self.close()
            status = self.process.wait()
        finally:
            for clock in clocks:
                clock.cancel()
            end_group(self.process.pid, lambda: self.process.poll() is None)
        self.keep(status)
        self.end()
        return status

    def keep(self, status: int) -> None:
        """Move what it wrote beside the document; in its log and records the document has its name again.

        A run that failed leaves its records only: what it wrote of references may break the next run.
        """
        for path in sorted(self.own.glob(f"{self.name}.*")):
            if path.suffix in RECORDS:
                record = path.read_text(encoding="utf-8", errors="replace")
                record = record.replace(f"{self.own.name}/", "").replace(STANDARD_INPUT, f"{self.name}.tex")
                write_whole(self.folder / path.name, record.encode())
            elif status == 0:
                os.replace(path, self.folder / path.name)

    def pipe(self) -> int:
        """Return the file number of the pipe."""
        assert self.process.stdin is not None
        return self.process.stdin.fileno()

    def close(self) -> None:
        """Tell it that nothing follows."""
        assert self.process.stdin is not None
        if not self.process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()

    def end(self) -> None:
        """End it, whatever it does, and remove its folder."""
        end_group(self.process.pid, lambda: self.process.poll() is None)
        self.close()
        if self.lock >= 0:
            shutil.rmtree(self.own, ignore_errors=True)
            os.close(self.lock)
            self.lock = -1


def start(folder: Path, name: str, epoch: int, *, form: str | None) -> Waiting:
    """Start TeX on folder/name.tex with a format that lies there (None: its own), and let it wait.

    TeX reads and writes only below `folder`, has no shell, a limit of time and of size, and takes dates from
    `epoch`. BuildError where TeX is not installed.
    """
    own, lock = own_folder(OWN, folder)
    chosen = [] if form is None else [f"-fmt={form}"]
    command = ["pdflatex", *chosen, *OPTIONS, SYNCTEX_OPTION, f"-jobname={name}"]
    command += [f"-output-directory={own.name}", rf"{NO_TRAILER_ID}\csname @@input\endcsname {STANDARD_INPUT}"]
    try:
        (own / STANDARD_INPUT).symlink_to("/dev/fd/0")
        for path in (path for pattern in AUXILIARY for path in folder.glob(pattern)):
            shutil.copyfile(path, own / path.name)
        process = launch(command, folder, epoch, stdin=subprocess.PIPE)
    except BaseException:
        shutil.rmtree(own, ignore_errors=True)
        os.close(lock)
        raise
    waiting = Waiting(process, folder, name, epoch, own, lock)
    with contextlib.suppress(OSError, AttributeError):  # a smaller pipe takes less ahead and works as well
        fcntl.fcntl(waiting.pipe(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return waiting


def _write_all(pipe: int, text: bytes) -> None:
    """Write all of a text to a pipe; BrokenPipeError where nobody reads any more."""
    left = memoryview(text)
    while left:
        left = left[os.write(pipe, left) :]


def ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of a TeX process and return its status; it is killed when its time is over.

    (A wait with a timeout would look every 50 ms.)
    """
    clock = threading.Timer(PASS_SECONDS, process.kill)
    clock.start()
    try:
        return process.wait()
    finally:
        clock.cancel()


def launch(command: list[str], folder: Path, epoch: int, *, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
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
            preexec_fn=limits(PASS_SECONDS + LAST_WORDS, LARGEST_FILE),
        )
    except FileNotFoundError:
        raise BuildError("pdflatex is not installed; type: python3 bootstrap.py tex", 2) from None


def environment(epoch: int) -> dict[str, str]:
    """Return TeX's environment: only its folder, long log lines, the given date, no bitmap fonts made."""
    kept = {key: value for key, value in inherited().items() if key not in ("TEXMFOUTPUT", "TEXINPUTS", "TEXFORMATS")}
    return kept | {
        "openin_any": "p",
        "openout_any": "p",
        "max_print_line": "10000",
        "error_line": "254",
        "half_error_line": "238",
        "SOURCE_DATE_EPOCH": str(epoch),
        "FORCE_SOURCE_DATE": "1",
        "MKTEXPK": "0",
        "MKTEXTFM": "0",
        "TZ": "UTC",
    }
