r"""The displays of a LaTeX file, those outside of its derivations section by section.

A section declares in its text, in comments `% declare $x \in \mathbb{R}$`, or in a file of declarations
that is read before each section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace as copy_with

from report_src.derivations.source.displays import displays
from report_src.derivations.source.document import (
    Derivation,
    derivations,
    note_conventions,
    note_ends,
    piece,
    redefinition_rows,
)
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.macros import Macro, expanded, macros_of
from report_src.derivations.source.rows import Row, connected
from report_src.derivations.source.tags_and_comments import blanked, masked
from report_src.derivations.source.tokens import Tok, tokens

_DECLARED = re.compile(r"^([ \t]*)%([ \t]*declare\b:?)(.*)\n", re.MULTILINE)
_SECTION = re.compile(r"\\(?:part|chapter|(?:sub)*section)\*?\s*(?:\[[^\]]*\]\s*)?\{([^{}]*)\}")
_OPENS = frozenset({"$", "\\(", "\\["})


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
