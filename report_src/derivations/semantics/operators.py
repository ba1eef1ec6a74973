"""What operators and sums need around them: their arguments, and the limits of a sum."""

from __future__ import annotations

from functools import partial, reduce
from typing import Any

from report_src.derivations.semantics import ambiguities, shapes
from report_src.derivations.semantics.scope import Scope, picked_shape
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import SCALAR, Dim, Symbol, Table, indices_of
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.names import NameUse, subscripts
from report_src.derivations.syntax.parser import Script

ELEMENTWISE = {
    "log": "log",
    "ln": "log",
    "exp": "exp",
    "tanh": "tanh",
    "sin": "sin",
    "cos": "cos",
    "ReLU": "relu",
    "sign": "sign",
    "sigmoid": "logistic",
}


def applied(
    name: str, arguments: list[Node], primes: int, start: int, end: int, layout: frozenset[str] = frozenset()
) -> Node:
    """Apply an operator to its arguments; the layout says whether a softmax is taken over rows."""
    if name in ("max", "min"):
        if len(arguments) < 2:
            raise Unreadable(f"{name} takes two arguments or more, as in \\{name}(0, z)", start, end)
        return reduce(partial(_extreme, name, (start, end)), arguments)
    if name in _COUNTS:
        return _of_counts(name, arguments, (start, end))
    one_argument(arguments, name, (start, end))
    inner = arguments[0]
    ambiguities.of_one_entry(name, inner, start, end)
    if name == "softmax":
        return _softmax(inner, start, end, layout)
    if name == "diag":
        return shapes.diag(inner, start, end)
    if name == "det":
        return shapes.determinant(inner, start, end)
    if name == "tr":
        return shapes.trace(inner, start, end)
    if primes > 2:
        raise Unreadable("derivatives above the second are not in the language", start, end)
    if ELEMENTWISE[name] in ("exp", "log"):
        ambiguities.matrix_function(name, inner, start, end)
    data = (ELEMENTWISE[name], primes)
    return shapes.node("function", (inner,), inner.shape, data, start=start, end=end)


# operators of whole numbers, and how many arguments each takes
_COUNTS = {"factorial": 1, "binom": 2}


def is_counted(node: Node) -> bool:
    """Tell whether a node is a part of a whole number, such as T - t, n + 1 and 2n."""
    return node.op in ("dimension", "index", "add", "product") or (node.op == "constant" and not node.data % 1)


def _of_counts(name: str, arguments: list[Node], place: tuple[int, int]) -> Node:
    """Apply n! or a binomial coefficient."""
    shown = "n!" if name == "factorial" else "a binomial coefficient"
    if len(arguments) != _COUNTS[name] or not all(map(is_counted, shapes.walk(*arguments))):
        message = f"{shown} is read of whole numbers: sizes, indices and their sums and products"
        raise Unreadable(message, *place, "declare the number: $n \\in \\mathbb{N}$")
    return shapes.node(name, tuple(arguments), SCALAR, start=place[0], end=place[1])


def _extreme(name: str, place: tuple[int, int], left: Node, right: Node) -> Node:
    """Return the entrywise larger or smaller of two values, of which a number may be one."""
    first, second = sorted((left, right), key=lambda arg: not arg.literal)
    if not first.literal:
        shapes.agree(first, second)
    op = "maximum" if name == "max" else "minimum"
    return shapes.node(op, (first, second), second.shape, start=place[0], end=place[1])


def _softmax(inner: Node, start: int, end: int, layout: frozenset[str]) -> Node:
    """Return the softmax of a vector along its entries, of a matrix column by column or as the layout says."""
    row, column = (shapes.is_one(dim) for dim in inner.shape)
    turned = not column and (row or "softmax of rows" in layout)
    entries = shapes.transpose(inner, start, end) if turned else inner
    made = shapes.node("softmax", (entries,), entries.shape, start=start, end=end)
    return shapes.transpose(made, start, end) if turned else made


def one_argument(arguments: list[Node], name: str, place: tuple[int, int]) -> None:
    """Refuse an application to several arguments."""
    if len(arguments) != 1:
        raise Unreadable(f"{name} takes one argument", *place)


def function_of(table: Table, use: NameUse) -> Symbol | str | None:
    """Return the function that a name means: a declared one, or the logistic σ."""
    symbol = table.symbols.get(use.key)
    if symbol is not None:
        return symbol if symbol.kind == "function" else None
    bare = use.letter.letter == "sigma" and not (use.letter.accent or use.sup or use.subs)
    return "logistic" if bare and table.find(use) is None and table.has_own_meaning(use) else None


def operated(made: Node, operations: tuple[str, ...], start: int, end: int) -> Node:
    """Apply transposes, inverses and squares."""
    for operation in operations:
        if operation == "transpose":
            made = shapes.transpose(made, start, end)
        elif operation == "inverse":
            made = shapes.inverse(made, start, end)
        else:
            made = shapes.square(made, start, end)
    return made


def component(scope: Scope, made: Node, script: Script) -> Node:
    """Read (…)_i and (…)_{ij}."""
    subs = subscripts(script)
    if subs is None:
        raise Unreadable("this subscript is not an index", script.start, script.end)
    return entry_by_indices(scope, made, subs, script.start, script.end)


def entry_by_indices(scope: Scope, made: Node, subs: tuple[str, ...], start: int, end: int) -> Node:
    """Return an entry, a row or a column of an array without a name."""
    rows, columns = scope.picks(subs, made.shape, str(made), start, end)
    result = shapes.node("component", (made,), picked_shape(made.shape, rows, columns), (rows, columns), end=end)
    result.indices = made.indices | indices_of((rows, columns))
    return result


def sized(table: Table, subs: tuple[str, ...] | None, base: Any) -> Dim:
    """Return the dimension in the subscript of 1_m or I_m, or one that the row must determine."""
    if not subs:
        return Dim()
    label = "_".join(subs)
    if (dim := table.size(label)) is not None:
        return dim
    raise Unreadable(f"{label} is not a dimension", base.start, base.end)
