"""What a running build holds open: its log, its lock, the processes it has started."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from analysis.errors import printable
from report_src.project import Project

if TYPE_CHECKING:
    from report_src.system.progress_bar import Bar, Lines
    from report_src.tex.speculative import Ahead

LIBRARIES = ("numpy", "msgspec", "pandas", "scipy.stats", "sklearn.ensemble", "sklearn.model_selection",
             "matplotlib.pyplot", "matplotlib.backends.backend_pdf", "torch")  # fmt: skip
LONGEST_LOG = 5_000_000  # bytes; a longer build.log is started again


@dataclasses.dataclass
class BuildContext:
    """One run of `make`: the project, and what is open until `resources` are closed."""

    project: Project
    lock: int  # descriptor of the build's lock
    loaded: int  # when the code that runs was read, or just before (file_clock)
    resources: contextlib.ExitStack
    ahead: Ahead | None = None  # TeX, started while the document is still being written
    preload: tuple[str, ...] = ()  # libraries that are loaded once for all studies, where several have to run
    display: Lines | Bar | None = None  # of the progress of steps that run at once
    slots: Path | None = None  # a file for each core, which steps that run at once share
    stop: threading.Event = dataclasses.field(default_factory=threading.Event)  # set: the studies that run are ended

    @cached_property
    def log(self) -> IO[str]:
        """BUILD/build.log, opened when there is something to write."""
        return self.resources.enter_context(_open_log(self.project.build))

    def load_libraries_once(self) -> None:
        """Run the studies of this build as forks of one Python that has loaded their libraries."""
        self.preload = LIBRARIES

    def hold_tex(self) -> Ahead:
        """Return the processes of TeX that a later step may use; none is left at the end."""
        if self.ahead is None:
            from report_src.tex.speculative import Ahead

            self.ahead = Ahead()
            self.resources.callback(self.ahead.end)
        return self.ahead

    def say(self, text: str) -> None:
        """Tell the user and the log."""
        print(f"{text}\n", end="", file=sys.stderr, flush=True)  # one piece, as another thread may say something
        self.note(text)

    def note(self, text: str) -> None:
        """Write a line with the time of day to the log."""
        self.log.write(printable(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}\n"))
        self.log.flush()


class LogFile(io.FileIO):
    """A file that drops what does not fit on a full disk, which the build itself reports."""

    def write(self, data: Any) -> int:
        """Write what can be written."""
        with contextlib.suppress(OSError):
            super().write(data)
        return len(data)


@contextlib.contextmanager
def _open_log(build: Path) -> Iterator[IO[str]]:
    """Open BUILD/build.log for adding; one that has grown too long is started again."""
    path = build / "build.log"
    if path.is_dir():
        path.rmdir()
    mode = "w" if path.exists() and path.stat().st_size > LONGEST_LOG else "a"
    with io.TextIOWrapper(LogFile(path, mode), encoding="utf-8", write_through=True) as log:
        yield log
