"""The kinds of bars: | and \\| that open, that close, or that hold the nodes of a derivative fixed."""

from __future__ import annotations

from itertools import pairwise

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.lexer_tokens import Mark

_ENDS_OPERAND = frozenset(
    {"NUM", "NAME", "RPAR", "RSQ", "_RBRACE", "RBAR", "RNORM", "PRIME", "TOP", "ONES", "RNULL", "RANGLE"}
)


def tell_bars_apart(toks: list[Mark]) -> list[Mark]:
    """Name each | and \\| opening, closing, or the bar of a derivative with nodes held fixed."""
    stack: list[str] = []
    previous = ""
    toks = _norms(toks)
    for index, tok in enumerate(toks):
        following = toks[index + 1].type if index + 1 < len(toks) else ""
        if tok.type in ("BAR", "NORM"):
            tok.type = _bar(tok, stack, previous, following)
        elif tok.type == "LNULL":
            stack.append("LNULL")
        elif tok.type in ("LPAR", "LSQ", "_LBRACE"):
            stack.append("(")
        elif tok.type in ("RPAR", "RSQ", "_RBRACE") and "(" in stack:
            while stack.pop() != "(":
                pass
        previous = tok.type
    return toks


def _norms(toks: list[Mark]) -> list[Mark]:
    """Make || … || norms if no other bar is between; |a||b| and ||a| - |b|| stay bars."""
    bars = [at for at, tok in enumerate(toks) if tok.type == "BAR"]
    pairs = {a: b for a, b in pairwise(bars) if b == a + 1 and toks[a].stop == toks[b].begin}
    ends: set[int] = set()
    place = 0
    while place + 3 < len(bars):
        first, second = bars[place], bars[place + 2]
        if first in pairs and second in pairs:
            ends |= {first, second}
            place += 4
        else:
            place += 2 if first not in pairs else len(bars)
    made: list[Mark] = []
    for at, tok in enumerate(toks):
        if at - 1 in ends:
            continue
        if at in ends:
            tok.type, tok.stop = "NORM", toks[at + 1].stop
        made.append(tok)
    return made


def _bar(tok: Mark, stack: list[str], previous: str, following: str) -> str:
    side, opener = tok.meaning, "L" + tok.type
    top = stack[-1] if stack else ""
    if tok.type == "BAR" and following == "SUB" and side != "l" and previous in _ENDS_OPERAND:
        if top == "LNULL":
            stack.pop()
            return "RNULL"
        return "ATBAR"
    closes = side == "r" or (side == "" and top == opener and previous in _ENDS_OPERAND)
    if closes and top == opener:
        stack.pop()
        return "R" + tok.type
    if side == "r":
        message = "this bar closes nothing (a bar with held nodes carries them: |_{…})"
        raise Unreadable(message, tok.begin, tok.stop)
    stack.append(opener)
    return opener
