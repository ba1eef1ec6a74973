"""Is every claim true on every instance? Equalities are compared, inequalities are also attacked."""

from __future__ import annotations

import math
from dataclasses import replace as copy_with

import torch

from report_src.derivations.evaluation.chains import with_last_held
from report_src.derivations.evaluation.comparison import FLOOR, Failure, Outcome, Verdict, compare, settled
from report_src.derivations.evaluation.counterexamples import attack
from report_src.derivations.evaluation.environment import Environment
from report_src.derivations.evaluation.instances import draw
from report_src.derivations.evaluation.settings import INSTANCES
from report_src.derivations.semantics.program import Claim, Definition, Program

KINK_DISTANCE = 1e-4
"""A draw with an argument of relu, |·| or max nearer to the kink is repeated: the derivative jumps there."""
LARGEST_CONDITION = 1e8
"""A row that fails where a matrix to be inverted is worse conditioned is drawn again: half of the digits are gone."""
ATTEMPTS = 25
"""Draws per instance before a kink is accepted, a value that is not finite is reported, or a row in doubt refused."""


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
    _excuse(program, seed, outcomes, instances)
    for number, claim in enumerate(program.claims):
        if claim.sign != "=" and outcomes[number].failure is None:
            _attack(program, claim, seed, outcomes[number])
    return outcomes


def _excuse(program: Program, seed: int, outcomes: dict[int, Outcome], instances: int) -> None:
    """Accept what fails only because the side above it is wrong."""
    again = with_last_held(program, {number for number, outcome in outcomes.items() if outcome.failure})
    if again is None:
        return
    changed, numbers = again
    for number, outcome in zip(numbers, judge(changed, seed, instances).values(), strict=True):
        if outcome.failure is None:
            outcomes[number] = outcome


def holds_once(program: Program, seed: int) -> bool:
    """Tell whether every claim holds on the first draw: a cheap look before all instances are judged."""
    environment = Environment(program, draw(program, seed, 0, 0))
    for step in program.order:
        if isinstance(step, Definition):
            with torch.enable_grad():
                environment.define(step)
        elif _compared(environment, step).failure:
            return False
    return True


def _instance(program: Program, seed: int, number: int, known: dict[int, Outcome]) -> dict[int, Outcome]:
    """Evaluate one instance; near a kink, where a value is not finite or the digits do not suffice, draw again.

    What failed beyond doubt stays failed, and what is in doubt on every draw is refused: no row escapes by its draws.
    """
    decided: dict[int, Outcome] = {}
    found: dict[int, Outcome] = {}
    for attempt in range(ATTEMPTS):
        instance = draw(program, seed, number, attempt)
        environment = Environment(program, instance)
        found = decided | _run(program, environment, known | decided)
        failed = [k for k, outcome in found.items() if outcome.failure and k not in decided]
        if environment.kink < KINK_DISTANCE or any(_reason(found[k]) for k in failed):
            continue
        if environment.condition > LARGEST_CONDITION:
            worth: dict[int, tuple[Verdict, float]] = dict.fromkeys(failed, ("doubt", 0.0))
        else:
            worth = settled(program, instance, failed)
        for k, (verdict, error) in worth.items():
            if verdict == "wrong":
                decided[k] = found[k]
            else:
                found[k] = Outcome(error) if verdict == "equal" else _doubted(found[k])
        if all(verdict != "doubt" for verdict, _ in worth.values()):
            break
    return found


def _reason(outcome: Outcome) -> str:
    return outcome.failure.reason if outcome.failure else ""


def _doubted(outcome: Outcome) -> Outcome:
    assert outcome.failure is not None
    return copy_with(outcome, failure=copy_with(outcome.failure, doubt=True))


def _run(program: Program, environment: Environment, known: dict[int, Outcome]) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    number = 0
    for step in program.order:
        if isinstance(step, Definition):
            with torch.enable_grad():
                environment.define(step)
            continue
        if known[number].failure is None:
            found[number] = _compared(environment, step)
        number += 1
    return found


def _compared(environment: Environment, claim: Claim) -> Outcome:
    try:
        with torch.no_grad():
            return compare(environment, claim)
    except torch.linalg.LinAlgError:
        return Outcome(0.0, Failure(math.nan, math.nan, "", "a matrix has no inverse on any draw"))


def _attack(program: Program, claim: Claim, seed: int, outcome: Outcome) -> None:
    """Look for values that break an inequality which held on random ones."""
    found = attack(program, claim, seed)
    if found is not None:
        left, right = found
        outcome.failure = Failure(left, right, "values chosen against the row")
        outcome.error = abs(left - right) / max(FLOOR, abs(left), abs(right))
