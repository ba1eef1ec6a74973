"""Definitions: a := …, J(θ) := …, h_t := … of a recursion, and expressions that are differentiated without a name."""

from __future__ import annotations

import re

from report_src.derivations.notation import authored_functions, powers
from report_src.derivations.notation.recursion import Group
from report_src.derivations.reader import checks, labels, notes
from report_src.derivations.reader.expressions import Reader
from report_src.derivations.semantics import ambiguities, shapes
from report_src.derivations.semantics.program import Definition, Place, Program
from report_src.derivations.semantics.scope import Scope, Target
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.statements import Placed, refuse_doubted
from report_src.derivations.semantics.symbols import Dim, Index, Symbol, Table, family
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.names import Key, NameUse, declared_name, only_items, side_items
from report_src.derivations.syntax.parser import Side


def enter(program: Program, recursion: Group, statement: Placed, reader: Reader) -> Node:
    """Enter a definition and return the node of the defined symbol."""
    table, tree, scope = program.table, statement.tree, reader.scope
    if statement.inline:
        refuse_doubted(statement)
    items = only_items(tree.sides[0].items[0])
    use = declared_name(items[0]) if items else None
    arguments = authored_functions.header_arguments(table, items, use) if use is not None and len(items) > 1 else ()
    formula = authored_functions.Formula(arguments, statement.segment, tree.sides[1]) if arguments else None
    if use is not None and formula is not None and not all(table.names(key) for key in arguments):
        program.note(statement.rows, "definition")
        notes.refuse_in_formula(statement.segment.text)
        return authored_functions.enter_rule(table, statement, use, formula)
    if use is None or use.operations or use.primes or use.power is not None:
        raise Unreadable("a definition has one name on its left", tree.sides[0].start, tree.sides[0].end)
    table.refuse_bracket(use)
    scope.named = frozenset(use.subs)
    value = reader.single(tree.sides[1])
    if begins_recursion(use, table.later) and is_zero(tree.sides[1]) and len(tree.sides) == 2:
        value = shapes.ones("zeros", Dim(), Dim(), start=value.start, end=value.end, segment=statement.segment)
        program.open_shapes.append(value.shape)
    else:
        checks.require_known_size(value)
    powers.refuse_ambiguous_entrywise(value)
    ambiguities.number_beside_matrix(value)
    checks.require_ranges(scope, value)
    checks.refuse_idle_derivatives(program, scope, [value])
    if scope.partial:
        message = "a member of this definition does not exist for every value of its index"
        hint = "write for which it does: …, \\quad i = 1,\\dots,n-K+1; or give the first member, as in \\mathbf h_0"
        raise Unreadable(message, value.start, value.end, hint)
    _refuse_size_as_index(table, use, tree.sides[1], statement.segment.text)
    key, slots, hidden = _slots(scope, use, value, tree.sides[0])
    dims = tuple(slot.dim for slot in slots)
    symbol = recursion.awaited_family(table, key, value, dims) or Symbol(
        key, "definition", value.shape, dims, bold=use.letter.bold, hidden=hidden
    )
    symbol.place = tree.sides[0].start
    symbol.typed = statement.segment.text[tree.sides[1].start : tree.sides[1].end].strip()
    symbol.depends, symbol.formula = set(scope.uses), formula
    enter_unnamed(program, statement, scope)
    if not symbol.awaited:
        table.add(symbol, tree.sides[0].start, tree.sides[0].end)
    place = Place(statement.segment, statement.rows, tree.sides[0].start, value.end)
    definition = Definition(symbol, value, slots, place)
    complete = recursion.complete_with(definition, scope) or []
    program.definitions.extend(complete)
    program.order.extend(complete)
    program.note(statement.rows, "definition")
    scope.uses.add(symbol)
    target = Target(symbol, slots, None, None, False, symbol.shape)
    start, end = tree.sides[0].start, tree.sides[0].end
    return Node("name", (), symbol.shape, frozenset(slots), start, end, statement.segment, target)


def begins_recursion(use: NameUse, defined: set[Key]) -> bool:
    """Tell whether a name is the first member, m_0 or h^{(0)}, of a family of which others are defined."""
    first = use.subs == ("0",) or (use.sup == "0" and not use.subs)
    return first and any(key[:2] == use.key[:2] and key != use.key for key in defined)


def is_zero(side: Side) -> bool:
    r"""Tell whether a side is 0 or \mathbf 0 without a size."""
    items = side_items(side)
    number = items[0].kind == "NUM" and items[0].meaning == 0 if len(items) == 1 else False
    return number or (len(items) == 1 and items[0].kind == "ONES" and items[0].meaning == 0)


def _refuse_size_as_index(table: Table, use: NameUse, right: Side, text: str) -> None:
    """Refuse y_k := g(z_k) where k is a size, as in \\mathbb{R}^k: it defines one value, of the last entry."""
    for letter in use.subs:
        below = rf"_\s*(?:\{{[^{{}}]*(?<![A-Za-z\\]){letter}(?![A-Za-z])[^{{}}]*\}}|{letter}(?![A-Za-z]))"
        if letter in table.dims and letter.islower() and re.search(below, text[right.start : right.end]):
            message = f"{letter} is a size here, so that this defines one value from the entry {letter}"
            hint = f"write another letter for the index, or for the size: \\mathbb{{R}}^{{{letter.upper()}}}"
            raise Unreadable(message, use.start, use.end, hint)


def _slots(
    scope: Scope, use: NameUse, value: Node, left: Side
) -> tuple[Key, tuple[Index, ...], tuple[tuple[str, int | None], ...]]:
    """Return the key of a defined name, the indices of its value in the order of its slots, and its hidden labels."""
    free = {letter: index for letter, index in scope.free.items() if index in value.indices}
    key, dims = family(use, {letter: index.dim for letter, index in free.items()})
    counted = [letter for letter in (use.sup.removeprefix("^"), *use.subs) if letter in free]
    hidden = labels.hidden_labels(scope, use, free, counted)
    unseen = [label for label, _ in hidden]
    if len(counted) != len(dims) or {*counted, *unseen} != set(free):
        raise labels.index_error(left, set(free) - set(unseen), counted)
    return key, tuple(free[letter] for letter in (*counted, *unseen)), hidden


def enter_unnamed(program: Program, statement: Placed, scope: Scope) -> None:
    """Enter the expressions that a statement differentiates as definitions before it."""
    for made in scope.unnamed:
        checks.require_known_size(made.value)
        place = Place(statement.segment, statement.rows, made.value.start, made.value.end)
        definition = Definition(made.symbol, made.value, made.slots, place)
        program.definitions.append(definition)
        program.order.append(definition)
    scope.unnamed.clear()
