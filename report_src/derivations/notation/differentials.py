r"""Differentials: d\mathbf x of a declared value is an arbitrary array of its shape; the chain rule gives all others.

The values that vary are those with a d before them in some row; the text must say that all others are constant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from report_src.derivations.notation.authored_functions import argument_key
from report_src.derivations.semantics.derivatives import ancestors
from report_src.derivations.semantics.items import Item, is_paren, kind_of, split, text
from report_src.derivations.semantics.scope import Scope, Target
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import Symbol, Table
from report_src.derivations.semantics.unnamed import unnamed_factor
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.lexer_tokens import Letter
from report_src.derivations.syntax.names import latex, plain_name
from report_src.derivations.syntax.parser import Script, Side, Statement, Syntax, parse

_A_SIZE = re.compile(r"[\^_]\s*(?:d(?![A-Za-z])|\{[^{}]*(?<![A-Za-z\\])d\s*\})")  # \sum_{i=1}^d, 1_d, I_{d}


@dataclass(frozen=True)
class Differential:
    """The symbol whose differential is taken, the varying symbols with their own differentials, and the selectors."""

    symbol: Symbol
    varied: tuple[tuple[Symbol, Symbol], ...]
    picks: tuple[Any, ...]


def begins(scope: Scope, items: list[Item], index: int) -> bool:
    """Tell whether an item is the d of a differential: upright, or italic if nothing else has the name d."""
    item = items[index]
    if not isinstance(item, Syntax) or index + 1 == len(items):
        return False
    if item.kind == "PARTIAL":
        return bool(item.meaning == "d")
    dims = scope.table.dims.keys() - ({"d"} if scope.table.d_varies else set())
    taken = {*scope.free, *scope.inherited, *scope.ranged, *dims, *(one.letter for one in scope.bound)}
    other = "d" in taken or any(key[0] == "d" for key in scope.table.symbols)
    return not other and item.kind == "NAME" and item.meaning == Letter("d")


def read(scope: Scope, items: list[Item], index: int) -> tuple[Node, int]:
    r"""Read d\mathbf x, d(\mathbf x^\top \mathbf x) and d\log x."""
    sign, item = items[index], items[index + 1] if index + 1 < len(items) else None
    if not isinstance(item, Syntax) or kind_of(item) not in ("NAME", "paren", "OP", "absolute", "norm"):
        raise Unreadable("d is written before a name or a bracket", sign.start, sign.end)
    _refuse_power(scope, item)
    if kind_of(sign) == "NAME" and "d" in scope.table.dims and _A_SIZE.search(scope.segment.text):
        message = f"d is a dimension in this row, and d{text(scope, item)} can be read as a product as well"
        raise Unreadable(message, sign.start, item.end, "write \\mathrm d x, or d\\cdot x for a product")
    if is_paren(item) and index + 2 < len(items) and kind_of(items[index + 2]) == "paren":
        raise Unreadable(
            "d(x)(y) can be read in two ways", item.start, items[index + 2].end, "write \\bigl(d(x)\\bigr)(y)"
        )
    target, after = unnamed_factor(scope, items, index + 1)
    return _differential(scope, target, sign.start, items[after - 1].end), after


def _refuse_power(scope: Scope, item: Syntax) -> None:
    """Refuse dx^2, which reads as d(x^2) and as (dx)^2."""
    _, scripts = split(item)
    use = plain_name(item)
    power = use is not None and (use.power is not None or set(use.operations) - {"transpose"})
    if power or (use is None and any(script.mark == "^" for script in scripts)):
        message = f"d{text(scope, item)} can be read as d of the power, and as the power of d"
        raise Unreadable(message, item.start, item.end, "write d(x^2) or (dx)^2")


def _differential(scope: Scope, target: Target, start: int, end: int) -> Node:
    above = ancestors(target.symbol) | {target.symbol}
    varied = tuple((symbol, own) for symbol, own in scope.table.varied.items() if symbol in above)
    known = {symbol for symbol, _ in varied} | {s for s in above if s.kind in ("definition", "function", "rule")}
    silent = sorted((s for s in above - known if s.key[:3] not in scope.table.constants), key=lambda s: s.order)
    if silent:
        message = f"no row writes d{silent[0]}, and the text does not say that {silent[0]} is constant"
        hint = f"write the term with d{silent[0]}, or in the text: Here ${latex(silent[0].key)}$ is constant."
        raise Unreadable(message, start, end, hint)
    scope.uses |= {target.symbol, *(own for _, own in varied)}
    if not varied:
        message = f"nothing that {target.symbol} depends on varies: no row writes d before a declared name"
        raise Unreadable(message, start, end)
    data = Differential(target.symbol, varied, target.axes("row", "column"))
    return Node("differential", (), target.shape, target.indices, start, end, scope.segment, data)


def note_varying(table: Table, statements: list[Statement], constants: Iterable[str]) -> None:
    """Note in the table each name with a d before it in some row, and each that the text calls constant."""
    for name in constants:
        table.constants |= {key[:3] for item in _items_of(name) if (key := argument_key(table, item)) is not None}
    for statement in statements:
        for first, following in _neighbours(statement.sides):
            written = first.kind == "PARTIAL" and first.meaning == "d"
            if not written and not (first.kind == "NAME" and first.meaning == Letter("d")):
                continue
            use = plain_name(following)
            if use is not None:
                table.differentials.add((use.letter.letter, use.letter.accent, use.sup))
    terms = [term for statement in statements if "in" not in statement.signs for term in _terms(statement.sides)]
    before = [kind_of(term[at + 1]) if at + 1 < len(term) else "" for term in terms for at in _places_of_d(term)]
    alone = any(len(term) == 2 and term[0].kind == "NAME" and _places_of_d(term) == [0] for term in terms)
    table.d_varies = alone and all(kind in ("NAME", "paren") for kind in before)


def _places_of_d(term: tuple[Syntax, ...]) -> list[int]:
    return [at for at, item in enumerate(term) if item.kind == "NAME" and item.meaning == Letter("d")]


def _terms(node: Any) -> Iterator[tuple[Syntax, ...]]:
    """Yield the items of all terms of a tree that are in no script."""
    if isinstance(node, Syntax) and node.kind == "term":
        yield node.items
    for part in node.items if isinstance(node, Syntax | Side) else node if isinstance(node, tuple) else ():
        yield from _terms(part)


def _items_of(text: str) -> tuple[Syntax, ...]:
    try:
        return parse(text).sides[0].items
    except Unreadable:
        return ()


def _neighbours(node: Any) -> Iterator[tuple[Syntax, Syntax]]:
    """Yield adjacent items in all terms of a tree except in fractions, where d is the sign of a derivative."""
    if isinstance(node, Syntax) and node.kind == "fraction":
        return
    if isinstance(node, Syntax) and node.kind == "term":
        yield from zip(node.items, node.items[1:], strict=False)
    parts: tuple[Any, ...] = ()
    if isinstance(node, tuple):
        parts = node
    elif isinstance(node, Syntax | Side):
        parts = node.items
    elif isinstance(node, Script):
        parts = node.sides
    for part in parts:
        yield from _neighbours(part)
