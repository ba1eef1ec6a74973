r"""Matrices written out entry by entry, constant arrays, inner products \langle a, b\rangle and norms."""

from __future__ import annotations

from typing import Any

from report_src.derivations.notation import powers
from report_src.derivations.semantics import operators, shapes
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import ONE, SCALAR, Dim, Index
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.names import subscripts, superscript
from report_src.derivations.syntax.parser import Script, Syntax

MAX_SIDE = 12  # most rows or columns of a matrix that is written out


def read_matrix(scope: Scope, base: Syntax) -> Node:
    """Read a bmatrix or pmatrix of numbers; its numbers of rows and columns are fixed."""
    counts = {len(line) for line in base.items}
    if len(counts) != 1:
        raise Unreadable("the rows of this matrix have different lengths", base.start, base.end)
    rows, columns = len(base.items), counts.pop()
    if max(rows, columns) > MAX_SIDE:
        raise Unreadable(f"a matrix has at most {MAX_SIDE} rows and columns", base.start, base.end)
    entries = tuple(scope.reader.expression(cell) for line in base.items for cell in line)
    large = next((entry for entry in entries if not shapes.is_scalar(entry.shape)), None)
    if large is not None:
        message = f"{large} is {shapes.describe(large.shape)}: blocks of a matrix are not read"
        raise Unreadable(message, large.start, large.end)
    shape = (_size(rows), _size(columns))
    return shapes.node("matrix", entries, shape, start=base.start, end=base.end, segment=scope.segment)


def _size(number: int) -> Dim:
    return ONE if number == 1 else Dim(size=number)


def in_its_place(index: Index, body: Node, *, down: bool) -> Node:
    """Return an entry or a line of an array, times the unit vector of its place: the sum over all is the array."""
    beside = body.shape[1] if not down else body.shape[0]
    if not shapes.is_one(beside):
        message = f"{body} is {shapes.describe(body.shape)}: blocks of a matrix are not read"
        raise Unreadable(message, body.start, body.end)
    unit = Node("unit", (), (index.dim, ONE), frozenset({index}), body.start, body.end, body.segment, index)
    return shapes.product([unit, body] if down else [body, shapes.transpose(unit, body.start, body.end)])


def read_inner(scope: Scope, base: Syntax, scripts: tuple[Script, ...]) -> Node:
    r"""Read \langle a, b\rangle of two arrays of the same shape: the sum of the products of their entries."""
    if any(script.mark != "_" or subscripts(script) != ("F",) for script in scripts):
        raise Unreadable("an inner product carries _F only", scripts[0].start, scripts[-1].end)
    left, right = (scope.reader.expression(part) for part in base.items)
    shapes.agree(left, right)
    if scripts and (shapes.is_one(left.shape[0]) or shapes.is_one(left.shape[1])):
        raise Unreadable(f"{left} is {shapes.describe(left.shape)}: _F is written for matrices", base.start, base.end)
    return shapes.node("inner", (left, right), SCALAR, start=base.start, end=base.end)


def read_norm(scope: Scope, base: Syntax, scripts: tuple[Script, ...]) -> Node:
    """Read ‖x‖, ‖x‖_2, ‖W‖_F and their squares."""
    kind, above = "", None
    for script in scripts:
        if script.mark == "_" and subscripts(script) in (("2",), ("F",)):
            kind = (subscripts(script) or ("",))[0]
        elif script.mark == "_" and subscripts(script) == ("1",):
            kind = "1"
        elif script.mark == "^":
            above = script
        else:
            raise Unreadable("a norm carries _1, _2 or _F, and a power", script.start, script.end)
    end = scripts[-1].end if scripts else base.end
    made = shapes.norm(scope.reader.expression(base.items[0]), kind, base.start, end)
    if above is None:
        return made
    if superscript(above) == ("", ("square",)):
        return shapes.square(made, base.start, end)
    return powers.power(scope, made, above.sides[0], base.start, end)


def read_constant_array(scope: Scope, base: Syntax, scripts: tuple[Script, ...]) -> Node:
    """Read \\mathbf 1, \\mathbf 1_m, \\mathbf 0 and their transposes."""
    below = [subscripts(script) for script in scripts if script.mark == "_"]
    if None in below or len(below) > 1:
        raise Unreadable("the subscript of an array of ones or zeros is its dimension", base.start, scripts[-1].end)
    subs = below[0] if below else None
    place: dict[str, Any] = {"start": base.start, "end": base.end, "segment": scope.segment}
    rows = operators.sized(scope.table, subs, base)
    if base.meaning == 1:
        made = shapes.ones("ones", rows, ONE, **place)
    else:
        made = shapes.ones("zeros", rows, ONE if subs else Dim(), **place)
    return scope.reader.with_scripts(made, tuple(script for script in scripts if script.mark != "_"))
