"""Declarations: x, y ∈ ℝ^d, g : ℝ → ℝ, λ > 0 and class labels."""

from __future__ import annotations

from dataclasses import replace as copy_with

from report_src.derivations.reader import domains, labels
from report_src.derivations.semantics.program import Program
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.statements import Placed, refuse_doubted
from report_src.derivations.semantics.symbols import SCALAR, Dim, Shape, Symbol, Table, family
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.lexer_tokens import Letter
from report_src.derivations.syntax.names import NameUse, declared_name, only_items, plain_name
from report_src.derivations.syntax.parser import Syntax

Ranges = dict[str, tuple[Dim, set[int]]]  # by letter: what an index runs over, and the rows in which it does


def enter(program: Program, ranges: Ranges, within: Scope | None, statement: Placed, signs: list[str]) -> None:
    """Enter x, y ∈ ℝ^d or g : ℝ → ℝ; `within` is what the last chain knew about its indices."""
    table, tree = program.table, statement.tree
    program.note(statement.rows, "declaration")
    if tree.continues:
        message = "a declaration has its names on the left"
        raise Unreadable(message, tree.relations[0].start, tree.relations[0].end)
    if signs == ["in"]:
        if labels.enter_labels(table, ranges, within, tree):
            return
        kind, shape = domains.domain_of(table, tree.sides[1])
        if kind != "real":
            refuse_doubted(statement)
        for item in tree.sides[0].items:
            _declare(table, ranges, item, kind, shape)
    elif signs == [":", "to"]:
        arguments = domains.argument_shapes(table, tree.sides[1])
        if domains.space_shape(table, tree.sides[2]) != SCALAR:
            raise Unreadable("a function maps to \\mathbb{R}", tree.sides[2].start, tree.sides[2].end)
        for item in tree.sides[0].items:
            symbol = _declare(table, ranges, item, "function", SCALAR)
            symbol.arguments = arguments
    else:
        message = "a declaration reads x \\in \\mathbb{R}^{d} or g : \\mathbb{R} \\to \\mathbb{R}"
        raise Unreadable(message, tree.sides[0].start, tree.sides[-1].end)


def enter_half_line(program: Program, ranges: Ranges, statement: Placed) -> bool:
    """Enter λ > 0 or λ ≥ 0 for a name that is not declared yet; tell whether the statement is one of these.

    In the text it is one behind words such as Let: "The case $x > 0$ is simple." declares nothing.
    """
    table, tree = program.table, statement.tree
    if tree.continues or len(tree.sides[1].items) != 1:
        return False
    zero = only_items(tree.sides[1].items[0])
    names = [only_items(item) for item in tree.sides[0].items]
    uses = [plain_name(items[0]) if len(items) == 1 else None for items in names]
    known = [use is None or table.find(use) is not None or _is_value(table, use) for use in uses]
    if len(zero) != 1 or zero[0].kind != "NUM" or zero[0].meaning != 0 or any(known):
        return False
    refuse_doubted(statement)
    if not (statement.restricts or statement.assumed):
        return False
    program.note(statement.rows, "declaration")
    for item in tree.sides[0].items:
        _declare(table, ranges, item, "positive" if tree.relations[0].sign == ">" else "nonnegative", SCALAR)
    return True


def _is_value(table: Table, use: NameUse) -> bool:
    """Tell whether a letter with a superscript is a power of something known: e^x, a^2 of a declared a."""
    base = copy_with(use, sup="", operations=(), power=None, label="")
    return bool(use.label or use.power) and (use.letter == Letter("e") or table.find(base) is not None)


def _declare(table: Table, ranges: Ranges, item: Syntax, kind: str, shape: Shape) -> Symbol:
    """Enter one declared name; with a range it is a family."""
    items = only_items(item)
    use = declared_name(items[0]) if len(items) == 1 else None
    if use is None or use.operations or use.primes or use.power is not None:
        raise Unreadable("a declaration has letters only on its left", item.start, item.end)
    table.refuse_bracket(use)
    key, slots = family(use, {letter: dim for letter, (dim, _) in ranges.items()})
    known = table.symbols.get(key)
    if known is not None and kind != "function" and (known.kind, known.shape, known.slots) == (kind, shape, slots):
        return known  # said twice
    symbol = Symbol(key, kind, shape, slots, place=item.start, bold=use.letter.bold)
    labels.refuse_declared_entry(symbol, item.start, item.end)
    return table.add(symbol, item.start, item.end)
