"""What the rows of a derivation declare, and what the text takes back of it: before its statements are parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.rows import Row
from report_src.derivations.source.segments import Segment
from report_src.derivations.words.assumption_ends import ending
from report_src.derivations.words.assumptions import Zeroed, joins, zeroed
from report_src.derivations.words.declarations import NUMBER, taken_back
from report_src.derivations.words.sentences import HALF, REAL_SPACE, inside


def settled(rows: list[Row]) -> list[Row]:
    """Return the rows with each name declared once, parts of arrays first, and functions that have a formula."""
    return _with_formulas(_said_once(_parts_first(rows)))


def _parts_first(rows: list[Row]) -> list[Row]:
    """Return the rows with the names of a matrix's rows before the first display, where the matrix is declared."""
    first = next((number for number, row in enumerate(rows) if not row.inline), len(rows))
    declared = {*_names_left(rows[:first], "in"), "I"}
    return [*rows[:first], *sorted(rows[first:], key=lambda row: row.part_of not in declared)]


def taken_naturals(rows: list[Row]) -> Iterator[str]:
    r"""Yield the letters that inline statements declare as natural numbers, n \in \mathbb{N}, and drop these."""
    for row in (row for row in rows if row.inline):
        for segment in row.segments if not (row.doubted or row.problem) else ():
            found = _NATURAL.fullmatch(segment.text)
            yield from re.findall(r"[A-Za-z]", found[1]) if found else ()
        row.segments = [segment for segment in row.segments if not _NATURAL.fullmatch(segment.text)]


_NATURAL = re.compile(
    r"\s*([A-Za-z](?:\s*,\s*[A-Za-z])*)\s*\\in\s*\\mathbb\s*\{?\s*(?:N\s*\}?(?:\s*\^\s*\{?\s*[+*]\s*\}?)?|Z\s*\}?\s*\^\s*\{?\s*\+\s*\}?"
    r"|[NZ]\s*\}?\s*_\s*\{\s*(?:>\s*0|\\geq?\s*1)\s*\})\s*"
)


def _with_formulas(rows: list[Row]) -> list[Row]:
    r"""Return the rows where a function that has a formula is declared by its argument.

    f : \mathbb{R}^n \to \mathbb{R} beside f(x) := x^\top x -> x \in \mathbb{R}^n, unless x is declared, and
    f(x) := x^\top x \in \mathbb{R}
    """
    known = set(_names_left(rows, "in", ":=", ">", ">="))
    for row in rows:
        for segment in [one for one in row.segments if one.relations == (":", "to")]:
            name, spaces = _COLON.split(segment.text, maxsplit=1)
            domain, codomain = _TO.split(spaces)
            header = re.compile(rf"(?:\s|\\[ ,;:])*{re.escape(name.strip())}\s*\(([^()]*)\)\s*(?::=|\\coloneqq|=)")
            formula = next((one for one in _definitions(rows) if header.match(one.text)), None)
            found = header.match(formula.text) if formula else None
            arguments = [argument.strip() for argument in found[1].split(",")] if found else []
            spaces_of = [space.strip() for space in _PRODUCT.split(domain)]
            whole = all(REAL_SPACE.fullmatch(space) for space in (*spaces_of, codomain))
            if formula is None or len(arguments) != len(spaces_of) or not whole:
                continue
            formula.text, formula.relations = f"{formula.text} \\in {codomain.strip()}", (*formula.relations, "in")
            row.segments = [one for one in row.segments if one is not segment] + [
                Segment(f"{argument} \\in {space}", [(0, segment.locate(0))], ("in",))
                for argument, space in zip(arguments, spaces_of, strict=True)
                if argument not in known
            ]
            known.update(arguments)
    return rows


def _definitions(rows: list[Row]) -> Iterator[Segment]:
    """Yield the statements that define, by their sign or by the words around them."""
    for row in rows:
        for segment in row.segments:
            if segment.relations in ((":=",), ("=",) if row.defines else (":=",)):
                yield segment


_COLON = re.compile(r":|\\colon(?![A-Za-z])")
_TO = re.compile(r"\\(?:to|rightarrow)(?![A-Za-z])")
_PRODUCT = re.compile(r"\\times\s*(?=\\mathbb|\\R(?![A-Za-z]))")


def _said_once(rows: list[Row]) -> list[Row]:
    """Return the rows without the declarations in words of what mathematics declares or defines."""
    known = set(_names_left([row for row in rows if not row.in_words], "in", ":=", ":", ">", ">="))
    known.update(_names_left([row for row in rows if row.defines], "="))
    return [row for row in rows if not (row.in_words and known.intersection(_names_left([row], "in")))]


def _names_left(rows: list[Row], *signs: str) -> Iterator[str]:
    """Yield the names on the left of the statements whose first relation is one of some."""
    for segment in (segment for row in rows for segment in row.segments if segment.relations[:1]):
        if segment.relations[0] in signs:
            yield from (name.strip() for name in _RELATION.split(segment.text, maxsplit=1)[0].split(","))


_RELATION = re.compile(r"\\in(?![A-Za-z])|:|=|\\coloneqq|>|\\geq?(?![A-Za-z])")


def refuse_taken_back(text: str, rows: list[Row], span: tuple[int, int]) -> None:
    """Refuse a declaration as positive, or as zero or more, that the text takes back elsewhere."""
    for row in rows:
        for name in _half_line_names(row):
            if row.problem is None and (said := taken_back(text, name, row.display, span)):
                message = f"{name} is declared with a bound, and '{said}' in the text takes that back"
                row.problem, row.segments = Unreadable(message, row.start, row.end, _PLAIN_SET), []


def leave_sizes_of_cases(text: str, rows: list[Row], shown: list[int]) -> None:
    """Leave a size that is a number as a remark where words may end that: it is one case alone."""
    for row in (row for row in rows if row.announced and row.segments and NUMBER.search(row.segments[0].text)):
        if any(ending(text, row.display, place) for place in shown if place > row.display):
            row.announced = False


def _half_line_names(row: Row) -> list[str]:
    r"""Return the names that an inline row declares as positive, or as zero or more: c > 0, c \in \mathbb{R}_{>0}."""
    if not row.inline or len(row.segments) != 1 or row.assumed:
        return []
    said = row.segments[0].text
    half = re.search(r"(?:>|\\geq?(?![A-Za-z]))\s*0\s*$", said) and row.restricts
    return list(_names_left([row], ">", ">=", "in")) if half or HALF.search(said) else []


_PLAIN_SET = "declare it for all of the derivation, and write the other case with another name"


def with_zeroed(text: str, rows: list[Row]) -> list[Row]:
    """Return the rows with the derivatives of a display that the words behind it set to zero, as assumptions.

    `\\[ \\nabla_w J = Xw - y \\]` Setting the gradient to zero gives -> `\\nabla_w J = 0`, above the next display
    """
    made: list[Row] = []
    for row in rows:
        last = made[-1].display if made else -1
        if not row.inline and row.display != last and (found := zeroed(text, row.display)):
            above = max((one.display for one in made if not one.inline), default=-1)
            heads = _heads(found, [one for one in made if one.display == above])
            for head in heads if len(heads) == 1 or found.several else ():
                segment = Segment(f"{head} = 0", [(0, found.start)], ("=",))
                place = found.start
                made.append(Row(place, found.end, True, [segment], assumed=True, display=place, in_passing=True))
        made.append(row)
    return made


def _heads(found: Zeroed, above: list[Row]) -> list[str]:
    """Return the first derivatives that words set to zero: one that they write, or those on the left in a display."""
    if found.shown:
        return [inside(found.shown)]
    parts = [segment for row in above for segment in row.segments if segment.relations[:1] in (("=",), (":=",))]
    lefts = [left for one in parts if (left := _RELATION.split(one.text, maxsplit=1)[0].strip())]
    lefts = lefts[-1:] if found.last and not found.several else lefts
    first = [(left, of) for left in lefts if (of := _FIRST_DERIVATIVE.fullmatch(left))]
    return [left for left, of in first if found.of in ("", (of[1] or of[2]).strip("{ }"))]


_ARGUMENT = r"(?:\([^()=]*\))?"
_FIRST_DERIVATIVE = re.compile(
    rf"\\[dt]?frac\s*\{{\s*(?:\\partial|(?:\\mathrm\s*\{{?d\}}?|d\b))\s*([^{{}}^+-]*(?:\{{[^{{}}]*\}})?){_ARGUMENT}\s*\}}"
    r"\s*\{[^{}^+-]*(?:\{[^{}]*\}[^{}+-]*)?(?:\^\{[^{}]*\}[^{}+-]*)?\}"
    rf"|\\nabla\s*(?:_\s*(?:\{{(?:[^{{}}]|\{{[^{{}}]*\}})*\}}|\\?[A-Za-z]+))?\s*([^{{}}^+=\s(-]*(?:\{{[^{{}}]*\}})?)\s*{_ARGUMENT}"
)


def end_in_passing(text: str, rows: list[Row]) -> None:
    """End what words set to zero where a display does not go on from the one that they lead to."""
    for number, stated in enumerate(rows):
        if not stated.in_passing:
            continue
        shown = list(dict.fromkeys(row.display for row in rows[number + 1 :] if not row.inline))
        goes_on = len(list(takewhile(lambda place: joins(text, place), shown[1:]))) + 1
        for row in rows[number + 1 :]:
            if row.display in shown[goes_on:] or (row.inline and row.display > shown[goes_on - 1]):
                row.ends = row.ends | {stated.display: "the words that follow"}
