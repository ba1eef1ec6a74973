"""Instances on which a comparison inside a row goes the way that no draw took: max, | | and indicators have two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as copy_with
from itertools import islice

import numpy as np

from report_src.derivations.evaluation.arithmetic import Balls, Floats
from report_src.derivations.evaluation.environment import Environment
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.judging.counterexamples import hunt
from report_src.derivations.semantics.derivatives import ancestors
from report_src.derivations.semantics.program import Claim, Definition, Program
from report_src.derivations.semantics.scope import Target
from report_src.derivations.semantics.shapes import NONE, Node, walk
from report_src.derivations.semantics.symbols import SCALAR

TRIED = 2  # instances on which a way is tried that no draw took
MOST = 6  # comparisons of a row that are looked at; further ones are covered by the draws only
_NUMBERS = frozenset({"real", "positive", "nonnegative", "simplex", "definition"})


class Ways:
    """Which ways the comparisons of a program go on the instances that were drawn."""

    def __init__(self, program: Program, drawn: list[Instance], seed: int) -> None:
        """Begin with nothing evaluated."""
        self.program, self.drawn, self.seed = program, drawn, seed
        self._environments: list[Environment] = []
        self._met: dict[int, tuple[Node, set[float]]] = {}

    def missed(self, claim: Claim) -> Iterator[Instance]:
        """Yield instances on which a comparison of a claim goes a way that it goes on none of those drawn."""
        for node in islice(_comparisons(self.program, claim), MOST):
            left, right = _compared(node)
            for sign, way in (("<=", 1.0), (">=", -1.0)):
                if way not in self._signs(node):
                    beyond = copy_with(claim, left=left, sign=sign, right=right)
                    yield from islice(hunt(self.program, beyond, self.seed), TRIED)

    def _signs(self, node: Node) -> set[float]:
        """Return the signs of a comparison's difference on all instances; rows share what is defined above them."""
        if id(node) not in self._met:
            self._environments = self._environments or [_defined(self.program, one, Floats()) for one in self.drawn]
            left, right = _compared(node)
            found = {sign for environment in self._environments for sign in _signs(environment, left, right)}
            self._met[id(node)] = node, found
        return self._met[id(node)][1]


def never_equal(program: Program, claim: Claim, drawn: list[Instance]) -> Node | None:
    """Return an indicator of two equal real numbers that are equal on no instance, or None."""
    for node in _comparisons(program, claim):
        if node.op == "indicator" and node.data == "=" and any(_is_real(part) for part in walk(*node.args)):
            values = (value(_defined(program, instance, Balls(128)), node).value for instance in drawn)
            if not any(entry == 1 for found in values for entry in found.flat):
                return node
    return None


def _comparisons(program: Program, claim: Claim) -> Iterator[Node]:
    met = claim.uses.union(*(ancestors(symbol) for symbol in claim.uses))
    below = [definition.value for definition in program.definitions if definition.symbol in met]
    for node in walk(claim.left, claim.right, *below):
        if node.op in ("maximum", "minimum", "absolute", "indicator") or (
            node.op == "function" and node.data[0] in _KINKS
        ):
            yield node


_KINKS = ("relu", "sign")


def _compared(node: Node) -> tuple[Node, Node]:
    """Return what a node compares: its two arguments, or its argument and 0."""
    if len(node.args) == 2:
        return node.args
    return node.args[0], Node("constant", (), SCALAR, NONE, node.start, node.end, node.segment, 0.0, True)


def _is_real(node: Node) -> bool:
    return node.op == "name" and isinstance(node.data, Target) and node.data.symbol.kind in _NUMBERS


def _signs(environment: Environment, left: Node, right: Node) -> set[float]:
    environment.known.clear()  # it holds the parts of one statement
    sides = [value(environment, side).value for side in (left, right)]
    return {float(sign) for sign in np.sign(sides[0] - sides[1]).flat}


def _defined(program: Program, instance: Instance, arithmetic: Balls | Floats) -> Environment:
    environment = Environment(program, instance, arithmetic)
    for step in program.order:
        if isinstance(step, Definition):
            define(environment, step)
    return environment
