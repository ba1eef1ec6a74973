r"""What a row says behind "where": … = \alpha^\top y, \text{ where } \alpha = K^{-1} y; names that it defines there."""

from __future__ import annotations

import re
from dataclasses import replace

from report_src.derivations.reader import definitions
from report_src.derivations.semantics.statements import Placed, names_before
from report_src.derivations.semantics.symbols import Table
from report_src.derivations.syntax.names import plain_name, side_items

_BELOW = re.compile(r"_\s*(?:\{[^{}]*\}|\\?[A-Za-z]+)")  # a subscript


def settle(statements: list[Placed], table: Table) -> None:
    r"""Make `\text{where } a = b` the definition of a name that nothing declares or defines, and that is no index.

    So is `$m_0 = 0$` in the text, of the first member of a recursion; it stands before the displays.
    """
    known = names_before(statements, ":=", "in", ":", ">", ">=")
    defined = names_before(statements, ":=")
    below = " ".join(found[0] for statement in statements for found in _BELOW.finditer(statement.segment.text))
    for statement in statements:
        tree = statement.tree
        if tree.signs != ["="] or tree.continues or not (statement.segment.aside or statement.inline):
            continue
        items = side_items(tree.sides[0])
        use = plain_name(items[0]) if len(items) == 1 else None
        if use is None or use.key in known or use.operations or use.power or use.primes or use.spelled in table.dims:
            continue
        if statement.inline:
            if not (definitions.begins_recursion(use, defined) and definitions.is_zero(tree.sides[1])):
                continue
            statement.assumed = False
        if use.subs or not re.search(rf"(?<![A-Za-z]){use.letter.letter}(?![A-Za-z])", below):
            relation = replace(tree.relations[0], sign=":=")
            statement.tree = replace(tree, relations=(relation,))
            known.add(use.key)
    shown = next((number for number, statement in enumerate(statements) if not statement.inline), len(statements))
    statements[shown:] = sorted(statements[shown:], key=lambda statement: not _begins(statement))


def _begins(statement: Placed) -> bool:
    """Tell whether a statement of the text defines the first member of a recursion, as 0."""
    return statement.inline and statement.tree.signs == [":="] and definitions.is_zero(statement.tree.sides[1])


def behind(statements: list[Placed]) -> dict[int, list[Placed]]:
    """Return, by the position of the first statement of a row, the definitions that stand behind it in that row."""
    found: dict[int, list[Placed]] = {}
    first = 0
    for position, statement in enumerate(statements):
        if statement.inline or statement.rows != statements[first].rows:
            first = position
        opens = statements[first].tree.signs[:1] != [":="]
        if position > first and opens and statement.tree.signs[:1] == [":="] and not statement.tree.continues:
            found.setdefault(first, []).append(statement)
    return found
