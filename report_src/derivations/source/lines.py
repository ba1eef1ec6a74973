"""The lines of a text, and the formulas that no word is beside in theirs."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.tokens import BLANK_LINE, Tok, behind_options, closed, environment, group, tokens
from report_src.derivations.source.vocabulary import APART, DISPLAYS, MORE_DISPLAYS

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
        edge = _behind_edge(toks, index)
        blank = index > 0 and BLANK_LINE.search(text, toks[index - 1].end, tok.start) is not None
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
            glue = "" if index and toks[index - 1].end == tok.start else " "
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
    try:
        return group(toks, index) + 1 if index < len(toks) and toks[index].text == "{" else index
    except Unreadable:
        return len(toks)
