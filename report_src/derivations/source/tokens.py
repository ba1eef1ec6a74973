"""TeX's tokens, brace groups and arguments, with their places; nothing is expanded."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from report_src.derivations.source.errors import Unreadable

KEPT = 512  # spans whose tokens are remembered: those of all templates, for a process that checks again and again
TOKEN = re.compile(r"\\(?:[A-Za-z]+|[^A-Za-z]|$)|%[^\n]*(?:\n|$)|:=|=!|\S", re.DOTALL)
BLANK_LINE = re.compile(r"\n[ \t]*(?=\n)")


class Tok(NamedTuple):
    """A token of TeX and its offsets."""

    text: str
    start: int
    end: int


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Tok]:
    """Return TeX's tokens of `text[start:end]` without comments and spaces."""
    return list(_tokens(text, start, len(text) if end is None else end))


@functools.lru_cache(maxsize=KEPT)
def _tokens(text: str, start: int, end: int) -> tuple[Tok, ...]:
    found = TOKEN.finditer(text, start, end)
    return tuple([Tok._make((m[0], m.start(), m.end())) for m in found if m[0][0] != "%"])


def group(toks: list[Tok], index: int) -> int:
    """Return the index of the brace that closes the one at `index`; refuse where there is none."""
    depth = 0
    for position in range(index, len(toks)):
        if toks[position].text == "{":
            depth += 1
        elif toks[position].text == "}":
            depth -= 1
            if depth == 0:
                return position
    raise Unreadable("this brace is never closed", toks[index].start, hint="add the } where its content ends")


def argument(toks: list[Tok], index: int, text: str) -> tuple[str, int]:
    """Return the braced argument that starts at `index` and the index after it."""
    if index >= len(toks) or toks[index].text != "{":
        place = toks[index].start if index < len(toks) else len(text)
        raise Unreadable("expected an argument in braces", min(place, max(len(text) - 1, 0)))
    close = group(toks, index)
    return text[toks[index].end : toks[close].start], close + 1


def closed(text: str, toks: list[Tok], index: int, close: str) -> int | None:
    r"""Return the index of the `close` that ends the mathematics at `index`; None where it isn't in its paragraph.

    No mathematics goes on beyond a blank line or the \end of an environment around it.
    """
    depth, at = 0, index + 1
    while at < len(toks) and toks[at].text != close and depth >= 0:
        depth += (toks[at].text == "\\begin") - (toks[at].text == "\\end")
        at += 1
    whole = at < len(toks) and depth >= 0
    return at if whole and not BLANK_LINE.search(text, toks[index].end, toks[at].start) else None


def environment(toks: list[Tok], index: int) -> str:
    r"""Return the name in \begin{name} or \end{name} at `index`, or an empty string."""
    letters: list[str] = []
    for tok in toks[index + 2 : index + 40]:
        if tok.text == "}":
            return "".join(letters) if toks[index + 1].text == "{" else ""
        letters.append(tok.text)
    return ""


def behind_options(toks: list[Tok], index: int) -> int:
    """Return the index behind the star and the [...] that may stand at `index`."""
    index += index < len(toks) and toks[index].text == "*"
    if index < len(toks) and toks[index].text == "[":
        return next((at + 1 for at in range(index, len(toks)) if toks[at].text == "]"), index)
    return index
