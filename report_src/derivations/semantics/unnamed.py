"""Expressions without a name that are differentiated: each becomes a definition of its own before its row is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from report_src.derivations.semantics.items import Item
from report_src.derivations.semantics.scope import Scope, Target
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import Index, Symbol
from report_src.derivations.syntax.pretty import pretty


@dataclass(frozen=True)
class Unnamed:
    """The symbol that stands for an expression, its value, and the indices it depends on."""

    symbol: Symbol
    value: Node
    slots: tuple[Index, ...]


def unnamed_target(scope: Scope, read: Callable[[], Node]) -> Target:
    """Return a target for what `read` reads; a name stays what it is."""
    outer, scope.uses = scope.uses, set()
    before, scope.moved = scope.moved, set()
    try:
        value = read()
    finally:
        inside, scope.uses = scope.uses, scope.uses | outer
        moved, scope.moved = scope.moved, scope.moved | before
    if value.op == "name":
        found: Target = value.data
        return found
    slots = tuple(sorted(value.indices, key=lambda index: index.axis))
    typed = value.segment.text[value.start : value.end]
    symbol = Symbol((pretty(typed), "", "", ()), "definition", value.shape, tuple(index.dim for index in slots))
    symbol.depends, symbol.typed, symbol.moved = inside, typed, frozenset(moved)
    scope.uses.add(symbol)
    scope.unnamed.append(Unnamed(symbol, value, slots))
    return Target(symbol, slots, None, None, False, value.shape)


def unnamed_factor(scope: Scope, items: list[Item], index: int) -> tuple[Target, int]:
    """Read one factor as `unnamed_target` does; return its target and the position of the item behind it."""
    after = index

    def read() -> Node:
        nonlocal after
        made, after = scope.reader.factor(items, index)
        return made

    return unnamed_target(scope, read), after
