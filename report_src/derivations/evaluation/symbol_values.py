"""The state of one evaluation: the values of all symbols on an instance, and what was picked and derived from them.

Values are arrays of shape (…, rows, columns); an index with axis k of its statement lies along the axis −(3+k), so
that sums and free indices are vectorised and broadcasting does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from report_src.derivations.evaluation.arithmetic import Arithmetic
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.evaluation.plan import Held, plan_of
from report_src.derivations.evaluation.tape import Shape, Tape, Var
from report_src.derivations.semantics.program import Program
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import Index, Place, Symbol


class _Values(dict[Symbol, Var]):
    """Values by symbol; a declared one enters the tape when it is first asked for, as a large one may never be."""

    def __init__(self, tape: Tape, declared: Mapping[Symbol, Any]) -> None:
        super().__init__()
        self.tape, self.declared = tape, declared

    def __missing__(self, symbol: Symbol) -> Var:
        self[symbol] = made = self.tape.leaf(self.declared[symbol])
        return made

    def __contains__(self, symbol: object) -> bool:
        return super().__contains__(symbol) or symbol in self.declared


class _Others(_Values):
    """Values of which some differ from those of another record, and the other declared ones are the same nodes."""

    def __init__(self, values: _Values, own: Mapping[Symbol, Var]) -> None:
        super().__init__(values.tape, values.declared)
        self.same = values
        self.update(own)

    def __missing__(self, symbol: Symbol) -> Var:
        return self.same[symbol]

    def __contains__(self, symbol: object) -> bool:
        return dict.__contains__(self, symbol) or symbol in self.same


class Environment:
    """The values of a program's symbols on an instance; derivatives are taken once and kept."""

    def __init__(self, program: Program, instance: Instance, arithmetic: Arithmetic, *, repeats: bool = False) -> None:
        """Begin with the declared values of an instance; `repeats` is whether others will follow (`move`)."""
        self.program, self.instance, self.tape = program, instance, Tape(arithmetic, repeats=repeats)
        self.values = _Values(self.tape, instance.values)
        self.wanted = plan_of(program).wanted
        self.derivatives: dict[tuple[Symbol, tuple[Symbol, ...], Held], Var] = {}
        self.known: dict[int, tuple[Node, Var]] = {}
        self.steps: dict[Symbol, list[Var]] = {}  # the members of each recursion, one node a step
        self.held: list[Var] = []  # values at a point: what is differentiated there does not depend on what they are of
        self.fixed: dict[Index, int] = {}  # the step that a recursion is at, by the index of each of its definitions
        self._picked: dict[tuple[Any, ...], Var] = {}

    def move(self, values: Mapping[Symbol, np.ndarray]) -> None:
        """Give all declared symbols other values of the same shapes; what is recorded is old until it is repeated.

        What is repeated are operations on arrays, gradients included: no node is read, no index is looked up again.
        """
        self.values.declared = values
        for symbol, leaf in self.values.items():
            if symbol in values:
                leaf.value = self.tape.arithmetic.array(values[symbol])

    def with_value(self, symbol: Symbol, value: Var) -> Environment:
        """Return an environment on the same tape where a declared symbol has another value; nothing is defined yet."""
        other = Environment(self.program, self.instance, self.tape.arithmetic)
        point = self.tape.copy(value)
        other.tape, other.values = self.tape, _Others(self.values, {symbol: point})
        other.steps, other.held = dict(self.steps), [*self.held, point]
        return other

    def axis_values(self, index: Index) -> np.ndarray:
        """Return 0 … size−1 along the axis of an index."""
        if index in self.fixed:
            return np.full((1,) * (index.axis + 3), self.fixed[index])
        size = self.instance.size(index.dim)
        return np.arange(size).reshape(size, *(1,) * (index.axis + 2))

    def pick(self, full: Var, picks: tuple[Any, ...]) -> Var:
        """Pick from the trailing axes of an array along indices, numbers, "row" and "column".

        Axes before the picked ones are index axes and stay where they are. What was picked before is not picked again.
        """
        key = (full.number, picks, *self.fixed.values())
        if key not in self._picked:
            shape = full.value.shape
            lead = len(shape) - len(picks)
            where = [np.arange(size).reshape(size, *(1,) * (lead - axis + 1)) for axis, size in enumerate(shape[:lead])]
            where += [self._along(choice, size) for choice, size in zip(picks, shape[lead:], strict=True)]
            self._picked[key] = self.tape.pick(full, tuple(where), shape)
        return self._picked[key]

    def _along(self, choice: Any, size: int) -> np.ndarray:
        if isinstance(choice, Index):
            return self.axis_values(choice)
        if isinstance(choice, Place):
            return np.clip(self.counted(choice) - 1, 0, size - 1)
        if choice == "row":
            return np.arange(size).reshape(-1, 1)
        return np.arange(size).reshape(1, -1) if choice == "column" else np.full((1, 1), choice)

    def counted(self, place: Place) -> np.ndarray:
        """Return the numbers that a place has for all values of its indices; the first entry is 1."""
        total = np.full((1, 1), place.offset)
        for part, sign in place.parts:
            number = self.axis_values(part) + part.first if isinstance(part, Index) else self.instance.size(part)
            total = total + sign * number
        return total

    def picked_at(self, family: Var, places: np.ndarray) -> Var:
        """Return the members of a family of arrays at some places along an index."""
        shape = family.value.shape
        where = (places, np.arange(shape[-2]).reshape(-1, 1), np.arange(shape[-1]).reshape(1, -1))
        return self.tape.pick(family, where, shape)

    def stacked(self, value: Var, slots: tuple[Index, ...]) -> Var:
        """Move the axes of the indices to the front, in the order of a family's slots."""
        shape = value.value.shape
        rank, count = len(shape), len(slots) + 2
        where: list[np.ndarray] = [np.zeros((1,) * count, dtype=int)] * rank
        for place, index in enumerate(slots):
            axis = rank - (3 + index.axis)
            if axis >= 0 and shape[axis] > 1:
                where[axis] = np.arange(shape[axis]).reshape(-1, *(1,) * (count - 1 - place))
        where[-2] = np.arange(shape[-2]).reshape(-1, 1)
        where[-1] = np.arange(shape[-1])
        picked = self.tape.pick(value, tuple(where), shape)
        sizes = tuple(self.instance.size(index.dim) for index in slots)
        return self.tape.expand(picked, sizes + shape[-2:])

    def realigned(self, value: Var, axes: tuple[tuple[int, int], ...]) -> Var:
        """Move the axes of a statement's indices to where another statement has them."""
        shape = value.value.shape
        where: list[np.ndarray] = [np.zeros((1, 1), dtype=int)] * len(shape)
        for old, new in axes:
            if len(shape) >= 3 + old:
                size = shape[-(3 + old)]
                where[-(3 + old)] = np.arange(size).reshape(size, *(1,) * (new + 2))
        where[-2] = np.arange(shape[-2]).reshape(-1, 1)
        where[-1] = np.arange(shape[-1])
        return self.tape.pick(value, tuple(where), shape)


def diagonal(shape: Shape) -> tuple[np.ndarray, ...]:
    """Return where the diagonal of the last two axes lies, as a column."""
    rank = len(shape)
    where = [np.arange(size).reshape(size, *(1,) * (rank - 1 - axis)) for axis, size in enumerate(shape[:-2])]
    along = np.arange(shape[-1]).reshape(-1, 1)
    return (*where, along, along)
