r"""What a row says behind "where": … = \alpha^\top y, \text{ where } \alpha = K^{-1} y; names that it defines there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from report_src.derivations.reader import definitions
from report_src.derivations.semantics.statements import Placed, names_before
from report_src.derivations.semantics.symbols import Table
from report_src.derivations.syntax.names import Key, NameUse, first_item, plain_name, side_items
from report_src.derivations.words.definitions import BEHIND

Finder = Callable[[str], bool]
_WORDS = re.compile(
    r"\\(?:text[a-z]*|mbox|operatorname|mathrm)\s*\{[^{}]{2,}\}|\\[A-Za-z]+"
)  # whose letters are no names
_BELOW = re.compile(r"_\s*(?:\{[^{}]*\}|\\?[A-Za-z]+)")  # a subscript


def settle(statements: list[Placed], table: Table) -> None:
    r"""Make `\text{where } a = b` the definition of a name that nothing declares or defines, and that is no index.

    So is "Let $a = b$", where a row has the name, and `$m_0 = 0$` in the text, of the first member of a recursion; it
    stands before the displays.
    """
    said = names_before([one for one in statements if one.defines], "=") | names_before(statements, ":=")
    statements.sort(key=lambda statement: _is_no_declaration(statement, said))
    known = names_before(statements, ":=", "in", ":")
    known |= names_before([one for one in statements if one.inline], ">", ">=")  # f(x) >= 0 in a display is a claim
    defined, by_words = names_before(statements, ":="), set[Key]()
    letters = {key[:2] for key in known}  # with their accents: y beside y_i is not certain to be another name
    below = " ".join(found[0] for statement in statements for found in _BELOW.finditer(statement.segment.text))
    for statement in statements:
        use = _equated(statement, table)
        if use is None or (use.key in known and not (statement.defines and use.key in by_words)):
            continue
        table.told.add(use.key)
        first = statement.inline and definitions.begins_recursion(use, defined)
        if first or (statement.inline and not statement.defines):
            if not (first and definitions.is_zero(statement.tree.sides[1])):
                continue
            statement.assumed = False
        elif (statement.defines and not statement.segment.aside and use.key[:2] in letters) or (
            statement.inline and not _is_used(use, statement, statements)
        ):
            continue
        if use.subs or not _finder(use)(below):
            relation = replace(statement.tree.relations[0], sign=":=")
            statement.tree = replace(statement.tree, relations=(relation, *statement.tree.relations[1:]))
            known.add(use.key)
            table.told.discard(use.key)
            by_words |= {use.key} if statement.defines else set()
    _hoist(statements)
    shown = next((number for number, statement in enumerate(statements) if not statement.inline), len(statements))
    statements[shown:] = sorted(statements[shown:], key=lambda statement: not _begins(statement))


def _is_no_declaration(statement: Placed, defined: set[Key]) -> bool:
    r"""Tell whether a statement does not declare in the text. A declaration holds for the displays above it, too."""
    uses = (plain_name(first_item(item)) for item in statement.tree.sides[0].items) if statement.tree.sides else ()
    names = {use.key for use in uses if use is not None}
    return not statement.inline or statement.tree.signs not in (["in"], [":", "to"]) or not names.isdisjoint(defined)


def _hoist(statements: list[Placed]) -> None:
    r"""Put definitions by words before the display above that uses them: \[ L = h^2 \] where $h = 2z$ and $z = Wx$."""
    hoisted: list[Placed] = []
    said = [one for one in statements if one.inline and one.defines == BEHIND and one.tree.signs[:1] == [":="]]
    uses = ((one, plain_name(next(iter(side_items(one.tree.sides[0])), one.tree.sides[0].items[0]))) for one in said)
    waiting = [(one, _finder(use)) for one, use in uses if use is not None]
    while found := next(
        ((place, *one) for one in waiting if (place := _display_above(statements, *one, hoisted))), None
    ):
        place, statement, name = found
        waiting.remove((statement, name))
        statements.remove(statement)
        while place and statements[place - 1] in hoisted and name(statements[place - 1].segment.text):
            place -= 1
        statements.insert(place, statement)
        hoisted.append(statement)


def _display_above(statements: list[Placed], statement: Placed, name: Finder, hoisted: list[Placed]) -> int:
    """Return where the display above a definition begins, if it or what is hoisted to it uses the name; else 0."""
    last = statements.index(statement)
    while last and statements[last - 1].inline and statements[last - 1] not in hoisted:
        last -= 1
    first = last
    while first and not statements[first - 1].inline and statements[first - 1].display == statements[last - 1].display:
        first -= 1
    begin = first
    while begin and statements[begin - 1] in hoisted:
        begin -= 1
    used = any(name(other.segment.text) for other in statements[begin:last])
    return first if used and first < last else 0


def _equated(statement: Placed, table: Table) -> NameUse | None:
    """Return the name on the left of an equation by which the text may define it."""
    tree = statement.tree
    if not (statement.segment.aside or statement.inline or statement.defines) or tree.continues:
        return None
    if tree.signs not in (["="], ["=", "in"]):
        return None
    items = side_items(tree.sides[0])
    header = len(items) == 2 and items[1].kind == "paren" and statement.defines  # f(x) = …
    use = plain_name(items[0]) if len(items) == 1 or header else None
    if use is None or use.operations or use.power or use.primes or use.spelled in table.dims:
        return None
    right = statement.segment.text[tree.sides[1].start : tree.sides[1].end]
    abbreviates = not (use.subs or use.sup or use.letter.accent) and _finder(use)(right)  # σ = σ(z)
    return None if abbreviates else use


def _finder(use: NameUse) -> Finder:
    """Return what tells whether a formula has the letter of a name, beside others as well: the L of dL, the q of qz."""
    letter = use.letter.letter
    if len(letter) == 1:
        return lambda formula: letter in _WORDS.sub(" ", formula)
    pattern = re.compile(rf"(?<![A-Za-z]){re.escape(letter)}(?![A-Za-z])")
    return lambda formula: pattern.search(formula) is not None


def _is_used(use: NameUse, statement: Placed, statements: list[Placed]) -> bool:
    """Tell whether another statement that is read has the letter of a name."""
    return any(
        _finder(use)(other.segment.text)
        for other in statements
        if other is not statement and (other.defines or not other.inline)
    )


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
