"""Conditions of claims that hold whatever the results are: `a < b or a >= b`, `a == b and a > b`.

A condition is tried on made-up results. What it reads (`training.relu.loss`, a call, a filter) gets one value wherever
it stands; values are drawn from few, so that two of them are often equal.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

TRIALS = 400  # made-up results; most conditions are true of some and false of others within ten
VALUES = (-100.0, -1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 2.0, 5.0, 100.0)
FEW = 2  # comparisons of a condition that some of so many results satisfy, if any do
SEED = 1
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "gteq": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lteq": lambda a, b: a <= b,
}
_COMPUTED: dict[type[nodes.BinExpr], Callable[[Any, Any], Any]] = {
    nodes.Add: lambda a, b: a + b,
    nodes.Sub: lambda a, b: a - b,
    nodes.Mul: lambda a, b: a * b,
    nodes.Div: lambda a, b: a / b,
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


def never_decides(conditions: Sequence[nodes.Expr | None]) -> str:
    """Return why one of a claim's conditions, in the order of its branches, decides nothing; "" where each may."""
    constants = [one.value for test in conditions if test for one in nodes.Not(test).find_all(nodes.Const)]
    near = [value + step for value in constants if _is_number(value) for step in (-1, 0, 1)] or list(VALUES)
    texts = ["", *(value for value in constants if isinstance(value, str))]
    draws, held, failed = random.Random(SEED), set[int](), set[int]()
    tests = {number for number, test in enumerate(conditions) if test}
    for trial in range(TRIALS):
        draw = _Draw(draws, ((*VALUES, *near), draws.sample(VALUES, 2), near)[trial % 3], texts)
        results: Results = {}
        for number, test in enumerate(conditions):
            holds = test is None or _holds(test, results, draw)
            (held if holds else failed).add(number)
            if holds:
                break
        if tests <= held & failed:
            return ""
    if any(number in held - failed for number in tests if number < len(conditions) - 1):
        return "a condition holds whatever the results are; compare what may be otherwise"
    if any(_comparisons(conditions[number]) <= FEW for number in tests - held):
        return "a branch is never printed: its condition never holds, or one before it always does; take it out"
    return ""


def _holds(test: nodes.Expr, results: Results, draw: _Draw) -> bool:
    try:
        return bool(_value(test, results, draw))
    except (ArithmeticError, TypeError):
        return draw.number() > 0


def _comparisons(test: nodes.Expr | None) -> int:
    return sum(len(one.ops) for one in nodes.Not(test).find_all(nodes.Compare)) if test else 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(node: nodes.Node, results: Results, draw: _Draw) -> Any:
    """Return the value of an expression; what is read has the value that `results` holds, or is drawn."""
    if isinstance(node, nodes.Const):
        return node.value
    if isinstance(node, nodes.Test) and node.name == "defined":  # a key that is not there is an error
        return True
    if isinstance(node, nodes.And):
        return bool(_value(node.left, results, draw)) and bool(_value(node.right, results, draw))
    if isinstance(node, nodes.Or):
        return bool(_value(node.left, results, draw)) or bool(_value(node.right, results, draw))
    if isinstance(node, nodes.Not):
        return not _value(node.node, results, draw)
    if isinstance(node, nodes.Neg):
        return -_value(node.node, results, draw)
    if isinstance(node, nodes.BinExpr) and type(node) in _COMPUTED:
        return _COMPUTED[type(node)](_value(node.left, results, draw), _value(node.right, results, draw))
    if isinstance(node, nodes.Compare) and all(operand.op in _COMPARED for operand in node.ops):
        return _compared(node, results, draw)
    return results.setdefault(repr(node), draw.number())


def _compared(node: nodes.Compare, results: Results, draw: _Draw) -> bool:
    """Return a chain of comparisons; what is compared with a text is one of the texts of all conditions, or another."""
    sides = [node.expr, *(operand.expr for operand in node.ops)]
    if any(isinstance(side, nodes.Const) and isinstance(side.value, str) for side in sides):
        for side in sides:
            if not isinstance(side, nodes.Const):
                results.setdefault(repr(side), draw.text())
    values = [_value(side, results, draw) for side in sides]
    pairs = zip(node.ops, values, values[1:], strict=False)
    return all(_COMPARED[operand.op](left, right) for operand, left, right in pairs)
