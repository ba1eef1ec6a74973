r"""What an assumption may say: one comparison, or A \succ 0 and A \succeq 0 of a declared square matrix."""

from __future__ import annotations

from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.program import Claim
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.statements import Placed
from report_src.derivations.source.errors import Unreadable

UNJUDGED = "not judged: an assumption above is refused"
SIGNS = frozenset({"=", "<=", ">=", "<", ">", "succ", "succeq"})


def refuse_other_forms(statement: Placed, signs: list[str]) -> None:
    """Refuse an assumption that is not one comparison of two sides."""
    tree = statement.tree
    wide = any(len(side.items) != 1 for side in tree.sides)
    if len(signs) != 1 or tree.continues or wide or signs[0] not in SIGNS:
        message = "an assumption is one comparison: W^\\top W = I_k, x > 0, A \\succ 0"
        raise Unreadable(message, 0, len(statement.segment.text.rstrip()))


def definite(left: Node, right: Node) -> None:
    r"""Refuse A \succ 0 and A \succeq 0 of anything but a declared square matrix."""
    whole = left.op == "name" and not left.data.components and not left.data.slots
    declared = whole and left.data.symbol.kind == "real" and left.data.symbol.shape[0].root() is left.shape[1].root()
    zero = right.op == "zeros" or (right.op == "constant" and right.data == 0)
    if not declared or shapes.is_scalar(left.shape) or not zero:
        message = "\\succ 0 and \\succeq 0 are read of a declared square matrix: it is symmetric and (semi)definite"
        raise Unreadable(message, left.start, right.end)


def refuse_repetition(claim: Claim, assumptions: list[Claim]) -> None:
    """Refuse a claim that only says what is assumed."""
    if any(claim.repeats(known) for known in assumptions):
        message = f"{claim} only repeats an assumption: nothing would be checked"
        hint = "leave the row out, or say what follows from it"
        raise Unreadable(message, claim.left.start, claim.right.end, hint)
