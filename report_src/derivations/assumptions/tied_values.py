"""Values at which the two numbers of a comparison are equal, though no draw is: u = √2 for 1[u² > 2].

    one draw               u² < 2
    another one            u² > 2
    on the line between    u² = 2, as u² has no jump there

Such a place is enclosed in a ball. On a tied instance what is about 0 counts as 0, so that all comparisons which
are equal there are so at once: u > 0.1 and u ≤ 0.1, p ≥ 0.7 and z ≥ log(7/3).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as copy_with
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from report_src.derivations.assumptions.meeting_values import level, zeros
from report_src.derivations.assumptions.ways import satisfying
from report_src.derivations.evaluation.arithmetic import KNOWN, Balls, Exact
from report_src.derivations.evaluation.instances import Instance, probabilities
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.derivatives import ancestors, with_ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import NONE, Node, walk
from report_src.derivations.semantics.symbols import SCALAR, Symbol

PRECISIONS = (1024, 2048)  # bits with which a row is judged at a tie; it has to fail with each of them
STEPS = 40  # most secant steps towards a tie
ORDERS = (1, 3, 5)  # of the zeros that are looked for: (3u - 1)^3 is flat where it is 0
MOST_PAIRS = 4  # other comparisons that are equal beside one
MOST_CROSSING = 10  # pairs of comparisons with a value in common that are made equal at once
NEAR = 2.0**-30  # how far apart the first two shares are, relative
MODERATE = 100.0  # size of values up to which no difference is so small that its digits are lost
CONTINUOUS = frozenset({"real", "positive", "nonnegative", "unit", "closed unit", "simplex"})
Sides = tuple[Node, Node]


@dataclass(frozen=True)
class Line:
    """The values between two instances, of the symbols that move; one number of a difference changes its sign there.

    `place` is that entry.
    """

    program: Program
    sides: Sides
    first: Instance
    last: Instance
    moved: tuple[Symbol, ...]
    place: int

    def between(self, share: float) -> Instance:
        """Return the instance at a share of the way, in float64."""
        first, last = self.first.values, self.last.values
        mixed = {symbol: first[symbol] + share * (last[symbol] - first[symbol]) for symbol in self.moved}
        mixed |= {symbol: probabilities(found) for symbol, found in mixed.items() if symbol.kind == "simplex"}
        return copy_with(self.first, values=first | mixed, special=True)

    def tie(self, near: float, bits: int) -> Instance | None:
        """Return the instance at which the entry is 0, enclosed in balls, or None where no such place is certain."""
        for order in ORDERS:
            share = self._secants(near, order, bits)
            if share is not None:
                return self._at(share, bits)
        return None

    def _at(self, share: Any, bits: int) -> Instance:
        ball = Balls(bits).arb
        mixed = np.frompyfunc(lambda begin, end: Exact(ball(begin) + share * (ball(end) - ball(begin))), 2, 1)
        values = {symbol: mixed(self.first.values[symbol], self.last.values[symbol]) for symbol in self.moved}
        return copy_with(self.first, values=self.first.values | values, special=False, tied=True)

    def _gap(self, share: Any, bits: int, *, tied: bool = False) -> Any:
        """Return the ball of the entry at a share of the way."""
        instance = self._at(share, bits)
        env = Environment(self.program, instance, Balls(bits, tied=tied))
        for definition in self.program.definitions:
            define(env, definition)
        left, right = (value(env, side).value for side in self.sides)
        return (left - right).flat[self.place]

    def _secants(self, near: float, order: int, bits: int) -> Any:
        """Return a ball of shares in which the entry is 0, found by secants of its root of an order, or None."""
        ball = Balls(bits).arb
        width = abs(ball(near)) * ball(2) ** -(bits // KNOWN)

        def rooted(share: Any) -> Any:
            gap = self._gap(share, bits).mid()
            if gap == 0:
                return gap
            root = abs(gap).root(order).mid()
            return root if gap > 0 else -root

        before, share = ball(near) * (1 - NEAR), ball(near)
        old, new = rooted(before), rooted(share)
        for _ in range(STEPS):
            if not new.is_finite() or new == 0 or new == old:
                break
            step = (new * (share - before) / (new - old)).mid()
            before, share = share, (share - step).mid()
            if not (share > 0 and share < 1) or abs(step) < width / 4:
                break
            old, new = new, rooted(share)
        if not (share > 0 and share < 1):
            return None
        ends = [self._gap((share + side * width).mid(), bits) for side in (-1, 1)]
        around = ball(share, width)
        changes = (ends[0] < 0 and ends[1] > 0) or (ends[0] > 0 and ends[1] < 0)
        there = self._gap(around, bits, tied=True)  # a difference that jumps is 0 nowhere
        return around if changes and there.is_finite() and there.contains(0) else None


@dataclass
class Tie:
    """A place at which the two numbers of a comparison are equal, with several choices of the other values.

    `near` is the share of the line at which it is, or the instance where there is no line. Some of the `others` are
    places at which other numbers are equal, several at once.
    """

    sides: Sides
    line: Line | None
    near: Any
    others: tuple[Instance | tuple[Tie, ...], ...] = ()

    @cached_property
    def enclosed(self) -> list[Instance]:
        """The place with each of the precisions; nothing where it is not certain."""
        if self.line is None:
            return [self.near] * len(PRECISIONS)
        found = []
        for bits in PRECISIONS:
            instance = self.line.tie(self.near, bits)
            if instance is None:
                return []
            found.append(instance)
        return found

    @property
    def shown(self) -> str:
        """The equation that holds there, as a message prints it."""
        left, right = map(str, self.sides)
        return f"{left} = {right or 0}"

    @property
    def moved(self) -> frozenset[Symbol]:
        """What the two numbers are made of."""
        return frozenset(self.line.moved if self.line else ())

    def instances(self) -> Iterator[list[Instance]]:
        """Yield the place with each choice of the other values, in all precisions."""
        if self.enclosed:
            yield self.enclosed
            for other in self.others:
                if isinstance(other, Instance):
                    yield [self._beside(instance, other) for instance in self.enclosed]
                    continue
                found = self.enclosed
                for tie in other:
                    found = [tie._beside(*pair) for pair in zip(tie.enclosed, found, strict=True)]
                yield found

    def _beside(self, instance: Instance, other: Instance) -> Instance:
        """Return the place, an instance of it, with the other values of another instance."""
        moved = {symbol: instance.values[symbol] for symbol in self.moved}
        return copy_with(instance, values=other.values | moved)


def together(ties: Sequence[Tie]) -> Iterator[Tie]:
    """Yield places at which two comparisons of different values are equal at once, and all that can be."""
    for tie in ties:
        if tie.line is None or not tie.enclosed:
            continue
        apart = [other for other in ties if other.moved and not other.moved & tie.moved and other.enclosed]
        every: list[Tie] = []
        for other in apart:
            if not any(other.moved & known.moved for known in every):
                every.append(other)
        if apart:
            yield Tie(tie.sides, tie.line, tie.near, (*((other,) for other in apart[:MOST_PAIRS]), tuple(every)))


def is_moderate(instance: Instance, symbols: Collection[Symbol]) -> bool:
    """Tell whether some values of an instance are so small that a comparison's difference keeps its digits."""
    met = (values for symbol, values in instance.values.items() if symbol in symbols)
    return not instance.large and all(abs(float(entry)) < MODERATE for values in met for entry in values.flat)


def touching(program: Program, sides: Sides, like: Claim, instance: Instance) -> Iterator[Instance]:
    """Yield instances on which two numbers may be equal that never change their order: 1[(3u - 1)² > 0]."""
    strict = copy_with(like, left=sides[0], sign=">", right=sides[1], after=None, where=())
    for found in (*zeros(program, strict, instance), *level(program, strict, instance)):
        yield copy_with(found, special=False, edge=False, tied=True)


def tied(program: Program, compared: Sequence[Sides], like: Claim, instance: Instance) -> Instance | None:
    """Return an instance that satisfies the assumptions, and on which both numbers of some pairs are equal, or None."""
    equal = [copy_with(like, left=left, sign="=", right=right, after=None, where=()) for left, right in compared]
    assumed = copy_with(program, assumptions=[*program.assumptions, *equal], plan=None)
    found = satisfying(assumed, copy_with(instance, special=False))
    return None if found is None else copy_with(found, special=False, tied=True)


def crossing_pairs(compared: Sequence[Sides]) -> list[tuple[Sides, Sides]]:
    """Return pairs of comparisons with a value in common, which one line cannot make equal at once."""
    pairs = combinations(compared, 2)
    return [(one, other) for one, other in pairs if set(movable(one)) & set(movable(other))][:MOST_CROSSING]


def has_gaps(program: Program, sides: Sides) -> bool:
    """Tell whether two expressions may jump themselves, so that they are equal nowhere where their order changes."""
    names = with_ancestors({node.data.symbol for node in walk(*sides) if node.op == "name"})
    defined = [definition.value for definition in program.definitions if definition.symbol in names]
    return any(_may_jump(node) and movable((node, node)) for node in walk(*sides, *defined))


def _may_jump(node: Node) -> bool:
    if node.op in ("power", "entrywise"):
        return node.data is None or node.data < 0
    chosen = node.op == "function" and (isinstance(node.data[0], Symbol) or node.data[0] == "sign")
    return chosen or node.op in _WITH_GAPS


_WITH_GAPS = frozenset(
    {"indicator", "cases", "quotient", "entrywise_quotient", "inverse", "matrix_power", "derivative", "at"}
    | {"multivariate"}
)


def jumping(program: Program, nodes: list[Node]) -> list[Sides]:
    """Return the two sides of every comparison in some expressions that jumps where they are equal, each once."""
    found: dict[Any, Sides] = {}
    known: dict[Any, int] = {}
    for sides in _jumps(program, nodes):
        if movable(sides):
            found.setdefault(frozenset(_key(side, known) for side in sides), sides)
    return list(found.values())


def movable(sides: Sides) -> list[Symbol]:
    """Return the declared symbols that two expressions are made of and that have values without gaps."""
    names: set[Symbol] = set()
    for node in walk(*sides):
        if node.op == "name":
            names.add(node.data.symbol)
        elif node.op == "derivative":
            names |= {node.data.numerator, *node.data.denominators}
        elif node.op == "previous":
            names |= {node.data.family, node.data.given}
        elif node.op == "at":
            names |= node.data[1]
    return [symbol for symbol in with_ancestors(names) if symbol.kind in CONTINUOUS]


def _jumps(program: Program, nodes: list[Node]) -> Iterator[Sides]:
    """Yield what comparisons compare; an expression at another value compares its sides at that value."""
    for node in walk(*nodes):
        if node.op == "indicator":
            yield node.args[0], node.args[1]
        elif node.op == "function" and node.data[0] == "sign":
            like = node.args[0]
            yield like, Node("constant", (), SCALAR, NONE, like.start, like.start, like.segment, 0, True)
        elif node.op == "at":
            moved, needed = node.data
            inner = [d.value for d in program.definitions if d.symbol in needed and moved in ancestors(d.symbol)]
            for sides in _jumps(program, [node.args[0], *inner]):
                first, second = (shapes.node("at", (side, node.args[1]), side.shape, node.data) for side in sides)
                yield first, second


def _key(node: Node, known: dict[Any, int]) -> int:
    """Return a number that all nodes have that are the same expression."""
    own = node.op, id(node)
    if own not in known:
        data = node.data if isinstance(node.data, Hashable) else id(node.data)
        whole = (node.op, data, tuple(_key(arg, known) for arg in node.args))
        known[own] = known.setdefault(whole, len(known))
    return known[own]
