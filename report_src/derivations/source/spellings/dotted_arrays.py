r"""Vectors and matrices with dots, written with an index for each direction in which they go on.

\begin{bmatrix} x_1 \\ \vdots \\ x_n \end{bmatrix}        \bigl(\vdots_{i'=1}^{n}(x_{i'})\bigr), a column
[x_1, \dots, x_n], \begin{bmatrix} x_1 & \cdots & x_n \end{bmatrix}   \bigl(\hdots_{i'=1}^{n}(x_{i'})\bigr), a row
(x_1, \dots, x_n), (x_1, \dots, x_n)^\top                 the column
a matrix with dots in both directions                     \vdots of \hdots
\lambda_1 and \lambda_n on a diagonal with \ddots         \operatorname{diag}(\vdots_{i'=1}^{n}(\lambda_{i'}))
"""

from __future__ import annotations

from report_src.derivations.source.spellings.patterns import free_index, series, units
from report_src.derivations.source.tokens import Tok, environment, group
from report_src.derivations.source.vocabulary import DOTS, RELATIONS

DOWN, ALONG = "\\vdots", "\\hdots"  # the signs of an array that goes on down, and along a row
_ALL = DOTS | {"\\vdots", "\\ddots"}
_TURNS = frozenset({"\\top", "T", "\\intercal"})
_OPEN = {"(": ")", "[": "]"}
Cell = list[Tok]


def dotted_arrays(toks: list[Tok]) -> list[Tok]:
    r"""Return a row whose arrays with dots have an index: (x_1, \dots, x_n)^\top -> (\vdots_{i'=1}^{n}(x_{i'}))."""
    for at, tok in enumerate(toks):
        made = None
        if tok.text == "\\begin" and environment(toks, at) in ("bmatrix", "pmatrix"):
            made = _matrix(toks, at)
        elif tok.text in _OPEN and (at == 0 or toks[at - 1].text in RELATIONS or toks[at - 1].text in _BEFORE):
            made = _list(toks, at)
        if made is not None:
            return dotted_arrays(made)
    return toks


# behind which a bracket holds no arguments of a function
_BEFORE = frozenset({*"0123456789&+-(", "\\left", "\\bigl", "\\Bigl", "\\biggl", "\\big", "\\Big"})


def _matrix(toks: list[Tok], at: int) -> list[Tok] | None:
    """Return a row in which a matrix with dots is written with its indices; None where it has none, or other dots."""
    name = environment(toks, at)
    opened = at + 3 + len(name)
    depth, stop = 1, opened
    while stop < len(toks) and depth:
        depth += (toks[stop].text == "\\begin") - (toks[stop].text == "\\end")
        stop += 1
    inside = toks[opened : stop - 1]
    if depth or not any(tok.text in _ALL for tok in inside):
        return None
    lines = [_split(line, "&") for line in _split(inside, "\\\\")]
    lines = lines[:-1] if lines and lines[-1] == [[]] else lines
    array = _diagonal(lines, toks) or _lines(lines, toks)
    if array is None:
        return None
    start, end = (toks[at].start, toks[at].start), (toks[stop - 1].end, toks[stop - 1].end)
    return [*toks[:at], Tok("(", *start), *array, Tok(")", *end), *toks[stop + 2 + len(name) :]]


def _lines(lines: list[list[Cell]], toks: list[Tok]) -> list[Tok] | None:
    """Return the tokens of a matrix whose lines go on along, down or both."""
    made: list[Cell] = []
    down = -1
    for number, line in enumerate(lines):
        if line[0] and line[0][0].text == "\\vdots":
            if down >= 0 or any(tok.text not in _ALL for cell in line for tok in cell):
                return None
            down = number
            continue
        along = next(
            (place for place, cell in enumerate(line) if [tok.text for tok in cell][:1] and cell[0].text in DOTS), -1
        )
        if along < 0 and len(line) > 1:
            return None
        found = line[0] if along < 0 else _going_on(line, along, ALONG, toks)
        if found is None:
            return None
        made.append(found)
    if down < 0:
        return made[0] if len(made) == 1 else None
    return _going_on([*made[:down], [], *made[down:]], down, DOWN, [*toks, *made[0]])


def _going_on(cells: list[Cell], dots: int, sign: str, toks: list[Tok]) -> list[Tok] | None:
    """Return the tokens of cells that go on from the first ones, over the dots, to the last one."""
    if dots < 1 or dots != len(cells) - 2 or not all(cells[:dots]) or not cells[-1]:
        return None
    found = series([units(cell) for cell in (*cells[:dots], cells[-1])], free_index(toks))
    if found is None:
        return None
    limits, body = found
    place = (cells[0][0].start, cells[0][0].start)
    return [*(Tok(text, *place) for text in (sign, *limits, "(")), *body, Tok(")", *place)]


def _diagonal(lines: list[list[Cell]], toks: list[Tok]) -> list[Tok] | None:
    r"""Return the tokens of a matrix with entries on its diagonal, \ddots between them, and 0 or nothing elsewhere."""
    size = len(lines)
    texts = [["".join(tok.text for tok in cell) for cell in line] for line in lines]
    if size < 3 or any(len(line) != size for line in texts) or texts[size - 2][size - 2] != "\\ddots":
        return None
    others = {texts[row][column] for row in range(size) for column in range(size) if row != column}
    if not others <= {"", "0"}:
        return None
    found = _going_on([lines[place][place] for place in range(size)], size - 2, DOWN, toks)
    place = (toks[0].start, toks[0].start)
    named = [Tok(text, *place) for text in ("\\operatorname", "{", *"diag", "}", "(")]
    return None if found is None else [*named, *found, Tok(")", *place)]


def _list(toks: list[Tok], at: int) -> list[Tok] | None:
    r"""Return a row in which a list in brackets, (x_1, \dots, x_n)^\top, is written as an array; None for others."""
    depth, stop = 0, at
    for stop in range(at, len(toks)):
        depth += (toks[stop].text in ("(", "[", "{")) - (toks[stop].text in (")", "]", "}"))
        if depth == 0:
            break
    sized = at > 0 and toks[at - 1].text not in RELATIONS and toks[at - 1].text[0] == "\\"
    inside = toks[at + 1 : stop - (sized and toks[stop - 1].text[0] == "\\")]
    if depth or toks[stop].text != _OPEN[toks[at].text]:
        return None
    cells = _split(inside, ",")
    dots = next((place for place, cell in enumerate(cells) if len(cell) == 1 and cell[0].text in DOTS), -1)
    column = toks[at].text == "(" and not _turned(toks, stop + 1)
    found = _going_on(cells, dots, DOWN if column else ALONG, toks)
    return None if found is None else [*toks[: at + 1], *found, *toks[at + 1 + len(inside) :]]


def _turned(toks: list[Tok], at: int) -> bool:
    r"""Tell whether a transpose begins at a place, ^\top or ^{T}."""
    if at + 1 >= len(toks) or toks[at].text != "^":
        return False
    last = group(toks, at + 1) if toks[at + 1].text == "{" else at + 1
    said = [tok.text for tok in toks[at + 1 : last + 1] if tok.text not in "{}"]
    return len(said) == 1 and said[0] in _TURNS


def _split(toks: list[Tok], sign: str) -> list[Cell]:
    """Return the parts of some tokens between a sign outside of all brackets and environments."""
    found: list[Cell] = [[]]
    depth = 0
    for tok in toks:
        depth += (tok.text in ("{", "(", "[", "\\begin")) - (tok.text in ("}", ")", "]", "\\end"))
        if tok.text == sign and depth == 0:
            found.append([])
        else:
            found[-1].append(tok)
    return found
