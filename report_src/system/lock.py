"""The lock of a build folder: one build at a time works in it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from report_src.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

LOCK = ".lock"  # name of the lock file below the build folder


@contextlib.contextmanager
def build_lock(build: Path) -> Iterator[int]:
    """Hold the lock of a build folder; wait, with a message, while another make holds it.

    The kernel drops the lock when the last process that inherited it is gone, so no killed build can
    leave one behind, and a child that outlives its killed parent is waited for. Yields the descriptor,
    to be handed to children.
    """
    descriptor = _open_lock(build)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{build}: another make is running in this folder; waiting for it", file=sys.stderr, flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        while not _still_there(descriptor, build / LOCK):  # `make clean` removed it while we waited
            os.close(descriptor)
            descriptor = _open_lock(build)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _open_lock(build: Path) -> int:
    try:
        build.mkdir(parents=True, exist_ok=True)
        return os.open(build / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise BuildError(
            f"{build}: cannot be written ({error.strerror}); choose another with BUILD=some/dir", 2
        ) from None


def _still_there(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
