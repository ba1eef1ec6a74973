r"""Signs with several readings: the text states that of \otimes; shapes may decide a/b c, and |A| of a matrix."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.source.errors import Refusal, Unreadable

Choice = dict[str, str]
_READINGS = {  # the readings of each sign
    "\\otimes": ("entrywise", "outer"),
    "/": ("left", "below"),  # of a/b c: (a/b) c or a/(b c)
    "|": ("size", "determinant"),
    "pairs": ("one", "both"),  # of \sum_{i<j}: over i only, or over j as well
}
_PAIRS = re.compile(r"\\sum\s*(?:\\limits\s*)?_\s*\{[^{}]*(?:[<>]|\\(?:ne|neq|le|leq|ge|geq)(?![A-Za-z]))")


def fitting_choice(text: str, read: Callable[[Choice], Any]) -> Choice:
    """Return the readings of a statement's signs that every choice with matching shapes has in common.

    `read` reads the statement with a choice of readings and raises a Refusal if the shapes do not match.
    """
    met = [sign for sign in _READINGS if sign in text or (sign == "|" and "vert" in text)]
    met += ["pairs"] if _PAIRS.search(text) else []
    choices = [dict(zip(met, pick, strict=True)) for pick in product(*(_READINGS[sign] for sign in met))]
    if len(choices) == 1:
        return {}
    fitting = [choice for choice in choices if _can_be_read(read, choice)]
    if any(choice.get("|") == "determinant" for choice in fitting):  # the usual meaning of |A| if A is square
        fitting = [choice for choice in fitting if choice["|"] == "determinant"]
    found = {sign: fitting[0][sign] for sign in met if len({choice[sign] for choice in fitting}) == 1}
    return {sign: reading for sign, reading in found.items() if reading != "entrywise"}  # only the text may say that


def _can_be_read(read: Callable[[Choice], Any], choice: Choice) -> bool:
    try:
        read(choice)
    except Refusal:
        return False
    return True


def tensor_product(left: Node, right: Node, choice: Choice, layout: frozenset[str]) -> Node:
    r"""Return a \otimes b as the text says: entry by entry, or the outer product of two vectors.

    If the text says nothing, it is the outer product if no other reading fits. Raise Unreadable otherwise: no reader
    takes \otimes for \odot unless the text says so.
    """
    stated = layout & {"entrywise", "outer"} or {choice.get("\\otimes")} - {None}
    if len(stated) != 1:
        message = f"{left} ⊗ {right} can be read as a product entry by entry, as an outer product, and as Kronecker's"
        hint = "write \\odot or a b^\\top, or state it in the text: Here $\\otimes$ is the elementwise product."
        raise Unreadable(message, left.start, right.end, hint)
    if "entrywise" in stated:
        return shapes.hadamard([left, right])
    column, row = _as_column(left), shapes.transpose(_as_column(right), right.start, right.end)
    return shapes.product([column, row])


def _as_column(node: Node) -> Node:
    if shapes.is_one(node.shape[1]):
        return node
    if shapes.is_one(node.shape[0]):
        return shapes.transpose(node, node.start, node.end)
    raise Unreadable(f"{node} is {shapes.describe(node.shape)}: ⊗ of matrices is not read", node.start, node.end)


def between_bars(inner: Node, choice: Choice, start: int, end: int) -> Node:
    """Return |A|: the determinant of a square matrix, or the absolute value of every entry."""
    square = inner.shape[0].root() is inner.shape[1].root() and not shapes.is_scalar(inner.shape)
    if square and "|" not in choice:
        message = f"|{inner}| can be read as the determinant, and as the size of every entry"
        raise Unreadable(message, start, end, "write \\det(A), or the components: |A_{ij}|")
    if square and choice["|"] == "determinant":
        return shapes.determinant(inner, start, end)
    return shapes.node("absolute", (inner,), inner.shape, start=start, end=end)
