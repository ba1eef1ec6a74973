"""What operators and sums need around them: their arguments, and the limits of a sum."""

from __future__ import annotations

from typing import Any

from report_src.derivations.semantics import ambiguities, shapes
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import SCALAR, Dim, Selector, Symbol, Table
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.names import NameUse, only_items, read_name, subscripts
from report_src.derivations.syntax.parser import Script, Side, Syntax

ELEMENTWISE = {"log": "log", "ln": "log", "exp": "exp", "tanh": "tanh", "ReLU": "relu", "sign": "sign"}
POWER = "powers other than ^2, ^{-1} and ^\\top are not in the language"


def applied(name: str, arguments: list[Node], primes: int, start: int, end: int) -> Node:
    """Apply an operator to its arguments."""
    if name == "max":
        if len(arguments) != 2 or not any(arg.literal for arg in arguments):
            raise Unreadable("max is read as \\max(0, z)", start, end)
        constant, inner = sorted(arguments, key=lambda arg: not arg.literal)
        return shapes.node("maximum", (constant, inner), inner.shape, start=start, end=end)
    one_argument(arguments, name, (start, end))
    inner = arguments[0]
    if name == "softmax" and shapes.is_one(inner.shape[0]) and not shapes.is_scalar(inner.shape):
        message = f"softmax of {inner}, {shapes.describe(inner.shape)}: it works on columns, and each has one entry"
        hint = "softmax(\\mathbf z)^\\top of a column is the row that is meant"
        raise Unreadable(message, start, end, hint)
    if name == "softmax":
        return shapes.node("softmax", (inner,), inner.shape, start=start, end=end)
    if name == "diag":
        return shapes.diag(inner, start, end)
    if name == "tr":
        return shapes.trace(inner, start, end)
    if primes > 2:
        raise Unreadable("derivatives above the second are not in the language", start, end)
    if ELEMENTWISE[name] in ("exp", "log"):
        ambiguities.matrix_function(name, inner, start, end)
    data = (ELEMENTWISE[name], primes)
    return shapes.node("function", (inner,), inner.shape, data, start=start, end=end)


def one_argument(arguments: list[Node], name: str, place: tuple[int, int]) -> None:
    """Refuse an application to several arguments."""
    if len(arguments) != 1:
        raise Unreadable(f"{name} takes one argument", *place)


def limits(table: Table, item: Syntax, scripts: tuple[Script, ...]) -> tuple[str, Dim | None]:
    """Return the letter of a sum's index and the dimension it runs to."""
    lower = next((script for script in scripts if script.mark == "_"), None)
    upper = next((script for script in scripts if script.mark == "^"), None)
    use = _plain_name(lower.sides[0]) if lower is not None else None
    if len(scripts) != (lower is not None) + (upper is not None):
        raise Unreadable("a sum carries its limits alone", item.start, item.end)
    if lower is None or use is None or not use.bare or use.subs:
        raise Unreadable("a sum is written \\sum_{i=1}^{d} or \\sum_i", item.start, item.end)
    ranged = lower.relation == "="
    starts = [only_items(side.items[0]) for side in lower.sides[1:]]
    from_one = [len(start) == 1 and start[0].kind == "NUM" and start[0].meaning.typed == "1" for start in starts]
    if (lower.relation and not ranged) or not all(from_one) or ranged != (upper is not None):
        raise Unreadable("a sum runs from 1 to a dimension: \\sum_{i=1}^{d}", lower.start, lower.end)
    if upper is None:
        return use.letter.letter, None
    end = _plain_name(upper.sides[0])
    label = "_".join((end.letter.letter, *end.subs)) if end and end.bare else ""
    if label not in table.dims:
        hint = f"declared are {', '.join(table.dims)}" if table.dims else ""
        raise Unreadable("a sum runs to a dimension letter", upper.start, upper.end, hint)
    return use.letter.letter, table.dims[label]


def _plain_name(side: Side) -> NameUse | None:
    items = only_items(side.items[0]) if len(side.items) == 1 else ()
    return read_name(items[0]) if len(items) == 1 else None


def function_of(table: Table, use: NameUse) -> Symbol | str | None:
    """Return the function that a name means: a declared one, or the logistic σ."""
    symbol = table.symbols.get((use.letter.letter, use.letter.accent, use.sup, use.subs))
    if symbol is not None:
        return symbol if symbol.kind == "function" else None
    bare = use.letter.letter == "sigma" and not (use.letter.accent or use.sup or use.subs)
    return "logistic" if bare and table.find(use) is None else None


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
    rows, columns, count = scope.picks(subs, made.shape, str(made), script.start, script.end)
    picked: list[Selector | None] = [rows, columns]
    extra = frozenset(pick for pick in picked if pick is not None and not isinstance(pick, int))
    result = shapes.node("component", (made,), SCALAR, tuple(picked), end=script.end)
    result.indices = made.indices | extra
    assert count
    return result


def sized(table: Table, subs: tuple[str, ...] | None, base: Any) -> Dim:
    """Return the dimension in the subscript of 1_m or I_m, or one that the row must determine."""
    if not subs:
        return Dim()
    label = "_".join(subs)
    if label in table.dims:
        return table.dims[label]
    raise Unreadable(f"{label} is not a dimension", base.start, base.end)


def power_hint(use: NameUse) -> str:
    """Return what is meant by a power that looks like a layer."""
    side = use.power
    items = only_items(side.items[0]) if side is not None and len(side.items) == 1 else ()
    if len(items) == 1 and items[0].kind in ("NAME", "NUM"):
        return "a layer or an example is written in parentheses: W^{(2)}"
    return ""
