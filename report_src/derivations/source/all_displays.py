r"""Where a LaTeX file displays mathematics, and the displays outside of its derivations, section by section.

A section declares in its text, in comments `% declare $x \in \mathbb{R}$`, or in a file of declarations
that is read before each section.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace as copy_with

from report_src.derivations.source.document import (
    Derivation,
    derivations,
    note_conventions,
    note_ends,
    piece,
    redefinition_rows,
    set_as_display,
)
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.lines import alone
from report_src.derivations.source.macros import Macro, expanded, macros_of
from report_src.derivations.source.rows import Row, connected
from report_src.derivations.source.tags_and_comments import blanked, masked
from report_src.derivations.source.tokens import BLANK_LINE, Tok, closed, environment, group, tokens
from report_src.derivations.source.vocabulary import (
    APART,
    DISPLAYS,
    MORE_DISPLAYS,
    RELATIONS,
    TEXT,
    UNREAD_RELATIONS,
)

_DECLARED = re.compile(r"^([ \t]*)%([ \t]*declare\b:?)(.*)\n", re.MULTILINE)
_SECTION = re.compile(r"\\(?:part|chapter|(?:sub)*section)\*?\s*(?:\[[^\]]*\]\s*)?\{([^{}]*)\}")
_OPENS = frozenset({"$", "\\(", "\\["})
# boxes that take a line of their own
_BOX = re.compile(r"\\(?:(?:center|left|right)line|(?:make|frame)box\s*(?:\[[^\]]*\]\s*)+)\s*\{\s*\Z")
_SIGNS = frozenset({*RELATIONS, *UNREAD_RELATIONS}) - {":"}


def everything(text: str, stated: int, inputs: Sequence[str] = ()) -> Iterator[Derivation]:
    """Yield the derivations of a text, then each section that displays something outside of them.

    From the offset `stated` on, the text is a file of declarations. `inputs` are the texts that the file inputs.
    """
    yield from derivations(text[:stated], inputs)
    readable = _readable(text)
    for found in derivations(text[:stated]):
        readable = blanked(readable, found.start, found.end)
    toks = tokens(readable)
    macros = macros_of(readable, [masked(other) for other in inputs])
    given = list(_rows(readable, toks, stated, len(text), macros))
    changed = redefinition_rows(text[:stated], inputs)
    heads = [(found.start(), found[1]) for found in _SECTION.finditer(readable, 0, stated)]
    starts = [(0, ""), *heads]
    for (start, title), stop in zip(starts, [*(place for place, _ in heads), stated], strict=True):
        rows = list(_rows(readable, toks, start, stop, macros))
        if any(not row.inline for row in rows):
            copies = [copy_with(row, segments=list(row.segments)) for row in given]
            note_ends(readable, rows, (start, stop))
            rows = [*changed, *connected([*copies, *rows])]
            section = Derivation(" ".join(title.split()), start, stop, rows)
            note_conventions(section, readable[start:stop])
            yield section


def _readable(text: str) -> str:
    """Return a masked text with the comments that declare as sentences; every offset is kept."""
    return masked(_DECLARED.sub(lambda found: f"{found[1]}\f{'Let':<{len(found[2])}}{found[3]}\f", text))


def _rows(text: str, toks: list[Tok], start: int, stop: int, macros: dict[str, Macro]) -> Iterator[Row]:
    """Yield the displays and the inline mathematics between two offsets; mathematics of the text may say anything.

    A display that is not read is a row with a problem.
    """
    shown = dict(displays(text, ()))
    try:
        toks = expanded([tok for tok in toks if start <= tok.start < stop], macros)
    except Unreadable as problem:
        yield Row(problem.start, problem.end, inline=False, problem=problem)
        return
    index = 0
    while index < len(toks):
        tok = toks[index]
        end = shown.get(tok.start)
        if tok.text not in _OPENS and end is None:
            index += 1
            continue
        try:
            rows, index = piece(text, toks, index)
        except Unreadable as problem:
            rows = [Row(tok.start, tok.end, inline=False, problem=_unread(tok, problem))]
            index = next((k for k in range(index, len(toks)) if toks[k].start >= (end or tok.end)), len(toks))
        yield from (row for row in rows if not (row.inline and row.problem and not row.assumed))


def _unread(tok: Tok, problem: Unreadable) -> Unreadable:
    """Return why a display is not read."""
    known = tok.text in _OPENS or tok.text == "\\begin"
    return problem if known else Unreadable(f"what {tok.text} displays is not read", tok.start, tok.end, "use \\[ \\]")


def displays(text: str, checked: Collection[tuple[int, int]], more: Collection[str] = ()) -> list[tuple[int, int]]:
    """Return the spans of displayed mathematics outside the spans that were `checked`.

    `more` names the macros that make displays. A formula in the middle of a line of its own is one as well.
    """
    toks, spans, index = tokens(masked(text)), [], 0
    ends = dict(checked)
    centred, lonely = 0, alone(masked(text))
    while index < len(toks):
        tok = toks[index]
        if ends.get(tok.start, tok.start) > tok.start:
            index = next((k for k in range(index, len(toks)) if toks[k].start >= ends[tok.start]), len(toks))
            continue
        if tok.text in ("\\begin", "\\end") and environment(toks, index) in APART:
            centred += 1 if tok.text == "\\begin" else -1
        stop, displayed = _stop(text, toks, index, more)
        if not displayed and stop > index:
            displayed = centred > 0 or tok.start in lonely or bool(_BOX.search(text, max(0, tok.start - 80), tok.start))
        if displayed:
            end = toks[stop].start if stop < len(toks) else len(text)
            spans.append((tok.start, end))
        index = stop + 1
    return spans


def _stop(text: str, toks: list[Tok], index: int, more: Collection[str]) -> tuple[int, bool]:
    """Return where the mathematics that begins at `index` ends, and whether it is displayed."""
    word = toks[index].text
    name = environment(toks, index) if word == "\\begin" else ""
    if name and (name in DISPLAYS | MORE_DISPLAYS or name in more or _holds_relation(toks, index, name)):
        return _end(toks, index, name), True
    if word == "\\[":
        return _next(toks, index + 1, "\\]"), True
    if _twice(toks, index):
        return _next(toks, index + 2, "$") + 1, True
    if word in more:
        return _paragraph(text, toks, index), True
    if word in ("$", "\\("):
        stop = closed(text, toks, index, "$" if word == "$" else "\\)") or index
        return stop, set_as_display(toks[index:stop], more)
    if word == "\\ensuremath" or name == "math":
        stop = _end(toks, index, name) if name else _closing(toks, index + 1)
        return stop, set_as_display(toks[index:stop], more)
    return index, False


def _holds_relation(toks: list[Tok], index: int, name: str) -> bool:
    """Tell whether an environment that is not known as text has a relation of its own, outside of other mathematics."""
    stop = _end(toks, index, name)
    if name in TEXT or stop == len(toks):
        return False
    at, closing = index + 3 + len(name), {"$": "$", "\\(": "\\)", "\\[": "\\]", "[": "]", "{": "}"}
    while at < stop:
        word = toks[at].text
        if word in _SIGNS:
            return True
        if word == "\\begin" and (other := environment(toks, at)):
            at = _end(toks, at, other)
        elif word in closing:
            close = _closing(toks, at) if word == "{" else _next(toks, at + 1, closing[word])
            at = close if close < stop else at
        at += 1
    return False


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
    blank = BLANK_LINE.search(text, toks[index].start)
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
