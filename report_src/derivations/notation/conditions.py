r"""Rows that hold for some values of their indices only: … = a_i, \quad i \ne j, and rows with \mathbf h_{t+1}."""

from __future__ import annotations

import itertools
from typing import Any

from report_src.derivations.notation.indicators import SIGNS, indicator_of
from report_src.derivations.notation.sums import compared_letter
from report_src.derivations.semantics.program import Program
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.statements import Placed
from report_src.derivations.semantics.symbols import SCALAR, indices_of
from report_src.derivations.source.errors import Unreadable


def enter_side_condition(program: Program, scope: Scope | None, statement: Placed) -> bool:
    r"""Restrict the claims of a row to the indices that a statement like i \ne j names; tell whether it is one."""
    tree = statement.tree
    signs = tree.signs
    if scope is None or len(signs) != 1 or signs[0] not in SIGNS or tree.continues or statement.inline:
        return False
    letters = [compared_letter(side) for side in tree.sides]
    found = [scope.free.get(letter) if letter else None for letter in letters]
    declared = any((letter, "", "", ()) in program.table.symbols for letter in letters)
    last = itertools.takewhile(lambda claim: claim.place.rows == statement.rows, reversed(program.claims))
    claims = [claim for claim in last if claim.scope is scope]
    if None in found or declared or not claims or statement.silent:
        return False
    if found[0] is found[1]:
        raise Unreadable("this condition compares an index with itself", 0, len(statement.segment.text.rstrip()))
    left, right = (scope.number_of(index, tree.sides[0]) for index in found if index is not None)
    condition = indicator_of(left, signs[0], right, 0, len(statement.segment.text))
    for claim in claims:
        claim.where = (*claim.where, condition)
    return True


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
