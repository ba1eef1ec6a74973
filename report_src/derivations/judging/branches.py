"""Instances on which a comparison inside a row goes the way that no draw took: max, | | and indicators have two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as copy_with
from functools import cached_property
from itertools import islice

import numpy as np

from report_src.derivations.evaluation.arithmetic import Balls, Floats
from report_src.derivations.evaluation.environment import Environment
from report_src.derivations.evaluation.functions import short
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.judging.counterexamples import hunt
from report_src.derivations.judging.together import conditions, factors_alone, gaps, number
from report_src.derivations.semantics.derivatives import ancestors
from report_src.derivations.semantics.program import Claim, Definition, Program
from report_src.derivations.semantics.scope import Target
from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.sizes import only_sizes
from report_src.derivations.semantics.symbols import Symbol

TRIED = 2  # instances on which a way is tried that no draw took
MOST = 6  # comparisons of a row that are looked at; further ones are covered by the draws only
TIES = 40  # instances on which the two sides of a comparison may be equal
MOST_LEVELLED = 16  # instances of which a value is changed so that two sides are equal
STEPS_TOGETHER = 100  # steps towards values that meet several conditions at once
MOST_TOGETHER = 2  # products of indicators of a row that are looked at
_NUMBERS = frozenset({"real", "positive", "nonnegative", "simplex", "definition"})


class Ways:
    """Which ways the comparisons of a program go on the instances that were drawn."""

    def __init__(self, program: Program, drawn: list[Instance], seed: int) -> None:
        """Begin with nothing evaluated."""
        self.program, self.drawn, self.seed = program, drawn, seed
        self._met: dict[int, tuple[Node, set[float]]] = {}

    def missed(self, claim: Claim) -> Iterator[Instance]:
        """Yield instances on which a comparison of a claim goes a way that it goes on none of those drawn."""
        nodes = list(islice(_comparisons(self.program, claim), MOST))
        for node in nodes:
            (left, right), met = _compared(node), self._signs(node)
            for sign, way in (("<=", 1.0), (">=", -1.0)):
                if way not in met:
                    beyond = copy_with(claim, left=left, sign=sign, right=right)
                    yield from islice(hunt(self.program, beyond, self.seed), TRIED)
            jumps = node.op == "indicator" or (node.op == "function" and node.data[0] == "sign")
            if jumps and len(met) == 2 and 0.0 not in met:
                yield from islice(_equal(self.program, claim, (left, right), self.drawn), TRIED)
            if node.op == "indicator" and len(met) == 1 and 0.0 not in met:  # they may be equal at a point
                equal = copy_with(claim, left=left, sign=">" if 1.0 in met else "<", right=right)
                yield from islice(hunt(self.program, equal, self.seed), TIES)
        environments = self.environments if nodes else []
        for margins in islice(_never_met(self.program, claim, environments), MOST_TOGETHER):
            for larger, smaller in gaps(margins):
                together = copy_with(claim, left=larger, sign="<=", right=smaller)
                yield from islice(hunt(self.program, together, self.seed, STEPS_TOGETHER), TRIED)

    @cached_property
    def environments(self) -> list[Environment]:
        """The definitions of the program on each instance."""
        return [_defined(self.program, one, Floats()) for one in self.drawn]

    def _signs(self, node: Node) -> set[float]:
        """Return the signs of a comparison's difference on all instances; rows share what is defined above them."""
        if id(node) not in self._met:
            left, right = _compared(node)
            found = {sign for environment in self.environments for sign in _signs(environment, left, right)}
            self._met[id(node)] = node, found
        return self._met[id(node)][1]


def _equal(program: Program, claim: Claim, sides: tuple[Node, Node], drawn: list[Instance]) -> Iterator[Instance]:
    """Yield instances on which two numbers are equal, where one value enters their difference linearly."""
    for instance in drawn[:MOST_LEVELLED]:
        for symbol in (s for s in claim.uses if s.kind == "real" and instance.values[s].size == 1):

            def moved(to: float, base: Instance = instance, one: Symbol = symbol) -> tuple[Instance, np.ndarray]:
                made = copy_with(base, values=base.values | {one: np.full(base.values[one].shape, to)}, special=True)
                environment = _defined(program, made, Floats())
                return made, _value(environment, sides[0]) - _value(environment, sides[1])

            at = [float(gap.flat[0]) if gap.size == 1 else np.nan for _, gap in map(moved, (0.0, 1.0, 2.0))]
            if at[0] != at[1] and np.isclose(at[2], 2 * at[1] - at[0]):
                level = at[0] / (at[0] - at[1])
                made, gap = moved(level)
                if short(np.array(level)) == level and not gap.any():  # of few digits: they are equal in balls too
                    yield made


def _never_met(program: Program, claim: Claim, environments: list[Environment]) -> Iterator[list[Node]]:
    """Yield the conditions of each product of indicators, or of max(0, ·), that is 0 on every instance."""
    for node in walk(*_sides(program, claim)):
        met = conditions(node)
        if met and not any((np.abs(_value(one, factors_alone(node))) > 0).any() for one in environments):
            yield met


def never_equal(program: Program, claim: Claim, drawn: list[Instance]) -> Node | None:
    """Return an indicator of two equal real numbers that are equal on no instance, or None."""
    for node in _comparisons(program, claim):
        if node.op == "indicator" and node.data == "=" and any(_is_real(part) for part in walk(*node.args)):
            values = (value(_defined(program, instance, Balls(128)), node).value for instance in drawn)
            if not any(entry == 1 for found in values for entry in found.flat):
                return node
    return None


def sizes_compared(program: Program, claim: Claim) -> Node | None:
    """Return a comparison of a claim that compares sizes with numbers, or None."""
    return next(filter(only_sizes, _comparisons(program, claim)), None)


def _sides(program: Program, claim: Claim) -> list[Node]:
    """Return the sides of a claim, and what the names in them are defined as."""
    met = claim.uses.union(*(ancestors(symbol) for symbol in claim.uses))
    below = [definition.value for definition in program.definitions if definition.symbol in met]
    return [claim.left, claim.right, *below]


def _comparisons(program: Program, claim: Claim) -> Iterator[Node]:
    for node in walk(*_sides(program, claim)):
        if node.op in ("maximum", "minimum", "absolute", "indicator") or (
            node.op == "function" and node.data[0] in _KINKS
        ):
            yield node


_KINKS = ("relu", "sign")


def _compared(node: Node) -> tuple[Node, Node]:
    """Return what a node compares: its two arguments, or its argument and 0."""
    if len(node.args) == 2:
        return node.args
    return node.args[0], number(node, 0.0)


def _is_real(node: Node) -> bool:
    return node.op == "name" and isinstance(node.data, Target) and node.data.symbol.kind in _NUMBERS


def _signs(environment: Environment, left: Node, right: Node) -> set[float]:
    return {float(sign) for sign in np.sign(_value(environment, left) - _value(environment, right)).flat}


def _value(environment: Environment, node: Node) -> np.ndarray:
    environment.known.clear()  # it holds the parts of one statement
    found: np.ndarray = value(environment, node).value
    return found


def _defined(program: Program, instance: Instance, arithmetic: Balls | Floats) -> Environment:
    environment = Environment(program, instance, arithmetic)
    for step in program.order:
        if isinstance(step, Definition):
            define(environment, step)
    return environment
