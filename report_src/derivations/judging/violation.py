"""The violation of an inequality in float64: recorded once for some sizes and functions, replayed on other values."""

from __future__ import annotations

import numpy as np

from report_src.derivations.evaluation.arithmetic import Floats
from report_src.derivations.evaluation.functions import ABSOLUTE
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.evaluation.tape import Var
from report_src.derivations.judging.starting_points import Values
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.symbols import Symbol

EXCLUDED = 1e300  # taken off the violation of an entry for which nothing is claimed
TINY = 1e-300  # keeps the relative violation defined where both sides are 0


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
