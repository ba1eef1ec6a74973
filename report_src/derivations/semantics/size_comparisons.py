r"""Comparisons with sizes and with places: 1[d > 5] is never shown, 1[i > 5] asks for more than 5 entries."""

from __future__ import annotations

from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.symbols import Dim
from report_src.derivations.source.errors import Unreadable

FURTHEST = 20  # largest number that a place is compared with: an instance with more entries is drawn


def only_sizes(comparison: Node) -> bool:
    """Tell whether a comparison is one of sizes and numbers, for which no choice of sizes is enough to check it.

    Each way of max(0, m - d) and of 1[m = d] is drawn; a number beyond 1, or an equality of a product, may not be met.
    """
    leaves = [node for node in walk(*comparison.args) if not node.args]
    ops = {node.op for node in leaves}
    if "dimension" not in ops or not ops <= {"dimension", "constant", "pi"}:
        return False
    bare = comparison.op != "indicator" or all(arg.op == "dimension" for arg in comparison.args)
    return not bare or any(node.op == "constant" and abs(node.data) > 1 for node in leaves)


def compared_with(left: Node, right: Node, start: int, end: int) -> None:
    r"""Note how many entries a comparison of a place asks for: \sum_{i=6}^{d}, \mathbb 1[i > 5]."""
    parts = list(walk(left, right))
    dims = [index.dim for node in parts if node.op == "index" for index in node.indices]
    if not dims:
        return
    dims += [node.data for node in parts if node.op == "dimension"]
    far = max((abs(node.data) for node in parts if node.op == "constant"), default=0)
    for dim in dims:
        reached(dim, int(far) + 2, start, end)


def reached(dim: Dim, size: int, start: int, end: int) -> None:
    """Note that an instance with so many entries is needed."""
    if size > FURTHEST + 2:
        message = f"a place is compared with a number of {FURTHEST} at most"
        raise Unreadable(message, start, end, "take a smaller number, or write the row for any place")
    dim.root().reach = max(dim.root().reach, size)
