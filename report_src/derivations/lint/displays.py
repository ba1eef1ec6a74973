"""Where a text displays mathematics, derivations left out."""

from __future__ import annotations

import re
from collections.abc import Collection

from report_src.derivations.source.document import APART, DISPLAYS, set_as_display
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.rows import environment
from report_src.derivations.source.tags_and_comments import masked
from report_src.derivations.source.tokens import Tok, group, tokens

MORE_DISPLAYS = frozenset(
    {"displaymath", "eqnarray", "eqnarray*", "math*", "dmath", "dmath*", "dgroup", "dgroup*"}
    | {"IEEEeqnarray", "IEEEeqnarray*", "xalignat", "xalignat*", "xxalignat", "darray", "empheq", "numcases", "mathpar"}
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


def displays(text: str, checked: Collection[tuple[int, int]], more: Collection[str] = ()) -> list[tuple[int, int]]:
    """Return the spans of displayed mathematics outside the spans that were `checked`.

    `more` names the macros that make displays. A formula in the middle of a line of its own is one as well.
    """
    toks, spans, index = tokens(masked(text)), [], 0
    ends = dict(checked)
    centred = 0
    while index < len(toks):
        tok = toks[index]
        if ends.get(tok.start, tok.start) > tok.start:
            index = next((k for k in range(index, len(toks)) if toks[k].start >= ends[tok.start]), len(toks))
            continue
        if tok.text in ("\\begin", "\\end") and environment(toks, index) in APART:
            centred += 1 if tok.text == "\\begin" else -1
        stop, displayed = _stop(text, toks, index, more)
        if displayed or (centred > 0 and stop > index) or _centerline(toks, index):
            end = toks[stop].start if stop < len(toks) else len(text)
            spans.append((tok.start, end))
        index = stop + 1
    return spans


def _centerline(toks: list[Tok], index: int) -> bool:
    return toks[index].text == "$" and [tok.text for tok in toks[max(0, index - 2) : index]] == ["\\centerline", "{"]


def _stop(text: str, toks: list[Tok], index: int, more: Collection[str]) -> tuple[int, bool]:
    """Return where the mathematics that begins at `index` ends, and whether it is displayed."""
    word = toks[index].text
    name = environment(toks, index) if word == "\\begin" else ""
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
        return stop, set_as_display(toks[index:stop], more)
    if word == "\\ensuremath" or name == "math":
        stop = _end(toks, index, name) if name else _closing(toks, index + 1)
        return stop, set_as_display(toks[index:stop], more)
    return index, False


def opened(body: str, more: Collection[str] = ()) -> str:
    """Return the display that a macro's body opens, or an empty string."""
    toks = tokens(body)
    for index, tok in enumerate(toks):
        name = environment(toks, index) if tok.text == "\\begin" else ""
        if name in DISPLAYS | MORE_DISPLAYS or name in more or tok.text in more:
            return name or tok.text
        if tok.text in ("\\[", "\\displaystyle") or _twice(toks, index):
            return tok.text
    return ""


def _twice(toks: list[Tok], index: int) -> bool:
    return toks[index].text == "$" and index + 1 < len(toks) and toks[index + 1].text == "$"


def _paragraph(text: str, toks: list[Tok], index: int) -> int:
    """Return the index of the first token after the paragraph: no display goes on beyond a blank line."""
    blank = _PARAGRAPH.search(text, toks[index].start)
    return next((k for k in range(index, len(toks)) if blank and toks[k].start >= blank.end()), len(toks))


def _closing(toks: list[Tok], index: int) -> int:
    try:
        return group(toks, index) if index < len(toks) and toks[index].text == "{" else index
    except Unreadable:
        return len(toks)


def _end(toks: list[Tok], index: int, name: str) -> int:
    """Return the index of the \\end of the environment that begins at `index`."""
    for stop in range(index + 1, len(toks)):
        if toks[stop].text == "\\end" and environment(toks, stop) == name:
            return stop
    return len(toks)


def _next(toks: list[Tok], index: int, word: str) -> int:
    return next((stop for stop in range(index, len(toks)) if toks[stop].text == word), len(toks))
