"""Two sides compared entry by entry, and whether rounding alone could explain that they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from report_src.derivations.evaluation.environment import Environment, Rounding
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.semantics.program import Claim, Definition, Program

TOLERANCE = 1e-9
"""Largest difference that counts as equal, relative to the largest magnitude met while evaluating.

Sums of a few hundred float64 products err by about 1e-14 of their magnitude; a wrong row differs by far more
than 1e-6 on some of eight random instances.
"""
FLOOR = 1.0
"""Smallest magnitude a difference is related to: values are of order 1, and zero is a legitimate one."""
ROUNDINGS = 3
"""Times a difference is evaluated again with the last digit of every operation moved at random."""
EXPLAINED = 30
"""A difference within this many times the spread of those is one that rounding explains.

Three runs see a third of the largest spread or more, and an operation on a few dozen entries rounds each of them.
"""


COARSEST = 1e-6
"""Where rounding leaves less of the two sides than this, their agreement is no evidence either."""
STRICT = frozenset({"<", ">"})
Verdict = Literal["wrong", "equal", "doubt"]


@dataclass(frozen=True)
class Failure:
    """Where a claim failed first: the entry and the two values, or why no value was obtained.

    ``doubt`` is set where rounding could explain the difference on every draw.
    """

    left: float
    right: float
    entry: str
    reason: str = ""
    doubt: bool = False


@dataclass
class Outcome:
    """What was found for one claim."""

    error: float = 0.0
    failure: Failure | None = None


def compare(environment: Environment, claim: Claim) -> Outcome:
    """Compare both sides entry by entry; a difference beyond the tolerance of their own magnitude is a failure."""
    left, right = environment.value(claim.left), environment.value(claim.right)
    gap = _gap(left, right, claim.sign)
    worst = float(gap.max())
    magnitude = max(FLOOR, float(left.abs().max()), float(right.abs().max()))
    if not math.isfinite(worst) or not math.isfinite(magnitude):
        reason = "the value is not finite on any draw (a logarithm, a root or a division outside its domain?)"
        return Outcome(0.0, Failure(math.nan, math.nan, "", reason))
    if worst > TOLERANCE * magnitude or (claim.sign in STRICT and worst >= 0):
        return Outcome(worst / magnitude, _failure(claim, left, right, gap))
    return Outcome(max(worst, 0.0) / magnitude)


def settled(program: Program, instance: Instance, numbers: list[int]) -> dict[int, tuple[Verdict, float]]:
    """Return what the failures of some claims on an instance are worth, and their errors.

    The claims are evaluated again with every operation's result moved by a unit in the last place (Monte Carlo
    arithmetic). Where cancellation or a division by a tiny number has eaten the digits, the difference of the
    two sides moves as much as it is large; where a row is wrong, it stays. A difference that rounding explains
    is none within the tolerance of the largest magnitude met; beyond it the instance
    cannot tell.
    """
    if not numbers:
        return {}
    exact = _gaps(program, instance, numbers, None)
    rounding = partial(_moved, torch.Generator().manual_seed(0))
    moved = [_gaps(program, instance, numbers, rounding) for _ in range(ROUNDINGS)]
    found: dict[int, tuple[Verdict, float]] = {}
    for number in numbers:
        gap, sides, met = exact[number]
        strict = program.claims[number].sign in STRICT
        spread = torch.stack([(other[number][0] - gap).abs().expand_as(gap) for other in moved]).amax(0)
        spread = torch.nan_to_num(spread, nan=math.inf, posinf=math.inf)
        failing = gap >= 0 if strict else gap > TOLERANCE * sides
        worst = float(gap.max())
        if bool((failing & (gap >= EXPLAINED * spread)).any()):
            verdict: Verdict = "wrong"
        elif strict or worst > TOLERANCE * met or worst > COARSEST * sides:
            verdict = "doubt"
        else:
            verdict = "equal"
        found[number] = verdict, worst / met
    return found


def _moved(generator: torch.Generator, value: Tensor) -> Tensor:
    """Move every entry up or down by one to two units in the last place."""
    noise = 2 * torch.rand(value.shape, dtype=value.dtype, generator=generator) - 1
    return value * (1 + torch.finfo(value.dtype).eps * (noise + torch.sign(noise)))


Gap = tuple[Tensor, float, float]
"""The differences of two sides, the magnitude of the sides, and the largest met while evaluating them."""


def _gaps(program: Program, instance: Instance, numbers: list[int], rounding: Rounding | None) -> dict[int, Gap]:
    environment = Environment(program, instance, rounding)
    found: dict[int, Gap] = {}
    wanted = {id(program.claims[number]): number for number in numbers}
    for step in program.order:
        if isinstance(step, Definition):
            with torch.enable_grad():
                environment.define(step)
        elif id(step) in wanted:
            with torch.no_grad():
                found[wanted[id(step)]] = _difference(environment, step)
    return found


def _difference(environment: Environment, claim: Claim) -> Gap:
    environment.scale = [FLOOR]
    try:
        left, right = environment.value(claim.left), environment.value(claim.right)
    except torch.linalg.LinAlgError:  # a matrix that loses its inverse to rounding
        return torch.full((1, 1), math.nan, dtype=torch.float64), FLOOR, FLOOR
    met, environment.scale = max(environment.scale), None
    sides = max(FLOOR, float(left.abs().max()), float(right.abs().max()))
    return _gap(left, right, claim.sign), sides, met


def _gap(left: Tensor, right: Tensor, sign: str) -> Tensor:
    """Return how far each entry is from true; at most 0 where it is."""
    if sign == "=":
        return (left - right).abs()
    return left - right if sign in ("<=", "<") else right - left


def _failure(claim: Claim, left: Tensor, right: Tensor, gap: Tensor) -> Failure:
    """Name the entry with the largest difference, and its two values."""
    left, right = torch.broadcast_tensors(left, right)
    flat = int(gap.argmax())
    place = [int(k) for k in torch.unravel_index(torch.tensor(flat), gap.shape)]
    indices = sorted(claim.left.indices | claim.right.indices, key=lambda index: index.axis)
    free = [f"{index.letter} = {place[-(3 + index.axis)] + 1}" for index in indices if 3 + index.axis <= len(place)]
    rows, columns = gap.shape[-2:]
    if rows > 1 and columns > 1:
        free.append(f"entry ({place[-2] + 1},{place[-1] + 1})")
    elif rows * columns > 1:
        free.append(f"entry {max(place[-2:]) + 1}")
    return Failure(float(left.reshape(-1)[flat]), float(right.reshape(-1)[flat]), ", ".join(free))
