"""Values chosen against an inequality: a grid that holds 0, then gradient ascent on the difference."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from report_src.derivations.evaluation.comparison import FLOOR, TOLERANCE, compare, settled
from report_src.derivations.evaluation.environment import Environment
from report_src.derivations.evaluation.instances import Instance, draw
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.symbols import Symbol

ATTACKED_INSTANCES = 2
"""Instances that are attacked; random evaluation has already seen eight."""
FACTORS = (0.0, 0.1, -3.0)
"""The grid: all values together are scaled by these, and each value alone is set to 0."""
ASCENT_STEPS = 8
STEP = 0.5
"""Length of a normalised ascent step; values are of order 1, so that eight steps can cross the origin."""
SMALLEST_POSITIVE = 1e-3
"""What the grid uses for 0 where a value was declared positive."""

Values = dict[Symbol, Tensor]


def attack(program: Program, claim: Claim, seed: int) -> tuple[float, float] | None:
    """Return the two sides where the claim fails, or None where no such values were found."""
    for number in range(ATTACKED_INSTANCES):
        instance = draw(program, seed, number, 0)
        best, best_gap = instance.values, -math.inf
        for values in [*_grid(instance)]:
            sides = _sides(program, claim, instance, values, graph=False)
            gap = _worst(*sides, claim.sign)[0]
            if _broken(sides, claim) and _confirmed(program, claim, instance, values):
                return _worst(*sides, claim.sign)[1:]
            if (
                math.isfinite(gap)
                and gap > best_gap
                and all(float(v.detach().abs().max()) > 0 for v in values.values())
            ):
                best, best_gap = values, gap
        found = _ascend(program, claim, instance, best)
        if found is not None:
            return found
    return None


def _grid(instance: Instance) -> list[Values]:
    """Return the drawn values, and the same with one or all of them scaled."""
    grid = [dict(instance.values)]
    movable = [symbol for symbol in instance.values if symbol.kind in ("real", "positive")]
    trials = [(movable, factor) for factor in FACTORS]
    trials += [([symbol], 0.0) for symbol in movable if len(movable) > 1]
    for chosen, factor in trials:
        values = dict(instance.values)
        for symbol in chosen:
            scale = max(factor, SMALLEST_POSITIVE) if symbol.kind == "positive" else factor
            values[symbol] = (instance.values[symbol].detach() * scale).requires_grad_(True)
        grid.append(values)
    return grid


def _sides(program: Program, claim: Claim, instance: Instance, values: Values, *, graph: bool) -> tuple[Tensor, Tensor]:
    """Evaluate both sides, with their graph where the difference is to be differentiated."""
    environment = Environment(program, Instance(instance.sizes, values, instance.functions))
    environment.second_order = graph or environment.second_order
    with torch.enable_grad():
        for definition in program.definitions:
            environment.define(definition)
    with torch.set_grad_enabled(graph):
        return environment.value(claim.left), environment.value(claim.right)


def _worst(left: Tensor, right: Tensor, sign: str) -> tuple[float, float, float]:
    """Return the largest difference and the two values there."""
    gap = (left - right if sign in ("<=", "<") else right - left).detach()
    left, right = torch.broadcast_tensors(left.detach(), right.detach())
    flat = int(gap.argmax())
    return float(gap.reshape(-1)[flat]), float(left.reshape(-1)[flat]), float(right.reshape(-1)[flat])


def _broken(sides: tuple[Tensor, Tensor], claim: Claim) -> bool:
    gap, left, right = _worst(*sides, claim.sign)
    if not math.isfinite(gap):
        return False
    return gap >= 0 if claim.sign in ("<", ">") else gap > TOLERANCE * max(FLOOR, abs(left), abs(right))


def _confirmed(program: Program, claim: Claim, instance: Instance, values: Values) -> bool:
    """Tell whether values break the claim by the verdict's own measure, and by more than rounding explains."""
    chosen = Instance(instance.sizes, values, instance.functions)
    environment = Environment(program, chosen)
    with torch.enable_grad():
        for definition in program.definitions:
            environment.define(definition)
    with torch.no_grad():
        failure = compare(environment, claim).failure
    number = next(k for k, other in enumerate(program.claims) if other is claim)
    return failure is not None and not failure.reason and settled(program, chosen, [number])[number][0] == "wrong"


def _ascend(program: Program, claim: Claim, instance: Instance, start: Values) -> tuple[float, float] | None:
    values = start
    for _ in range(ASCENT_STEPS):
        sides = _sides(program, claim, instance, values, graph=True)
        if _broken(sides, claim) and _confirmed(program, claim, instance, values):
            return _worst(*sides, claim.sign)[1:]
        gap = sides[0] - sides[1] if claim.sign in ("<=", "<") else sides[1] - sides[0]
        moved = [symbol for symbol in values if symbol.kind in ("real", "positive", "simplex")]
        if not gap.requires_grad or not moved:
            return None
        leaves = [values[symbol] for symbol in moved]
        slopes = torch.autograd.grad(gap.max(), leaves, allow_unused=True)
        values = dict(values)
        for symbol, slope in zip(moved, slopes, strict=True):
            if slope is not None and bool(torch.isfinite(slope).all()) and float(slope.norm()) > 0:
                values[symbol] = _step(symbol, values[symbol].detach(), slope / slope.norm()).requires_grad_(True)
    return None


def _step(symbol: Symbol, value: Tensor, direction: Tensor) -> Tensor:
    """Move a value uphill without leaving the set it was declared in."""
    if symbol.kind == "positive":
        return value * torch.exp(STEP * direction.sign())
    if symbol.kind == "simplex":
        return torch.softmax(torch.log(value) + STEP * direction, dim=-2)
    return value + STEP * direction
