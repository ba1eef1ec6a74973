"""Child processes: their environment, their log, their end. None outlives the build that started it."""

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import IO, Any

from analysis.errors import printable
from report_src.errors import Interrupted
from report_src.system.limits import PARENT_DEATH_SIGNAL

GRACE_SECONDS = 3.0  # between asking a group of processes to end and ending it: what is half written is tidied up
AGAIN_SECONDS = 0.05  # before a signal that came while Python tidied up an object is sent once more
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


ENVIRONMENT = threading.RLock()  # held while os.environ is that of a process that starts


def inherited() -> dict[str, str]:
    """Return the environment of this process, also while another thread starts one in an environment of its own."""
    with ENVIRONMENT:
        return dict(os.environ)


def study_environment(build: Path, epoch: int) -> dict[str, str]:
    """Return the environment of a study: one BLAS thread, no display, no clock, no hash of the day."""
    environment = inherited()
    environment.update(dict.fromkeys(ONE_THREAD, "1"))
    environment.update(PYTHONHASHSEED="0", SOURCE_DATE_EPOCH=str(epoch), MPLBACKEND="Agg")
    if not os.access(os.path.expanduser("~"), os.W_OK):  # "~" itself where the user has no entry and no HOME
        environment["MPLCONFIGDIR"] = str(build.resolve() / "work" / ".matplotlib")
    return environment


def listen(lines: Any, log: IO[str], on_line: Callable[[str], None]) -> None:
    """Hand each line on as it comes."""
    for line in map(printable, lines):
        log.write(f"{time.strftime('%H:%M:%S')} {line}")
        log.flush()
        with contextlib.suppress(OSError):  # the terminal is gone; a child whose output nobody reads would hang
            on_line(line)


def end_group(leader: int, lives: Callable[[], bool]) -> None:
    """End a group of processes by its leader's number: SIGTERM first, SIGKILL for what is left.

    `lives` returns whether the leader still runs, and collects its exit status if not.
    """
    for number, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, GRACE_SECONDS)):
        try:
            os.killpg(leader, number)
        except (ProcessLookupError, PermissionError):  # macOS reports "not permitted" for a group of zombies
            if lives():  # it has not become a leader yet
                with contextlib.suppress(ProcessLookupError):
                    os.kill(leader, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and (lives() or _group_lives(leader)):
            time.sleep(0.01)


def _group_lives(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def follow(parent: int) -> None:
    """End like after SIGTERM when `parent`, which started us, is killed (Linux; elsewhere we end when we are done)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:  # it was gone before we could ask for the signal
        raise Interrupted(signal.SIGTERM)


@contextlib.contextmanager
def signals_raise() -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into Interrupted, so that every `finally` on the way out runs.

    Python prints and drops what is raised while it tidies up an object; such a signal is sent again a moment later.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)  # tidying up takes seconds at most and is not interrupted
        raise Interrupted(number)

    def send_again(dropped: "sys.UnraisableHookArgs") -> None:
        if not isinstance(dropped.exc_value, Interrupted):
            shown(dropped)
            return
        for each in numbers:
            signal.signal(each, interrupt)
        resent.append(threading.Timer(AGAIN_SECONDS, os.kill, (os.getpid(), dropped.exc_value.number)))
        resent[-1].start()

    resent: list[threading.Timer] = []
    shown, sys.unraisablehook = sys.unraisablehook, send_again
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for timer in resent:
            timer.cancel()
        sys.unraisablehook = shown
        for number, handler in before.items():
            signal.signal(number, handler)
