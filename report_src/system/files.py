"""Files whole or not at all, and their hashes."""

import contextlib
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from report_src.system.lock import LOCK

CLONE = Path(__file__).resolve().parents[2]  # has the files that a report need not bring
UNFINISHED = ".part"  # ends the name of a file that is still being written
_digests: dict[str, tuple[tuple[int, ...], str]] = {}  # of files that were read, and the stamps that they had


def located(folder: Path, name: str) -> Path:
    """Return a file of a report by its path, like "templates/preamble.tex": its own, else the clone's."""
    own = folder / name
    return own if own.exists() else CLONE / name


def digest(path: Path) -> str:
    """Return the SHA-256 of a regular file, or the word for what is there instead (a FIFO is never opened)."""
    # the checker by itself comes without it, and digests nothing
    from analysis.io.user_file import KEPT_BYTES, kept_bytes, settled, stamp

    name = os.fspath(path)
    try:
        status = os.stat(name)
        if not stat.S_ISREG(status.st_mode):
            return "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        before, kept = stamp(status), _digests.get(name)
        if kept is not None and kept[0] == before:
            return kept[1]
        sure = settled(before)
        if status.st_size <= KEPT_BYTES:
            found = hashlib.sha256(kept_bytes(path)).hexdigest()
        else:
            with open(name, "rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        if sure and stamp(os.stat(name)) == before:
            _digests[name] = before, found
        return found
    except FileNotFoundError:
        return "absent"
    except OSError as error:
        return f"unreadable ({error.strerror})"


def names(folder: Path, patterns: Iterable[str]) -> set[str]:
    """Return the relative paths of the files below `folder` that match any of the patterns (hidden ones not)."""
    found = (path for pattern in patterns for path in folder.glob(pattern))
    return {path.relative_to(folder).as_posix() for path in found if not path.name.startswith(".") and path.is_file()}


def matching(folder: Path, patterns: Iterable[str]) -> dict[str, str]:
    """Return relative path -> hash of the files below `folder` that match any of the patterns (hidden ones not)."""
    return {name: digest(folder / name) for name in sorted(names(folder, patterns))}


def file_clock() -> int:
    """Return the time now (ns) by the clock that stamps changes of files: it ticks every few milliseconds."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_REALTIME_COARSE", time.CLOCK_REALTIME))


def changed_since(path: Path, moment: int) -> bool:
    """Whether a file was written, replaced or removed after a moment of file_clock(); nobody can set this back."""
    try:
        return path.stat().st_ctime_ns > moment
    except OSError:
        return True


def write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary file beside `path`, then rename: no reader ever sees half a file."""
    with _in_place_of(path) as temporary:
        temporary.write_bytes(content)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file so that `target` is the old one or the new one at every moment."""
    with _in_place_of(target) as temporary:
        shutil.copyfile(source, temporary)


@contextlib.contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside `path`; what is written there takes its place (also that of an empty folder)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        yield temporary
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def sweep(build: Path, *, but: str) -> None:
    """Remove files that a killed build was still writing, and empty folders below work/, where no step leaves any.

    A folder whose name begins with `but` may be somebody's; a build folder that lies below has its own build.
    """
    for folder, inner, names in os.walk(build):
        place = Path(folder)
        if not inner and not names and place.is_relative_to(build / "work") and not place.name.startswith(but):
            place.rmdir()
        inner[:] = [name for name in inner if not Path(folder, name, LOCK).exists()]
        for name in names:
            if name.startswith(".") and name.endswith(UNFINISHED):
                Path(folder, name).unlink(missing_ok=True)


@contextlib.contextmanager
def set_aside(folder: Path, names: Iterable[str], aside: Path) -> Iterator[None]:
    """Move files aside while they are made again; restore them if that fails.

    So no file of an earlier run survives a successful one, and a failed run loses nothing.
    """
    shutil.rmtree(aside, ignore_errors=True)
    moved = []
    try:
        for name in sorted(names):
            if os.path.lexists(folder / name):
                (aside / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(folder / name, aside / name)
                moved.append(name)
        yield
    except BaseException:
        for name in moved:
            if not (aside / name).is_dir():  # a folder in the place of a file was no product
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(aside / name, folder / name)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
