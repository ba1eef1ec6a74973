"""What the lexer hands on: tokens with a meaning, letters, numbers as they are typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Letter:
    """What a name is made of before its scripts: the letter, its accent, whether it is bold, its font.

    A font makes no other name; in a script, a letter of another font is a label and no index.
    """

    letter: str
    accent: str = ""
    bold: bool = False
    font: str = field(default="", compare=False)  # mathrm or another that is no bold and no italic one


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


class Mark(str):
    """A token as it is typed, its kind and place, and what it means: a number, a letter, a relation, a side."""

    type: str
    begin: int  # offset of the first character
    stop: int  # offset behind the last character
    meaning: Any

    def __new__(cls, kind: str, typed: str, begin: int, stop: int, meaning: Any) -> Mark:
        """Make a token of a kind."""
        made = super().__new__(cls, typed)
        made.type, made.begin, made.stop, made.meaning = kind, begin, stop, meaning
        return made
