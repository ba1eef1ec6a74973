"""What follows a token: the places outside of braces, a bracket that holds a relation."""

from __future__ import annotations

from collections.abc import Iterator

from report_src.derivations.source.tokens import Tok, group
from report_src.derivations.source.vocabulary import RELATIONS, SIZES, SPACES

_CLOSING = {"(": ")", "[": "]", "\\{": "\\}", "{": "}"}


def outer(toks: list[Tok], index: int, stop: int) -> Iterator[int]:
    """Yield the places of tokens that are in no braces of their own."""
    while index < stop:
        yield index
        index = group(toks, index) + 1 if toks[index].text == "{" else index + 1


def compares(toks: list[Tok], index: int, stop: int) -> bool:
    """Tell whether a bracket or a subscript begins at a place, and holds a relation at its outer level."""
    while index < stop and (toks[index].text in SPACES | SIZES or toks[index].text == "\\left"):
        index += 1
    if index < stop and toks[index].text == "_":
        index += 1
        if index >= stop or toks[index].text != "{":
            return False
    if index >= stop or toks[index].text not in _CLOSING:
        return False
    depth, close = 0, _CLOSING[toks[index].text]
    for at in range(index, stop):
        text = toks[at].text
        depth += (text in _CLOSING) - (text in _CLOSING.values())
        if depth == 0:
            return False
        if (
            text in RELATIONS
            and RELATIONS[text] in ("=", "<", ">", "<=", ">=", "!=")
            and (depth == 1 or (depth == 2 and close == "}"))
        ):
            return True
    return False
