"""What a later build may read instead of finding it out again: believed only where it is as it was written."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from report_src.system.files import write_whole

T = TypeVar("T")


def keep(path: Path, value: Any) -> None:
    """Write a value as JSON, with the hash of its text in front."""
    content = msgspec.json.encode(value)
    write_whole(path, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def recalled(path: Path | None, kind: type[T]) -> T | None:
    """Return what `keep` wrote; None where nothing is there, or anything else than what was written."""
    if path is None:
        return None
    try:
        head, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if head != hashlib.sha256(content).hexdigest().encode():
        return None
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError:  # whole, and of another version of this program
        return None
