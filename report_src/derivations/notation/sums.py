r"""Sums: \sum_{i=1}^{d}, \sum_i, \sum_{i,j}, \sum_{j \ne i}, and their limits."""

from __future__ import annotations

from dataclasses import dataclass

from report_src.derivations.notation.indicators import compared
from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.items import Item, split
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import NONE, Node
from report_src.derivations.semantics.symbols import SCALAR, Dim, Index, Table, same
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.vocabulary import GREEK
from report_src.derivations.syntax.names import only_items, plain_name, show_key
from report_src.derivations.syntax.parser import Script, Side, Syntax

_WRITTEN = "a sum is written \\sum_{i=1}^{d}, \\sum_i, \\sum_{i,j} or \\sum_{j \\ne i}"
_CONDITIONS = frozenset({"!=", "<", ">", "<=", ">="})


@dataclass(frozen=True)
class Limits:
    """What stands below and above a sum: its indices, the dimension they run to, and a condition on one."""

    letters: tuple[str, ...]
    upper: Dim | None
    sign: str = ""
    other: str = ""


def read_sum(scope: Scope, item: Syntax, body_items: list[Item]) -> Node:
    """Read a sum over the product that follows it."""
    if not body_items:
        raise Unreadable("the sum has nothing to add up", item.start, item.end, _BRACKETS)
    limits = _limits(scope.table, item)
    indices = [_bound(scope, letter, limits.upper, item) for letter in limits.letters]
    condition = _condition(scope, limits, indices[0], item) if limits.sign else None
    body: Node = scope.reader.hadamard_chain(body_items)
    if condition is not None:
        body = shapes.product([condition, body])
    for index in reversed(indices):
        body = _over(scope, index, body, limits.upper, item)
    return body


def _bound(scope: Scope, letter: str, upper: Dim | None, item: Syntax) -> Index:
    index = scope.bind(letter, item)
    if upper is not None and not same(index.dim, upper):
        raise Unreadable("this range does not fit", item.start, item.end)
    return index


def _over(scope: Scope, index: Index, body: Node, upper: Dim | None, item: Syntax) -> Node:
    """Return the sum of a body over one index; without the index it is a multiple of the body."""
    scope.release(index.letter)
    shown = show_key((index.letter, "", "", ()))
    if index not in body.indices and upper is None:
        raise Unreadable(f"the index {shown} does not occur in what is summed", item.start, item.end)
    if index not in body.indices:
        count = Node("dimension", (), SCALAR, NONE, item.start, item.end, scope.segment, upper)
        return shapes.product([count, body])
    if not index.dim.known():
        message = f"nothing determines the range of the index {shown}"
        raise Unreadable(message, item.start, item.end, "write the range: \\sum_{i=1}^{d}")
    made = shapes.node("sum", (body,), body.shape, index, start=item.start)
    made.indices = body.indices - {index}
    return made


def _condition(scope: Scope, limits: Limits, index: Index, item: Syntax) -> Node:
    """Return the condition below a sum as a factor of what is summed."""
    other = next((found for found in reversed(scope.bound) if found.letter == limits.other), None)
    other = other or scope.free.get(limits.other)
    if other is None or other is index:
        message = f"whether this sum runs over {limits.other} as well is not said"
        hint = f"write \\sum_{{{index.letter}}}\\sum_{{…}}, or let {limits.other} stand on the left side"
        raise Unreadable(message, item.start, item.end, hint)
    sides = [
        Node("index", (), SCALAR, frozenset({one}), item.start, item.end, scope.segment, one) for one in (index, other)
    ]
    return compared(sides[0], limits.sign, sides[1], item.start, item.end)


def _limits(table: Table, item: Syntax) -> Limits:
    """Read the limits of a sum."""
    _, scripts = split(item)
    lower = next((script for script in scripts if script.mark == "_"), None)
    upper = next((script for script in scripts if script.mark == "^"), None)
    if len(scripts) != (lower is not None) + (upper is not None):
        raise Unreadable("a sum carries its limits alone", item.start, item.end)
    if lower is None:
        raise Unreadable(_WRITTEN, item.start, item.end)
    letters = tuple(letter_of(part) for part in lower.sides[0].items)
    if None in letters or not 1 <= len(letters) <= 3:
        raise Unreadable(_WRITTEN, item.start, item.end)
    known = tuple(letter for letter in letters if letter is not None)
    if lower.relation in _CONDITIONS and upper is None and len(known) == 1:
        other = letter_of(lower.sides[1].items[0]) if len(lower.sides[1].items) == 1 else None
        if other is None:
            raise Unreadable(_WRITTEN, item.start, item.end)
        return Limits(known, None, lower.relation, other)
    _refuse_range(lower, upper)
    return Limits(known, _upper(table, upper) if upper is not None else None)


def _refuse_range(lower: Script, upper: Script | None) -> None:
    """Refuse a sum that does not run from 1 to a dimension."""
    starts = [only_items(side.items[0]) for side in lower.sides[1:]]
    from_one = [len(start) == 1 and start[0].kind == "NUM" and start[0].meaning.typed == "1" for start in starts]
    open_ended = lower.relation == "=" and upper is None
    if lower.relation not in ("", "=") or not all(from_one) or open_ended:
        raise Unreadable("a sum runs from 1 to a dimension: \\sum_{i=1}^{d}", lower.start, lower.end)


def _upper(table: Table, upper: Script) -> Dim:
    """Return the dimension above a sum."""
    label = _label(upper.sides[0])
    if label not in table.dims:
        hint = f"declared are {', '.join(table.dims)}" if table.dims else ""
        raise Unreadable("a sum runs to a dimension letter", upper.start, upper.end, hint)
    return table.dims[label]


def _label(side: Side) -> str:
    items = only_items(side.items[0]) if len(side.items) == 1 else ()
    use = plain_name(items[0]) if len(items) == 1 else None
    return "_".join((use.letter.letter, *use.subs)) if use is not None and use.bare else ""


def position(scope: Scope, index: Index, place: Side) -> Node:
    """Return the number that an index has."""
    return Node("index", (), SCALAR, frozenset({index}), place.start, place.end, scope.segment, index)


def letter_of(item: Syntax) -> str | None:
    """Return the index letter that a part of the limit consists of."""
    items = only_items(item)
    use = plain_name(items[0]) if len(items) == 1 else None
    if use is None or not use.bare or use.subs:
        return None
    letter = use.letter.letter
    return letter if len(letter) == 1 or letter in GREEK else None


_BRACKETS = "put what is added up in brackets where it begins with a sign: \\sum_i (-a_i)"
