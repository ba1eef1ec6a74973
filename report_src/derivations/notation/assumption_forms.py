r"""The forms of an assumption: a comparison, or A \succ 0 and A \succeq 0 of a declared square matrix."""

from __future__ import annotations

from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.program import Claim
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.statements import Placed
from report_src.derivations.source.errors import Unreadable

REPEATS = "only repeats an assumption"
UNJUDGED = "not judged: an assumption above is refused"
SIGNS = frozenset({"=", "<=", ">=", "<", ">", "succ", "succeq"})
CHAINED = (frozenset({"=", "<=", "<"}), frozenset({"=", ">=", ">"}))  # signs that a chain of comparisons may have


def refuse_other_forms(statement: Placed, signs: list[str]) -> None:
    """Refuse an assumption that is not one comparison of two sides, or a chain that goes one way: 0 < x <= 1."""
    tree = statement.tree
    wide = any(len(side.items) != 1 for side in tree.sides)
    chained = len(signs) > 1 and any(set(signs) <= one_way for one_way in CHAINED)
    if not (chained or (len(signs) == 1 and signs[0] in SIGNS)) or tree.continues or wide:
        message = "an assumption is a comparison: W^\\top W = I_k, 0 < x < 1, A \\succ 0"
        raise Unreadable(message, 0, len(statement.segment.text.rstrip()))


def refuse_not_definite(left: Node, right: Node) -> None:
    r"""Refuse A \succ 0 and A \succeq 0 of anything but a declared square matrix."""
    whole = left.op == "name" and not left.data.components and not left.data.slots
    declared = whole and left.data.symbol.kind == "real" and left.data.symbol.shape[0].root() is left.shape[1].root()
    if not declared or shapes.is_scalar(left.shape) or not _is_zero_side(right):
        message = "\\succ 0 and \\succeq 0 are read of a declared square matrix: it is symmetric and (semi)definite"
        raise Unreadable(message, left.start, right.end)


def is_zero(side: Node) -> bool:
    """Tell whether a side is the typed number 0."""
    return side.op == "constant" and side.data == 0


def is_unstated_condition(claim: Claim) -> bool:
    r"""Tell whether a claim sets an array, or what a derivative is, to 0, and no assumption says that anything is 0.

    Such a row is a condition that the text does not state.
    """
    if any(_is_zero_side(side) for known in claim.given for side in (known.left, known.right)):
        return False
    pairs = ((claim.left, claim.right), (claim.right, claim.left))
    derived = claim.after is not None and claim.head is not None and claim.head.op == "derivative"
    zeros = any(is_zero(zero) and (derived or not shapes.is_scalar(array.shape)) for array, zero in pairs)
    return zeros and claim.sign == "="


def refuse_repetition(claim: Claim, assumptions: list[Claim]) -> None:
    """Refuse a claim that only repeats an assumption."""
    if any(repeats(claim, known) for known in assumptions):
        message = f"{claim} {REPEATS}: nothing would be checked"
        hint = "leave the row out, or say what follows from it"
        raise Unreadable(message, claim.left.start, claim.right.end, hint)


def repeats(claim: Claim, known: Claim) -> bool:
    """Tell whether two claims say the same: the sides of = in either order, I for I_k, a - b = 0 for a = b."""
    if claim.sign != known.sign:
        return False
    (left, right), (one, other) = _sides_of_difference(claim), _sides_of_difference(known)
    same = _built_alike(left, one) and _built_alike(right, other)
    return same or (claim.sign == "=" and _built_alike(left, other) and _built_alike(right, one))


def _sides_of_difference(claim: Claim) -> tuple[Node, Node]:
    """Return the two sides of a claim: a = b -> a, b and a - b = 0 -> a, b."""
    for side, zero in ((claim.left, claim.right), (claim.right, claim.left)):
        if side.op == "add" and side.data == ("+", "-") and _is_zero_side(zero):
            return side.args[0], side.args[1]
    return claim.left, claim.right


def _is_zero_side(side: Node) -> bool:
    return side.op == "zeros" or is_zero(side)


def _built_alike(one: Node, other: Node) -> bool:
    """Tell whether two expressions have the same structure and names that print alike; 0 may be an array of zeros."""
    if _is_zero_side(one) and _is_zero_side(other):
        return True
    if one.op != other.op or len(one.args) != len(other.args):
        return False
    if not one.args:
        same = one.op == "derivative" and one.data == other.data  # \nabla_w L and \nabla_w L(w)
        return same or one.op in ("eye", "ones", "zeros") or str(one) == str(other)
    alike = one.data == other.data or str(one) == str(other)
    return alike and all(_built_alike(a, b) for a, b in zip(one.args, other.args, strict=True))
