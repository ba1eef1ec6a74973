"""What is worked out once per program, before any instance is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from report_src.derivations.semantics.derivatives import Derivative, with_ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import Node, is_scalar, walk
from report_src.derivations.semantics.symbols import Dim, Symbol

Sizes = dict[Dim, int]
Held = frozenset[Symbol]
PIVOTS = (0.0, 1.0, 1e-3, 1e3)  # values about which a row with a kink is tried, beside the numbers that it holds
_JUMPS = frozenset({"indicator", "maximum", "minimum", "absolute", "norm_1", "dimension", "extremum"})
_KINKED = frozenset({"relu", "sign"})


@dataclass
class Plan:
    """By what each numerator is differentiated, what values a kink is looked for at, which sizes are affordable."""

    wanted: dict[tuple[Symbol, Held], list[Symbol]] = field(default_factory=dict)
    pivots: list[float] = field(default_factory=list)
    between: list[float] = field(default_factory=list)  # means of neighbours among the typed numbers, the nearest first
    kinked: set[Symbol] = field(default_factory=set)
    affordable: list[Sizes] = field(default_factory=list)


def plan_of(program: Program) -> Plan:
    """Return the plan of a program, made at its first use."""
    if program.plan is None:
        program.plan = _made(program)
    plan: Plan = program.plan
    return plan


def _made(program: Program) -> Plan:
    plan, numbers, typed = Plan(), {*PIVOTS}, {0.0}
    for definition in program.definitions:
        if any(_jumps(node) for node in walk(definition.value)):
            plan.kinked.add(definition.symbol)
    for node in walk(*program.expressions):
        if node.op == "derivative":
            data: Derivative = node.data
            asked = plan.wanted.setdefault((data.numerator, data.held), [])
            if data.denominators[0] not in asked:
                asked.append(data.denominators[0])
        elif node.op == "constant" and abs(node.data) < LARGEST_PIVOT:
            numbers |= {node.data, node.data - 1, node.data + 1}
            typed.add(abs(float(node.data)))
    plan.pivots = sorted(numbers)
    gaps = sorted(pairwise(sorted(typed)), key=lambda gap: gap[1] - gap[0])
    plan.between = [(low + high) / 2 for low, high in gaps] or [1.0]
    return plan


LARGEST_PIVOT = 1e9  # numbers of a row that are larger are no values to try


def fitted(program: Program, sizes: Sizes, spare: int = 1) -> Sizes:
    """Return sizes with which those that are sums have their entries, and `spare` more.

    n = 2, K = 3 -> n = 4 where n - K + 1 is one.
    """
    roots = [dim.root() for dim in program.table.sums.values()]
    sums = [(root.sum, root.least) for root in roots if root.sum is not None and root.least]
    made = dict(sizes) if sums else sizes
    for total, least in sums * (len(sums) + 1):
        added = next((dim.root() for dim, sign in total.dims if sign > 0 and dim.root() in made), None)
        if added is not None:
            made[added] += max(0, least + spare - total.number_in(made))
    return made


def kinked(program: Program, claim: Claim) -> bool:
    """Tell whether a claim, or what it is defined from, compares, has a kink, or counts with a dimension."""
    met = plan_of(program).kinked
    if met and not met.isdisjoint(with_ancestors(claim.uses)):
        return True
    return any(_jumps(node) for node in walk(claim.left, claim.right))


def _jumps(node: Node) -> bool:
    """Tell whether an operation compares, has a kink, or may have one: a root, a number's size, log of a square."""
    broken = node.op == "root" or (node.op == "power" and node.data is not None and node.data.denominator > 1)
    sized = node.op in ("norm", "norm_1") and is_scalar(node.args[0].shape)
    squared = node.op == "function" and node.data[0] == "log" and _is_even(node.args[0])
    return (
        _is_chosen(node)
        or broken
        or sized
        or squared
        or node.op in _JUMPS
        or (node.op == "function" and node.data[0] in _KINKED)
    )


def _is_chosen(node: Node) -> bool:
    """Tell whether a node is one entry of zeros and ones, or of signs: few draws have each of its values."""
    entry = node.op == "name" and node.data.symbol.kind in ("onehot", "onehot rows", "bit", "sign")
    return entry and is_scalar(node.data.shape) and not node.data.indices


def _is_even(node: Node) -> bool:
    """Tell whether a node is an even power, which a negative number and a positive one share."""
    power = node.op in ("power", "entrywise") and node.data is not None and not node.data % 2
    return power or node.op in ("square", "elementwise_square")
