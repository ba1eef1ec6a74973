"""Folders that one process has to itself while it lives: a build's, and one of its temporary files.

The kernel drops a lock with the last process that holds it, so none is left behind by one that was killed.
"""

import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from report_src.errors import BuildError

LOCK = ".lock"  # name of the lock file below the build folder
PREFIX = ".report-tmp-"  # of folders below the machine's one of temporary files; nobody else names one like that
AFTER_ALL_ELSE = -200  # multiprocessing removes its own folder, which lies in ours, with -100


@contextlib.contextmanager
def build_lock(build: Path) -> Iterator[int]:
    """Hold the lock of a build folder; wait, with a message, while another make holds it.

    Yields the descriptor, to be handed to children: one that outlives its killed parent is waited for.
    """
    descriptor = _open_lock(build)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{build}: another make is running in this folder; waiting for it", file=sys.stderr, flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        while not still_there(descriptor, build / LOCK):  # `make clean` removed it while we waited
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


def still_there(descriptor: int, path: Path) -> bool:
    """Whether an open file or folder is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def keep_temporary_files_together() -> None:
    """Have this process and its children keep their temporary files in one folder, removed when this process ends.

    Where it is killed, the next process that calls this removes the folder.
    """
    from multiprocessing.util import Finalize

    found = Path(tempfile.gettempdir())
    inside = found.parent if found.name.startswith(PREFIX) else found  # TMPDIR of the process that started us
    with contextlib.suppress(OSError):  # it cannot be written: who needs a temporary file will say so
        own, _ = own_folder(PREFIX, inside)
        tempfile.tempdir = os.environ["TMPDIR"] = str(own)
        Finalize(None, shutil.rmtree, args=(own,), kwargs={"ignore_errors": True}, exitpriority=AFTER_ALL_ELSE)


def own_folder(prefix: str, inside: Path) -> tuple[Path, int]:
    """Create a folder below `inside` and lock it, after removing those whose process is gone.

    Return the folder and the descriptor that holds its lock. The folder's name is `prefix` and some letters.
    """
    remove_left_behind(prefix, inside)
    while True:
        own = Path(tempfile.mkdtemp(prefix=prefix, dir=inside))
        with contextlib.suppress(FileNotFoundError):  # another process took it for one left behind
            lock = os.open(own, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if still_there(lock, own):
                return own, lock
            os.close(lock)


def remove_left_behind(prefix: str, inside: Path) -> None:
    """Remove the folders below `inside` whose process is gone."""
    for own in inside.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):  # BlockingIOError: its process lives
            lock = os.open(own, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(own, ignore_errors=True)
            finally:
                os.close(lock)
