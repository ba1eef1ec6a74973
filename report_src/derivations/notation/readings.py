r"""Signs with several readings, of which the shapes of a statement may allow one: \\otimes, a/b c, |A| of a matrix."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.source.errors import Refusal, Unreadable

Choice = dict[str, str]
_READINGS = {"\\otimes": ("entrywise", "outer"), "/": ("left", "below"), "|": ("size", "determinant")}
"""Per sign its readings."""
_WRITE = {"entrywise": "the product entry by entry, \\odot", "outer": "the outer product, a b^\\top"}


def chosen(text: str, read: Callable[[Choice], Any]) -> Choice:
    """Return the only choice of readings with which a statement has shapes that agree, or none.

    `read` reads the statement with a choice and raises a Refusal where that has no meaning.
    """
    met = [sign for sign in _READINGS if sign in text or (sign == "|" and "vert" in text)]
    choices = [dict(zip(met, pick, strict=True)) for pick in product(*(_READINGS[sign] for sign in met))]
    if len(choices) == 1:
        return {}
    fitting = [choice for choice in choices if _fits(read, choice)]
    if any(choice.get("|") == "determinant" for choice in fitting):  # what |A| of a matrix means where it can
        fitting = [choice for choice in fitting if choice["|"] == "determinant"]
    return {sign: fitting[0][sign] for sign in met if len({choice[sign] for choice in fitting}) == 1}


def _fits(read: Callable[[Choice], Any], choice: Choice) -> bool:
    try:
        read(choice)
    except Refusal:
        return False
    return True


def tensor(left: Node, right: Node, choice: Choice) -> Node:
    r"""Return a \\otimes b as the shapes of its statement allow."""
    how = choice.get("\\otimes")
    if how is None:
        message = f"{left} ⊗ {right} can be read as {_WRITE['entrywise']}, and as {_WRITE['outer']}"
        raise Unreadable(message, left.start, right.end, "write the one you mean")
    if how == "entrywise":
        return shapes.hadamard([left, right])
    column, row = _column(left), shapes.transpose(_column(right), right.start, right.end)
    return shapes.product([column, row])


def _column(node: Node) -> Node:
    if shapes.is_one(node.shape[1]):
        return node
    if shapes.is_one(node.shape[0]):
        return shapes.transpose(node, node.start, node.end)
    raise Unreadable(f"{node} is {shapes.describe(node.shape)}: ⊗ of matrices is not read", node.start, node.end)


def between_bars(inner: Node, choice: Choice, start: int, end: int) -> Node:
    """Return |A|: the determinant of a square matrix, or the size of every entry."""
    square = inner.shape[0].root() is inner.shape[1].root() and not shapes.is_scalar(inner.shape)
    if square and "|" not in choice:
        message = f"|{inner}| can be read as the determinant, and as the size of every entry"
        raise Unreadable(message, start, end, "write \\det(A), or the components: |A_{ij}|")
    if square and choice["|"] == "determinant":
        return shapes.determinant(inner, start, end)
    return shapes.node("absolute", (inner,), inner.shape, start=start, end=end)
