"""What can be wrong with a row, as exceptions with their place and a hint."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A row cannot be accepted. `start` and `end` are offsets in the text that was read."""

    verdict = "unreadable"

    def __init__(self, message: str, start: int, end: int | None = None, hint: str = "") -> None:
        """Keep the message, its place, and what would fix it."""
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(start + 1, end if end is not None else start + 1)
        self.hint = hint


class Unreadable(Refusal):
    """The row is not in the language: unknown form, undeclared symbol, unbalanced delimiter."""


class Undeclared(Unreadable):
    """A name that nothing declares; `name` is what was read."""

    name: Any = None


class Unjudged(Unreadable):
    """The row rests on a row that is refused, and says nothing of its own; its message is one line."""


class ShapeError(Refusal):
    """The row is read, but its shapes do not agree; as mathematics it is wrong."""

    verdict = "wrong"
