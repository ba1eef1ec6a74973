"""Patterns of whole sentences, compiled when a text is first read: most builds read none, and they are large."""

from __future__ import annotations

import re
from functools import cached_property


class Grammar:
    """A regular expression that is compiled when it is first asked; it is asked as a compiled one is."""

    def __init__(self, text: str) -> None:
        """Take the text of the expression."""
        self.text = text

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.text)

    def match(self, said: str, start: int = 0) -> re.Match[str] | None:
        """Return the match at an offset, or None."""
        return self._compiled.match(said, start)

    def fullmatch(self, said: str) -> re.Match[str] | None:
        """Return the match of all of a text, or None."""
        return self._compiled.fullmatch(said)
