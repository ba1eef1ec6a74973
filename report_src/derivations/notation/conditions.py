r"""Rows that hold for some values of their indices only: … = a_i, \quad i \ne j, and rows with \mathbf h_{t+1}."""

from __future__ import annotations

import itertools
from typing import Any

from report_src.derivations.notation import assumption_forms
from report_src.derivations.notation.indicators import SIGNS, indicator_of
from report_src.derivations.notation.sums import compared_letter
from report_src.derivations.semantics.program import Claim, Place, Program
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node, is_scalar
from report_src.derivations.semantics.statements import Placed
from report_src.derivations.semantics.symbols import SCALAR, Table, indices_of
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.segments import Segment
from report_src.derivations.source.vocabulary import BOUNDS
from report_src.derivations.syntax.names import only_items, plain_name, side_items
from report_src.derivations.syntax.parser import Side

Condition = tuple[str, str, str]  # the two letters that are compared, and the sign between them


def enter_side_condition(program: Program, scope: Scope | None, statement: Placed) -> Condition | None:
    r"""Restrict the claims of a row to the indices that a statement like i \ne j names; return what it says."""
    tree = statement.tree
    signs = tree.signs
    if scope is None or len(signs) != 1 or signs[0] not in SIGNS or tree.continues or statement.inline:
        return None
    letters = [compared_letter(side) for side in tree.sides]
    found = [scope.free.get(letter) if letter else None for letter in letters]
    declared = any((letter, "", "", ()) in program.table.symbols for letter in letters)
    claims = claims_of_row(program, scope, statement)
    if None in found or declared or not claims or statement.silent:
        return None
    if found[0] is found[1]:
        raise Unreadable("this condition compares an index with itself", 0, len(statement.segment.text.rstrip()))
    left, right = (scope.number_of(index, tree.sides[0]) for index in found if index is not None)
    condition = indicator_of(left, signs[0], right, 0, len(statement.segment.text))
    for claim in claims:
        claim.where = (*claim.where, condition)
    return str(letters[0]), str(letters[1]), signs[0]


_ARROWS = frozenset({"\\Rightarrow", "\\implies"})
# words and spaces behind a formula, before a condition of it; a column of its own also before one of its indices
_IF = frozenset({"if", "when", "whenever", "for", "provided", "provided that", "as long as", "where", "with"})
_SPACES = frozenset({",", "\\quad", "\\qquad"})


def follows_as_condition(segment: Segment, behind_condition: bool, *, index: bool = False) -> bool:
    r"""Tell whether what stands before a comparison lets it be a condition: "if", a space, or "and" behind another one.

    Behind "so", \implies or "or" it says something else.
    """
    said = [lead for lead in segment.leads if lead not in _SPACES and not (index and lead == "&")]
    if not said:
        return bool(segment.leads) or segment.condition
    return len(said) == 1 and (said[0] in _IF or said[0].startswith("for ") or (said[0] == "and" and behind_condition))


def note_doubts(program: Program, statement: Placed) -> bool:
    r"""Note the claims of a row of which another statement may be a condition: \quad ab > 0, s > 0 \implies |s| = s.

    Return whether the statement may be one: it is not certain what a row below goes on from.
    """
    claims = [claim for claim in program.claims if claim.place.rows == statement.rows]
    said = set(statement.segment.leads)
    bare = said <= _SPACES | {"&"} and BOUNDS.issuperset(statement.tree.signs)
    if len(claims) > len(statement.tree.signs) and not statement.inline and (bare or said & _ARROWS):
        for claim in claims:
            claim.doubted = True
        return bare
    return False


def claims_of_row(program: Program, scope: Scope | None, statement: Placed) -> list[Claim]:
    """Return the claims of the formula that stands before a statement in its row, the last first."""
    last = itertools.takewhile(lambda claim: claim.place.rows == statement.rows, reversed(program.claims))
    return [claim for claim in last if claim.scope is scope]


def bounds_declared(table: Table, statement: Placed) -> bool:
    r"""Tell whether a statement compares declared values, or entries, or numbers: s > 0, 0 < x_i < 1, a > b."""
    tree = statement.tree
    if statement.inline or tree.continues or not tree.signs or not BOUNDS.issuperset(tree.signs):
        return False
    names = [_declared_name(table, side) for side in tree.sides if not _is_number(side)]
    return bool(names) and all(names)


def _is_number(side: Side) -> bool:
    """Tell whether a side is a number with a sign or without."""
    parts = side.items[0].items if len(side.items) == 1 and side.items[0].kind == "expr" else ()
    return len(parts) == 1 and [item.kind for item in parts[0][1].items] == ["NUM"]


def _declared_name(table: Table, side: Side) -> bool:
    """Tell whether a side is a declared value, an entry of it or its size: s, x_i, |s|."""
    items = side_items(side)
    if len(items) == 1 and items[0].kind == "absolute":
        items = only_items(items[0].items[0])
    use = plain_name(items[0]) if len(items) == 1 else None
    found = table.find(use) if use is not None and not (use.operations or use.power or use.primes) else None
    return found is not None and found[0].kind not in ("definition", "function", "rule")


def read_condition(scope: Scope, claims: list[Claim], statement: Placed) -> tuple[Claim, ...] | None:
    r"""Restrict the claims of a row to values of which a statement behind it says that the row holds: \text{if } s > 0.

    A comparison of numbers is an assumption of these claims alone; one with an index, or s \ne 0, picks from values.
    Return the assumptions, None where there is another condition.
    """
    assumed: dict[int, Claim] = {}
    others = False
    tree = statement.tree
    known, before = set(scope.free), scope.segment
    scope.segment = statement.segment
    sides = [scope.reader.single(side) for side in tree.sides]
    scope.segment = before
    if scope.unnamed:
        message = "a condition holds no derivative of an expression without a name"
        raise Unreadable(message, sides[0].start, sides[-1].end, "define the expression above, f \\coloneqq …")
    large = next((side for side in sides if not is_scalar(side.shape)), None)
    if large is not None or set(scope.free) != known:
        part = large or sides[0]
        message = "a condition of a row compares numbers, and has no index that the row lacks"
        raise Unreadable(message, part.start, part.end)
    for sign, (left, right) in zip(tree.signs, itertools.pairwise(sides), strict=True):
        place = Place(statement.segment, statement.rows, left.start, right.end)
        for claim in claims:
            if left.indices or right.indices or sign == "!=":
                others = True
                claim.where = (*claim.where, indicator_of(left, sign, right, left.start, right.end))
            else:
                condition = Claim(left, sign, right, place, set(scope.uses), given=claim.given)
                assumption_forms.refuse_repetition(claim, [condition])
                claim.given = (*claim.given, condition)
                assumed[left.start] = condition
    return None if others else tuple(assumed.values())


def carried_on(scope: Scope, found: list[Condition], like: Node) -> tuple[Node, ...]:
    """Return the conditions of the row above as those of a row that goes on from it."""
    met = [
        (scope.free[one], scope.free[other], sign) for one, other, sign in found if {one, other} <= scope.free.keys()
    ]
    return tuple(
        indicator_of(scope.number_of(one, like), sign, scope.number_of(other, like), like.start, like.end)
        for one, other, sign in met
    )


def refuse_unclear_sums(scope: Scope, read: list[Node], left: tuple[str, ...] | None = None) -> None:
    r"""Refuse \sum_{i<j} if j does not occur on every side: the sum may be meant to run over both.

    `left` has the subscripts on the left side of a definition.
    """
    for index in scope.uncleared:
        if not all(index in side.indices for side in read) or (left is not None and index.letter not in left):
            message = f"it is not clear whether a sum runs over {index.letter} as well"
            hint = f"write both sums, or write {index.letter} on both sides"
            raise Unreadable(message, read[0].start, read[-1].end, hint)


def where_members_exist(program: Program, scope: Scope, like: Node) -> tuple[Node, ...]:
    """Return the conditions of a row under which all its members exist, such as h_{t+1}, and warn of them."""
    for member in scope.partial:
        program.warnings.append(f"a row is claimed where the member at {member} exists")
    at: dict[str, Any] = {"start": like.start, "end": like.end, "segment": like.segment}
    needed = dict.fromkeys(place for places in scope.partial.values() for place in places)
    return tuple(Node("inside", (), SCALAR, indices_of([place]), **at, data=place) for place in needed)
