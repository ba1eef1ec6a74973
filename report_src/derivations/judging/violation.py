"""The violation of an inequality in float64: recorded once for some sizes and functions, replayed on other values.

An inequality of one or two numbers is looked at on a grid as well: no slope leads to a peak that is narrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as copy_with

import numpy as np

from report_src.derivations.evaluation.arithmetic import Floats
from report_src.derivations.evaluation.functions import ABSOLUTE
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.evaluation.tape import Var
from report_src.derivations.judging.starting_points import Values
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import is_scalar, walk
from report_src.derivations.semantics.symbols import Symbol

EXCLUDED = 1e300  # taken off the violation of an entry for which nothing is claimed
TINY = 1e-300  # keeps the relative violation defined where both sides are 0
POINTS = 60_000  # of a grid
REACHES = (10.0, 1000.0, 20_000.0)  # how far from 0 grids of one number go; of two numbers the first two
NEAREST = 1e-9  # numbers of a grid to 0
PEAKS = 6  # of a grid that are kept
# what has the same value on a grid as at each of its points
_POINTWISE = frozenset({
    "constant", "pi", "name", "add", "product", "hadamard", "quotient", "square", "root", "absolute", "norm",
    "function", "maximum", "minimum", "power", "indicator", "cases", "inner",
})  # fmt: skip


class Violation:
    """The largest amount by which an inequality is violated, absolute or relative to the two sides."""

    def __init__(self, program: Program, claim: Claim, instance: Instance, *, relative: bool) -> None:
        """Record the differences of all entries on an instance."""
        self._env = env = Environment(program, instance, Floats(), repeats=True)
        tape = env.tape
        for definition in program.definitions:
            define(env, definition)
        sides = [value(env, side) for side in (claim.left, claim.right)]
        left, right = sides if claim.sign in ("<", "<=") else reversed(sides)
        self._gap = tape.sub(left, right)
        if relative:
            size = tape.add(tape.apply(ABSOLUTE, 0, left), tape.apply(ABSOLUTE, 0, right))
            self._gap = tape.div(self._gap, tape.add(size, tape.leaf([[TINY]])))
        for condition in claim.where:  # where one is 0, the row claims nothing
            excluded = tape.sub(tape.leaf([[1.0]]), value(env, condition))
            self._gap = tape.sub(self._gap, tape.mul(tape.leaf([[EXCLUDED]]), excluded))
        self._end = len(tape.recorded or [])  # the differences end here on the tape; the slopes follow
        self._place = tuple(np.zeros((1, 1), dtype=int) for _ in self._gap.value.shape)
        self._slopes: list[Var | None] | None = None

    def move(self, values: Values) -> None:
        """Compute the differences on other values of the same shapes."""
        self._env.move(values)
        self._env.tape.repeat(0, self._end)

    @property
    def worst(self) -> float:
        """The largest entry; one that is not a number counts as minus infinity."""
        return float(self._gap.value[self._worst()]) if self._gap.value.size else -np.inf

    def _worst(self) -> tuple[np.intp, ...]:
        found = self._gap.value
        return np.unravel_index(np.where(np.isnan(found), -np.inf, found).argmax(), found.shape)

    def slopes(self, symbols: list[Symbol]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the values of some symbols, the same in every call, and the slopes of the largest entry there."""
        for axis, k in zip(self._place, self._worst(), strict=True):
            axis[...] = k
        nodes = [self._env.values[symbol] for symbol in symbols]
        if self._slopes is None:
            tape = self._env.tape
            self._slopes = tape.gradients(tape.pick(self._gap, self._place, self._gap.value.shape), nodes)
        else:
            self._env.tape.repeat(self._end)
        return [
            (node.value, np.zeros(node.value.shape) if slope is None else slope.value.reshape(node.value.shape))
            for node, slope in zip(nodes, self._slopes, strict=True)
        ]


def peaks(program: Program, claim: Claim, instance: Instance, movable: list[Symbol]) -> Iterator[Values]:
    """Yield the values at which an inequality of one or two numbers is violated most, or nearly, on grids of them."""
    numbers = all(instance.values[symbol].shape == (1, 1) for symbol in movable)
    nodes = [*walk(*program.expressions)]
    pointwise = all(node.op in _POINTWISE and is_scalar(node.shape) and not node.indices for node in nodes)
    if not (numbers and pointwise and 0 < len(movable) <= 2) or any(part.slots for part in program.definitions):
        return
    count = int(POINTS ** (1 / len(movable)))
    for reach in REACHES[: 4 - len(movable)]:
        values = dict(instance.values)
        for place, symbol in enumerate(movable):
            values[symbol] = _spread(symbol, reach, count).reshape(-1, *(1,) * (2 + place))
        with np.errstate(all="ignore"):
            env = Environment(program, copy_with(instance, values=values), Floats())
            for part in program.definitions:
                env.values[part.symbol] = value(env, part.value)
            left, right = (value(env, side).value for side in (claim.left, claim.right))
            gap = (left - right if claim.sign in ("<", "<=") else right - left) / (abs(left) + abs(right) + TINY)
            held = [np.broadcast_to(value(env, condition).value, gap.shape) > 0 for condition in claim.where]
        gap = np.where(np.isfinite(gap) & np.all([np.ones(gap.shape, dtype=bool), *held], axis=0), gap, -np.inf)
        for axis in range(len(movable)):  # a point beside a larger one is on the way to it
            larger = np.maximum(np.roll(gap, 1, axis), np.roll(gap, -1, axis))
            gap = np.where(gap < larger, -np.inf, gap)
        for best in np.argsort(gap, axis=None)[::-1][:PEAKS]:
            at = np.unravel_index(best, gap.shape)
            if gap[at] > -np.inf:
                found = {
                    symbol: values[symbol].flat[at[len(movable) - 1 - place]] for place, symbol in enumerate(movable)
                }
                yield instance.values | {symbol: np.full((1, 1), number) for symbol, number in found.items()}


def _spread(symbol: Symbol, reach: float, count: int) -> np.ndarray:
    """Return numbers of a symbol's domain, spread evenly up to `reach`, or between 0 and 1."""
    if symbol.kind in ("unit", "closed unit"):
        return np.linspace(0, 1, count + 2)[1:-1]
    spread = np.linspace(-reach, reach, count) if symbol.kind == "real" else np.linspace(0, reach, count + 1)[1:]
    near = np.geomspace(NEAREST, 1, count // 20)  # and ever more densely towards 0
    return np.concatenate([-near[::-1], near, spread] if symbol.kind == "real" else [near, spread])
