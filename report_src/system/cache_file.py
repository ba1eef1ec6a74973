"""JSON cache files, which are ignored if their checksum or the code that decides their content has changed."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from report_src.system.files import write_whole

T = TypeVar("T")


def keep(path: Path, value: Any) -> None:
    """Write a value as JSON, with the hash of its text in front."""
    content = msgspec.json.encode(value)
    write_whole(path, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def recalled(path: Path | None, kind: type[T]) -> T | None:
    """Return what `keep` wrote; None if there is no file, its checksum is wrong or it holds another type."""
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
    except msgspec.DecodeError:  # an intact file of another version of this program
        return None


class Memo(Generic[T]):
    """Values by content, kept in a file from one build to the next.

        memo = Memo(folder / ".scans.json", closure_digest("report_src.prose.lint"), list[Mark])
        marks = memo.get(source, lambda: scan(source))
        memo.save()

    `rules` is the digest of everything that decides a value besides the content: code, word lists, versions.
    """

    def __init__(self, path: Path | None, rules: str, kind: type[T]) -> None:
        """Read the file; without a path, or where the file was written under other rules, nothing is known."""
        self.path, self.rules = path, rules
        written, known = recalled(path, tuple[str, dict[str, kind]]) or ("", {})  # type: ignore[valid-type]
        self.known: dict[str, T] = known if written == rules else {}
        self.used: dict[str, T] = {}

    def get(self, content: str, compute: Callable[[], T]) -> T:
        """Return the value of a content, computed only if it is not known."""
        key = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        if key not in self.used:
            self.used[key] = self.known[key] if key in self.known else compute()
        return self.used[key]

    def save(self) -> None:
        """Write the values that were asked for since the file was read, if they differ from what it holds."""
        if self.path is not None and self.used.keys() != self.known.keys():
            keep(self.path, (self.rules, self.used))
