r"""Matrices that are written out, inner products \langle a, b\rangle, determinants, and sets of numbers."""

from __future__ import annotations

from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import ONE, SCALAR, Dim, same
from report_src.derivations.source.errors import ShapeError, Unreadable
from report_src.derivations.syntax.names import subscripts
from report_src.derivations.syntax.parser import Script, Syntax

MAX_SIDE = 12
"""Most rows or columns of a matrix that is written out."""


def matrix(scope: Scope, base: Syntax) -> Node:
    """Read a bmatrix or pmatrix of numbers; its size is a number."""
    counts = {len(line) for line in base.items}
    if len(counts) != 1:
        raise ShapeError("the rows of this matrix have different lengths", base.start, base.end)
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


def inner(scope: Scope, base: Syntax, scripts: tuple[Script, ...]) -> Node:
    r"""Read \langle a, b\rangle of two arrays of one shape: the sum of the products of their entries."""
    if any(script.mark != "_" or subscripts(script) != ("F",) for script in scripts):
        raise Unreadable("an inner product carries _F alone", scripts[0].start, scripts[-1].end)
    left, right = (scope.reader.expression(part) for part in base.items)
    shapes.agree(left, right)
    if scripts and (shapes.is_one(left.shape[0]) or shapes.is_one(left.shape[1])):
        raise ShapeError(f"{left} is {shapes.describe(left.shape)}: _F is written for matrices", base.start, base.end)
    return shapes.node("inner", (left, right), SCALAR, start=base.start, end=base.end)


def determinant(argument: Node, start: int, end: int) -> Node:
    """Return the determinant of a square matrix."""
    if not same(argument.shape[0], argument.shape[1]):
        message = f"det takes a square matrix; {argument} is {shapes.describe(argument.shape)}"
        raise ShapeError(message, argument.start, argument.end)
    return shapes.node("determinant", (argument,), SCALAR, start=start, end=end)
