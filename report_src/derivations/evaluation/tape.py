"""A record of array operations, and the gradients that are read off it backwards.

Gradients are recorded like everything else, so that they can be differentiated again. The last `CORE` axes of an
array are its own. A pass that differentiates all entries of an array at once runs over them along one more axis, to
the left of those: the axis −(CORE + level), where `level` counts how many passes lie within each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import count
from math import prod
from typing import Any

import numpy as np

from report_src.derivations.evaluation.arithmetic import Arithmetic, Array, Floats, Steady, where_larger
from report_src.derivations.evaluation.functions import Function

CORE = 12  # axes of an array itself: three symbols of two slots, rows and columns each
MOST_HELD = 2**27  # numbers that one record may hold
FEW = 256  # numbers of an array that is not counted
BALL = 16  # float64 numbers that take as much memory as a ball
Shape = tuple[int, ...]


class TooLarge(MemoryError):
    """A record would hold more numbers than it may, whatever was thought of its size before."""


class Var:
    """An array with the operation and the arguments it came from."""

    __slots__ = ("applied", "args", "data", "level", "number", "op", "value")
    level: int
    value: Array

    def __init__(self, op: str, args: tuple[Var, ...], data: Any, number: int) -> None:
        """Record an operation; its level is the deepest of its arguments'."""
        self.op, self.args, self.data, self.number = op, args, data, number
        level = 0
        for arg in args:
            if arg.level > level:
                level = arg.level
        self.level = level
        self.applied: dict[tuple[Function, int], Var] = {}


class Tape:
    """The operations of one evaluation in one arithmetic."""

    def __init__(self, arithmetic: Arithmetic, *, repeats: bool = False) -> None:
        """Begin with nothing recorded; `repeats` is whether the operations are kept in their order, to be repeated."""
        self.arithmetic, self.numbers = arithmetic, count()
        self.level = 0  # of the pass that runs over all entries of an array; 0 outside of one
        self.recorded: list[Var] | None = [] if repeats else None
        self.held = 0

    def _made(self, op: str, args: tuple[Var, ...], data: Any = None) -> Var:
        made = Var(op, args, data, next(self.numbers))
        made.value = COMPUTED[op](made, self.arithmetic)
        if made.value.size > FEW and made.value.flags.owndata:
            self._hold(made.value.size)
        if self.recorded is not None:
            self.recorded.append(made)
        return made

    def _hold(self, count: int) -> None:
        """Count numbers that stay in memory as long as the record; refuse too many."""
        self.held += count * (1 if isinstance(self.arithmetic, Floats) else BALL)
        if self.held > MOST_HELD:
            raise TooLarge

    def repeat(self, start: int = 0, stop: int | None = None) -> None:
        """Compute a part of the operations that are kept once more, from the present values of the leaves."""
        for node in (self.recorded or [])[start:stop]:
            node.value = COMPUTED[node.op](node, self.arithmetic)

    def leaf(self, values: Any) -> Var:
        """Return exact float64 numbers as the beginning of a record."""
        return self.of(self.arithmetic.array(values))

    def of(self, value: Array) -> Var:
        """Return an array of the arithmetic's own numbers as a constant."""
        made = Var("leaf", (), None, next(self.numbers))
        made.value = value
        if value.size > FEW:
            self._hold(value.size)
        return made

    def steady(self, rule: Steady, *args: Var) -> Var:
        """Return what a rule computes from arrays, as a constant: it has no derivative."""
        return self._made("steady", args, rule)

    def copy(self, a: Var) -> Var:
        """Return a new node of the same value."""
        return self._made("copy", (a,))

    def add(self, a: Var, b: Var) -> Var:
        """Return a + b."""
        return self._made("add", (a, b))

    def sub(self, a: Var, b: Var) -> Var:
        """Return a − b."""
        return self._made("sub", (a, b))

    def neg(self, a: Var) -> Var:
        """Return −a."""
        return self._made("neg", (a,))

    def mul(self, a: Var, b: Var) -> Var:
        """Return the product entry by entry."""
        return self._made("mul", (a, b))

    def div(self, a: Var, b: Var) -> Var:
        """Return the quotient entry by entry."""
        return self._made("div", (a, b))

    def matmul(self, a: Var, b: Var) -> Var:
        """Return the matrix product of the last two axes."""
        return self._made("matmul", (a, b))

    def transpose(self, a: Var) -> Var:
        """Return the last two axes in the other order."""
        return self._made("transpose", (a,))

    def inverse(self, a: Var) -> Var:
        """Return the inverse of the last two axes."""
        return self._made("inverse", (a,))

    def determinant(self, a: Var) -> Var:
        """Return the determinant of the last two axes, which stay with size 1."""
        return self._made("determinant", (a,))

    def larger(self, a: Var, b: Var) -> Var:
        """Return the larger of two numbers entry by entry; not a number where balls leave open which one it is."""
        return self._made("larger", (a, b))

    def among(self, condition: Var, a: Var) -> Var:
        """Return the entries of an array where a condition is 1, and −∞ elsewhere."""
        return self._made("among", (condition, a))

    def sum(self, a: Var, axes: tuple[int, ...]) -> Var:
        """Return the sum over some axes, which stay with size 1."""
        axes = tuple(axis for axis in axes if -axis <= a.value.ndim)
        return self._made("sum", (a,), axes)

    def total(self, a: Var) -> Var:
        """Return the sum of a matrix."""
        return self.sum(a, (-2, -1))

    def apply(self, function: Function, order: int, a: Var) -> Var:
        """Return a derivative of a function at every entry; order 0 is the function itself."""
        key = (function, order)
        if key not in a.applied:
            if order and function.kinked:
                self.arithmetic.note_kink(a.value)
            a.applied[key] = self._made("apply", (a,), key)
        return a.applied[key]

    def pick(self, a: Var, where: tuple[Array, ...], shape: Shape) -> Var:
        """Return entries of an array whose own axes have a shape; `where` has an index array for each of them."""
        return self._made("pick", (a,), (where, shape))

    def scatter(self, a: Var, where: tuple[Array, ...], shape: Shape, picked: Shape) -> Var:
        """Return zeros of a shape with the entries of an array added where `pick` would take them."""
        return self._made("scatter", (a,), (where, shape, picked))

    def expand(self, a: Var, shape: Shape) -> Var:
        """Repeat an array along its axes of size 1 up to a shape; its outer axes stay."""
        if a.value.ndim > len(shape):
            outer = a.value.ndim - len(shape)
            own = (1,) * max(0, outer) + shape
            shape = tuple(max(x, y) for x, y in zip(a.value.shape, own, strict=True))
        return a if a.value.shape == shape else self._made("expand", (a,), shape)

    def fit(self, a: Var, shape: Shape) -> Var:
        """Sum an array over the axes along which an argument of a shape was repeated; the pass's own axis stays."""
        place = CORE + self.level
        if self.level and a.value.ndim >= place:
            shape = (a.value.shape[-place], *(1,) * (place - 1 - len(shape)), *shape)
        if a.value.shape == shape:
            return a
        extra = a.value.ndim - len(shape)
        wanted = (1,) * extra + shape
        axes = tuple(k for k, (has, want) in enumerate(zip(a.value.shape, wanted, strict=True)) if has > want)
        return self._made("fit", (a,), (axes, shape))

    def tensor(self, a: Var, above: Shape, below: Shape) -> Var:
        """Return what a pass over an array of shape `above` found as an array of its own, `above` first."""
        return self._made("tensor", (a,), above + below)

    def _back(self, a: Var, shape: Shape) -> Var:
        """Undo `tensor` for a gradient."""
        place = CORE + self.level
        runs = self.level and a.value.ndim >= place
        lead = (a.value.shape[-place], *(1,) * (place - 1 - len(shape))) if runs else ()
        return self._made("back", (a,), lead + shape)

    def gradients(self, top: Var, by: Sequence[Var], stop: Collection[Var] = ()) -> list[Var | None]:
        """Return the gradients of all entries of `top` by some nodes, None where no path leads there.

        The paths end at the nodes of `stop`. A gradient has the axes of `top` first.
        """
        before, self.level = self.level, top.level + 1 if top.value.size > 1 else 0
        try:
            found = self._pass(top, by, {node.number for node in stop})
            above = top.value.shape
            return [None if g is None else self.tensor(g, above, x.value.shape) for g, x in zip(found, by, strict=True)]
        finally:
            self.level = before

    def _pass(self, top: Var, by: Sequence[Var], stop: set[int]) -> list[Var | None]:
        wanted = {x.number for x in by}
        order = _between(top, wanted, stop)
        shape, size = top.value.shape, top.value.size
        if size * size > MOST_HELD:
            raise TooLarge
        lead = (size, *(1,) * (CORE + self.level - 1 - len(shape))) if self.level else ()
        cotangents = {top.number: self.leaf(np.eye(size).reshape(lead + shape))}
        cotangents[top.number].level = self.level
        for node in order:
            cotangent = cotangents.get(node.number)
            if cotangent is None or node.number in stop or node.op == "leaf":
                continue
            inside = [arg.number in order.get(node, set()) for arg in node.args]
            for arg, part in zip(node.args, _RULES[node.op](self, node, cotangent, inside), strict=True):
                if part is not None:
                    part = self.fit(part, arg.value.shape)
                    known = cotangents.get(arg.number)
                    cotangents[arg.number] = part if known is None else self.add(known, part)
        return [cotangents.get(x.number) for x in by]


def _between(top: Var, wanted: set[int], stop: set[int]) -> dict[Var, set[int]]:
    """Return the nodes from which a wanted one is reached, the last first, each with such arguments of its own."""
    seen, stack = {top.number: top}, [top]
    while stack:
        node = stack.pop()
        if node.number in stop or node.op == "steady":
            continue
        for arg in node.args:
            if arg.number not in seen:
                seen[arg.number] = arg
                stack.append(arg)
    leads: dict[int, set[int]] = {}
    for number in sorted(seen):
        node = seen[number]
        inside = (
            set() if number in stop or node.op == "steady" else {arg.number for arg in node.args if arg.number in leads}
        )
        if inside or number in wanted:
            leads[number] = inside
    return {seen[number]: leads[number] for number in sorted(leads, reverse=True)}


def _outer(value: Array) -> tuple[Shape, int]:
    """Return the axes left of an array's own, and how many entries they have together."""
    outer = value.shape[: max(0, value.ndim - CORE)]
    return outer, prod(outer)


def _placed(value: Array, outer: Shape) -> Array:
    """Return an array (entries of the outer axes, own axes…) with its axes where they belong."""
    if not outer:
        return value
    own = value.shape[1:]
    return value.reshape(*outer, *(1,) * (CORE - len(own)), *own)


def _picked(n: Var, _: Arithmetic) -> Array:
    where, shape = n.data
    value = n.args[0].value
    outer, size = _outer(value)
    flat = value.reshape(size, *shape)
    return _placed(flat[(slice(None), *where)] if outer else flat[0][where], outer)


def _scattered(n: Var, arithmetic: Arithmetic) -> Array:
    where, shape, picked = n.data
    value = n.args[0].value
    outer, size = _outer(value)
    target = arithmetic.zeros((size, *shape))
    np.add.at(target, (slice(None), *where), value.reshape(size, *picked))
    return _placed(target if outer else target[0], outer)


def _fitted(n: Var, _: Arithmetic) -> Array:
    axes, shape = n.data
    value = n.args[0].value
    return (value.sum(axis=axes, keepdims=True) if axes else value).reshape(shape)


# the value of a node by its operation
COMPUTED: dict[str, Callable[[Var, Arithmetic], Array]] = {
    "copy": lambda n, _: n.args[0].value,
    "add": lambda n, _: n.args[0].value + n.args[1].value,
    "sub": lambda n, _: n.args[0].value - n.args[1].value,
    "neg": lambda n, _: -n.args[0].value,
    "mul": lambda n, _: n.args[0].value * n.args[1].value,
    "div": lambda n, _: n.args[0].value / n.args[1].value,
    "matmul": lambda n, _: np.matmul(n.args[0].value, n.args[1].value),
    "transpose": lambda n, _: n.args[0].value.swapaxes(-1, -2),
    "inverse": lambda n, a: a.inverse(n.args[0].value),
    "determinant": lambda n, a: a.determinant(n.args[0].value),
    "larger": lambda n, a: a.larger(n.args[0].value, n.args[1].value),
    "among": lambda n, a: a.among(n.args[0].value, n.args[1].value),
    "sum": lambda n, _: n.args[0].value.sum(axis=n.data, keepdims=True),
    "apply": lambda n, a: n.data[0].at(n.data[1], n.args[0].value, a),
    "steady": lambda n, a: n.data(a, *(arg.value for arg in n.args)),
    "pick": _picked,
    "scatter": _scattered,
    "expand": lambda n, _: np.broadcast_to(n.args[0].value, n.data),
    "fit": _fitted,
    "tensor": lambda n, _: n.args[0].value.reshape(n.data),
    "back": lambda n, _: n.args[0].value.reshape(n.data),
}
Parts = list[Var | None]
Rule = Callable[[Tape, Var, Var, list[bool]], Parts]


def _times(t: Tape, n: Var, c: Var, inside: list[bool]) -> Parts:
    a, b = n.args
    return [t.mul(c, b) if inside[0] else None, t.mul(c, a) if inside[1] else None]


def _over(t: Tape, n: Var, c: Var, inside: list[bool]) -> Parts:
    top = t.div(c, n.args[1])
    return [top if inside[0] else None, t.neg(t.mul(top, n)) if inside[1] else None]


def _matrices(t: Tape, n: Var, c: Var, inside: list[bool]) -> Parts:
    a, b = n.args
    return [
        t.matmul(c, t.transpose(b)) if inside[0] else None,
        t.matmul(t.transpose(a), c) if inside[1] else None,
    ]


def _inverted(t: Tape, n: Var, c: Var, _: list[bool]) -> Parts:
    turned = t.transpose(n)
    return [t.neg(t.matmul(t.matmul(turned, c), turned))]


def _largest(t: Tape, n: Var, c: Var, inside: list[bool]) -> Parts:
    """Return the gradient at the larger of two numbers; they have none where they are equal."""
    a, b = n.args
    t.arithmetic.note_kink(a.value - b.value)
    return [
        t.mul(c, t.steady(where_larger, x, y)) if at else None for at, x, y in zip(inside, (a, b), (b, a), strict=True)
    ]


def _together(where: tuple[Array, ...]) -> Shape:
    """Return the shape of what index arrays pick."""
    return np.broadcast_shapes(*(places.shape for places in where))


def _applied(t: Tape, n: Var, c: Var, _: list[bool]) -> Parts:
    function, order = n.data
    return [t.mul(c, t.apply(function, order + 1, n.args[0]))]


_RULES: dict[str, Rule] = {
    "copy": lambda t, n, c, _: [c],
    "add": lambda t, n, c, inside: [c if inside[0] else None, c if inside[1] else None],
    "sub": lambda t, n, c, inside: [c if inside[0] else None, t.neg(c) if inside[1] else None],
    "neg": lambda t, n, c, _: [t.neg(c)],
    "mul": _times,
    "div": _over,
    "matmul": _matrices,
    "transpose": lambda t, n, c, _: [t.transpose(c)],
    "inverse": _inverted,
    "determinant": lambda t, n, c, _: [t.mul(t.mul(c, n), t.transpose(t.inverse(n.args[0])))],
    "larger": _largest,
    "among": lambda t, n, c, inside: [None, t.mul(c, n.args[0]) if inside[1] else None],
    "sum": lambda t, n, c, _: [t.expand(c, n.args[0].value.shape)],
    "apply": _applied,
    "pick": lambda t, n, c, _: [t.scatter(c, n.data[0], n.data[1], _together(n.data[0]))],
    "scatter": lambda t, n, c, _: [t.pick(c, n.data[0], n.data[1])],
    "expand": lambda t, n, c, _: [c],
    "fit": lambda t, n, c, _: [t.expand(c, n.args[0].value.shape)],
    "tensor": lambda t, n, c, _: [t._back(c, n.args[0].value.shape)],
    "back": lambda t, n, c, _: [t._back(c, n.args[0].value.shape)],
}
