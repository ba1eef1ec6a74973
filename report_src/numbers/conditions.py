"""Conditions of claims that hold whatever the results are: `a < b or a >= b`, `a == b and a > b`.

A condition is tried on made-up results. What it reads (`training.relu.loss`, a call, a filter) gets one value wherever
it stands; values are drawn from few, so that two of them are often equal.
"""

import operator
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

from report_src.numbers.printed_numbers import is_number

TRIALS = 400  # made-up results; most conditions are true of some and false of others within ten
VALUES = (-100.0, -1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 2.0, 5.0, 100.0)
FEW = 2  # comparisons of a condition that some of so many results decide either way, if any do
SEED = 1
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
}
_COMPUTED: dict[type[nodes.BinExpr], Callable[[Any, Any], Any]] = {
    nodes.Add: operator.add,
    nodes.Sub: operator.sub,
    nodes.Mul: operator.mul,
    nodes.Div: operator.truediv,
}


@dataclass(frozen=True)
class _Draw:
    """Draws a number or a text from those of one trial."""

    draws: random.Random
    numbers: Sequence[float]
    texts: Sequence[str]

    def number(self) -> float:
        return self.draws.choice(self.numbers)

    def text(self) -> str:
        return self.draws.choice(self.texts)


Results = dict[str, Any]  # what a part of a condition reads -> its made-up value
Evaluated = Callable[[Results, _Draw], Any]


def never_decides(conditions: Sequence[nodes.Expr | None]) -> str:
    """Return why one of a claim's conditions, in the order of its branches, decides nothing; "" where each may."""
    constants = [one.value for test in conditions if test for one in nodes.Not(test).find_all(nodes.Const)]
    near = [value + step for value in constants if is_number(value) for step in (-1, 0, 1)] or list(VALUES)
    texts = ["", *(value for value in constants if isinstance(value, str))]
    draws, held, failed = random.Random(SEED), set[int](), set[int]()
    tests = {number: _made(test, decides=True) for number, test in enumerate(conditions) if test}
    judged = {number for number in tests if _comparisons(conditions[number]) <= FEW}
    for trial in range(TRIALS):
        draw = _Draw(draws, ((*VALUES, *near), draws.sample(VALUES, 2), near)[trial % 3], texts)
        results: Results = {}
        for number in range(len(conditions)):
            holds = number not in tests or _holds(tests[number], results, draw)
            (held if holds else failed).add(number)
            if holds:
                break
        if judged <= held & failed:
            return ""
    if any(number in held - failed for number in judged if number < len(conditions) - 1):
        return "a condition holds whatever the results are; compare what may be otherwise"
    if judged - held:
        return "a branch is never printed: its condition never holds, or one before it always does; take it out"
    return ""


def _holds(test: Evaluated, results: Results, draw: _Draw) -> bool:
    try:
        return bool(test(results, draw))
    except (ArithmeticError, TypeError):
        return draw.number() > 0


def _comparisons(test: nodes.Expr | None) -> int:
    return sum(len(one.ops) for one in nodes.Not(test).find_all(nodes.Compare)) if test else 0


def _made(node: nodes.Node, *, decides: bool = False) -> Evaluated:
    """Return what evaluates an expression on made-up results; what it reads has their value, or a drawn one.

    Where it `decides` by itself, and is not compared, it is as often true as not.
    """
    if isinstance(node, nodes.Const):
        constant = node.value
        return lambda results, draw: constant
    if isinstance(node, nodes.Test) and node.name == "defined":  # a key that is not there is an error
        return lambda results, draw: True
    if isinstance(node, nodes.And | nodes.Or):
        first, second = _made(node.left, decides=decides), _made(node.right, decides=decides)
        if isinstance(node, nodes.And):
            return lambda results, draw: first(results, draw) and second(results, draw)
        return lambda results, draw: first(results, draw) or second(results, draw)
    if isinstance(node, nodes.Not):
        denied = _made(node.node, decides=decides)
        return lambda results, draw: not denied(results, draw)
    if isinstance(node, nodes.Neg):
        inner = _made(node.node)
        return lambda results, draw: -inner(results, draw)
    if isinstance(node, nodes.BinExpr) and type(node) in _COMPUTED:
        left, right, computed = _made(node.left), _made(node.right), _COMPUTED[type(node)]
        return lambda results, draw: computed(left(results, draw), right(results, draw))
    if isinstance(node, nodes.Compare) and all(operand.op in _COMPARED for operand in node.ops):
        return _comparison(node)
    key = repr(node)
    if decides:
        return lambda results, draw: results[key] if key in results else results.setdefault(key, draw.number() > 0)
    return lambda results, draw: results[key] if key in results else results.setdefault(key, draw.number())


def _comparison(node: nodes.Compare) -> Evaluated:
    """Return a chain of comparisons; what is compared with a text is one of the texts of all conditions, or another."""
    sides = [node.expr, *(operand.expr for operand in node.ops)]
    of_texts = any(isinstance(side, nodes.Const) and isinstance(side.value, str) for side in sides)
    read = [repr(side) for side in sides if of_texts and not isinstance(side, nodes.Const)]
    made, compared = [_made(side) for side in sides], [_COMPARED[operand.op] for operand in node.ops]

    def holds(results: Results, draw: _Draw) -> bool:
        for key in read:
            results.setdefault(key, draw.text())
        values = [one(results, draw) for one in made]
        return all(one(left, right) for one, left, right in zip(compared, values, values[1:], strict=False))

    return holds
