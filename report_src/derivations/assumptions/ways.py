"""The ways in which assumptions can be met: each factor of a product, tight and slack bounds, values that stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace as copy_with
from itertools import combinations

import numpy as np

from report_src.derivations.assumptions.system import FLOORS, LOOSE, NARROW, Pattern, System
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import NONE, Node
from report_src.derivations.semantics.symbols import SCALAR, Symbol

MARGIN = 0.05  # how far a draw satisfies an inequality, relative to its right side and 1; a search is narrower
MOST_BOUNDS = 4  # bounds of a row that are approached
DISTANCES = (1e-2, 1e-8, 1e-13)  # from a bound, at which a row is tried


def satisfying(program: Program, instance: Instance, *, exact: bool = True) -> Instance | None:
    """Return the instance with values that satisfy all assumptions, or None where no step leads to one.

    `exact` is whether they are sharpened beyond float64. On a special instance an assumed ≤ or ≥ is an equation, for
    all of its entries or for some, if that has a solution; so it is where nothing else solves the equations.
    """
    loose = any(claim.sign in LOOSE for claim in program.assumptions)
    tried = set()
    for pattern in _patterns(instance, loose=loose and exact):
        system = System(program, instance, MARGIN if exact else NARROW, pattern)
        if system.key in tried:  # nothing that patterns differ in occurs here
            continue
        tried.add(system.key)
        values = system.solved(exact=exact)
        if values is not None:
            return copy_with(instance, values=values, edge=bool(system.tight))
    return None


def meeting(program: Program, instance: Instance, *, moved: bool) -> Instance | None:
    """Return the instance if its values meet all assumptions in float64; if `moved`, also one near it, else None."""
    system = System(program, instance, NARROW)
    values = system.constructed(instance.values, FLOORS[0], drawn=False)
    with np.errstate(all="ignore"):
        met = system.meets(values)
    if met:
        return copy_with(instance, values=values)
    return satisfying(program, instance, exact=False) if moved else None


def near_bounds(program: Program, claim: Claim, instance: Instance) -> Iterator[Instance]:
    r"""Yield instances just inside the bounds that a claim is judged under: each of them, two at once, and all.

    Of |a - b| = a - b for a > 1, b < 1.2 only such values are in the strip where it is false. An assumption and a
    condition on numbers are met with equality at a small distance; of entries, x_i > 0, all lie between the bounds.
    """
    bounds = [known for known in program.assumptions if known.sign in ("<", ">", *LOOSE)]
    chosen = [set(part) for count in (1, 2) for part in combinations(range(len(bounds)), count)]
    for tight in [*chosen, set(range(len(bounds)))] if 0 < len(bounds) <= MOST_BOUNDS else []:
        for distance in DISTANCES:
            met = [_at(known, distance) if place in tight else known for place, known in enumerate(bounds)]
            others = [known for known in program.assumptions if known not in bounds]
            found = satisfying(
                copy_with(program, assumptions=[*others, *met], plan=None), copy_with(instance, special=False)
            )
            if found is not None:
                yield found
    yield from _met_exactly(program, bounds, instance)
    entries = [node for node in claim.where if node.op == "indicator" and node.data in ("<", ">", *LOOSE)]
    entries = [node for node in entries if not any(arg.op == "index" for arg in node.args)]
    if len(entries) > 1:
        within = [copy_with(claim, left=node.args[0], sign=node.data, right=node.args[1], where=()) for node in entries]
        inside = copy_with(program, assumptions=[*program.assumptions, *within], plan=None)
        found = satisfying(inside, copy_with(instance, special=False), exact=False)
        if found is not None:
            yield found


def _met_exactly(program: Program, bounds: list[Claim], instance: Instance) -> Iterator[Instance]:
    """Yield instances on which a bound such as s >= 1 or s >= t holds with equality, to the last digit."""
    base = satisfying(program, copy_with(instance, special=False))
    if base is None:
        return
    for known in bounds:
        others = [other for other in program.assumptions if other is not known]
        for side, other in ((known.left, known.right), (known.right, known.left)):
            if known.sign not in LOOSE or not _is_number(side) or not (_is_number(other) or other.op == "constant"):
                continue
            symbol = side.data.symbol
            if symbol.kind != "real" or any(symbol in with_ancestors(one.uses) for one in others):
                continue
            equal = base.values[other.data.symbol] if other.op == "name" else np.array([[float(other.data)]])
            yield copy_with(base, values={**base.values, symbol: equal})
            break


def _is_number(side: Node) -> bool:
    """Tell whether a side is the name of one declared number."""
    whole = side.op == "name" and not side.data.components and not side.data.slots and not side.data.symbol.slots
    return whole and shapes.is_scalar(side.shape) and side.data.symbol.kind not in ("definition", "function", "rule")


def _at(bound: Claim, distance: float) -> Claim:
    """Return the equation that a bound is met at a small distance: a > 1 -> a = 1 + 1e-8."""
    sign = "+" if bound.sign in (">", ">=") else "-"
    right = bound.right
    step = Node("constant", (), SCALAR, NONE, right.start, right.start, right.segment, distance, True)
    return copy_with(bound, sign="=", right=shapes.node("add", (right, step), right.shape, ("+", sign)))


def _patterns(instance: Instance, *, loose: bool) -> Iterator[Pattern]:
    """Yield the ways in which an instance may satisfy assumptions, the one that it stands for first."""
    branched = instance.choice >= 0
    if loose and instance.special:
        yield from (Pattern(share, branched) for share in ((1.0, 0.5) if instance.choice % 2 else (0.5, 1.0)))
    orders = (True, False) if instance.choice % 2 == 0 else (False, True)
    yield from (Pattern(0.0, branched, still) for still in orders)
    if branched:
        yield Pattern()
    if loose:
        yield Pattern(touching=True)


def slopes_of(program: Program, instance: Instance, symbols: Sequence[Symbol]) -> np.ndarray:
    """Return the slopes of the assumptions by the entries of some symbols: a row per equation."""
    system = System(program, instance, 0.0)
    if not system.unknown:
        return np.zeros((0, sum(instance.values[symbol].size for symbol in symbols)))
    _, slopes = system.linear({symbol: np.asarray(numbers, dtype=float) for symbol, numbers in instance.values.items()})
    ends = np.cumsum([instance.values[symbol].size for symbol in system.unknown])
    parts = dict(zip(system.unknown, np.split(slopes, ends[:-1], axis=1), strict=True))
    none = [np.zeros((len(slopes), instance.values[symbol].size)) for symbol in symbols]
    return np.concatenate([parts.get(symbol, zeros) for symbol, zeros in zip(symbols, none, strict=True)], axis=1)
