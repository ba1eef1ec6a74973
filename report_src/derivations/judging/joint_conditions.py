"""Products that are 0 unless several conditions hold at once, and inequalities that measure how far values are off."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import reduce

from report_src.derivations.semantics.shapes import NONE, Node, is_scalar
from report_src.derivations.semantics.shapes import node as node_of
from report_src.derivations.semantics.symbols import SCALAR

# margin by which all conditions are to hold at once: well inside a wide region, or just inside a thin one
MARGINS = (0.1, 1e-5)


def conditions(node: Node) -> list[Node]:
    """Return the nodes that must all be positive where a product of indicators and max(0, ·) is not 0, if it is one."""
    if node.op not in ("product", "hadamard") or not is_scalar(node.shape):
        return []
    factors = [margins for arg in node.args if (margins := _factor_margins(arg))]
    return [margin for margins in factors for margin in margins] if len(factors) > 1 else []


def conditions_only(node: Node) -> Node:
    """Return a product reduced to its conditions; it is 0 wherever one of them fails."""
    product = copy(node)
    product.args = tuple(arg for arg in node.args if _factor_margins(arg))
    product.data = ("scale",) * (len(product.args) - 1)
    return product


def joint_inequalities(met: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Yield pairs of nodes of which the first is larger only where all conditions hold.

    The smallest margin has kinks, at which a search along its slope stops; the sum of the squared shortfalls has none.
    """
    yield reduce(_smaller, met), number(met[0], 0.0)
    for margin in MARGINS:
        shortfalls = [_square(_positive(_less(number(one, margin), one))) for one in met]
        yield number(met[0], margin**2), reduce(_plus, shortfalls)


def number(like: Node, value: float) -> Node:
    """Return a constant with the place of another node."""
    return Node("constant", (), SCALAR, NONE, like.start, like.end, like.segment, value, True)


# the order of a condition's sides in which their difference is positive where it holds
_SIDES = {">": (0, 1), ">=": (0, 1), "<": (1, 0), "<=": (1, 0)}


def _factor_margins(factor: Node) -> list[Node]:
    if factor.op == "indicator" and factor.data in _SIDES:
        larger, smaller = (factor.args[place] for place in _SIDES[factor.data])
        return [_less(larger, smaller)]
    if factor.op == "function" and factor.data[0] == "relu":
        return _minimum_parts(factor.args[0])
    if factor.op == "maximum" and (others := [arg for arg in factor.args if not _is_zero(arg)]) and len(others) == 1:
        return _minimum_parts(others[0])
    return []


def _minimum_parts(node: Node) -> list[Node]:
    """Return the sides of a minimum, which is positive where both are, or the node itself."""
    return [part for arg in node.args for part in _minimum_parts(arg)] if node.op == "minimum" else [node]


def _is_zero(node: Node) -> bool:
    return node.op == "constant" and node.data == 0


def _less(larger: Node, smaller: Node) -> Node:
    return node_of("add", (larger, smaller), SCALAR, ("+", "-"), like=larger)


def _plus(one: Node, other: Node) -> Node:
    return node_of("add", (one, other), SCALAR, ("+", "+"), like=one)


def _smaller(one: Node, other: Node) -> Node:
    return node_of("minimum", (one, other), SCALAR, like=one)


def _positive(node: Node) -> Node:
    return node_of("maximum", (number(node, 0.0), node), SCALAR, like=node)


def _square(node: Node) -> Node:
    return node_of("elementwise_square", (node,), SCALAR, like=node)
