"""Where a LaTeX file displays mathematics: in displays, and in the middle of a line without a word."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.tags_and_comments import masked
from report_src.derivations.source.tokens import BLANK_LINE, Tok, behind_options, closed, environment, group, tokens
from report_src.derivations.source.vocabulary import (
    APART,
    BLOCKS,
    DISPLAYS,
    MORE_DISPLAYS,
    RELATIONS,
    TEXT,
    UNREAD_RELATIONS,
)

# what prints no word beside a formula: layout, fonts, and commands whose argument is a number or a note
_LAYOUT = (
    frozenset({"{", "}", "~", "\\noindent", "\\smallskip", "\\medskip", "\\bigskip", "\\quad", "\\qquad"})
    | {"\\ ", "\\,", "\\/", "\\@"}
    | {"\\emph", "\\textbf", "\\textit", "\\textrm", "\\textsf", "\\texttt", "\\enquote", "\\ldots", "\\dots"}
    | {"\\-", "\\hfil", "\\hfill", "\\centering", "\\leavevmode", "\\;", "\\:", "\\!", "\\Large", "\\large"}
)
# boxes, which print no word of their own, and how many groups of measures and colours come before what is in them
_BOXES = (
    dict.fromkeys(("\\fbox", "\\framebox", "\\makebox", "\\frame", "\\vbox", "\\hbox", "\\reflectbox"), 0)
    | dict.fromkeys(("\\shadowbox", "\\doublebox", "\\ovalbox", "\\Ovalbox"), 0)
    | dict.fromkeys(("\\parbox", "\\colorbox", "\\raisebox", "\\scalebox", "\\rotatebox", "\\adjustbox"), 1)
    | {"\\fcolorbox": 2, "\\resizebox": 2}
)
_CITED = frozenset({"\\label", "\\ref", "\\cref", "\\Cref", "\\eqref", "\\pageref", "\\cite", "\\footnote"})
# boxes that take a line of their own
_BOX = re.compile(r"\\(?:(?:center|left|right)line|(?:make|frame)box\s*(?:\[[^\]]*\]\s*)+)\s*\{\s*\Z")
_SIGNS = frozenset({*RELATIONS, *UNREAD_RELATIONS}) - {":"}
_NO_WORD = re.compile(r"\([^()\s]{1,4}\)|\band\b")  # a number of a formula, and what joins two
_WORD = re.compile(r"[^\W\d_]{2}")
_POSITIVE = re.compile(r"[$(\\]+\s*\\?[A-Za-z]+(?:_\w)?\s*(?:>|\\geq?)\s*0\s*[$)\\]+")


@functools.lru_cache(maxsize=8)
def alone(text: str) -> frozenset[int]:
    r"""Return the offsets of inline mathematics with no word beside it in its line, or set apart by an environment.

    A line is a paragraph, an item, or what \\\\ ends. Of a list of declarations `$x > 0$` is a part.
    """
    toks, index, apart, line = tokens(text), 0, 0, _Line("")
    found = set[int]()
    while index < len(toks):
        tok = toks[index]
        before = toks[index - 1].end if index else 0
        edge = _behind_edge(toks, index) if tok.text[0] in "\\$" else 0
        blank = 0 < before < tok.start - 1 and BLANK_LINE.search(text, before, tok.start) is not None
        if edge or blank:
            found |= line.alone(text, apart > 0)
            line = _Line("" if tok.text in ("\\begin", "\\end", "\\[", "$") and not blank else "\\mbox")
        if edge and tok.text in ("\\begin", "\\end") and environment(toks, index) in APART:
            apart += 1 if tok.text == "\\begin" else -1
        close = closed(text, toks, index, "$" if tok.text == "$" else "\\)") if tok.text in ("$", "\\(") else None
        if edge:
            index = edge
        elif close is not None:
            line.formulas.append((tok.start, toks[close].end))
            index = close + 1
        elif tok.text in _CITED:
            index = _behind_group(toks, behind_options(toks, index + 1))
        elif tok.text in _BOXES:
            index = _inside_box(toks, index)
        else:
            glue = "" if 0 < before == tok.start else " "
            silent = tok.text in _LAYOUT or tok.text == line.box
            line.said += "" if silent else glue + ("word" if tok.text[0] in "\\&" else tok.text)
            index += 1
    return frozenset(found | line.alone(text, apart=False))


@dataclass
class _Line:
    """A line of text: its formulas, what it says, and the box that says nothing; below a display a box is a word."""

    box: str
    formulas: list[tuple[int, int]] = field(default_factory=list)
    said: str = ""

    def alone(self, text: str, apart: bool) -> set[int]:
        """Return the offsets of the formulas that no word is beside."""
        if not apart and _WORD.search(_NO_WORD.sub(" ", self.said)):
            return set()
        listed = any("\\in" in text[start:end] for start, end in self.formulas)
        return {start for start, end in self.formulas if not (listed and _POSITIVE.fullmatch(text, start, end))}


def _behind_edge(toks: list[Tok], index: int) -> int:
    r"""Return the index behind what ends a line of text at `index`, as \\[1ex] and a display do; 0 for other tokens."""
    word = toks[index].text
    if word in ("\\par", "\\newline", "\\\\", "\\item"):
        return behind_options(toks, index + 1)
    if word == "\\[" or [tok.text for tok in toks[index : index + 2]] == ["$", "$"]:
        last = "\\]" if word == "\\[" else "$"
        return next((at + 1 + (last == "$") for at in range(index + 2, len(toks)) if toks[at].text == last), len(toks))
    name = environment(toks, index) if word in ("\\begin", "\\end") else ""
    if word == "\\begin" and name in DISPLAYS | MORE_DISPLAYS:
        ends = (at for at in range(index + 1, len(toks)) if toks[at].text == "\\end" and environment(toks, at) == name)
        return next(ends, len(toks))
    behind = behind_options(toks, index + 3 + len(name)) if name else 0
    return _behind_group(toks, behind) if name in ("derivation", "minipage") and word == "\\begin" else behind


def _inside_box(toks: list[Tok], index: int) -> int:
    r"""Return where the content of the box at `index` begins: {x} in \fcolorbox{red}{white}{x}, \makebox[5cm][l]{x}."""
    inside = _behind_all_options(toks, index + 1)
    for _ in range(_BOXES[toks[index].text]):
        inside = _behind_all_options(toks, _behind_group(toks, inside))
    return inside


def _behind_all_options(toks: list[Tok], index: int) -> int:
    while (behind := behind_options(toks, index)) > index:
        index = behind
    return index


def _behind_group(toks: list[Tok], index: int) -> int:
    close = _closing(toks, index)
    return min(close + 1, len(toks)) if close > index else index


def set_as_display(toks: list[Tok], more: Collection[str] = ()) -> bool:
    r"""Tell whether inline mathematics is set as a display, by \displaystyle or by a block such as aligned.

    `more` names the macros that stand for one of them.
    """
    if any(tok.text == "\\displaystyle" or tok.text in more for tok in toks):
        return True
    return any(tok.text == "\\begin" and environment(toks, index) in BLOCKS for index, tok in enumerate(toks))


def displays(text: str, checked: Collection[tuple[int, int]], more: Collection[str] = ()) -> list[tuple[int, int]]:
    """Return the spans of displayed mathematics outside the spans that were `checked`.

    `more` names the macros that make displays. A formula in the middle of a line of its own is one as well.
    """
    toks, spans, index = tokens(masked(text)), [], 0
    ends = dict(checked)
    centred, lonely = 0, alone(masked(text))
    while index < len(toks):
        tok = toks[index]
        if tok.text[0] not in "\\$":
            index += 1
            continue
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
