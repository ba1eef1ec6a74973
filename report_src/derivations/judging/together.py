"""Products that are 0 unless several conditions are met at once: how far values are from meeting them all."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import reduce

from report_src.derivations.semantics.shapes import NONE, Node, is_scalar
from report_src.derivations.semantics.shapes import node as node_of
from report_src.derivations.semantics.symbols import SCALAR

# by how much all conditions are met at once at most: far inside of a wide region, just inside of a thin one
MARGINS = (0.1, 1e-5)


def conditions(node: Node) -> list[Node]:
    """Return what is positive where a product of indicators and of max(0, ·) is not 0; nothing for other nodes."""
    if node.op not in ("product", "hadamard") or not is_scalar(node.shape):
        return []
    factors = [margins for arg in node.args if (margins := _margins(arg))]
    return [margin for margins in factors for margin in margins] if len(factors) > 1 else []


def factors_alone(node: Node) -> Node:
    """Return a product of its conditions only, which is 0 where they are not met."""
    product = copy(node)
    product.args = tuple(arg for arg in node.args if _margins(arg))
    product.data = ("scale",) * (len(product.args) - 1)
    return product


def gaps(met: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Yield pairs of which the first is the larger one only where all conditions are met.

    The smallest of all margins has kinks, on which a search along its slope stops; the sum of the squares of what
    each margin lacks has none.
    """
    yield reduce(_smaller, met), number(met[0], 0.0)
    for margin in MARGINS:
        lacking = [_square(_positive(_less(number(one, margin), one))) for one in met]
        yield number(met[0], margin**2), reduce(_plus, lacking)


def number(like: Node, value: float) -> Node:
    """Return a number at the place of another node."""
    return Node("constant", (), SCALAR, NONE, like.start, like.end, like.segment, value, True)


# the sides of a condition in the order in which their difference is positive where it is met
_SIDES = {">": (0, 1), ">=": (0, 1), "<": (1, 0), "<=": (1, 0)}


def _margins(factor: Node) -> list[Node]:
    if factor.op == "indicator" and factor.data in _SIDES:
        larger, smaller = (factor.args[place] for place in _SIDES[factor.data])
        return [_less(larger, smaller)]
    if factor.op == "function" and factor.data[0] == "relu":
        return _parts(factor.args[0])
    if factor.op == "maximum" and (beside := [arg for arg in factor.args if not _is_zero(arg)]) and len(beside) == 1:
        return _parts(beside[0])
    return []


def _parts(node: Node) -> list[Node]:
    """Return the sides of a minimum, which is positive where both are."""
    return [part for arg in node.args for part in _parts(arg)] if node.op == "minimum" else [node]


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
