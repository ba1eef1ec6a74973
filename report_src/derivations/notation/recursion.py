r"""Recursions: \mathbf h_t := W\mathbf h_{t-1} + … with a given \mathbf h_0, in one definition or in several."""

from __future__ import annotations

from dataclasses import dataclass

from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.operators import entry_by_indices
from report_src.derivations.semantics.program import Definition
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.symbols import Dim, Index, Symbol, Table, same
from report_src.derivations.source.errors import ShapeError, Unreadable
from report_src.derivations.syntax.names import Key, NameUse, shifted


@dataclass(frozen=True)
class Previous:
    """The member of a family at the previous index, h_{t-1}: the given first one for t = 1, else the family's."""

    given: Symbol
    family: Symbol
    index: Index


def read_previous(scope: Scope, use: NameUse) -> Node | None:
    """Read h_{t-1} if h_0 is given and h_t is defined or being defined; return None for other names."""
    letter, accent, subs = use.letter.letter, use.letter.accent, use.subs
    above, below = shifted(use.sup), shifted(subs[0]) if subs else None
    if (letter, accent, use.sup, subs) in scope.table.symbols or use.primes:
        return None
    if above is not None:
        (counted, offset), rest = above, subs
        keys: tuple[Key, Key] = (letter, accent, "0", ()), (letter, accent, "*", ())
    elif below is not None:
        (counted, offset), rest = below, subs[1:]
        keys = (letter, accent, use.sup, ("0",)), (letter, accent, use.sup, ("*",))
    else:
        return None
    given = scope.table.symbols.get(keys[0])
    if given is None or offset != -1 or given.slots or given.kind in ("function", "rule"):
        return None
    index = scope.index(counted, use, bold=False)
    family = scope.table.symbols.get(keys[1]) or _enter_awaited(scope, keys[1], given, index)
    if len(family.slots) != 1 or not same(index.dim, family.slots[0]):
        message = f"{counted} runs over {index.dim} here, and {family} over {family.slots[0]}"
        raise ShapeError(message, use.start, use.end)
    if not all(same(a, b) for a, b in zip(given.shape, family.shape, strict=True)):
        message = f"{given} is {shapes.describe(given.shape)}, and {family} is {shapes.describe(family.shape)}"
        raise ShapeError(message, use.start, use.end)
    scope.uses |= {given, family}
    data = Previous(given, family, index)
    made = Node("previous", (), family.shape, frozenset({index}), use.start, use.end, scope.segment, data)
    return entry_by_indices(scope, made, rest, use.start, use.end) if rest else made


def _enter_awaited(scope: Scope, key: Key, given: Symbol, index: Index) -> Symbol:
    """Enter a family that is used before its definition, with the shape of its given member."""
    if not scope.defines:
        raise Unreadable(f"the recursion that {given} begins is not defined", 0, len(scope.segment.text))
    symbol = Symbol(key, "definition", given.shape, (index.dim,), awaited=True, bold=given.bold)
    symbol.order = len(scope.table.symbols)
    scope.table.symbols[key] = symbol
    return symbol


class Group:
    """The definitions of one recursion, from the first that uses a family to the one that defines the last family."""

    def __init__(self) -> None:
        """Begin without a recursion."""
        self.pending: list[Definition] = []
        self.awaited: set[Symbol] = set()

    def awaited_family(self, table: Table, key: Key, value: Node, dims: tuple[Dim, ...]) -> Symbol | None:
        """Return the family of the recursion that this definition defines, or None."""
        symbol = table.symbols.get(key)
        if symbol is None or not symbol.awaited:
            return None
        if len(symbol.slots) != len(dims):
            raise Unreadable(f"{symbol} depends on a label, which a recursion may not", value.start, value.end)
        if not all(same(a, b) for a, b in zip((*symbol.slots, *symbol.shape), (*dims, *value.shape), strict=True)):
            message = (
                f"{symbol} is {shapes.describe(value.shape)} here, and {shapes.describe(symbol.shape)} at its start"
            )
            raise ShapeError(message, value.start, value.end)
        return symbol

    def complete_with(self, definition: Definition, scope: Scope) -> list[Definition] | None:
        """Return the definitions that this one completes, or None while a family is still undefined."""
        self.awaited |= {symbol for symbol in scope.uses if symbol.awaited}
        if not self.awaited and not self.pending:
            return [definition]
        self.awaited.discard(definition.symbol)
        definition.symbol.awaited = False
        self.pending.append(definition)
        self._refuse(definition, scope)
        if self.awaited:
            return None
        made, self.pending = self.pending, []
        for part in made[:-1]:
            part.waits = True
        made[-1].group = tuple(made)
        return made

    def _refuse(self, definition: Definition, scope: Scope) -> None:
        """Refuse a definition without exactly one index, or with a derivative."""
        place = (0, len(scope.segment.text))
        if len(definition.slots) != 1:
            message = f"{definition.symbol} is defined inside a recursion, without its one index"
            raise Unreadable(message, *place, "define it above the recursion or below it")
        if scope.unnamed or any(node.op in ("derivative", "differential") for node in walk(definition.value)):
            raise Unreadable("there is a derivative inside a recursion", *place, "define it below the recursion")

    def refuse_claims(self, scope: Scope) -> None:
        """Refuse a claim about a recursion that is not completely defined."""
        open_ones = self.awaited | {definition.symbol for definition in self.pending}
        used = with_ancestors(scope.uses)
        met = used & open_ones | {symbol for symbol in used if symbol.awaited}
        if met:
            first = min(met, key=lambda symbol: symbol.order)
            message = f"{first} belongs to a recursion that is not complete"
            raise Unreadable(message, 0, len(scope.segment.text), "define each family that it uses one step before")
