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
from report_src.derivations.syntax.names import plain_name, side_items

COMPARED = frozenset({"=", "!=", "<", ">", "<=", ">="})
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


def claims_of_row(program: Program, scope: Scope | None, statement: Placed) -> list[Claim]:
    """Return the claims of the formula that stands before a statement in its row, the last first."""
    last = itertools.takewhile(lambda claim: claim.place.rows == statement.rows, reversed(program.claims))
    return [claim for claim in last if claim.scope is scope]


def bounds_declared(table: Table, statement: Placed) -> bool:
    r"""Tell whether a statement compares one declared value, or an entry of one, with numbers: s > 0, 0 < x_i < 1."""
    tree = statement.tree
    if statement.inline or tree.continues or not tree.signs or not set(tree.signs) <= COMPARED - {"="}:
        return False
    items = [side_items(side) for side in tree.sides]
    numbers = [len(part) == 1 and part[0].kind == "NUM" for part in items]
    names = [plain_name(part[0]) for part, number in zip(items, numbers, strict=True) if len(part) == 1 and not number]
    if sum(numbers) != len(items) - 1 or len(names) != 1 or names[0] is None:
        return False
    found = table.find(names[0])
    return found is not None and found[0].kind not in ("definition", "function", "rule")


def read_condition(program: Program, scope: Scope, claims: list[Claim], statement: Placed) -> None:
    r"""Restrict the claims of a row to values of which a statement behind it says that the row holds: \text{if } s > 0.

    A comparison of numbers is an assumption of these claims alone; one with an index, or s \ne 0, picks from values.
    """
    tree = statement.tree
    known, before = set(scope.free), scope.segment
    scope.segment = statement.segment
    sides = [scope.reader.single(side) for side in tree.sides]
    scope.segment = before
    large = next((side for side in sides if not is_scalar(side.shape)), None)
    if large is not None or set(scope.free) != known:
        part = large or sides[0]
        message = "a condition of a row compares numbers, and has no index that the row lacks"
        raise Unreadable(message, part.start, part.end)
    for sign, (left, right) in zip(tree.signs, itertools.pairwise(sides), strict=True):
        place = Place(statement.segment, statement.rows, left.start, right.end)
        for claim in claims:
            if left.indices or right.indices or sign == "!=":
                claim.where = (*claim.where, indicator_of(left, sign, right, left.start, right.end))
            else:
                condition = Claim(left, sign, right, place, set(scope.uses), given=claim.given)
                assumption_forms.refuse_repetition(claim, [condition])
                claim.given = (*claim.given, condition)


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
