r"""Places along an axis: the entry x_{i+k-1} exists for the rows that say so, 1[i > 5] asks for more than 5 entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.symbols import Dim, Index, Place
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


Form = dict[Index | Dim | None, int]  # a sum of indices and sizes: how often each is taken; the number stands at None


def form_of(place: Place | Dim | Index | int) -> Form:
    """Return a place, a size or a number as a sum of indices and sizes of one letter each."""
    if isinstance(place, int):
        return {None: place}
    if isinstance(place, Index):
        return {place: 1, None: 0}
    if isinstance(place, Dim):
        root = place.root()
        return form_of(root.sum) if root.sum is not None else {root: 1} if root.size is None else {None: root.size}
    made: Form = {None: place.offset}
    for part, sign in place.parts:
        made = plus(made, form_of(part), sign)
    return made


def plus(left: Form, right: Form, times: int = 1) -> Form:
    """Return the sum of a form and a multiple of another."""
    found = {key: left.get(key, 0) + times * right.get(key, 0) for key in (*left, *right)}
    return {key: count for key, count in found.items() if count or key is None}


@dataclass
class Limits:
    """What the indices of a statement run from and to, where it is not 1 and the whole axis."""

    lower: dict[Index, Form] = field(default_factory=dict)
    upper: dict[Index, Form] = field(default_factory=dict)

    def add(self, index: Index, sign: str, limit: Form) -> None:
        """Note a condition on the index of a sum: i >= t + 1."""
        if sign in (">", ">="):
            self.lower[index] = plus(limit, {None: int(sign == ">")})
        elif sign in ("<", "<="):
            self.upper[index] = plus(limit, {None: -int(sign == "<")})

    def least(self, form: Form, *, bound: bool) -> Form:
        """Return a form with an index at the end of its range at which it is smallest, if it has such an index."""
        for index, count in form.items():
            if isinstance(index, Index) and (index.bound or not bound):
                ends = self.lower if count > 0 else self.upper
                end = ends.get(index) or form_of(1 if count > 0 else index.dim)
                return self.least(plus(plus(form, {index: 1}, -count), end, count), bound=bound)
        return form


def never_negative(form: Form, sizes: Iterable[Dim]) -> bool:
    """Tell whether a sum of sizes is at least 0, whatever they are; an array whose size is a sum has an entry."""
    facts = [plus(form_of(size), {None: -size.root().least}) for size in sizes if size.root().least]
    return any(
        all(count > 0 for key, count in rest.items() if key is not None)
        and sum(count * (key.least if isinstance(key, Dim) else 1) for key, count in rest.items()) >= 0
        for rest in (form, *(plus(form, fact, -1) for fact in facts))
    )
