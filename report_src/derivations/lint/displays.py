"""Where a text displays mathematics, derivations left out."""

from __future__ import annotations

import re
from collections.abc import Collection

from report_src.derivations.syntax.document import DISPLAYS
from report_src.derivations.syntax.tokens import Tok, tokens

MORE_DISPLAYS = frozenset(
    {"displaymath", "eqnarray", "eqnarray*", "math*", "dmath", "dmath*", "dgroup", "dgroup*"}
    | {"IEEEeqnarray", "IEEEeqnarray*", "xalignat", "xalignat*"}
)
_INSIDE = frozenset({"aligned", "alignedat", "gathered", "split", "array", "multlined"})
r"""Environments that make a display of the inline mathematics they stand in, as ``\displaystyle`` does."""
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


def displays(text: str, more: Collection[str] = ()) -> list[tuple[int, int]]:
    """Return the spans of displayed mathematics outside derivations; ``more`` names what macros make displays."""
    toks, spans, index = tokens(text), [], 0
    while index < len(toks):
        if toks[index].text == "\\begin" and _name(toks, index) == "derivation":
            index = _end(toks, index, "derivation")
            continue
        stop, displayed = _stop(text, toks, index, more)
        if displayed:
            end = toks[stop].start if stop < len(toks) else len(text)
            spans.append((toks[index].start, end))
        index = stop + 1
    return spans


def _stop(text: str, toks: list[Tok], index: int, more: Collection[str]) -> tuple[int, bool]:
    """Return where the mathematics that begins at ``index`` ends, and whether it is displayed."""
    word = toks[index].text
    name = _name(toks, index) if word == "\\begin" else ""
    if name and (name in DISPLAYS | MORE_DISPLAYS or name in more):
        return _end(toks, index, name), True
    if word == "\\[":
        return _next(toks, index + 1, "\\]"), True
    if _twice(toks, index):
        return _next(toks, index + 2, "$") + 1, True
    if word in more:
        return _paragraph(text, toks, index), True
    if word in ("$", "\\("):
        stop = _next(toks, index + 1, "$" if word == "$" else "\\)")
        return stop, _set_as_display(toks[index:stop])
    return index, False


def opened(body: str, more: Collection[str] = ()) -> str:
    """Return the display that a macro's body opens, or an empty string."""
    toks = tokens(body)
    for index, tok in enumerate(toks):
        name = _name(toks, index) if tok.text == "\\begin" else ""
        if name in DISPLAYS | MORE_DISPLAYS or name in more or tok.text in more:
            return name or tok.text
        if tok.text == "\\[" or _twice(toks, index):
            return tok.text
    return ""


def _twice(toks: list[Tok], index: int) -> bool:
    return toks[index].text == "$" and index + 1 < len(toks) and toks[index + 1].text == "$"


def _paragraph(text: str, toks: list[Tok], index: int) -> int:
    """Return the index of the first token after the paragraph: no display goes on beyond a blank line."""
    blank = _PARAGRAPH.search(text, toks[index].start)
    return next((k for k in range(index, len(toks)) if blank and toks[k].start >= blank.end()), len(toks))


def _set_as_display(toks: list[Tok]) -> bool:
    words = {tok.text for tok in toks}
    return "\\displaystyle" in words or any(
        tok.text == "\\begin" and _name(toks, index) in _INSIDE for index, tok in enumerate(toks)
    )


def _name(toks: list[Tok], index: int) -> str:
    letters: list[str] = []
    for tok in toks[index + 2 : index + 40]:
        if tok.text == "}":
            return "".join(letters)
        letters.append(tok.text)
    return ""


def _end(toks: list[Tok], index: int, name: str) -> int:
    """Return the index of the \\end of the environment that begins at ``index``."""
    for stop in range(index + 1, len(toks)):
        if toks[stop].text == "\\end" and _name(toks, stop) == name:
            return stop
    return len(toks)


def _next(toks: list[Tok], index: int, word: str) -> int:
    return next((stop for stop in range(index, len(toks)) if toks[stop].text == word), len(toks))
