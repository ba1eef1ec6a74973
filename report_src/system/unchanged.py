"""The answer of a command that found everything up to date, given again while no file has been touched since.

What a build decides, it decides from contents. Once it has, it writes down inode, size and times of every file that it
may read or make. The system stamps a change of a file with a time that nobody can set back (ctime), so equal entries
are equal contents. Anything else, a new file included, sends the command to the build. It imports only the
standard library, since its imports are most of what a command costs that has nothing to do.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from report_src.system.git import commit
from report_src.system.lock import LOCK

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".unchanged.json"  # below the build folder
SKIPPED = ("__pycache__", FILE, LOCK)  # neither read by a build nor made by its steps
TICK = 20_000_000  # ns; longer than the clock of the file system takes from one tick to the next

Found = dict[str, list[int]]


def answer_repeated(arguments: Sequence[str], root: str) -> bool:
    """Print what the same command printed before and return True, where nothing has been touched since."""
    build = next((one.partition("=")[2] for one in arguments if one.startswith("--build=")), "build")
    try:
        with open(os.path.join(build, FILE), encoding="utf-8") as file, _free(build):
            before = json.load(file)
            same = (
                before["request"] == request(arguments)
                and _as_before(before["found"], before["roots"])
                and before["commit"] == commit(root)
            )
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if same:
        sys.stderr.write(before["warnings"])
        sys.stderr.flush()
        print(before["answer"], flush=True)
    return same


def touched(entries: Found, roots: Iterable[str], begun: int) -> bool:
    """Whether anything at or below `roots` was changed after `begun` (file_clock), or just before."""
    own = [(root, os.path.join(root, "")) for root in roots]
    recent = [path for path, entry in entries.items() if entry and entry[0] >= begun - TICK]
    return any(path == root or path.startswith(inside) for path in recent for root, inside in own)


def remember(build: Path, kept: dict[str, Any]) -> None:
    """Write down the answer to a command: its request, roots, what was found there, the commit, what it printed."""
    from report_src.system.files import write_whole

    write_whole(build / FILE, json.dumps(kept).encode())


def request(arguments: Sequence[str]) -> list[str]:
    """Return what makes two commands the same: the words typed, but for who waits for it, the folder, the Python."""
    words = list(arguments)
    if "--parent" in words:
        at = words.index("--parent")
        del words[at : at + 2]
    return [sys.version, os.getcwd(), *words]


def _as_before(before: Found, roots: Iterable[str]) -> bool:
    """Whether `found` would return what it returned before; the first difference ends the search."""
    seen = set()
    for path, entry in _entries(roots):
        if before.get(path) != entry:
            return False
        seen.add(path)
    return len(seen) == len(before)


def found(roots: Iterable[str]) -> Found:
    """Return [ctime, mtime, size, inode] of every file and folder at or below `roots`; [] for what is absent."""
    return dict(_entries(roots))


def _entries(roots: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
    for root in roots:
        yield root, _entry(root)
        for path in _below(root):
            yield path, _entry(path)


def _below(folder: str) -> Iterator[str]:
    """Yield the paths below a folder; links to folders are not followed, as patterns do not follow them."""
    waiting = [folder]
    while waiting:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(waiting.pop()) as inside:
            for one in inside:
                if one.name not in SKIPPED:
                    yield one.path
                    if one.is_dir(follow_symlinks=False):
                        waiting.append(one.path)


def _entry(path: str) -> list[int]:
    """Return what changes with a file's content; of a folder only the inode, as its entries are listed."""
    try:
        status: Any = os.stat(path)
    except OSError:
        return []
    if status.st_mode & 0o170000 == 0o040000:
        return [0, 0, 0, status.st_ino]
    return [status.st_ctime_ns, status.st_mtime_ns, status.st_size, status.st_ino]


@contextlib.contextmanager
def _free(build: str) -> Iterator[None]:
    """Hold the lock of a build folder; OSError where another build has it."""
    with open(os.path.join(build, LOCK), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
