r"""Indicators 1[z > 0], 1_{i=j} and 1\{…\}, and Kronecker's \delta_{ij} where no \delta is declared."""

from __future__ import annotations

from typing import Any

from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.places import compared_with
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import NONE, Node
from report_src.derivations.semantics.symbols import SCALAR, Index, same
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.names import NameUse, is_number, label_parts, label_text, only_items, plain_name
from report_src.derivations.syntax.parser import Syntax

SIGNS = frozenset({"=", "!=", "<", ">", "<=", ">="})


def read_indicator(scope: Scope, base: Syntax) -> Node:
    """Read 1[z > 0] and 1[i = j]: a node that is 1 where the comparison holds, and 0 elsewhere."""
    return _condition(scope, base.items, (base.start, base.end))


def _condition(scope: Scope, parts: tuple[Any, ...], place: tuple[int, int]) -> Node:
    """Read a comparison of neighbours: a < b -> 1[a < b], and a < b < c -> 1[a < b] 1[b < c]."""
    triples = zip(parts[:-1:2], parts[1::2], parts[2::2], strict=True)
    met = [_comparison(scope, left, sign, right, place) for left, sign, right in triples]
    return shapes.hadamard(met) if len(met) > 1 else met[0]


def _comparison(scope: Scope, left: Syntax, sign: str, right: Syntax, place: tuple[int, int]) -> Node:
    if sign not in SIGNS:
        raise Unreadable("an indicator compares with =, \\ne, <, >, \\le or \\ge", *place)
    scope.in_indicator = True
    try:
        sides = tuple(_label(scope, side, sign) or scope.reader.expression(side) for side in (left, right))
    finally:
        scope.in_indicator = False
    for one, other in (sides, sides[::-1]):
        label = one.op == "index" and scope.table.is_label(one.data.letter)
        if label and other.op not in ("index", "constant"):
            message = f"{one} is a label: it is compared with an index or a number, not with {other}"
            raise Unreadable(message, *place)
    return indicator_of(sides[0], sign, sides[1], *place)


def _label(scope: Scope, side: Syntax, sign: str) -> Node | None:
    r"""Read a side that is a label: a declared one, or the y_i of y_i = k where no value has the name y."""
    items = only_items(side)
    use = plain_name(items[0]) if len(items) == 1 else None
    if use is None or scope.table.find(use) is not None:
        return None
    text = label_text(items[0]) or (use.letter.letter if use.bare and not use.subs else "")
    if text not in scope.table.labels and not (label_parts(text) and sign in ("=", "!=")):
        return None
    index = scope.index(text, use, bold=use.letter.bold)
    return scope.number_of(index, side)


# of the ways in which two numbers can compare, those that each sign covers
_COVERED = {"<": "<", ">": ">", "=": "=", "<=": "<=", ">=": ">=", "!=": "<>"}


def read_cases(scope: Scope, base: Syntax) -> Node:
    r"""Read cases, of numbers or of arrays of one shape: z if z > 0, and a z otherwise -> 1[z > 0] z + 1[z <= 0] a z.

    Conditions that compare the same two sides must cover each outcome once, as z > 0 and z \le 0 do. Of others one
    must hold wherever the row is claimed: where two hold, or none, the cases have no value.
    """
    parts, values, conditions = list(base.items), [], []
    signs = [sign for *_, sign in base.meaning]
    for compared in signs:
        values.append(scope.reader.expression(parts.pop(0)))
        if compared:
            sides = [parts.pop(0) for _ in range(len(compared) + 1)]
            condition = [sides[0], *(part for pair in zip(compared, sides[1:], strict=True) for part in pair)]
            conditions.append(_condition(scope, tuple(condition), (sides[0].start, sides[-1].end)))
    covered = "".join(_COVERED[sign] for compared in signs for sign in compared if sign in _COVERED)
    alike = len({tuple(map(str, condition.args)) for condition in conditions}) == 1 and max(map(len, signs)) == 1
    open_ended = signs[-1] != () and len(set(covered)) < 3
    if not conditions or () in signs[:-1] or (alike and (open_ended or len(set(covered)) < len(covered))):
        hint = "let one hold for each number, and end with \\text{otherwise}; or write indicators \\mathbb 1[z > 0]"
        raise Unreadable("these cases overlap, or leave a case open", base.start, base.end, hint)
    large = next((node for node in conditions if not shapes.is_scalar(node.shape)), None)
    if large is not None:
        message = f"{large} is {shapes.describe(large.shape)}: cases are told by numbers"
        raise Unreadable(message, large.start, large.end, "write the components")
    values = _of_one_shape(values)
    one = Node("constant", (), SCALAR, NONE, base.start, base.start, scope.segment, 1, True)
    if signs[-1] == ():
        unmet = [shapes.node("add", (one, condition), SCALAR, ("+", "-")) for condition in conditions]
        conditions.append(shapes.product(unmet))
    terms = tuple(shapes.product([condition, value]) for condition, value in zip(conditions, values, strict=True))
    shape = values[0].shape
    made = shapes.node("add", terms, shape, tuple("+" * len(terms)), start=base.start, end=base.end)
    if alike:
        return made
    count = shapes.node("add", tuple(conditions), SCALAR, tuple("+" * len(conditions)))
    return shapes.node("cases", (made, count), shape, start=base.start, end=base.end)


def _of_one_shape(values: list[Node]) -> list[Node]:
    """Return the values of some cases, where a 0 beside arrays is an array of zeros; refuse other shapes."""
    array = next((node for node in values if not shapes.is_scalar(node.shape)), None)
    found = []
    for node in values:
        zero = node.op == "constant" and node.data == 0
        if array is not None and zero:
            node = shapes.ones("zeros", *array.shape, start=node.start, end=node.end, segment=node.segment)
        elif array is not None:
            shapes.agree(array, node)
        found.append(node)
    return found


def indicator_of(left: Node, sign: str, right: Node, start: int, end: int) -> Node:
    """Return a node that is 1 where two sides compare as the sign says, and 0 elsewhere."""
    compared_with(left, right, start, end)
    if left.op == right.op == "index":
        _share_range(left.data, right.data)
    if not (left.literal or right.literal):
        shapes.agree(left, right)
    shape = right.shape if left.literal else left.shape
    return shapes.node("indicator", (left, right), shape, sign, start=start, end=end)


def _share_range(left: Index, right: Index) -> None:
    """Give an index that occurs only in a comparison the range of the other one."""
    if not (left.dim.known() and right.dim.known()):
        same(left.dim, right.dim)


def read_kronecker(scope: Scope, use: NameUse) -> Node | None:
    r"""Read \delta_{ij} -> 1[i = j] if no name has the letter \delta and both subscripts are indices."""
    bare = use.letter.letter == "delta" and not (use.letter.accent or use.sup or use.primes or use.power)
    if not bare or use.operations or len(use.subs) != 2 or any(key[0] == "delta" for key in scope.table.taken):
        return None
    if any(is_number(sub) for sub in use.subs) or use.subs[0] == use.subs[1]:
        return None
    found = [scope.index(sub, use, bold=False) for sub in use.subs]
    sides = [scope.number_of(index, use) for index in found]
    if found[0].dim.known() and found[1].dim.known() and not same(found[0].dim, found[1].dim):
        message = f"the indices of δ run over {found[0].dim} and over {found[1].dim}"
        raise Unreadable(message, use.start, use.end)
    return indicator_of(sides[0], "=", sides[1], use.start, use.end)
