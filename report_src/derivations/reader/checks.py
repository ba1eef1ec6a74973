"""What a side of a claim or a definition must settle: its shape, its sizes, the ranges of its indices."""

from __future__ import annotations

from report_src.derivations.notation import assumption_forms, powers
from report_src.derivations.reader import labels
from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.source.errors import Unreadable


def comparable(left: Node, right: Node, sign: str) -> None:
    """Refuse two sides of different shapes, or of one that nothing says."""
    agree(left, right, sign)
    for side in (left, right):
        determined(side)
    powers.refuse_unsettled(left, right)


def agree(left: Node, right: Node, sign: str) -> None:
    r"""Refuse two sides of different shapes; a number beside a vector is compared with each entry.

    So `\frac{\partial\mu}{\partial x} = \frac1D` holds. An array that equals 0 is an array of zeros.
    """
    for array, number in ((left, right), (right, left)):
        vector = shapes.is_one(array.shape[0]) != shapes.is_one(array.shape[1])
        if vector and shapes.is_scalar(number.shape) and shapes.counted(number):
            return
        if sign == "=" and assumption_forms.is_zero(number):
            return
    shapes.agree(left, right)


def determined(value: Node) -> None:
    """Refuse a constant array whose size nothing says."""
    open_node = shapes.undetermined(value)
    if open_node is not None:
        message = f"nothing determines the size of {open_node}"
        raise Unreadable(message, open_node.start, open_node.end, "write \\mathbf 1_m, \\mathbf 0_m or I_m")


def close_indices(scope: Scope, value: Node) -> None:
    """Refuse an index whose range nothing says, and a label that is not fixed."""
    labels.refuse_moving(scope, value.start, value.end)
    for index in scope.made:
        if not index.dim.known():
            message = f"nothing determines the range of the index {index.letter}"
            raise Unreadable(message, value.start, value.end)
