"""The rows of a display as they are printed: breaks, cells, blocks, and what a row goes on from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from report_src.derivations.source.errors import Unjudged, Unreadable
from report_src.derivations.source.segments import Segment, joined_lists, split
from report_src.derivations.source.spellings.ranges import written_ranges
from report_src.derivations.source.spellings.respelled import respelled, stepped_back
from report_src.derivations.source.tags_and_comments import JINJA
from report_src.derivations.source.tokens import Tok, environment, group
from report_src.derivations.source.vocabulary import INSTEAD, RELATIONS, SPACES, UNREAD_RELATIONS

# environments inside a display whose rows are rows of the display
TRANSPARENT = frozenset({"split", "aligned", "alignedat", "gathered"})
MATRICES = frozenset({"bmatrix", "pmatrix", "cases"})  # environments that print an array inside a row
FORBIDDEN = frozenset(
    {"\\input", "\\include", "\\def", "\\edef", "\\gdef", "\\xdef", "\\let", "\\newcommand", "\\renewcommand"}
    | {"\\providecommand", "\\DeclareMathOperator", "\\newenvironment", "\\csname", "\\catcode", "\\write"}
)
MAX_DEPTH = 40  # deepest nesting of brackets that is read; printed formulas stay below ten
# signs with which a row goes on in the expression above
SIGNS = frozenset({"+", "-", "\\odot", "\\circ", "\\otimes", "\\cdot", "\\times", "/"})
MAX_BACK = 4  # most negative spaces in a row: five are as wide as a letter
_BACK = frozenset({"\\!", "\\negthinspace"})
_FORTH = frozenset({"\\ ", "~", "&", "\\enspace"})
_LENGTH = re.compile(
    r"-?(?:[0-9]*\.?[0-9]+(?:em|ex|pt|pc|in|bp|cm|mm|dd|cc|sp|mu)|[0-9.]*\\(?:jot|baselineskip|[a-z]*skip))"
)
_BETWEEN = frozenset({"\\intertext", "\\shortintertext"})
_EMPTY = SPACES | {"{", "}"}
_LAYOUT = SPACES | {"\\quad", "\\qquad", ",", ".", "\\nonumber", "\\notag", "\\displaystyle"}


@dataclass
class Row:
    """A row of a display or a piece of inline mathematics; offsets are those of the file."""

    start: int
    end: int
    inline: bool
    segments: list[Segment] = field(default_factory=list)
    unchecked: str | None = None
    problem: Unreadable | None = None
    display: int = -1  # offset of its display
    relates: bool = False  # whether a row that is refused has a relation: without one it may go on from the row above
    announced: bool = False  # whether the words before inline mathematics announce a declaration: with, let, where, and
    defines: str = ""  # how the words let an equation define a name, Let $z = Wx$: before or behind what uses it
    restricts: bool = False  # whether it may say that a value is positive: "For $x > 0$, …" may be one case of some
    assumed: bool = False  # whether the text states it as an assumption
    in_passing: bool = False  # whether words between two displays state it, for the display that they lead to
    ends: dict[int, str] = field(default_factory=dict)  # by the place of an assumption: words that may have ended it
    in_words: bool = False  # whether words declare its names: "Let $A$ be an $n \\times n$ matrix."
    part_of: str = ""  # the matrix whose rows or columns the text names here
    step: str = ""  # the index t where it defines w_{t+1}, or goes on from a row that does: it is read of w_t
    doubted: str = ""  # a word of the text that leaves open whether it declares: "or", "not"


def _matrix_end(toks: list[Tok], index: int) -> int:
    r"""Return the index behind the \end of the matrix that begins at `index`, or 0."""
    depth = 0
    for at in range(index, len(toks)):
        if toks[at].text in ("\\begin", "\\end") and environment(toks, at) in MATRICES:
            depth += 1 if toks[at].text == "\\begin" else -1
            if depth == 0:
                return at + 3 + len(environment(toks, at))
    return 0


def split_rows(text: str, toks: list[Tok], inline: bool, *, breaks: bool = True, skips: bool = False) -> Iterator[Row]:
    r"""Yield the rows of a display: split at \\ on brace level 0, blocks such as aligned passed through.

    `breaks` is whether \\ breaks the line directly in this display; in an equation it prints nothing.
    `skips` is whether it looks for its [length] behind blanks: eqnarray and arrays do, the displays of amsmath do not.
    """
    toks = _unbraced_block(_unboxed_block(toks))
    system = _is_system(toks)
    row: list[Tok] = []
    blocks: list[_Block] = []
    block: _Block | None = None
    depth, index, step = 0, 0, ""

    def made(block: _Block | None) -> Iterator[Row]:
        nonlocal step
        for one in _row(text, row, inline, block, step):
            step = one.step
            yield one

    while index < len(toks):
        tok = toks[index]
        depth += (tok.text == "{") - (tok.text == "}")
        if tok.text in ("\\begin", "\\end") and depth == 0:
            name = environment(toks, index)
            if system and name == "cases":
                name = "gathered"
            if tok.text == "\\begin" and name in MATRICES and (close := _matrix_end(toks, index)):
                row += toks[index:close]
                index = close
                continue
            try:
                if name not in TRANSPARENT:
                    message = f"the environment '{name}' is not in the language"
                    raise Unreadable(message, tok.start, tok.end, INSTEAD.get(name, ""))
                if tok.text == "\\begin":
                    _may_open(row, block, tok)
                    blocks.append(_Block(name, after_relation=_ends_in_relation(row)))
                    index = _behind_begin(toks, index)
                else:
                    block = blocks.pop() if blocks else None
                    index += 3 + len(environment(toks, index))
            except Unreadable as problem:
                yield Row(tok.start, tok.end, inline, problem=problem, relates=_relates(row))
                return
            continue
        if tok.text == "\\\\" and depth == 0:
            try:
                if not breaks and not blocks:
                    message = "\\\\ does not break the line here: both rows would be printed as one"
                    raise Unreadable(message, tok.start, tok.end, "use align, gather or split")
                index = _after_break(toks, index, skips=skips or system)
            except Unreadable as problem:
                yield Row(tok.start, tok.end, inline, problem=problem, relates=_relates(row))
                return
            yield from made(blocks[-1] if blocks else block)
            row, block = [], None
            continue
        if tok.text in _BETWEEN and depth == 0 and not blocks and any(one.text not in _LAYOUT | {"&"} for one in row):
            yield from made(block)  # words between two rows end the row before them
            row, block = [], None
        if block is not None and tok.text not in _LAYOUT | {"&"}:
            if tok.text not in ("\\text", "\\label", "\\tag", "\\unchecked", "\\Rightarrow"):
                beside = Unreadable("a formula is beside a block of rows", tok.start, tok.end, _OWN)
                yield Row(tok.start, tok.end, inline, problem=beside, relates=_relates(row))
                return
            close = index + 1
            while close < len(toks) and toks[close].text == "{":
                close = group(toks, close) + 1
            row += toks[index:close]
            index = close
            continue
        row.append(tok)
        index += 1
    yield from made(blocks[-1] if blocks else block)


_OWN = "give each block a display of its own"


@dataclass
class _Block:
    """An aligned, split or gathered inside a display, and whether it is the right side of a relation."""

    name: str
    after_relation: bool
    rows: int = 0


def _relates(row: list[Tok]) -> bool:
    return any(tok.text in RELATIONS or tok.text in UNREAD_RELATIONS for tok in row)


def _ends_in_relation(row: list[Tok]) -> bool:
    formula = [tok for tok in row if tok.text not in _LAYOUT | {"&"}]
    return bool(formula) and formula[-1].text in RELATIONS


def _may_open(row: list[Tok], closed: _Block | None, tok: Tok) -> None:
    """Refuse a block beside another block, or behind a formula that no relation ends."""
    if closed is not None:
        raise Unreadable("two blocks of rows are side by side", tok.start, tok.end, _OWN)
    formula = [one for one in row if one.text not in _LAYOUT | {"&"}]
    if formula and not _ends_in_relation(row):
        raise Unreadable("a formula is beside a block of rows", formula[0].start, formula[-1].end, _OWN)


def _behind_begin(toks: list[Tok], index: int) -> int:
    """Return the index behind a \\begin{…} and its arguments: the [t] of a position, the {2} of alignedat."""
    name = environment(toks, index)
    last = toks[min(index + 2 + len(name), len(toks) - 1)]
    index += 3 + len(name)
    if name not in ("split", "cases") and index < len(toks) and toks[index].text == "[":
        place = [tok.text for tok in toks[index : index + 3]]
        if place not in (["[", letter, "]"] for letter in "tbc") or toks[index].start != last.end:
            raise Unreadable(f"{name} takes [t], [c] or [b] here", toks[index].start, hint="put the bracket in braces")
        index += 3
    if name == "alignedat" and index < len(toks) and toks[index].text == "{":
        index = group(toks, index) + 1
    return index


def _after_break(toks: list[Tok], index: int, *, skips: bool) -> int:
    r"""Return the index behind the \\ at `index`, its * and its [length]."""
    end, index = toks[index].end, index + 1
    if index < len(toks) and toks[index].text == "*":
        end, index = toks[index].end, index + 1
    if index < len(toks) and toks[index].text == "[" and (skips or toks[index].start == end):
        stop = next((i for i in range(index, len(toks)) if toks[i].text == "]"), index)
        length = "".join(tok.text for tok in toks[index + 1 : stop])
        if toks[index].start != end or not _LENGTH.fullmatch(length):
            message = "a bracket behind \\\\ is read as a length by TeX"
            raise Unreadable(message, toks[index].start, hint="write \\\\[2pt], or begin the row with {}[")
        return stop + 1
    return index


def _row(text: str, toks: list[Tok], inline: bool, block: _Block | None, step: str = "") -> Iterator[Row]:
    """Yield the row of some tokens, if there are any; `step` is that of the row above."""
    if not toks:
        return
    row = Row(toks[0].start, toks[-1].end, inline)
    try:
        _check_row_tokens(toks)
        toks = _unboxed(_without_end_mark(respelled(written_ranges(text, toks) if inline else toks)))
        toks, row.step = stepped_back(toks, step)
        row.segments, row.unchecked = split(text, toks)
        row.segments = joined_lists(row.segments)
        if block is not None:
            block.rows += 1
            first = row.segments[0].first if row.segments else "="
            if block.after_relation and block.rows > 1 and first not in SIGNS | RELATIONS.keys():
                message = "this row is in a block behind a relation, and does not go on from the row above"
                raise Unreadable(message, row.start, row.end, _OWN)
    except Unreadable as problem:
        row.segments, row.problem = [], problem
        row.relates = _relates(toks)
    yield row


def _without_end_mark(toks: list[Tok]) -> list[Tok]:
    r"""Return a row without the mark at its end that a proof is complete: `\quad \blacksquare`, `\qed`."""
    places = [at for at, tok in enumerate(toks) if tok.text not in _LAYOUT | {"&"}]
    last = toks[places[-1]].text if len(places) > 1 else ""
    gap = toks[places[-2] + 1 : places[-1]] if last else []
    apart = any(tok.text in (r"\quad", r"\qquad", "&", r"\hfill") for tok in gap)
    ends = last in _PROVED or (last in _BOXES and apart)
    return [*toks[: places[-1]], *toks[places[-1] + 1 :]] if ends else toks


_PROVED = frozenset({r"\qed", r"\qedhere", r"\qedsymbol"})
_BOXES = frozenset({r"\square", r"\Box", r"\blacksquare", r"\checkmark"})


def _unboxed_block(toks: list[Tok]) -> list[Tok]:
    r"""Return a display without the \boxed around its block of rows: \boxed{\begin{aligned} … \end{aligned}}."""
    places = [at for at, tok in enumerate(toks) if tok.text not in _LAYOUT]
    opened = [toks[at].text for at in places[:3]] == ["\\boxed", "{", "\\begin"]
    whole = opened and group(toks, places[1]) == places[-1]
    return toks[places[1] + 1 : places[-1]] if whole else toks


def _unbraced_block(toks: list[Tok]) -> list[Tok]:
    r"""Return a display without the brace before its block: \left\{ \begin{aligned} … \end{aligned} \right."""
    places = [at for at, tok in enumerate(toks) if tok.text not in _LAYOUT]
    if [toks[at].text for at in places[:3]] != ["\\left", "\\{", "\\begin"] or toks[places[-1]].text != "\\right":
        return toks
    closed = places[-1] + 1 < len(toks) and toks[places[-1] + 1].text == "."
    return [*toks[places[2] : places[-1]], *toks[places[-1] + 2 :]] if closed else toks


def _is_system(toks: list[Tok]) -> bool:
    r"""Tell whether a display is one brace of equations: \begin{cases} a = b \\ c = d \end{cases}."""
    formula = [tok for tok in toks if tok.text not in _LAYOUT]
    conditions = any(tok.text == "&" for tok in toks)
    if conditions or not formula or formula[0].text != "\\begin" or environment(formula, 0) != "cases":
        return False
    outside = 3 + len("cases")
    inside, closing = formula[outside:-outside], formula[-outside:]
    whole = closing[0].text == "\\end" and all(tok.text not in ("\\begin", "\\end") for tok in inside)
    rows, depth = [False], 0
    for tok in inside:
        depth += (tok.text == "{") - (tok.text == "}")
        if tok.text == "\\\\" and not depth:
            rows.append(False)
        rows[-1] |= not depth and tok.text in RELATIONS
    return whole and all(rows)


def _unboxed(toks: list[Tok]) -> list[Tok]:
    r"""Return a row without the \boxed around its whole statement: \boxed{a = b} says a = b."""
    formula = [tok for tok in toks if tok.text not in _LAYOUT | {"&"}]
    if [tok.text for tok in formula[:2]] != ["\\boxed", "{"] or group(formula, 1) != len(formula) - 1:
        return toks
    inside = formula[2:-1]
    return inside if any(tok.text in RELATIONS for tok in inside) else toks


def _check_row_tokens(toks: list[Tok]) -> None:
    """Refuse Jinja tags, definitions, brackets nested too deep and signs that overprint each other in a row."""
    depth = back = 0
    _check_pairs(toks)
    for tok in toks:
        back = back + 1 if tok.text in _BACK else back if tok.text in _EMPTY - _FORTH else 0
        if back > MAX_BACK:
            raise Unreadable("so many negative spaces print signs over each other", tok.start, tok.end)
        if tok.text in JINJA:
            raise Unreadable("there is a Jinja tag inside a derivation", tok.start, tok.end)
        if tok.text == "\\newline":
            raise Unreadable("\\newline does not end a row of a display", tok.start, tok.end, "write \\\\")
        if tok.text in FORBIDDEN:
            raise Unreadable(f"{tok.text} is not allowed inside a derivation", tok.start, tok.end)
        depth += (tok.text in "{([") - (tok.text in "})]")
        if depth > MAX_DEPTH:
            raise Unreadable(f"brackets are nested more than {MAX_DEPTH} deep", tok.start, tok.end)


_PAIRS = {"}": "{", "\\right": "\\left", "\\end": "\\begin"}


def _check_pairs(toks: list[Tok]) -> None:
    r"""Refuse a \left or \right without its partner in the same group and cell: TeX stops there."""
    open_: list[Tok] = []
    for tok in toks:
        last = open_[-1].text if open_ else ""
        lone = open_[-1] if last == "\\left" and tok.text in ("}", "\\end", "&", "\\\\") else None
        lone = tok if tok.text == "\\right" and last != "\\left" else lone
        if lone is not None:
            break
        if tok.text in _PAIRS.values():
            open_.append(tok)
        elif last and last == _PAIRS.get(tok.text):
            open_.pop()
    else:
        lone = next((tok for tok in open_ if tok.text == "\\left"), None)
    if lone is not None:
        hint = "write both in one group and one cell of the row; \\bigl( and \\bigr) need no partner"
        raise Unreadable(f"{lone.text} has no partner here", lone.start, lone.end, hint)


def connected(rows: list[Row]) -> list[Row]:
    """Return the rows with each left side joined to the relation below it; refuse what goes on from nothing certain."""
    found: list[Row] = []
    for row in rows:
        above = found[-1] if found else None
        if above is not None and _opens(above, row):
            first = above.segments[0].join(row.segments[0])
            joined = Row(above.start, row.end, inline=False, segments=[first, *row.segments[1:]], display=row.display)
            joined.unchecked = row.unchecked
            found[-1] = joined
            continue
        problem = None if row.problem or row.inline else _uncertain(row, found)
        if problem is not None:
            row.segments, row.problem = [], problem
        found.append(row)
    return found


def _opens(above: Row, row: Row) -> bool:
    """Tell whether a left side is on a row of its own, above its relation."""
    alone = len(above.segments) == 1 and not above.segments[0].relations and above.segments[0].first not in SIGNS
    goes_on = bool(row.segments) and row.segments[0].first in RELATIONS
    return alone and goes_on and not above.inline and above.display == row.display and above.unchecked is None


def _uncertain(row: Row, rows: list[Row]) -> Unreadable | None:
    """Return why it is not certain what a row goes on from, or None."""
    for number, segment in enumerate(row.segments):
        start = segment.locate(0)
        if number and segment.first in RELATIONS:
            return Unreadable("this begins with a relation in the middle of a row", start, hint="repeat its left side")
    if not row.segments or row.segments[0].first not in SIGNS | RELATIONS.keys():
        return None
    first = row.segments[0]
    start = first.locate(0)
    same = [other for other in rows if other.display == row.display and (other.segments or other.problem)]
    if first.first in SIGNS and first.relations:
        if not same or first.cell == 0:
            return None
        return Unreadable("this row begins with a sign and has a relation", start, hint=_BREAK)
    between = list(takewhile(lambda other: other.inline, reversed(rows)))
    if any(segment.relations for other in between for segment in other.segments):
        message = "it is not certain what this row goes on from: a formula in the text is between"
        return Unreadable(message, start, hint="repeat the left side")
    above = next((other for other in reversed(rows) if not other.inline), None)
    if above is not None and above.problem is not None:
        return Unjudged("not judged: it goes on from a row that is refused", start)
    stated = next((other for other in reversed(rows) if not other.inline and other.segments), None)
    if stated is not None and stated.step and stated.display != row.display:
        message = "this row goes on from the definition of the next member in another display"
        return Unreadable(message, start, hint="repeat the left side")
    return _misaligned(first, stated, start)


_BREAK = "go on with the expression on a row of its own, and write its relation on the next"


def _may_be_condition(segment: Segment) -> bool:
    """Tell whether a statement behind another one may say where that holds: s > 0, i != j."""
    spaced = {",", "\\quad", "\\qquad"}.issuperset(segment.leads)
    return segment.relations == ("!=",) or (bool(segment.leads) and (segment.condition or (segment.bounds and spaced)))


def _misaligned(first: Segment, above: Row | None, start: int) -> Unreadable | None:
    """Refuse a row that goes on below several statements, unless it is aligned with the last of them."""
    segments = [one for one in above.segments if not (one.aside or _may_be_condition(one))] if above else []
    stated = [segment for segment in segments if segment.cells or segment.relations]
    cell = first.cells[0] if first.cells else first.cell
    if len(stated) < 2:
        other = stated[0].cells[0] if stated and stated[0].cells else 0
        if not (cell and other and cell // 2 != other // 2):
            return None
        message = "this row goes on from another column than the one that the row above is in"
        return Unreadable(message, start, hint="repeat its left side")
    if cell and stated[-1].cells[:1] == (cell,) and all(cell not in other.cells for other in stated[:-1]):
        return None
    message = f"this row goes on from one of the {len(stated)} statements above, and it is not certain from which"
    return Unreadable(message, start, hint="repeat its left side")
