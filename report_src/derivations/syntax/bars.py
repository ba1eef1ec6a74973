"""The kinds of bars: | and \\| that open, that close, or that hold the nodes of a derivative fixed."""

from __future__ import annotations

from itertools import pairwise

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.tokens import tokens
from report_src.derivations.syntax.lexer_tokens import Mark

_ENDS_OPERAND = frozenset(
    {"NUM", "NAME", "RPAR", "RSQ", "_RBRACE", "RBRACE", "RBAR", "RNORM", "PRIME", "TOP", "ONES", "RNULL", "RANGLE"}
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
        elif tok.type in ("RPAR", "RSQ", "_RBRACE", "RBRACE") and "(" in stack:
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


_DOUBLE = frozenset({"\\|", "\\Vert", "\\parallel"})
_ANY = _DOUBLE | {"|", "\\vert", "\\lvert", "\\rvert", "\\lVert", "\\rVert", "\\mid"}


def separated(text: str) -> str:
    r"""Return a statement with a comma for the bar between two arguments, each offset kept: D(P \| Q) -> D(P ,  Q)."""
    toks = tokens(text)
    for index, tok in enumerate(toks):
        if tok.text != "(" or not index or not (toks[index - 1].text[-1].isalpha() or toks[index - 1].text == "}"):
            continue
        depth, inside = 0, []
        for other in toks[index:]:
            depth += (other.text in "({[") - (other.text in ")}]")
            inside.append((depth, other))
            if not depth:
                break
        bars = [(level, other) for level, other in inside if other.text in _ANY]
        start, end = (bars[0][1].start, bars[-1][1].end) if bars else (0, 0)
        two = [other.text for _, other in bars] == ["|", "|"] and end - start == 2
        if not depth and (two or (len(bars) == 1 and bars[0][1].text in _DOUBLE)) and bars[0][0] == 1:
            text = text[:start] + ",".ljust(end - start) + text[end:]
    return text
