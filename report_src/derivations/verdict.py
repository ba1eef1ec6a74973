"""Is every claim true on every instance? Equalities are compared, inequalities are also attacked."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from report_src.derivations.attack import attack
from report_src.derivations.evaluation import Environment
from report_src.derivations.instances import draw
from report_src.derivations.program import Claim, Definition, Program
from report_src.derivations.settings import INSTANCES

TOLERANCE = 1e-9
"""Largest difference that counts as equal, relative to the largest magnitude met while evaluating.

Sums of a few hundred float64 products err by about 1e-14 of their magnitude; a wrong row differs by far more
than 1e-6 on some of eight random instances.
"""
FLOOR = 1.0
"""Smallest magnitude a difference is related to: values are of order 1, and zero is a legitimate one."""
KINK_DISTANCE = 1e-4
"""A draw with an argument of relu, |·| or max nearer to the kink is repeated: the derivative jumps there."""
ATTEMPTS = 25
"""Draws per instance before a kink is accepted, or a value that is not finite is reported."""


@dataclass
class Failure:
    """Where a claim failed first: the entry and the two values, or why no value was obtained."""

    left: float
    right: float
    entry: str
    reason: str = ""


@dataclass
class Outcome:
    """What was found for one claim."""

    error: float = 0.0
    failure: Failure | None = None


def judge(program: Program, seed: int, instances: int = INSTANCES) -> dict[int, Outcome]:
    """Evaluate all claims on all instances; return outcomes by the claim's position in ``program.claims``."""
    outcomes = {number: Outcome() for number in range(len(program.claims))}
    if not program.claims:
        return outcomes
    torch.set_num_threads(1)
    for number in range(instances):
        if all(outcome.failure for outcome in outcomes.values()):
            break
        for found, outcome in _instance(program, seed, number, outcomes).items():
            before = outcomes[found]
            before.error = max(before.error, outcome.error)
            before.failure = before.failure or outcome.failure
    for number, claim in enumerate(program.claims):
        if claim.sign != "=" and outcomes[number].failure is None:
            _attack(program, claim, seed, outcomes[number])
    return outcomes


def _instance(program: Program, seed: int, number: int, known: dict[int, Outcome]) -> dict[int, Outcome]:
    """Evaluate one instance; near a kink or where a value is not finite, draw again."""
    found: dict[int, Outcome] = {}
    for attempt in range(ATTEMPTS):
        environment = Environment(program, draw(program, seed, number, attempt))
        found = _run(program, environment, known)
        finite = not any(outcome.failure and outcome.failure.reason for outcome in found.values())
        if finite and environment.kink >= KINK_DISTANCE:
            break
    return found


def _run(program: Program, environment: Environment, known: dict[int, Outcome]) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    number = 0
    for step in program.order:
        if isinstance(step, Definition):
            with torch.enable_grad():
                environment.define(step)
            continue
        if known[number].failure is None:
            try:
                with torch.no_grad():
                    found[number] = _compare(environment, step)
            except torch.linalg.LinAlgError:
                failure = Failure(math.nan, math.nan, "", "a matrix has no inverse on any draw")
                found[number] = Outcome(0.0, failure)
        number += 1
    return found


def _compare(environment: Environment, claim: Claim) -> Outcome:
    """Compare both sides entry by entry."""
    left, right = environment.value(claim.left), environment.value(claim.right)
    gap = _gap(left, right, claim.sign)
    worst = float(gap.max())
    magnitude = max(FLOOR, float(left.abs().max()), float(right.abs().max()))
    if not math.isfinite(worst) or not math.isfinite(magnitude):
        reason = "the value is not finite on any draw (a logarithm, a root or a division outside its domain?)"
        return Outcome(0.0, Failure(math.nan, math.nan, "", reason))
    strict = claim.sign in ("<", ">")
    if worst > TOLERANCE * magnitude or (strict and worst >= 0):
        environment.scale = [magnitude]
        environment.value(claim.left)
        environment.value(claim.right)
        magnitude, environment.scale = max(environment.scale), None
        if worst > TOLERANCE * magnitude or (strict and worst >= 0):
            return Outcome(worst / magnitude, _failure(claim, left, right, gap))
    return Outcome(max(worst, 0.0) / magnitude)


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


def _attack(program: Program, claim: Claim, seed: int, outcome: Outcome) -> None:
    """Look for values that break an inequality which held on random ones."""
    found = attack(program, claim, seed, TOLERANCE, FLOOR)
    if found is not None:
        left, right = found
        outcome.failure = Failure(left, right, "values chosen against the row")
        outcome.error = abs(left - right) / max(FLOOR, abs(left), abs(right))
