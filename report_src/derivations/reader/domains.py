"""Kinds and shapes of the sets in declarations: ℝ, ℝ^d, ℝ^{m×d}, {0,1}^K, Δ^K, and the domains of functions."""

from __future__ import annotations

from report_src.derivations.semantics.shapes import Node, describe
from report_src.derivations.semantics.statements import dimension_label
from report_src.derivations.semantics.symbols import MAX_SIZE, ONE, SCALAR, Dim, Shape, Table, same
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.names import first_item, side_items, spell
from report_src.derivations.syntax.parser import Side, Syntax


def domain_of(table: Table, side: Side) -> tuple[str, Shape]:
    """Return the kind and the shape of a set's elements: ℝ_{>0}^d -> "positive", (d, 1)."""
    items = side_items(side)
    factor = items[0] if len(items) == 1 else None
    base, scripts = (factor, ()) if factor is None or factor.kind != "scripted" else (factor.items[0], factor.items[1:])
    if base is not None and base.kind == "REALS":
        return base.meaning or "real", space_shape(table, side, half=True)
    if base is not None and not scripts and (kind := _number_kind(base)):
        return kind, SCALAR
    if base is not None and len(scripts) == 1 and scripts[0].mark == "^":
        shape = _exponent_shape(table, scripts[0].sides[0])
        if shape[0] is ONE and shape[1] is not ONE:
            message = "labels and probabilities are columns: their entries are compared and summed along a column"
            raise Unreadable(message, side.start, side.end, "declare the column, and transpose it")
        kind = _number_kind(base)
        if kind:
            return _of_array(kind, shape, table.layout), shape
        if base.kind == "NAME" and base.meaning.letter == "Delta":
            return "simplex", shape
    message = "a set is \\mathbb{R}, \\mathbb{R}^{d}, \\mathbb{R}^{m \\times d}, \\mathbb{R}_{>0}^{d}"
    message += ", \\{0,1\\}^{K}, \\{-1,1\\}, (0,1) or \\Delta^{K}"
    raise Unreadable(message, side.start, side.end)


def _of_array(kind: str, shape: Shape, layout: frozenset[str]) -> str:
    """Return the kind of an array: a vector of zeros and ones is one-hot, a matrix where the text says so."""
    if kind != "bit":
        return kind
    if shape[1] is not ONE and layout & {"one-hot rows", "softmax of rows"}:
        return "onehot rows"
    return "onehot" if shape[1] is ONE or "one-hot" in layout else "bit"


def require_space(table: Table, read: Node, side: Side) -> None:
    r"""Refuse a row that ends in \in \mathbb{R}^{m \times d}, where its sides have another shape."""
    kind, shape = domain_of(table, side)
    if kind != "real":
        hint = "a row ends in \\in \\mathbb{R}^{d}; write a bound as a row of its own"
        raise Unreadable("that a value lies in this set is not read", side.start, side.end, hint)
    if not all(same(have, said) for have, said in zip(read.shape, shape, strict=True)):
        message = f"{read} is {describe(read.shape)}, not {describe(shape)}"
        raise Unreadable(message, side.start, side.end)


def _number_kind(base: Syntax) -> str:
    """Return the kind of a set: {0,1} -> "bit", {-1,1} -> "sign", (0,1) -> "unit", [0,1] -> "closed unit"."""
    if base.kind == "BITS":
        return "bit" if "0" in base.meaning else "sign"
    ends = [spell(item) for item in base.items] if base.kind == "paren" else []
    return {"(": "unit", "[": "closed unit"}[base.meaning] if ends == ["0", "1"] else ""


def space_shape(table: Table, side: Side, *, half: bool = False) -> Shape:
    """Return the shape of ℝ, ℝ^d or ℝ^{m×d}; `half` allows ℝ_{>0} and ℝ_{≥0} in the place of ℝ."""
    items = side_items(side)
    if len(items) != 1:
        raise Unreadable("expected \\mathbb{R}^{d}", side.start, side.end)
    return _item_shape(table, items[0], half=half)


def _item_shape(table: Table, item: Syntax, *, half: bool = False) -> Shape:
    """Return the shape of one space of a domain."""
    base = item.items[0] if item.kind == "scripted" else item
    if base.kind == "REALS" and base.meaning and not half:
        raise Unreadable("a function is defined on all of \\mathbb{R}^{d}", item.start, item.end)
    if item.kind == "REALS":
        return SCALAR
    scripted = item.kind == "scripted" and item.items[0].kind == "REALS" and len(item.items) == 2
    if not scripted or item.items[1].mark != "^" or len(item.items[1].sides) != 1:
        raise Unreadable("expected \\mathbb{R}^{d}", item.start, item.end)
    return _exponent_shape(table, item.items[1].sides[0])


def _exponent_shape(table: Table, side: Side) -> Shape:
    """Return the shape in the exponent of a space: d -> (d, 1), m × d -> (m, d)."""
    items = side_items(side)
    if len(items) == 1 or (len(side.items) == 1 and not items):
        length = dimension(table, side.items[0])
        return (ONE, length) if "rows" in table.layout else (length, ONE)
    if len(items) == 3 and items[1].kind == "TIMES":
        return (dimension(table, items[0]), dimension(table, items[2]))
    raise Unreadable("a shape is d or m \\times d", side.start, side.end)


def dimension(table: Table, item: Syntax) -> Dim:
    """Return the dimension that a letter, a number up to MAX_SIZE or a sum such as n - K + 1 means."""
    item = first_item(item.items[0] if item.kind == "paren" and len(item.items) == 1 else item)
    if item.kind == "expr" and (typed := spell(item)) and table.size(typed) is not None:
        return table.dim(typed)
    if item.kind == "NUM" and 1 <= item.meaning <= MAX_SIZE and item.meaning == int(item.meaning):
        return ONE if item.meaning == 1 else Dim(size=int(item.meaning))
    label = dimension_label(item)
    if label is None or label not in table.dims:
        message = f"a dimension is a letter, or a number up to {MAX_SIZE}"
        raise Unreadable(message, item.start, item.end)
    return table.dims[label]


def argument_shapes(table: Table, side: Side) -> tuple[Shape, ...]:
    """Return the shapes of a function's arguments: ℝ^d × ℝ -> (d, 1), (1, 1)."""
    items = side_items(side)
    if not items or len(items) % 2 == 0 or any(item.kind != "TIMES" for item in items[1::2]):
        raise Unreadable("a domain is \\mathbb{R}^{d}, or several with \\times between", side.start, side.end)
    return tuple(_item_shape(table, item) for item in items[::2])
