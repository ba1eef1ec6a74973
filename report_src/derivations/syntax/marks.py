"""What the lexer hands on: tokens with a meaning, letters, numbers as they are typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lark import Token


@dataclass(frozen=True, slots=True)
class Letter:
    """What a name is made of before its scripts: the letter, its accent, and whether it is bold."""

    letter: str
    accent: str = ""
    bold: bool = False


class Number(float):
    """A number, and its digits as they are typed: 01 and 1 print differently."""

    typed: str

    def __new__(cls, typed: str) -> Number:
        """Make the number of a row of digits."""
        made = super().__new__(cls, typed)
        made.typed = typed
        return made


class Word(str):
    """An operator, and the word that is typed for it: tr and Tr print differently."""

    typed: str

    def __new__(cls, name: str, typed: str) -> Word:
        """Make an operator of its name and the word that is typed."""
        made = super().__new__(cls, name)
        made.typed = typed
        return made


class Mark(Token):
    """A token that carries what it means: a number, a letter, a relation, the side of a bar."""

    meaning: Any

    @property
    def begin(self) -> int:
        """Offset of the first character."""
        return int(self.start_pos or 0)

    @property
    def stop(self) -> int:
        """Offset behind the last character."""
        return int(self.end_pos or 0)
