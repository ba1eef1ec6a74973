"""The typing rules: what shape each operation needs and gives, in the author's own letters.

A `Node` is an expression whose shape is known. Dimensions with different letters never agree, a vector is
never broadcast, and only a number literal may be added to an array.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from report_src.derivations.semantics.symbols import SCALAR, Dim, Index, Shape, same
from report_src.derivations.source.errors import ShapeError, Unreadable
from report_src.derivations.source.segments import Segment
from report_src.derivations.syntax.pretty import pretty

NONE: frozenset[Index] = frozenset()


@dataclass(slots=True, eq=False)
class Node:
    """An expression with its shape, the indices it depends on, and its place in a statement."""

    op: str
    args: tuple[Node, ...]
    shape: Shape
    indices: frozenset[Index]
    start: int
    end: int
    segment: Segment
    data: Any = None
    literal: bool = False

    def __str__(self) -> str:
        """Return the expression as a message prints it."""
        return pretty(self.segment.text[self.start : self.end])


def describe(shape: Shape) -> str:
    """Return a shape as a message prints it: m×1, or a scalar."""
    rows, columns = shape
    return "a scalar" if is_scalar(shape) else f"{rows}×{columns}"


def is_one(dim: Dim) -> bool:
    """Tell whether a dimension is 1."""
    return dim.root().size == 1


def is_scalar(shape: Shape) -> bool:
    """Tell whether a shape is 1×1."""
    return is_one(shape[0]) and is_one(shape[1])


def is_vector(shape: Shape) -> bool:
    """Tell whether a shape is a column and no scalar."""
    return is_one(shape[1]) and not is_one(shape[0])


def node(
    op: str, args: tuple[Node, ...], shape: Shape, data: Any = None, like: Node | None = None, **place: Any
) -> Node:
    """Return a node that depends on the indices of its arguments and has their place."""
    indices = frozenset().union(*(arg.indices for arg in args)) if args else NONE
    first = like or args[0]
    last = like or args[-1]
    start, end = place.get("start", first.start), place.get("end", last.end)
    return Node(op, args, shape, indices, start, end, place.get("segment", first.segment), data)


def agree(left: Node, right: Node, hint: str = "", *, added: bool = False) -> None:
    """Make two shapes equal or refuse, with both in the author's letters; `added`: their sum is read."""
    fits = same(left.shape[0], right.shape[0]) and same(left.shape[1], right.shape[1])
    if not fits:
        message = f"{left} is {describe(left.shape)}, {right} is {describe(right.shape)}"
        zero = is_scalar(left.shape) != is_scalar(right.shape) and (is_constant(left) or is_constant(right))
        # 0 for an array of zeros is a spelling that is not read; a row A_{i,:} may be meant as a column
        read_otherwise = zero or _has_a_line(left, right) or (added and _may_spread(left, right))
        kind = Unreadable if read_otherwise else ShapeError
        raise kind(message, right.start, right.end, hint or _shape_hint(left, right))


def _may_spread(*pair: Node) -> bool:
    """Tell whether a sum may be meant with a multiple of the identity, or with a vector in each row or column."""
    for array, other in (pair, pair[::-1]):
        sizes, lengths = ([dim.root() for dim in one.shape if not is_one(dim)] for one in (array, other))
        if not lengths and other.op in ("name", "dimension") and array.shape[0].known():
            return True
        if len(sizes) == 2 and len(lengths) == 1 and lengths[0] in sizes:
            return True
    return False


def _has_a_line(*nodes: Node) -> bool:
    """Tell whether a row or a column of a matrix, A_{i,:}, is a part of some expressions."""
    lines = (node for node in walk(*nodes) if node.op in ("name", "component") and not is_scalar(node.shape))
    return any(node.op == "component" or node.data.components for node in lines)


def is_constant(side: Node) -> bool:
    """Tell whether a side is made of numbers and dimensions: 1/D for an array whose entries are 1/D."""
    return side.literal or side.op == "dimension" or (bool(side.args) and all(is_constant(arg) for arg in side.args))


def _shape_hint(left: Node, right: Node) -> str:
    if is_scalar(left.shape) != is_scalar(right.shape):
        if right.literal or left.literal:
            return "write \\mathbf 0 for an array of zeros; a condition at an optimum is stated in the text"
        return "a scalar is not added to or compared with an array; write \\lambda\\mathbf 1"
    if left.shape[0].root() is right.shape[1].root() and left.shape[1].root() is right.shape[0].root():
        if left.op == "derivative" and is_vector(left.shape):
            return "a gradient has the shape of what it is taken by, here a column: transpose the right side"
        return "one of them must be transposed"
    if left.shape[0].root() is right.shape[0].root() and is_one(left.shape[1]) != is_one(right.shape[1]):
        return "a column is added to each column of a matrix by \\mathbf b\\mathbf 1_N^\\top"
    for matrix, vector in ((left, right), (right, left)):
        if is_one(vector.shape[1]) and not is_one(matrix.shape[1]) and matrix.shape[1].root() is vector.shape[0].root():
            return "a column is added to each row of a matrix by \\mathbf 1_N\\mathbf b^\\top"
        if is_one(vector.shape[0]) and not is_one(matrix.shape[0]) and matrix.shape[1].root() is vector.shape[1].root():
            return "a row is added to each row of a matrix by \\mathbf 1_N\\mathbf b"
    return ""


def add(nodes: list[Node], signs: list[str]) -> Node:
    """Return the sum; number literals may meet arrays, everything else needs equal shapes."""
    arrays = [item for item in nodes if not item.literal]
    vectors = [item for item in arrays if is_one(item.shape[0]) != is_one(item.shape[1])]
    if vectors:  # a number that is added to a vector is added to each of its entries
        arrays = [item for item in arrays if not is_scalar(item.shape)]
    for other in arrays[1:]:
        agree(arrays[0], other, added=True)
    shape = arrays[0].shape if arrays else SCALAR
    made = node("add", tuple(nodes), shape, tuple(signs))
    made.literal = not arrays
    return made


def product(nodes: list[Node], dots: Collection[int] = ()) -> Node:
    r"""Return the matrix product from left to right; a scalar on either side scales.

    `dots` holds the positions of factors behind a \\cdot: two vectors of one shape have their inner product there.
    """
    if len(nodes) == 1:
        return nodes[0]
    shape, steps = nodes[0].shape, []
    for position, right in enumerate(nodes[1:], 1):
        if is_scalar(shape) or is_scalar(right.shape):
            steps.append("scale")
            shape = right.shape if is_scalar(shape) else shape
            continue
        alike = shape[0].root() is right.shape[0].root() and shape[1].root() is right.shape[1].root()
        if position in dots and alike and is_one(shape[0]) != is_one(shape[1]):
            steps.append("inner")
            shape = SCALAR
            continue
        if not same(shape[1], right.shape[0]):
            _refuse_product(nodes[:position], shape, right)
        steps.append("matrix")
        shape = (shape[0], right.shape[1])
    made = node("product", tuple(nodes), shape, tuple(steps))
    made.literal = all(item.literal for item in nodes)
    return made


def _refuse_product(lefts: list[Node], shape: Shape, right: Node) -> None:
    left = pretty(right.segment.text[lefts[0].start : lefts[-1].end])
    message = f"{left} is {describe(shape)}, {right} is {describe(right.shape)}: the product has no meaning"
    same_shape = shape[0].root() is right.shape[0].root() and shape[1].root() is right.shape[1].root()
    hint = "the elementwise product is \\odot; the inner product needs \\top" if same_shape else ""
    if not same_shape and is_vector(shape) and shape[0].root() is right.shape[0].root():
        hint = f"a column that scales the rows of a matrix is written \\operatorname{{diag}}({left})"
    kind = Unreadable if _has_a_line(*lefts, right) else ShapeError
    raise kind(message, lefts[0].start, right.end, hint)


def hadamard(nodes: list[Node], hint: str = "") -> Node:
    """Return the elementwise product of arrays of one shape; the hint says how it may be meant where they differ."""
    if len(nodes) == 1:
        return nodes[0]
    for other in nodes[1:]:
        agree(nodes[0], other, hint)
    return node("hadamard", tuple(nodes), nodes[0].shape)


def quotient(top: Node, bottom: Node, start: int, end: int) -> Node:
    """Return a fraction; its denominator is a scalar."""
    square = bottom.shape[0].root() is bottom.shape[1].root()
    if not is_scalar(bottom.shape) and not square:
        if not is_scalar(top.shape):
            agree(top, bottom)
        return node("entrywise_quotient", (top, bottom), bottom.shape, start=start, end=end)
    if not is_scalar(bottom.shape):
        message = f"{bottom} is {describe(bottom.shape)}; only a scalar is read below a fraction"
        raise Unreadable(message, bottom.start, bottom.end, "write the components, or a product with ^{-1}")
    made = node("quotient", (top, bottom), top.shape, start=start, end=end)
    made.literal = top.literal and bottom.literal
    return made


def transpose(inner: Node, start: int, end: int) -> Node:
    """Return the transpose."""
    return node("transpose", (inner,), (inner.shape[1], inner.shape[0]), start=start, end=end)


def inverse(inner: Node, start: int, end: int) -> Node:
    """Return the inverse of a scalar or of a square matrix."""
    if not same(inner.shape[0], inner.shape[1]):
        message = f"{inner} is {describe(inner.shape)}; only a square matrix has an inverse"
        raise ShapeError(message, start, end)
    return node("inverse", (inner,), inner.shape, start=start, end=end)


def square(inner: Node, start: int, end: int) -> Node:
    """Return the square of a scalar, a square matrix times itself, or the squares of all entries."""
    if is_one(inner.shape[0]) != is_one(inner.shape[1]):
        return node("entrywise", (inner,), inner.shape, Fraction(2), start=start, end=end)
    if not same(inner.shape[0], inner.shape[1]):
        message = f"{inner} is {describe(inner.shape)}, which has no square"
        hint = "write x \\odot x, x^\\top x or \\lVert x \\rVert^2; the second layer is W^{(2)}"
        raise Unreadable(message, start, end, hint)
    op = "square" if is_scalar(inner.shape) else "matrix_square"
    made = node(op, (inner,), inner.shape, start=start, end=end)
    made.literal = inner.literal
    return made


def root(inner: Node, start: int, end: int) -> Node:
    """Return the square root of a scalar, or of all entries of an array that is not square."""
    if not is_scalar(inner.shape) and inner.shape[0].root() is inner.shape[1].root():
        message = f"{inner} is {describe(inner.shape)}; a root is taken of a scalar"
        raise Unreadable(message, inner.start, inner.end)
    return node("root", (inner,), inner.shape, start=start, end=end)


def norm(inner: Node, kind: str, start: int, end: int) -> Node:
    """Return the Euclidean norm of a vector, the Frobenius norm of a matrix, or the 1-norm of a vector."""
    vector = is_one(inner.shape[0]) or is_one(inner.shape[1])
    if (kind == "F" and vector) or (kind in ("1", "2", "") and not vector):
        wanted = "_F for a matrix, _2 or nothing for a vector"
        message = f"{inner} is {describe(inner.shape)}: the norm is written {wanted}"
        raise Unreadable(message, start, end, "other norms of a matrix are not read")
    return node("norm_1" if kind == "1" else "norm", (inner,), SCALAR, start=start, end=end)


def diag(inner: Node, start: int, end: int) -> Node:
    """Return the diagonal matrix of a vector, a column or a row."""
    if is_one(inner.shape[0]) and not is_one(inner.shape[1]):
        inner = transpose(inner, start, end)
    if not is_one(inner.shape[1]):
        message = f"diag takes a vector; {inner} is {describe(inner.shape)}"
        raise ShapeError(message, inner.start, inner.end)
    return node("diag", (inner,), (inner.shape[0], inner.shape[0]), start=start, end=end)


def trace(inner: Node, start: int, end: int) -> Node:
    """Return the trace of a square matrix."""
    if not same(inner.shape[0], inner.shape[1]):
        message = f"tr takes a square matrix; {inner} is {describe(inner.shape)}"
        raise ShapeError(message, inner.start, inner.end)
    return node("trace", (inner,), SCALAR, start=start, end=end)


def determinant(argument: Node, start: int, end: int) -> Node:
    """Return the determinant of a square matrix."""
    if not same(argument.shape[0], argument.shape[1]):
        message = f"det takes a square matrix; {argument} is {describe(argument.shape)}"
        raise ShapeError(message, argument.start, argument.end)
    return node("determinant", (argument,), SCALAR, start=start, end=end)


def apply_function(symbol: Any, arguments: list[Node], start: int, end: int) -> Node:
    """Return a declared function of several arguments, each of its declared shape."""
    if len(arguments) != len(symbol.arguments):
        wanted, got = len(symbol.arguments), len(arguments)
        raise ShapeError(f"{symbol} takes {wanted} arguments, not {got}", start, end)
    for position, (argument, shape) in enumerate(zip(arguments, symbol.arguments, strict=True), 1):
        if not (same(argument.shape[0], shape[0]) and same(argument.shape[1], shape[1])):
            message = f"argument {position} of {symbol} is {describe(shape)}, "
            message += f"{argument} is {describe(argument.shape)}"
            raise ShapeError(message, argument.start, argument.end)
    return node("multivariate", tuple(arguments), SCALAR, symbol, start=start, end=end)


def undetermined(root_node: Node) -> Node | None:
    """Return a node whose size nothing determines (a bare \\mathbf 1, \\mathbf 0 or I), if there is one."""
    stack, found = [root_node], None
    while stack:
        current = stack.pop()
        if not (current.shape[0].known() and current.shape[1].known()):
            found, stack = current, []
        stack.extend(reversed(current.args))
    return found


def ones(op: str, rows: Dim, columns: Dim, **place: Any) -> Node:
    """Return a constant array: ones, zeros, or the identity."""
    return Node(op, (), (rows, columns), NONE, place["start"], place["end"], place["segment"])


def walk(*nodes: Node) -> Iterator[Node]:
    """Yield every node of some expressions once."""
    seen, stack = set[int](), list(nodes)
    while stack:
        current = stack.pop()
        if id(current) not in seen:
            seen.add(id(current))
            yield current
            stack.extend(current.args)
