r"""Remarks that suppress a finding, `\NOTE{allow "largest": names the column}`, and those that suppress nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

_ALLOWANCE = re.compile(r'\\NOTE\{\s*allow\s+"([^"]+)"\s*:\s*([^}]*\w{3}[^}]*)\}')
# how a remark begins that is meant as one, right or not
_MEANT = re.compile(r"\\NOTE\{\s*allow\s*(?:[\"'“”„‘’«»`\d]|\w[\w -]{0,30}:)[^}\n]{0,40}")


class Found(Protocol):
    """A word or a number that a lint found, and its line (from 1)."""

    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102


class Allowance(Struct, frozen=True):
    """A remark that suppresses what is found on its own lines and on the one below them."""

    text: str
    position: int  # of the backslash, from 0
    first: int  # line, from 1
    last: int

    def covers(self, line: int, text: str) -> bool:
        """Whether a word or number on this line is meant."""
        return self.first <= line <= self.last + 1 and text.lower() == self.text.lower()


def allowances(source: str) -> list[Allowance]:
    """Return the remarks of a template that give a reason, in order."""
    return [
        Allowance(" ".join(m[1].split()), m.start(), *(source.count("\n", 0, at) + 1 for at in m.span()))
        for m in _ALLOWANCE.finditer(source)
    ]


def needless(folder: Path, scans: Mapping[str, Sequence[Found]]) -> list[str]:
    """Return "template:line:column: message" of each remark that suppresses nothing.

    `scans` is what the lint found in each "templates/…" below `folder`, suppressed or not.
    """
    return [
        f"{name}:{message}"
        for name, found in scans.items()
        for message in _needless((folder / name.partition("/")[2]).read_text(encoding="utf-8"), found)
    ]


def _needless(source: str, found: Sequence[Found]) -> Iterator[str]:
    read = {one.position: one for one in allowances(source)}
    for match in _MEANT.finditer(source):
        line, column = source.count("\n", 0, match.start()) + 1, match.start() - source.rfind("\n", 0, match.start())
        place = f"{line}:{column}"
        one = read.get(match.start())
        if one is None:
            yield f'{place}: {match.group()} … allows nothing; expected \\NOTE{{allow "the words": why they are right}}'
        elif not any(one.covers(mark.line, mark.text) for mark in found):
            lines = [str(mark.line) for mark in found if mark.text.lower() == one.text.lower()]
            elsewhere = f"; it is on line {', '.join(lines)}" if lines else ""
            step = "write it on the line of the words or the one above, or take it out"
            yield f'{place}: \\NOTE{{allow "{one.text}": …}} finds nothing to allow here{elsewhere}; {step}'
