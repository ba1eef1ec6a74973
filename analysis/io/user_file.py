"""Read a file that the user supplies, once for all callers; anything but a regular text file is refused."""

import os
import time
from pathlib import Path

from analysis.errors import InputError

# first bytes of a file, in small letters -> what it is; none of them begins a table, a template or settings
KINDS = {
    b"\x1f\x8b": "a gzip file; unpack it",
    b"pk\x03\x04": "a zip file, such as an Excel workbook (.xlsx); save it as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls); save it as CSV UTF-8",
    b"%pdf-": "a PDF file",
    b"{\\rtf": "a text of a word processor (RTF); save it as plain text",
    b"bzh": "a bzip2 file; unpack it",
    b"\xfd7zxz": "an xz file; unpack it",
    b"7z\xbc\xaf": "a 7z file; unpack it",
    b"par1": "a Parquet file; save it as CSV UTF-8",
    b"\x80\x04\x95": "a Python pickle; save it as CSV UTF-8",
    b"<?xml": "an XML file; save it as plain text",
    b"<!doctype html": "an HTML page; download the file itself",
    b"<html": "an HTML page; download the file itself",
    b"version https://git-lfs": "a Git LFS pointer; fetch the file with git lfs pull",
}


KEPT_BYTES = 1 << 20  # a larger file is read each time
TICK = 20_000_000  # ns; longer than the clock of the file system takes from one tick to the next
_kept: dict[Path, tuple[tuple[int, ...], bytes]] = {}  # what was read, and the stamp that the file had


def is_there(path: Path) -> bool:
    """Return whether something is at `path`; True if that cannot be known, as reading then explains why."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return True


def kept_bytes(path: Path) -> bytes:
    """Return a file's bytes; they are read once for all callers until the file changes.

    The system stamps a change of a file with a time that nobody can set back (ctime), so equal stamps are equal bytes.
    """
    before = stamp(path.stat())
    if path in _kept and _kept[path][0] == before:
        return _kept[path][1]
    sure = settled(before)
    found = path.read_bytes()
    if sure and len(found) <= KEPT_BYTES and stamp(path.stat()) == before:
        _kept[path] = before, found
    return found


def stamp(status: os.stat_result) -> tuple[int, ...]:
    """Return what every change of a file changes; the first is the system's own time of it (ctime)."""
    return status.st_ctime_ns, status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev


def settled(stamped: tuple[int, ...]) -> bool:
    """Whether a change of the file from now on gives another stamp."""
    return time.time_ns() - TICK > stamped[0]


def read_bytes(path: Path, kind: str, next_step: str) -> bytes:
    """Return a file's bytes; InputError where it is absent, is not a regular file, or is forbidden.

    kind: what messages call it, such as "CSV file".
    """
    try:
        if path.exists() and not path.is_file():
            found = "a folder" if path.is_dir() else "something that is no regular file"
            raise InputError(f"{path}: expected a {kind}, got {found}", next_step)
        return kept_bytes(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{path}: expected a readable {kind}, got: {reason}", next_step) from None


def decode(content: bytes, place: str, next_step: str, save_as: str = "UTF-8") -> str:
    """Return UTF-8 bytes as text, without a byte-order mark; InputError with the line of the first invalid byte."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{place}: expected UTF-8 text, got UTF-16", f"save it as '{save_as}'")
    for begin, kind in KINDS.items():
        if content.lstrip()[: len(begin)].lower() == begin:
            raise InputError(f"{place}: expected text, got {kind}", next_step)
    nul = content.find(b"\0")
    if nul >= 0:
        raise InputError(f"{place}:{_line(content, nul)}: expected text, got a NUL byte (byte {nul})", next_step)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        offset = error.start + len(content) - len(error.object)  # the codec counts from behind the byte-order mark
        raise InputError(
            f"{place}:{_line(content, offset)}: expected UTF-8 text, got byte 0x{content[offset]:02X} "
            f"(byte {offset} of the file)",
            f"save it as '{save_as}'",
        ) from None


def _line(content: bytes, offset: int) -> int:
    """Return the line (from 1) of a byte (from 0)."""
    before = content[:offset]
    return before.count(b"\n") + before.replace(b"\r\n", b"").count(b"\r") + 1
