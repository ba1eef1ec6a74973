"""What a row prints when it is written out again from the tree that was read, with the brackets that the tree needs.

The tree keeps the brackets that were typed. Where it needs one that was not typed, or a \\cdot between two numbers,
the printed form has it, and so differs from the row: the row was read as something that it does not print.
"""

from __future__ import annotations

from typing import Any

from report_src.derivations.printing.typed import Atom

_SIGNS = {
    "ODOT": "\\odot", "CDOT": "\\cdot", "SLASH": "/", "NABLA": "\\nabla",
    "REALS": "double R", "DOTS": "\\dots", "TOP": "\\top",
}  # fmt: skip
_RELATIONS = {
    "!=": "\\ne",
    "<=": "\\le",
    ">=": "\\ge",
    "in": "\\in",
    "to": "\\to",
    "required": "=!",
    "succ": "\\succ",
    "succeq": "\\succeq",
    "≈": "\\approx",
}
_CLOSES = {"(": ")", "[": "]", "\\{": "\\}"}
_ROW_ENDS = frozenset("0123456789")
_BOXES = frozenset({"\\boxed", "\\underbrace", "\\overbrace"})


def printed(statement: Any) -> list[Atom]:
    """Return what a parsed statement prints."""
    row: list[Atom] = []
    relations = list(statement.relations)
    for position, side in enumerate(statement.sides):
        if position or statement.continues:
            row.append(_relation(relations.pop(0).sign))
        row.extend(_side(side))
    return row


def _relation(sign: str) -> Atom:
    return Atom(_RELATIONS.get(sign, sign))


def _side(side: Any) -> list[Atom]:
    row: list[Atom] = []
    for position, item in enumerate(side.items):
        row.extend([Atom(",")] if position else [])
        row.extend(_expression(item) if item.kind == "expr" else _item(item))
    return row


def _expression(expr: Any) -> list[Atom]:
    row: list[Atom] = []
    for position, (sign, term) in enumerate(expr.items):
        if position or sign == "-" or expr.meaning[0] >= 0:
            row.append(Atom(sign))
        row.extend(_term(term, added=sign == "+"))
    return row


def _term(term: Any, *, added: bool) -> list[Atom]:
    row: list[Atom] = []
    for position, item in enumerate(term.items):
        piece = _item(item, whole_term=len(term.items) == 1 and added)
        if position and _collide(row, piece):
            row.append(Atom("\\cdot"))
        row.extend(piece)
    return row


def _collide(row: list[Atom], piece: list[Atom]) -> bool:
    """Tell whether two factors print as one number: 2 and 5, or 2 and a half."""
    last, first = _unboxed(row, -1), _unboxed(piece, 0)
    if last is None or last.glyph not in _ROW_ENDS or last.below or first is None:
        return False
    digits = [atom.glyph in _ROW_ENDS for part in first.parts for atom in part]
    return first.glyph in _ROW_ENDS or (first.glyph == "\\frac" and bool(digits) and all(digits))


def _unboxed(row: list[Atom] | tuple[Atom, ...], place: int) -> Atom | None:
    """Return the first or last atom of a row, seen through boxes and braces."""
    while row and row[place].glyph in _BOXES:
        row = row[place].parts[0]
    return row[place] if row else None


def _item(item: Any, *, whole_term: bool = False) -> list[Atom]:
    """Return what one factor prints; `whole_term` where it is a whole term that is added."""
    if item.kind == "scripted":
        row = _item(item.items[0])
        for script in item.items[1:]:
            _scripted(row, script)
        return row
    if item.kind == "NUM":
        return [Atom(letter) for letter in item.meaning.typed]
    if item.kind == "NAME":
        letter = item.meaning.letter
        glyph = letter if len(letter) == 1 else "\\" + letter
        accent = item.meaning.accent
        return [Atom("\\" + accent, ((Atom(glyph),),))] if accent else [Atom(glyph)]
    if item.kind == "TEXT":
        return [_word(str(item.meaning))]
    if item.kind == "OP":
        return [Atom(str(item.meaning.typed))]
    if item.kind in ("SUM", "TIMES") or (item.kind == "ODOT" and item.meaning == "\\otimes"):
        return [Atom(item.meaning)]
    if item.kind == "PARTIAL":
        return [Atom("upright d" if item.meaning == "d" else "\\partial")]
    if item.kind == "ONES":
        return [Atom(f"bold {item.meaning}")]
    if item.kind == "BITS":
        return [Atom(glyph) for glyph in ("\\{", *item.meaning, "\\}")]
    if item.kind == "REALS" and item.meaning:
        return [Atom("double R", (), (Atom(">" if item.meaning == "positive" else "\\ge"), Atom("0")))]
    if item.kind in _SIGNS:
        return [Atom(_SIGNS[item.kind])]
    return _built(item, whole_term)


def _word(word: str) -> Atom:
    return Atom(word if len(word) > 1 and word.replace("-", "").replace(" ", "").isalpha() else f"upright {word}")


def _cases(item: Any) -> list[Atom]:
    parts = [_expression(part) for part in item.items]
    cells: list[tuple[Atom, ...]] = []
    for comma, words, tail, signs in item.meaning:
        cells.append((*parts.pop(0), *map(Atom, comma)))
        condition = parts.pop(0) if signs else []
        for sign in signs:
            condition = [*condition, _relation(sign), *parts.pop(0)]
        cells.append((*([_word(words)] if words else []), *condition, *map(Atom, tail)))
    return [Atom(f"cases {','.join('2' for _ in item.meaning)}", tuple(cells))]


def _built(item: Any, whole_term: bool) -> list[Atom]:
    inner = [_expression(part) for part in item.items if getattr(part, "kind", "") == "expr"]
    if item.kind == "paren":
        opened = str(item.meaning)
        return [Atom(opened), *_commas(inner), Atom(_CLOSES[opened])]
    if item.kind == "finite":
        return [Atom("\\{"), *_commas(inner), Atom("\\}")]
    if item.kind == "absolute":
        return [Atom("|"), *inner[0], Atom("|")]
    if item.kind == "norm":
        first, last = ([Atom("|"), Atom("|")] if mark == "|" else [Atom("‖")] for mark in item.meaning)
        return [*first, *inner[0], *last]
    if item.kind == "inner":
        return [Atom("\\langle"), *inner[0], Atom(","), *inner[1], Atom("\\rangle")]
    if item.kind == "cases":
        return _cases(item)
    if item.kind == "matrix":
        cells = tuple(tuple(_expression(cell)) for line in item.items for cell in line)
        return [Atom(f"{item.meaning} {','.join(str(len(line)) for line in item.items)}", cells)]
    if item.kind == "fraction":
        return [Atom("\\frac", (tuple(inner[0]), tuple(inner[1])))]
    if item.kind == "root":
        return [Atom("\\sqrt", (tuple(inner[0]),))]
    if item.kind == "indicator":
        condition = inner[0]
        for sign, side in zip(item.items[1::2], inner[1:], strict=True):
            condition = [*condition, _relation(sign), *side]
        return _indicator(item, condition)
    if item.kind == "held":
        sign = [_relation(item.meaning)] if item.meaning else []
        below = [atom for place, side in enumerate(item.items[1]) for atom in (*(sign if place else []), *_side(side))]
        return [Atom("null"), *inner[0], Atom("|", (), tuple(below))]
    if item.kind == "boxed":
        signed = len(item.items[0].items) > 1 or inner[0][:1] in ([Atom("+")], [Atom("-")])
        content = [Atom("("), *inner[0], Atom(")")] if signed and not whole_term else inner[0]
        return [Atom(f"\\{item.meaning}", (tuple(content),))]
    return [Atom(f"unknown {item.kind}")]


def _indicator(item: Any, condition: list[Atom]) -> list[Atom]:
    sign, *marks = item.meaning
    if marks[:1] != ["_"]:
        return [Atom(sign), Atom(marks[0]), *condition, Atom(marks[1])]
    braces = [Atom(mark) for mark in marks[1:]]
    return [Atom(sign, (), (*braces[:1], *condition, *braces[1:]))]


def _commas(rows: list[list[Atom]]) -> list[Atom]:
    made: list[Atom] = []
    for position, row in enumerate(rows):
        made.extend([Atom(","), *row] if position else row)
    return made


def _scripted(row: list[Atom], script: Any) -> None:
    base = row[-1]
    if script.mark == "'":
        base.above = (*base.above, Atom("'"))
        return
    inner: list[Atom] = []
    for position, side in enumerate(script.sides):
        inner.extend([_relation(script.relation)] if position else [])
        inner.extend(_side(side))
    if script.mark == "|":
        row.append(Atom("|", (), tuple(inner)))
    elif script.mark == "_":
        base.below = (*base.below, *inner)
    else:
        base.above = (*base.above, *inner)
