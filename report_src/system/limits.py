"""Bounds of time and memory: for what a template makes this process do, and for a child process.

A loop in a template ends with a message.
"""

import contextlib
import ctypes
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from report_src.errors import RenderError

MEGABYTE = 2**20
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
RENDER_SECONDS = 60  # of the processor; the shipped templates take one
RENDER_MEGABYTES = 2048  # beyond what is held already; the shipped templates take fifty
REMINDER_SECONDS = 1.0  # interval at which the timeout signal is repeated
STATUS = Path("/proc/self/status")  # only Linux has it, and only Linux enforces the memory limit


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Raise RenderError in the block where it goes on for too long, MemoryError where it grows too large.

    For the main thread. The place of the error is that of the loop: the template's line is in its traceback.
    """

    def late(number: int, frame: FrameType | None) -> None:
        raise RenderError(f"no end after {RENDER_SECONDS} s; does a loop end?")

    handler = signal.signal(signal.SIGVTALRM, late)
    memory = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (_largest(memory), memory[1]))
    signal.setitimer(signal.ITIMER_VIRTUAL, RENDER_SECONDS, REMINDER_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        resource.setrlimit(resource.RLIMIT_DATA, memory)
        signal.signal(signal.SIGVTALRM, handler)


def _largest(now: tuple[int, int]) -> int:
    """Return the bound of memory in bytes; the one that holds already where it is lower or no other is known."""
    if not STATUS.exists():
        return now[0]
    held = next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith("VmData:"))
    wanted = held * 1024 + RENDER_MEGABYTES * MEGABYTE
    return min([wanted, *(limit for limit in now if limit != resource.RLIM_INFINITY)])


def _bound(kind: int, soft: int, hard: int) -> None:
    """Set a limit of this process; a lower one that holds already (ulimit) stays."""
    held = resource.getrlimit(kind)[1]
    most = hard if held == resource.RLIM_INFINITY else min(hard, held)
    resource.setrlimit(kind, (min(soft, most), most))


def limits(cpu_seconds: int, file_megabytes: int) -> Callable[[], None]:
    """Return what a child does before it becomes a program that cannot watch its parent (TeX).

    It bounds its time and the size of its files, and on Linux asks to die with its parent. An interrupt, by which it
    is asked where it is, reaches it also where a shell in the background has had it ignored.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def apply() -> None:
        _bound(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1)
        _bound(resource.RLIMIT_FSIZE, file_megabytes * MEGABYTE, file_megabytes * MEGABYTE)
        _bound(resource.RLIMIT_CORE, 0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if library is not None:
            library.prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)

    return apply
