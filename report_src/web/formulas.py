r"""Formulas: displays in rows and cells, numbers inside them, what pandoc's MathML lacks."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator

from report_src.numbers.printed_numbers import readable
from report_src.tex.balance import closing_brace
from report_src.web import tree
from report_src.web.tree import Node

ENVIRONMENT = re.compile(r"\s*\\begin\{(\w+)(\*?)\}(?:\{\d+\})?(.*)\\end\{\1\2\}\s*", re.DOTALL)
IN_ROWS = ("align", "alignat", "flalign", "gather", "equation")
PLACE = re.compile(r"\\place\{(\d+)\}")
NUMBER = re.compile(r"\\href\{web:result:([^{}]*)\}\{")
_TOKEN = re.compile(r"\\begin\{\w+\*?\}|\\end\{\w+\*?\}|\\\\(?:\[[^]]*\])?|\\.|[{}&]", re.DOTALL)
_UNNUMBERED = re.compile(r"\\(?:notag|nonumber)\b")
_TAG = re.compile(r"\\tag\*?\{")
_LABEL = re.compile(r"\\label\{([^{}]*)\}")
_TICK = re.compile(r"\\checkedrow(?:\{\})?")
_UNCHECKED = re.compile(r"\\uncheckedrow\{")
_COLOUR = re.compile(r"\\textcolor\{(\w+)\}\{")
_BOLD = re.compile(r"\\mathbf\{([A-Za-z0-9]+)\}")
_POWER = re.compile(r"\^\{?(−?\d+)\}?")
_OPENED, _CLOSED = re.compile(r"\\[bB]igg?l(?![a-z])"), re.compile(r"\\[bB]igg?r(?![a-z])")
_NAMES = r"(\\(?:log|ln|exp|max|min|sup|inf|arg|det|sin|cos|tan|tanh)\b)"
_NAME_BEHIND = re.compile(rf"(?<=[\w)}}])\s*{_NAMES}")  # x \log
_NAME_BEFORE = re.compile(rf"{_NAMES}\s*(?=\w|\\(?!big|Big|left|[,;:!{{]|\W))")  # \log x, \log \vect{x}
_SCRIPT = re.compile(r"\s*[\^_]")
_LEFT = re.compile(r"\\(left|right)(?![A-Za-z])")
COLOURED, UNCOLOURED = "⟦{}⟧", "⟦/⟧"  # in MathML: from here to there in a colour of the preamble's


@dataclasses.dataclass
class Row:
    """One row of a display: its cells, and what is said of it."""

    cells: list[str]
    label: str = ""
    tag: str | None = None  # instead of a number
    numbered: bool = True
    ticked: bool = False  # the checker found it true
    unchecked: str | None = None  # why it was not checked


def rows(tex: str) -> list[Row]:
    """Return the rows of a display; one that is no alignment is a row of one cell."""
    found = ENVIRONMENT.fullmatch(tex)
    if not found or found[1] not in IN_ROWS:
        kept, row = _taken(tex)
        row.cells, row.numbered = [kept], bool(found) and not (found and found[2])
        return [row]
    made = []
    for cells in split(found[3]):
        kept, row = _taken("&".join(cells))
        row.cells = [cell.strip() for line in split(kept) for cell in line]
        row.numbered = row.numbered and not found[2]
        if any(row.cells):
            made.append(row)
    return made


def _taken(tex: str) -> tuple[str, Row]:
    """Return a row without what is said of it, and that."""
    row = Row([])
    if label := _LABEL.search(tex):
        row.label = label[1]
    row.numbered = not _UNNUMBERED.search(tex)
    row.ticked = bool(_TICK.search(tex))
    for command, name in ((_TAG, "tag"), (_UNCHECKED, "unchecked")):
        if found := command.search(tex):
            end = closing_brace(tex, found.end())
            setattr(row, name, readable(tex[found.end() : end]))
            tex = tex[: found.start()] + tex[end + 1 :]
    return _TICK.sub("", _UNNUMBERED.sub("", _LABEL.sub("", tex))), row


def split(tex: str) -> list[list[str]]:
    r"""Return the cells of each row of an alignment: `a &= b \\ c &= d` -> [["a ", "= b "], [" c ", "= d"]]."""
    made: list[list[str]] = [[]]
    depth, before = 0, 0
    for token in _TOKEN.finditer(tex):
        sign = token.group()
        if sign == "{" or sign.startswith(r"\begin"):
            depth += 1
        elif sign == "}" or sign.startswith(r"\end"):
            depth -= 1
        elif not depth and (sign == "&" or sign.startswith("\\\\")):
            made[-1].append(tex[before : token.start()])
            before = token.end()
            if sign != "&":
                made.append([])
    made[-1].append(tex[before:])
    return made


def numbers(tex: str) -> Iterator[tuple[str, str]]:
    r"""Yield the parts of a formula: ("", TeX), and (key, text) of each number in it.

    `\eta = \href{web:result:a.b}{1}` -> ("", "\eta ="), ("a.b", "1"). A number inside a fraction or with an exponent
    stays in its formula, and comes again behind it with the text "".
    """
    before, behind = 0, []
    for found in NUMBER.finditer(tex):
        end = closing_brace(tex, found.end())
        if _apart(tex[: found.start()], tex[end + 1 :]):
            yield from _formula(tex[before : found.start()])
            yield found[1], tex[found.end() : end]
            before = end + 1
        else:
            behind.append(found[1])
    yield from _formula(tex[before:])
    yield from ((key, "") for key in behind)


def _formula(tex: str) -> Iterator[tuple[str, str]]:
    """Yield what lies between two numbers, if anything does."""
    pieces, before = [], 0
    for found in NUMBER.finditer(tex):
        end = closing_brace(tex, found.end())
        pieces += [tex[before : found.start()], "{", tex[found.end() : end], "}"]
        before = end + 1
    if (whole := "".join([*pieces, tex[before:]])).strip():
        yield "", whole


def _apart(before: str, behind: str) -> bool:
    """Whether a number between these may leave its formula: it is in no group, argument or script."""
    bare = re.sub(r"\\[{}]", "", before)
    sides = [found[1] for found in _LEFT.finditer(before)]
    inside = bare.count("{") - bare.count("}") or sides.count("left") - sides.count("right")
    return not (inside or _SCRIPT.match(behind) or re.search(r"(?:[\^_]|\\(?:[tdc]?frac|sqrt|binom))\s*$", before))


def for_mathml(tex: str) -> str:
    r"""Return TeX that pandoc turns into MathML, with the letters and colours of the PDF.

    pandoc would print `\mathbf{a}` slanted, `\log x` without a space and `\bigr)^2` too small, and it knows no
    `\textcolor` in a formula.
    """
    tex = _BOLD.sub(lambda found: "{" + "".join(map(bold, found[1])) + "}", PLACE.sub("", tex))
    if len(_OPENED.findall(tex)) == len(_CLOSED.findall(tex)):
        tex = _CLOSED.sub(r"\\right", _OPENED.sub(r"\\left", tex))
    tex = _NAME_BEFORE.sub(r"\1\\,", _NAME_BEHIND.sub(r"\\,\1", tex))
    while found := _COLOUR.search(tex):
        end = closing_brace(tex, found.end())
        inner = rf"{{\text{{{COLOURED.format(found[1])}}}{tex[found.end() : end]}\text{{{UNCOLOURED}}}}}"
        tex = tex[: found.start()] + inner + tex[end + 1 :]
    return tex


def bold(character: str) -> str:
    """Return an upright bold letter or digit: "a" -> "𝐚"."""
    if character.isdigit():
        return chr(ord("𝟎") + int(character))
    size = "CAPITAL" if character.isupper() else "SMALL"
    return unicodedata.lookup(f"MATHEMATICAL BOLD {size} {character.upper()}")


def coloured(page: str) -> str:
    r"""Return a page whose MathML has the colours that for_mathml marked."""
    opened = re.sub(r"<mtext[^>]*>⟦(\w+)⟧</mtext>", r'<mrow class="colour-\1">', page)
    return re.sub(r"<mtext[^>]*>⟦/⟧</mtext>", "</mrow>", opened)


def number_text(text: str) -> list[Node]:
    r"""Return a number as it is read in a line: `\ensuremath{-}1.8 \times 10^{-9}` -> −1.8 × 10⁻⁹."""
    made: list[Node] = []
    at, plain = 0, text.replace("-", "−").replace(r"\geq", "≥").replace(r"\ ", " ")
    for power in _POWER.finditer(plain):
        made += [tree.text(_read(plain[at : power.start()])),
                 {"t": "Superscript", "c": [tree.text(power[1])]}]  # fmt: skip
        at = power.end()
    rest = _read(plain[at:])
    return [*made, tree.text(rest)] if rest else made


def _read(text: str) -> str:
    return readable(text).replace(" ", "\u2009")
