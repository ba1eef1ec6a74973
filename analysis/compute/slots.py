"""Cores that studies share which run at once: a worker computes while it holds one, as more workers would be slower."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

from analysis.settings.cores import SLOTS

LOOK_SECONDS = 0.01  # between two looks for a free core

Result = TypeVar("Result")


def holding_one(function: Callable[..., Result], *arguments: Any) -> Result:
    """Return function(*arguments), computed while this process holds a core, if there are several studies."""
    folder = os.environ.get(SLOTS)
    with _slot(Path(folder)) if folder else contextlib.nullcontext():
        return function(*arguments)


@contextlib.contextmanager
def _slot(folder: Path) -> Iterator[None]:
    with contextlib.ExitStack() as opened:
        files = [opened.enter_context(path.open("rb")) for path in sorted(folder.iterdir())]
        while not _locked(files):
            time.sleep(LOOK_SECONDS)
        yield  # the lock ends with the file, also where this process is killed


def _locked(files: Sequence[IO[bytes]]) -> bool:
    """Whether one of the files could be locked."""
    import fcntl  # no other part of a study needs it

    for file in files:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False
