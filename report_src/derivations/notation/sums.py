r"""Sums, \prod_i and \max_i of numbers, and their limits: \sum_{i=1}^{d}, \sum_i, \sum_{i,j}, \sum_{j \ne i}."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from report_src.derivations.notation import arrays
from report_src.derivations.notation.indicators import indicator_of
from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.items import Item, kind_of, split
from report_src.derivations.semantics.places import form_of, plus
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import NONE, Node
from report_src.derivations.semantics.symbols import MAX_SIZE, SCALAR, Dim, Index, Place, Table, same
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.spellings.dotted_arrays import ALONG, DOWN
from report_src.derivations.source.vocabulary import GREEK
from report_src.derivations.syntax.names import (
    counted,
    first_item,
    is_number,
    label_text,
    only_items,
    plain_name,
    shifted,
    show_key,
    show_label,
    side_items,
    spell,
    subscripts,
    superscript,
)
from report_src.derivations.syntax.parser import Script, Side, Syntax

_FORMS = "a sum is written \\sum_{i=1}^{d}, \\sum_{i=t}^{T}, \\sum_i, \\sum_{i,j} or \\sum_{j \\ne i}, so is a product"
_CONDITIONS = frozenset({"!=", "<", ">", "<=", ">="})


@dataclass(frozen=True)
class Bound:
    """A condition on the index of a sum: its comparison with another index, a dimension or 0, plus an offset.

    The lower limit i = t + 1 is Bound(">=", "t", 1).
    """

    sign: str
    other: str | Dim | None
    offset: int = 0


@dataclass(frozen=True)
class Limits:
    """The limits of a sum: its indices, how many values they have, conditions on the first, and where it begins."""

    letters: tuple[str, ...]
    upper: Dim | None
    bounds: tuple[Bound, ...] = ()
    first: int = 1


def read_sum(scope: Scope, item: Syntax, body_items: list[Item]) -> Node:
    """Read a sum, a product or a largest number over the factors that follow it."""
    base, _ = split(item)
    sign = base.meaning if base is not None else ""
    if not body_items:
        raise Unreadable(_NOTHING.get(sign, f"{sign} has nothing to compare"), item.start, item.end, _BRACKETS_HINT)
    bare = isinstance(item, Syntax) and item.kind == "SUM" and sign in ("\\sum", "\\prod")
    limits = Limits((_only_index(scope, item, body_items),), None) if bare else _read_limits(scope.table, item)
    others = [_bind(scope, bound.other, None, item) for bound in limits.bounds if _sums_over_both(scope, bound)]
    indices = [_bind(scope, letter, limits.upper, item) for letter in limits.letters]
    if limits.first == 0:
        indices[0].first = 0
        scope.limits.add(indices[0], ">=", form_of(0))
        scope.limits.add(indices[0], "<=", plus(form_of(indices[0].dim), {None: -1}))
    conditions = [_condition_node(scope, bound, indices[0], item) for bound in limits.bounds]
    conditions += [_not_empty(scope, index, limits, item) for index in indices if index.dim.root().sum is not None]
    body: Node = scope.reader.hadamard_chain(body_items)
    for index in others:
        if index not in body.indices:
            raise _unclear(index.letter, indices[0], item)
    if sign in (DOWN, ALONG):
        if conditions or len(indices) != 1:
            raise Unreadable("an array with dots has one number of entries, a dimension", item.start, item.end)
        body, sign = arrays.in_its_place(indices[0], body, down=sign == DOWN), "\\sum"
    if sign != "\\sum":
        _refuse_unclear_factor(body, body_items, indices, item, sign)
    if sign == "\\prod":
        body = _one_unless(conditions, body)
    elif sign == "\\sum" and conditions:
        body = shapes.product([*conditions, body])
    elif sign != "\\sum":
        return _largest_over(scope, [*others, *indices], conditions, body, item, sign)
    for index in reversed([*others, *indices]):
        if sign == "\\prod":
            body = _product_over(scope, index, body, item)
        else:
            body = _sum_over(scope, index, body, limits.upper, item)
    return body


def _only_index(scope: Scope, item: Syntax, body_items: list[Item]) -> str:
    r"""Return the index of a sum that names none: the one index of its summand that is met nowhere before it.

    \frac{\partial J}{\partial w_j} = \sum (\hat y_i - y_i) x_{ij} is a sum over i.
    """
    tree = Syntax("term", tuple(part for part in body_items if isinstance(part, Syntax)), item.start, item.end)
    scripts = list(_scripts_in(tree))
    signs = [owner for owner, script in scripts if owner.items[0].kind == "SUM" and script.mark == "_"]
    within = {letter for sign in signs for letter in _read_limits(scope.table, sign).letters}
    picked = [one for owner, script in scripts if owner not in signs for one in _picks(script)]
    letters = {letter for pick in picked for letter, _ in (counted(pick) or ((), 0))[0]}
    letters = {letter for letter in letters if len(letter.rstrip("'")) == 1 or letter.rstrip("'") in GREEK}
    known = {
        *scope.free,
        *scope.inherited,
        *scope.named,
        *scope.table.dims,
        *scope.table.labels,
        *within,
        *(i.letter for i in scope.bound),
    }
    met = sorted(letter for letter in letters - known if (letter, "", "", ()) not in scope.table.symbols)
    if len(met) != 1:
        shown = f"as its terms have {', '.join(map(show_label, met))}" if met else "as its terms have none of their own"
        raise Unreadable(f"it is not clear what this sum runs over, {shown}", item.start, item.end, _FORMS)
    return met[0]


def _picks(script: Script) -> tuple[str, ...]:
    """Return what a script may pick: the parts of a subscript, and the i of x^{(i)}."""
    above = superscript(script) if script.mark == "^" else None
    return (subscripts(script) or ()) if script.mark == "_" else (above[0],) if above is not None else ()


def _scripts_in(part: Any) -> Iterator[tuple[Syntax, Script]]:
    """Yield the scripts in a tree, each with what carries it, those inside of scripts too."""
    if isinstance(part, Syntax) and part.kind == "scripted":
        yield from ((part, script) for script in part.items[1:])
    inside = part.items if isinstance(part, (Syntax, Side)) else part.sides if isinstance(part, Script) else part
    for one in inside if isinstance(inside, tuple) else ():
        yield from _scripts_in(one)


_NOTHING = {"\\sum": "the sum has nothing to add up", "\\prod": "the product has nothing to multiply"}


def _refuse_unclear_factor(body: Node, items: list[Item], indices: list[Index], item: Syntax, sign: str) -> None:
    r"""Refuse \prod_i a_i b: the factor b has no index, and may be meant once or for each i; in b a_i it belongs."""
    if not shapes.is_scalar(body.shape):
        reason = "as arrays have an order" if sign == "\\prod" else "as arrays have none"
        message = f"{body} is {shapes.describe(body.shape)}: {sign} is read of numbers, {reason}"
        raise Unreadable(message, item.start, body.end)
    factors = body.args if len(items) > 1 else (body,)
    last = max((factor.start for factor in factors if factor.indices.issuperset(indices)), default=-1)
    loose = [factor for factor in factors if factor.start > last]
    if loose or any(kind_of(part) in ("SLASH", "NABLA") for part in items):
        what = "this product" if sign == "\\prod" else f"this {sign}"
        message = f"what belongs to {what} is not clear, as a factor does not have its index"
        raise Unreadable(
            message, item.start, body.end, "put what belongs to it in brackets, and what does not in front"
        )


def _one_unless(conditions: list[Node], body: Node) -> Node:
    """Return a factor that is 1 where a condition on the index of a product fails: a_i -> 1 + 1[i < j] (a_i - 1)."""
    if not conditions:
        return body
    place = (body.start, body.start, body.segment)
    one = Node("constant", (), SCALAR, NONE, *place, 1, True)
    less = shapes.node("add", (body, one), SCALAR, ("+", "-"))
    return shapes.node("add", (one, shapes.product([*conditions, less])), SCALAR, ("+", "+"))


def _product_over(scope: Scope, index: Index, body: Node, item: Syntax) -> Node:
    """Return the product of a number over one index."""
    scope.release(index.letter)
    _refuse_unknown_range(index, item, "\\prod_{i=1}^{d}")
    made = shapes.node("prod", (body,), SCALAR, index, start=item.start)
    made.indices = body.indices - {index}
    return made


def _largest_over(
    scope: Scope, indices: list[Index], conditions: list[Node], body: Node, item: Syntax, sign: str
) -> Node:
    """Return the largest or the smallest of the numbers that meet the conditions on some indices."""
    for index in reversed(indices):
        scope.release(index.letter)
        _refuse_unknown_range(index, item, f"\\{sign}_{{i=1}}^{{d}}")
    made = shapes.node("extremum", (body, *conditions), SCALAR, (sign, tuple(indices)), start=item.start)
    made.indices = frozenset().union(*(part.indices for part in made.args)) - {*indices}
    return made


def _refuse_unknown_range(index: Index, item: Syntax, form: str) -> None:
    if not index.dim.known():
        message = f"nothing determines the range of the index {show_key((index.letter, '', '', ()))}"
        raise Unreadable(message, item.start, item.end, f"write the range: {form}")


def _sums_over_both(scope: Scope, bound: Bound) -> bool:
    r"""Tell whether \sum_{i<j} runs over j as well: if j occurs nowhere else in its statement."""
    letter = bound.other
    known = any(found.letter == letter for found in scope.bound) or letter in scope.free
    known = known or letter in scope.table.dims or (letter is not None and scope.table.is_label(str(letter)))
    return isinstance(letter, str) and not known and scope.choice.get("pairs") == "both"


def _bind(scope: Scope, letter: Any, upper: Dim | None, item: Syntax) -> Index:
    index = scope.bind(letter, item)
    scope.stated |= {index} if upper is not None else set()
    if upper is not None and not same(index.dim, upper):
        raise Unreadable("this range does not fit", item.start, item.end)
    return index


def _sum_over(scope: Scope, index: Index, body: Node, upper: Dim | None, item: Syntax) -> Node:
    """Return the sum of a body over one index; of a body without the index, a multiple: \\sum_{i=1}^n c -> n c."""
    scope.release(index.letter)
    shown = show_key((index.letter, "", "", ()))
    if index not in body.indices and upper is None:
        raise Unreadable(f"the index {shown} does not occur in what is summed", item.start, item.end)
    if index not in body.indices:
        count = Node("dimension", (), SCALAR, NONE, item.start, item.end, scope.segment, upper)
        return shapes.product([count, body])
    _refuse_unknown_range(index, item, "\\sum_{i=1}^{d}")
    made = shapes.node("sum", (body,), body.shape, index, start=item.start)
    made.indices = body.indices - {index}
    return made


def _condition_node(scope: Scope, bound: Bound, index: Index, item: Syntax) -> Node:
    """Return a condition on the index of a sum as a factor of the summand: i < j -> 1[i < j]."""
    limit: Node | None = None
    compared: Index | Dim | None = bound.other if isinstance(bound.other, Dim) else None
    if isinstance(bound.other, Dim):
        limit = Node("dimension", (), SCALAR, NONE, item.start, item.end, scope.segment, bound.other)
    elif bound.other is not None:
        compared = _compared_index(scope, bound.other, bound.sign, index, item)
        limit = scope.number_of(compared, item)
        same(index.dim, compared.dim)
    scope.limits.add(index, bound.sign, plus(form_of(compared or 0), form_of(bound.offset)))
    if bound.offset or limit is None:
        number = Node("constant", (), SCALAR, NONE, item.start, item.start, scope.segment, abs(bound.offset), True)
        sign = "-" if bound.offset < 0 else "+"
        limit = shapes.node("add", (limit, number), SCALAR, ("+", sign)) if limit else number
    return indicator_of(scope.number_of(index, item), bound.sign, limit, item.start, item.end)


def _compared_index(scope: Scope, letter: str, sign: str, index: Index, item: Syntax) -> Index:
    """Return the index with which a condition compares the index of a sum."""
    other = next((found for found in reversed(scope.bound) if found.letter == letter), None)
    label = scope.table.is_label(letter)
    if label and sign != "!=":
        message = f"{show_label(letter)} is a label: no sum begins or ends at it"
        raise Unreadable(message, item.start, item.end, f"a sum may leave it out: \\sum_{{j \\ne {letter}}}")
    if other is None and letter not in scope.released:
        other = scope.index(letter, item, bold=False)
        scope.uncleared.extend([] if label else [other])
    if other is None or other is index:
        raise _unclear(letter, index, item)
    return other


def _not_empty(scope: Scope, index: Index, limits: Limits, item: Syntax) -> Node:
    """Return the condition that the index of a sum is not beyond its end, as that is a sum that may end below 1."""
    total = index.dim.root().sum
    assert total is not None
    place = Place((*total.parts, (index, -1)), total.offset - 1 + limits.first)
    found = Node("inside", (), SCALAR, frozenset({index}), item.start, item.end, scope.segment)
    found.data = place
    return found


def _unclear(letter: str, index: Index, item: Syntax) -> Unreadable:
    message = f"it is not clear whether this sum runs over {letter} as well"
    hint = f"write \\sum_{{{index.letter}}}\\sum_{{…}}, or write {letter} on the left side"
    return Unreadable(message, item.start, item.end, hint)


def _read_limits(table: Table, item: Syntax) -> Limits:
    """Read the limits of a sum."""
    _, scripts = split(item)
    lower = next((script for script in scripts if script.mark == "_"), None)
    upper = next((script for script in scripts if script.mark == "^"), None)
    if len(scripts) != (lower is not None) + (upper is not None):
        raise Unreadable("a sum carries its limits only", item.start, item.end)
    if lower is None:
        raise Unreadable(_FORMS, item.start, item.end)
    parts = lower.sides[0].items
    inside = only_items(parts[0])
    letters = tuple(_index_letter(part) for part in (inside if len(parts) == 1 and len(inside) > 1 else parts))
    known = tuple(letter for letter in letters if letter is not None)
    if len(known) != len(letters) or not 1 <= len(letters) <= 3:
        raise Unreadable(_FORMS, item.start, item.end)
    if lower.relation in _CONDITIONS and len(known) == 1:
        other = compared_letter(lower.sides[1])
        last, dim = _upper_bound(table, upper) if upper is not None else ((), None)
        if other is None or last:
            raise Unreadable(_FORMS, item.start, item.end)
        return Limits(known, dim, (Bound(lower.relation, other),))
    if lower.relation not in ("", "=") or (lower.relation == "=" and upper is None):
        raise Unreadable(_FORMS, lower.start, lower.end)
    from_0 = lower.relation == "=" and len(lower.sides[1].items) == 1 and spell(lower.sides[1].items[0]) == "0"
    first = _lower_bound(lower) if lower.relation == "=" and not from_0 else ()
    last, dim = _upper_bound(table, upper, from_0=from_0) if upper is not None else ((), None)
    if (first or last or from_0) and len(known) > 1:
        raise Unreadable(_FORMS, lower.start, lower.end)
    return Limits(known, dim, first + last, 0 if from_0 else 1)


def _lower_bound(lower: Script) -> tuple[Bound, ...]:
    """Return the condition that a lower limit makes: 1 -> none, 2 -> i >= 2, t+1 -> i >= t + 1."""
    typed = spell(lower.sides[1].items[0]) if len(lower.sides[1].items) == 1 else None
    if typed is None or typed == "0" or (is_number(typed) and typed != str(int(typed))):
        raise Unreadable(_FORMS, lower.start, lower.end, "an index counts from 1")
    if is_number(typed):
        return () if typed == "1" else (Bound(">=", None, int(typed)),)
    letter, offset = shifted(typed) or (typed, 0)
    return (Bound(">=", letter, offset),)


def _upper_bound(table: Table, upper: Script, *, from_0: bool = False) -> tuple[tuple[Bound, ...], Dim | None]:
    """Return the condition that an upper limit makes, and its dimension: d -> none, d; d-1 -> i <= d - 1, d.

    The dimension counts the values of the index; there is one more of them in a sum from 0.
    """
    if from_0:
        return _upper_bound_from_0(table, upper)
    label = _dimension_label(upper.sides[0])
    if label in table.dims:
        return (), table.dims[label]
    typed = spell(upper.sides[0].items[0]) if len(upper.sides[0].items) == 1 else None
    if typed and (len((counted(typed) or ((),))[0]) > 1 or table.has_sum(typed)) and (dim := table.size(typed)):
        return (), dim
    if typed and is_number(typed) and typed[0] != "0" and 1 < int(typed) <= MAX_SIZE:
        return (), Dim(size=int(typed))
    letter, offset = (shifted(typed) or (typed, 0)) if typed else ("", 0)
    if letter in table.dims and offset < 0:
        return (Bound("<=", table.dims[letter], offset),), table.dims[letter]
    index = letter in GREEK or (len(letter) == 1 and letter.islower())
    if letter in table.dims or not index:
        hint = f"declared are {', '.join(table.dims)}" if table.dims else ""
        raise Unreadable("a sum runs to a dimension letter", upper.start, upper.end, hint)
    return (Bound("<=", letter, offset),), None


def _upper_bound_from_0(table: Table, upper: Script) -> tuple[tuple[Bound, ...], Dim | None]:
    """Return the condition and the number of values of an index from 0: d-1 -> none, d; t-1 -> k <= t - 1, T."""
    typed = (spell(upper.sides[0].items[0]) if len(upper.sides[0].items) == 1 else "") or ""
    letters, number = counted(typed) or ((), int(typed) if is_number(typed) else MAX_SIZE)
    if not letters and number < MAX_SIZE:
        return (), Dim(size=number + 1)
    if letters and all(letter in table.dims for letter, _ in letters):
        return (), table.total(letters, number + 1)
    if len(letters) != 1 or letters[0][1] < 0 or number >= 0:
        raise Unreadable("a sum from 0 runs to d, to d-1 or to t-1", upper.start, upper.end)
    return (Bound("<=", letters[0][0], number),), None


def _dimension_label(side: Side) -> str:
    items = side_items(side)
    use = plain_name(items[0]) if len(items) == 1 else None
    return use.spelled if use is not None and use.bare else ""


def compared_letter(side: Side) -> str | None:
    """Return the index letter or label that a side of a condition consists of, or None."""
    item = side.items[0]
    return _index_letter(item) or label_text(first_item(item)) if len(side.items) == 1 else None


def _index_letter(item: Syntax) -> str | None:
    """Return the index letter that a part of a limit consists of, or None: i -> "i", i+1 -> None."""
    items = only_items(item) or (item,)
    typed = spell(items[0]) if len(items) == 1 and items[0].kind in ("NAME", "scripted") else None
    letter = (typed or "").rstrip("'")
    return typed if (len(letter) == 1 and letter.isalpha()) or letter in GREEK else None


_BRACKETS_HINT = "put what follows in brackets where it begins with a sign: \\sum_i (-a_i), \\prod_i (-a_i)"
