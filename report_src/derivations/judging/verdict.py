"""Is every claim true on every instance? Each claim is decided on its own draws; inequalities are also hunted."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import replace as copy_with

import numpy as np

from report_src.derivations.evaluation import budget
from report_src.derivations.evaluation.arithmetic import Balls
from report_src.derivations.evaluation.environment import Environment
from report_src.derivations.evaluation.instances import KINKED, Instance, draw, largest_sizes, smallest_sizes
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.evaluation.plan import kinked
from report_src.derivations.judging.branches import Ways, never_equal, sizes_compared
from report_src.derivations.judging.chains import with_last_held
from report_src.derivations.judging.comparison import STRICT, Comparison, Failure, Outcome, compare
from report_src.derivations.judging.counterexamples import hunt, narrowed
from report_src.derivations.judging.growth import margin_shrinks
from report_src.derivations.judging.settings import INSTANCES
from report_src.derivations.semantics.program import Claim, Definition, Program

BITS = 256  # precision of a ball in bits: 77 digits, so that 30 are left where 40 are lost to cancellation
MANY_BITS = 1024  # precision of the first instance, and of a second look at what 256 bits leave open
DEFINED = 3  # instances on which a claim must have a value to be accepted
ATTEMPTS = 4  # times all profiles are drawn before a claim is given up that has a value on fewer instances than that
TOO_LARGE = "this derivation has too many entries and derivatives to be evaluated: split it, or give the parts names"
NO_VALUE = "on no draw have both sides a value with 30 digits (a logarithm, a root or a division outside its domain?)"
ONE_SIDED = "one side has a value where the other has none: a logarithm or a root meets a negative number"
DECLARE = (
    "declare what is positive: \\lambda > 0, \\mathbf x \\in \\mathbb{R}_{>0}^{d},"
    " or \\mathbf p \\in \\Delta^{K} for probabilities"
)
NEVER_EQUAL = "on no draw are the two numbers equal, so that the row is not tested where they are"
SOME_SIZES = "this compares sizes with numbers, and the row is checked for some sizes only"
IN_WORDS = "say in words for which sizes the row holds, and end it in \\unchecked{reason}"
CLOSER = "its two sides come closer with every size, up to the largest one that was tried"
COMPARE = "compare with \\le or \\ge, or compare indices"
FEW = f"fewer than {DEFINED} draws satisfy the assumptions above and give both sides a value with 30 digits"
TIED = "the two sides agree in all digits somewhere, where one must be larger: is ≤ or ≥ meant?"
NO_DIGITS = "on no draw do the two sides differ by more than their error bounds: nothing is decided"


def judge(program: Program, seed: int, instances: int = INSTANCES) -> dict[int, Outcome]:
    """Evaluate all claims on all instances; return outcomes by the claim's position in `program.claims`.

    A claim is judged under the assumptions that are stated before it.
    """
    outcomes: dict[int, Outcome] = {}
    for given in sorted({claim.given for claim in program.claims}):
        numbers = [k for k, claim in enumerate(program.claims) if claim.given == given]
        found = _judged(under(program, given), seed, instances)
        outcomes |= dict(zip(numbers, found.values(), strict=True))
    return outcomes


def under(program: Program, given: int) -> Program:
    """Return a program of the claims before which so many assumptions are stated, and of those assumptions."""
    if not program.assumptions:
        return program
    claims = [claim for claim in program.claims if claim.given == given]
    chosen = {id(claim) for claim in claims}
    order = [step for step in program.order if isinstance(step, Definition) or id(step) in chosen]
    return copy_with(program, assumptions=program.assumptions[:given], claims=claims, order=order, plan=None)


def _judged(program: Program, seed: int, instances: int) -> dict[int, Outcome]:
    outcomes = {number: Outcome() for number in range(len(program.claims))}
    if not program.claims:
        return outcomes
    if not budget.fits(program, smallest_sizes(program)):
        failure = Failure(math.nan, math.nan, "", TOO_LARGE, undecided=True)
        return {number: Outcome(failure=failure) for number in outcomes}
    budget.fits(program, largest_sizes(program))  # where it does, no instance needs to be looked at
    with np.errstate(all="ignore"):
        for number in range(instances):
            _instance(program, seed, number, 0, _standing(outcomes), outcomes)
        kinks = {k for k in _standing(outcomes) if kinked(program, program.claims[k])}
        for number in range(INSTANCES, INSTANCES + len(KINKED)):
            _instance(program, seed, number, 0, kinks & _standing(outcomes), outcomes)
        left = kinks & _standing(outcomes)
        numbers = (0, *range(INSTANCES, INSTANCES + len(KINKED))) if left else ()
        drawn = [affordable(program, seed, k, 0) for k in numbers]
        ways = Ways(program, drawn, seed)
        for number in left:
            outcomes[number].failure = _untested(number, ways)
        _draw_again(program, seed, instances, outcomes)
        _excuse(program, seed, outcomes, instances)
        for number, claim in enumerate(program.claims):
            if claim.sign != "=" and outcomes[number].failure is None:
                found = _broken(program, number, hunt(program, claim, seed))
                outcomes[number].failure = found or _closer(program, claim)
    return outcomes


def _standing(outcomes: dict[int, Outcome]) -> set[int]:
    """Return the claims that nothing was found against."""
    return {number for number, outcome in outcomes.items() if outcome.failure is None}


def holds_once(program: Program, seed: int) -> bool:
    """Tell whether no claim fails on the first draw: a cheap look before all instances are judged."""
    outcomes = {number: Outcome() for number in range(len(program.claims))}
    if not budget.fits(program, smallest_sizes(program)):
        return False
    with np.errstate(all="ignore"):
        _instance(program, seed, 0, 0, set(outcomes), outcomes)
    return not any(outcome.failure for outcome in outcomes.values())


def affordable(program: Program, seed: int, number: int, attempt: int) -> Instance:
    """Return an instance; one that is too much work is drawn with the smallest sizes."""
    sizes = smallest_sizes(program)
    instance = draw(program, seed, number, attempt)
    if all(size <= sizes[root] for root, size in instance.sizes.items()) or budget.fits(program, instance.sizes):
        return instance
    return draw(program, seed, number, attempt, sizes)


def unmet(program: Program, seed: int) -> int | None:
    """Return the position of the first assumption that no draw satisfies together with those before it."""
    draws = [(number, attempt) for attempt in range(ATTEMPTS) for number in range(INSTANCES)]
    for position in range(len(program.assumptions)):
        partial = copy_with(program, assumptions=program.assumptions[: position + 1], plan=None)
        if not any(assumed(partial, draw(partial, seed, *drawn)) for drawn in draws):
            return position
    return None


def assumed(program: Program, instance: Instance) -> Instance | None:
    """Return an instance that satisfies the assumptions of a program, if one was found near another."""
    if not program.assumptions:
        return instance
    from report_src.derivations.evaluation.constrained_values import satisfying  # few derivations assume anything

    return satisfying(program, instance)


def _instance(
    program: Program, seed: int, number: int, attempt: int, asked: Collection[int], outcomes: dict[int, Outcome]
) -> None:
    """Decide some claims on one instance; what is left open is looked at again in more digits."""
    if not asked:
        return
    instance = assumed(program, affordable(program, seed, number, attempt))
    if instance is None:
        return
    bits = MANY_BITS if number == 0 and not program.assumptions else BITS
    found = evaluated(program, instance, asked, bits)
    again = [k for k, comparison in found.items() if comparison.verdict == "open"]
    if again:
        found |= evaluated(program, instance, again, 4 * bits, found)
    for k, comparison in found.items():
        outcome = outcomes[k]
        if comparison.verdict == "holds":
            outcome.instances += not instance.small
            outcome.error = max(outcome.error, comparison.error)
        elif comparison.failure is not None:
            outcome.failure = copy_with(comparison.failure, values=shown(program.claims[k], instance))
            outcome.error = comparison.error
        elif comparison.verdict == "open" and program.claims[k].sign in STRICT and (instance.edge or _near(instance)):
            outcome.failure = Failure(math.nan, math.nan, "", TIED, undecided=True)
        if comparison.one_sided and outcome.failure is None and program.claims[k].sign == "=":
            outcome.failure = Failure(math.nan, math.nan, "", ONE_SIDED, undecided=True, hint=DECLARE)


def evaluated(
    program: Program,
    instance: Instance,
    asked: Collection[int],
    bits: int,
    before: dict[int, Comparison] | None = None,
) -> dict[int, Comparison]:
    """Return the comparisons of some claims on an instance, by the claim's position.

    One side without a value counts where a logarithm or a root met a negative number on an ordinary draw.
    """
    arithmetic = Balls(bits)
    environment = Environment(program, instance, arithmetic)
    found: dict[int, Comparison] = {}
    number = 0
    for step in program.order:
        if isinstance(step, Definition):
            define(environment, step)
            continue
        if number in asked:
            if step.after is None:
                environment.known.clear()
            left, right = value(environment, step.left).value, value(environment, step.right).value
            comparison = compare(left, right, step, (before or {}).get(number))
            if comparison.one_sided and (not arithmetic.outside or instance.special or arithmetic.kinked):
                comparison = copy_with(comparison, one_sided=False)
            found[number] = comparison
        number += 1
    return found


def _draw_again(program: Program, seed: int, instances: int, outcomes: dict[int, Outcome]) -> None:
    """Draw other numbers for the claims that had a value on too few instances; what never has one is refused."""
    least = min(DEFINED, instances)
    for attempt in range(1, ATTEMPTS):
        for number in range(INSTANCES):
            asked = {k for k in _standing(outcomes) if outcomes[k].instances < least}
            _instance(program, seed, number, attempt, asked, outcomes)
    for number, outcome in outcomes.items():
        if outcome.failure is None and outcome.instances < least:
            strict = program.claims[number].sign in ("<", ">")
            reason = FEW if program.assumptions else NO_DIGITS if strict else NO_VALUE
            outcome.failure = Failure(math.nan, math.nan, "", reason, undecided=True, hint=DECLARE)


def _excuse(program: Program, seed: int, outcomes: dict[int, Outcome], instances: int) -> None:
    """Accept what fails only because the side above it is wrong."""
    again = with_last_held(program, {number for number, outcome in outcomes.items() if outcome.failure})
    if again is None:
        return
    changed, numbers = again
    for number, outcome in zip(numbers, judge(changed, seed, instances).values(), strict=True):
        if outcome.failure is None:
            outcomes[number] = outcome


def _broken(program: Program, number: int, instances: Iterable[Instance]) -> Failure | None:
    """Return the failure of a claim on the first instance that breaks it in balls."""
    claim = copy_with(program.claims[number], after=None)
    program = narrowed(program, claim)
    for candidate in instances:
        instance = assumed(program, candidate)
        if instance is None:
            continue
        bits = instance.bits or BITS
        found = evaluated(program, instance, [0], bits)
        if found[0].verdict == "open" and claim.sign in STRICT:
            found = evaluated(program, instance, [0], 4 * bits, found)
        failure = found[0].failure
        if found[0].verdict == "open" and claim.sign in STRICT and (instance.edge or _near(instance)):
            failure = Failure(math.nan, math.nan, "", TIED, undecided=True)
        if failure is not None:
            return copy_with(failure, values=shown(claim, instance))
    return None


def _closer(program: Program, claim: Claim) -> Failure | None:
    """Refuse an inequality that holds for all sizes that were tried, and whose margin shrinks from size to size."""
    sizes = margin_shrinks(narrowed(program, copy_with(claim, after=None)), claim)
    return Failure(math.nan, math.nan, "", f"{CLOSER} ({sizes})", undecided=True, hint=IN_WORDS) if sizes else None


def _near(instance: Instance) -> bool:
    """Tell whether all values are few and small, so that no difference is too small for all digits."""
    sizes = (np.abs(values.astype(float)).sum() for values in instance.values.values())
    return not instance.bits and all(size <= _SIZE for size in sizes)


_SIZE = 10.0


def _untested(number: int, ways: Ways) -> Failure | None:
    """Try the ways of a claim's comparisons that no draw took; refuse an equality of numbers that none meets."""
    claim = ways.program.claims[number]
    failure = _broken(ways.program, number, ways.missed(claim))
    if failure:
        return failure
    if (sizes := sizes_compared(ways.program, claim)) is not None:
        return Failure(math.nan, math.nan, "", f"{sizes}: {SOME_SIZES}", undecided=True, hint=IN_WORDS)
    if (unequal := never_equal(ways.program, claim, ways.drawn)) is not None:
        return Failure(math.nan, math.nan, "", f"{unequal}: {NEVER_EQUAL}", undecided=True, hint=COMPARE)
    return None


def shown(claim: Claim, instance: Instance) -> str:
    """Return the sizes and values of an instance where they are few: "d = 1, x = −3"."""
    if instance.note:
        return instance.note
    met = {dim.root() for symbol in claim.uses for dim in (*symbol.slots, *symbol.shape)}
    parts = [f"{root.label} = {size}" for root, size in instance.sizes.items() if root.label and root in met]
    for symbol, values in instance.values.items():
        if symbol in claim.uses and values.size <= _SHOWN:
            numbers = ", ".join(f"{float(number):.6g}" for number in values.flat)
            parts.append(f"{symbol} = {numbers if values.size == 1 else f'({numbers})'}")
    return ", ".join(parts) if len(parts) <= _PARTS else ""


_SHOWN, _PARTS = 3, 5
