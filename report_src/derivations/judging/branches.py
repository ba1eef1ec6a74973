"""Find instances on branches of max, | | and indicators that no drawn instance reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace as copy_with
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from report_src.derivations.evaluation.arithmetic import Balls, Floats
from report_src.derivations.evaluation.functions import short
from report_src.derivations.evaluation.instances import Instance, Profile, filled
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.evaluation.plan import Sizes
from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.judging.counterexamples import MAX_STEPS, candidate_counterexamples, restricted_to
from report_src.derivations.judging.joint_conditions import conditions, conditions_only, joint_inequalities, number
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.places import only_sizes
from report_src.derivations.semantics.program import Claim, Definition, Program
from report_src.derivations.semantics.scope import Target
from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.symbols import Symbol

if TYPE_CHECKING:
    from report_src.derivations.assumptions.tied_values import Line, Sides, Tie

INSTANCES_PER_BRANCH = 2  # instances tried on each branch that no draw reaches
MAX_COMPARISONS = 10  # comparisons of a row that are examined; for further ones there are only the draws
MAX_TIE_INSTANCES = 40  # instances tried on which the two sides of a comparison may be equal
MAX_EQUALISED = 16  # drawn instances in which a value is changed to make two sides equal
JOINT_STEPS = 100  # optimiser steps towards values that meet several conditions at once
MAX_PRODUCTS = 2  # products of indicators of a row that are examined
SECANTS = 60  # steps towards the place on a line at which a comparison changes
SHORTEST = 1e-15  # part of a line, relative, that is not halved again
APART = (1e-12, 1e-9, 1e-6, 1e-3)  # how far on both sides of it, of the line's length, an instance is taken
# lines on which a tie is found, lines that are tried, and draws near which it is solved for under assumptions
TIED_LINES, TIED_TRIES, TIED_DRAWS = 8, 40, 3
_OTHERS = ("normal", "negative", "positive", "pivots", "mixed", "large")  # how the other values are drawn at a tie
# how the ends of such lines are drawn
_LINES = (
    Profile("normal"),
    Profile("scales", functions=1000.0),
    Profile("large", functions=-30.0),
    Profile("positive", functions=30.0),
    Profile("negative", functions=1000.0),
    *[Profile("pivots")] * 3,
)
_ENDS = ("normal", "scales", "negative", "large", "positive", "mixed")
_FAR_ENDS = (*["pivots"] * 6, "high", "low", "far high", "far low")
_RANGES = {"real": (-np.inf, np.inf), "positive": (0.0, np.inf), "unit": (0.0, 1.0)}
_NUMBERS = frozenset({"real", "positive", "nonnegative", "simplex", "definition"})


class BranchCoverage:
    """Which branches of its comparisons a program takes on the drawn instances."""

    def __init__(self, program: Program, drawn: list[Instance], seed: int) -> None:
        """Evaluate nothing yet."""
        self.program, self.drawn, self.seed = program, drawn, seed
        self._signs_by_node: dict[int, tuple[Node, set[float]]] = {}
        self._beside_by_node: dict[int, tuple[Node, list[Instance]]] = {}
        self._ties: dict[tuple[int, ...], tuple[Sides, list[Tie]]] = {}

    def uncovered(self, claim: Claim) -> Iterator[Instance]:
        """Yield instances on which a comparison of a claim takes a branch that it takes on no drawn instance."""
        nodes = list(islice(_comparisons(self.program, claim), MAX_COMPARISONS))
        for node in nodes:
            (left, right), met = _compared_sides(node), self._signs_of(node)
            for sign, branch in (("<=", 1.0), (">=", -1.0)):
                if branch not in met:
                    yield from self._violations(claim, left, sign, right, INSTANCES_PER_BRANCH)
            yield from self._beside(node, (left, right))
            jumps = node.op == "indicator" or _is_sign(node)
            if jumps and len(met) == 2 and 0.0 not in met:
                equal_sides = _with_equal_sides(self.program, claim, (left, right), self.drawn)
                yield from islice(equal_sides, INSTANCES_PER_BRANCH)
            if node.op == "indicator" and len(met) == 1 and 0.0 not in met:  # they may be equal at a point
                yield from self._violations(claim, left, ">" if 1.0 in met else "<", right, MAX_TIE_INSTANCES)
        environments = self.environments if nodes else []
        for margins in islice(_unmet_products(self.program, claim, environments), MAX_PRODUCTS):
            for larger, smaller in joint_inequalities(margins):
                yield from self._violations(claim, larger, "<=", smaller, INSTANCES_PER_BRANCH, JOINT_STEPS)

    def _beside(self, node: Node, sides: tuple[Node, Node]) -> list[Instance]:
        """Return instances just below, just above and at values at which the two sides of a comparison are equal.

        Another threshold differs there, 1[u < 1] and 1[u < 2], though no draw may lie between the two.
        """
        if id(node) not in self._beside_by_node:
            found = list(_straddling(self.program, sides, self.drawn[0].sizes, self.seed))
            self._beside_by_node[id(node)] = node, found
        return self._beside_by_node[id(node)][1]

    def ties(self, claim: Claim) -> Iterator[Tie]:
        """Yield places at which the two sides of a comparison that jumps there are equal."""
        from report_src.derivations.assumptions.tied_values import Tie, crossing_pairs, jumping, tied, together

        compared = jumping(self.program, [*sides_with_definitions(self.program, claim), *claim.where])
        if self.program.assumptions:
            for sides in compared:
                near = (tied(self.program, [sides], claim, one) for one in self.drawn[:TIED_DRAWS])
                yield from (Tie(sides, None, instance) for instance in near if instance is not None)
            return
        found = [tie for sides in compared for tie in self._ties_of(sides, claim)]
        yield from found
        yield from together(found)
        for pair in crossing_pairs(compared):
            instance = tied(restricted_to(self.program, claim), pair, claim, self.drawn[0])
            if instance is not None:
                yield Tie(pair[0], None, instance)

    def _ties_of(self, sides: Sides, claim: Claim) -> list[Tie]:
        """Return the ties of one comparison, cached as rows share definitions."""
        from report_src.derivations.assumptions.tied_values import Tie, has_gaps, touching

        key, sizes = tuple(map(id, sides)), self.drawn[0].sizes
        if key not in self._ties:
            ties: list[Tie] = []
            lines = _crossings(self.program, sides, sizes, self.seed, every=has_gaps(self.program, sides))
            for line, _, root in islice(lines, TIED_TRIES):
                generator = np.random.default_rng([self.seed, TIED_LINES, len(ties)])
                others = tuple(filled(self.program, generator, Profile(values), sizes) for values in _OTHERS * 2)
                tie = Tie(sides, line, root, others)
                ties += [tie] if tie.enclosed or not ties else []  # the order may change at a pole
                if len(ties) > TIED_LINES:
                    break
            if not ties:
                near = touching(restricted_to(self.program, claim), sides, claim, self.drawn[0])
                ties = [Tie(sides, None, instance) for instance in islice(near, TIED_LINES)]
            self._ties[key] = sides, ties
        return self._ties[key][1]

    def _violations(
        self, claim: Claim, left: Node, sign: str, right: Node, count: int, steps: int = MAX_STEPS
    ) -> Iterator[Instance]:
        """Yield at most `count` instances that seem to violate another comparison in the place of a claim."""
        other = copy_with(claim, left=left, sign=sign, right=right)
        return islice(candidate_counterexamples(self.program, other, self.seed, steps), count)

    @cached_property
    def environments(self) -> list[Environment]:
        """The evaluated definitions of the program, one environment for each drawn instance."""
        return [_environment_of(self.program, one, Floats()) for one in self.drawn]

    def _signs_of(self, node: Node) -> set[float]:
        """Return the signs of a comparison's difference on all instances, cached as rows share definitions."""
        if id(node) not in self._signs_by_node:
            left, right = _compared_sides(node)
            found = {sign for environment in self.environments for sign in _signs_of(environment, left, right)}
            self._signs_by_node[id(node)] = node, found
        return self._signs_by_node[id(node)][1]


def _straddling(program: Program, sides: tuple[Node, Node], sizes: Sizes, seed: int) -> Iterator[Instance]:
    """Yield instances close to where the difference of two numbers changes its sign: on either side, and there."""
    for line, gap, root in _crossings(program, sides, sizes, seed):
        pairs = ([line.between(root - step), line.between(root + step)] for step in APART)
        yield from next((pair for pair in pairs if gap(pair[0])[line.place] * gap(pair[1])[line.place] < 0), [])
        there = line.between(root)
        short_values = {s: np.round(there.values[s], 3) for s in line.moved if s.kind != "simplex"}
        there = copy_with(there, values=there.values | short_values)
        if gap(there)[line.place] == 0:
            yield there


def _crossings(
    program: Program, sides: tuple[Node, Node], sizes: Sizes, seed: int, *, every: bool = False
) -> Iterator[tuple[Line, Callable[[Instance], np.ndarray], float]]:
    """Yield lines on which the difference of two numbers changes its sign, the difference, and about where it does.

    They lead from one draw to another at which the sign is the other. Only what the two numbers are made of is moved,
    so that the other values, and with them the other comparisons, differ from line to line. `every` is whether more
    than one line begins at a draw.
    """
    from report_src.derivations.assumptions.tied_values import Line, movable  # few rows compare

    moved = tuple(movable(sides))
    if not moved:
        return

    def gap(instance: Instance) -> np.ndarray:
        environment = _environment_of(program, instance, Floats())
        return np.atleast_1d(np.asarray(_value(environment, sides[0]) - _value(environment, sides[1]), float)).ravel()

    for number_of_line, profile in enumerate(_LINES):
        generator = np.random.default_rng([seed, number_of_line])
        base = filled(program, generator, profile, sizes)
        begun = gap(base)
        for values in (*_ENDS * 3, *_FAR_ENDS):
            end = filled(program, generator, Profile(values), sizes)
            line = Line(program, sides, base, end, moved, 0)
            ended = gap(line.between(1.0))
            places = np.flatnonzero(begun * ended < 0)
            if places.size:
                line = copy_with(line, place=int(places[number_of_line % places.size]))
                yield line, gap, _root(partial(_gap_at, gap, line), line.place, begun, ended)
                if not every:
                    break


def _gap_at(gap: Callable[[Instance], np.ndarray], line: Line, share: float) -> np.ndarray:
    return gap(line.between(share))


def _root(function: Callable[[float], np.ndarray], at: int, begun: np.ndarray, end: np.ndarray) -> float:
    """Return about where one entry of a function, whose values at 0 and at 1 have different signs there, is 0.

    By secants, the value at an end that stays is halved. Source: M. Dowell and P. Jarratt, A modified regula falsi
    method for computing the root of an equation (the Illinois algorithm), BIT 11 (1971).
    """
    low, high, first, last, kept, middle = 0.0, 1.0, float(begun[at]), float(end[at]), "", 0.5
    for step in range(SECANTS):
        if first == last or high - low < SHORTEST * high:  # both too small for a float
            break
        middle = (low + high) / 2 if step % 3 == 2 else (first * high - last * low) / (first - last)
        found = float(function(middle)[at])
        if found == 0 or not np.isfinite(found):
            break
        if found * last > 0:
            high, last = middle, found
            first, kept = (first / 2 if kept == "low" else first), "low"
        else:
            low, first = middle, found
            last, kept = (last / 2 if kept == "high" else last), "high"
    return middle


def _with_equal_sides(
    program: Program, claim: Claim, sides: tuple[Node, Node], drawn: list[Instance]
) -> Iterator[Instance]:
    """Yield instances on which two numbers are equal, found by a value that enters their difference linearly."""
    for instance in drawn[:MAX_EQUALISED]:
        for symbol in (s for s in claim.uses if s.kind in _RANGES and instance.values[s].size == 1):

            def moved(to: float, base: Instance = instance, one: Symbol = symbol) -> tuple[Instance, np.ndarray]:
                made = copy_with(base, values=base.values | {one: np.full(base.values[one].shape, to)}, special=True)
                environment = _environment_of(program, made, Floats())
                return made, _value(environment, sides[0]) - _value(environment, sides[1])

            at = [float(gap.flat[0]) if gap.size == 1 else np.nan for _, gap in map(moved, (0.0, 1.0, 2.0))]
            if at[0] != at[1] and np.isclose(at[2], 2 * at[1] - at[0]):
                equal = at[0] / (at[0] - at[1])
                made, gap = moved(equal)
                inside = _RANGES[symbol.kind][0] < equal < _RANGES[symbol.kind][1]
                if inside and short(np.array(equal)) == equal and not gap.any():  # few digits: equal in balls too
                    yield made


def _unmet_products(program: Program, claim: Claim, environments: list[Environment]) -> Iterator[list[Node]]:
    """Yield the conditions of each product of indicators, or of max(0, ·), that is 0 on every instance."""
    for node in walk(*sides_with_definitions(program, claim)):
        met = conditions(node)
        if met and not any((np.abs(_value(one, conditions_only(node))) > 0).any() for one in environments):
            yield met


def untested_equality(program: Program, claim: Claim, drawn: list[Instance]) -> Node | None:
    """Return an indicator 1[x = y] of real numbers that are equal on no instance, or None.

    Likewise a sign of a number that has either sign and is 0 on no instance.
    """
    for node in _comparisons(program, claim):
        equal = node.op == "indicator" and node.data in ("=", "!=")
        if not (equal or _is_sign(node)) or not any(_is_real(part) for part in walk(*node.args)):
            continue
        if not _is_sign(node) and not all(map(_is_affine, node.args)):
            return node
        values = [value(_environment_of(program, instance, Balls(128)), node).value for instance in drawn]
        met = {sign for found in values for entry in found.flat for sign in (-1, 0, 1) if entry == sign}
        if (equal and met != {0, 1}) or (not equal and met == {-1, 1}):
            return node
    return None


def _is_affine(node: Node) -> bool:
    """Tell whether an expression is a sum of values and multiples of them: where two of these are equal is found."""
    if node.op == "product":
        varying = [arg for arg in node.args if any(_is_real(part) for part in walk(arg))]
        return len(varying) < 2 and all(map(_is_affine, varying))
    return not any(_is_real(part) for part in walk(node)) or (node.op in _AFFINE and all(map(_is_affine, node.args)))


_AFFINE = frozenset({"name", "add", "component", "transpose", "realigned", "previous"})


def _is_sign(node: Node) -> bool:
    return node.op == "function" and node.data[0] == "sign"


def size_comparison(program: Program, claim: Claim) -> Node | None:
    """Return a comparison of a claim that compares sizes with numbers, or None."""
    return next(filter(only_sizes, _comparisons(program, claim)), None)


def sides_with_definitions(program: Program, claim: Claim) -> list[Node]:
    """Return the sides of a claim and the definitions of the names in them."""
    met = with_ancestors(claim.uses)
    below = [definition.value for definition in program.definitions if definition.symbol in met]
    return [claim.left, claim.right, *below]


def _comparisons(program: Program, claim: Claim) -> Iterator[Node]:
    for node in walk(*sides_with_definitions(program, claim)):
        if node.op in ("maximum", "minimum", "absolute", "indicator") or (
            node.op == "function" and node.data[0] in _KINKED_FUNCTIONS
        ):
            yield node


_KINKED_FUNCTIONS = ("relu", "sign")


def _compared_sides(node: Node) -> tuple[Node, Node]:
    """Return what a node compares: its two arguments, or its argument and 0."""
    if len(node.args) == 2:
        return node.args
    return node.args[0], number(node, 0.0)


def _is_real(node: Node) -> bool:
    return node.op == "name" and isinstance(node.data, Target) and node.data.symbol.kind in _NUMBERS


def _signs_of(environment: Environment, left: Node, right: Node) -> set[float]:
    return {float(sign) for sign in np.sign(_value(environment, left) - _value(environment, right)).flat}


def _value(environment: Environment, node: Node) -> np.ndarray:
    environment.known.clear()  # it holds the parts of one statement
    found: np.ndarray = value(environment, node).value
    return found


def _environment_of(program: Program, instance: Instance, arithmetic: Balls | Floats) -> Environment:
    environment = Environment(program, instance, arithmetic)
    for step in program.order:
        if isinstance(step, Definition):
            define(environment, step)
    return environment
