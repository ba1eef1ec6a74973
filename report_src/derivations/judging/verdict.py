"""Decide every claim on random instances; for inequalities, search for counterexamples as well."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace as copy_with

import numpy as np

from report_src.derivations.assumptions.domains import assumed_domains
from report_src.derivations.evaluation import budget
from report_src.derivations.evaluation.arithmetic import Balls
from report_src.derivations.evaluation.instances import (
    BOUNDED,
    KINKED,
    PROFILES,
    Instance,
    draw,
    largest_sizes,
    smallest_sizes,
)
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.evaluation.plan import kinked
from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.judging.branches import (
    BranchCoverage,
    sides_with_definitions,
    size_comparison,
    untested_equality,
)
from report_src.derivations.judging.chains import compared_with_last_correct
from report_src.derivations.judging.comparison import STRICT, Comparison, Failure, Outcome, compare, undecided
from report_src.derivations.judging.counterexamples import affordable_sizes, candidate_counterexamples, restricted_to
from report_src.derivations.judging.growth import huge_instances, shrinking_margin
from report_src.derivations.judging.settings import INSTANCES
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Definition, Program
from report_src.derivations.semantics.shapes import is_scalar, walk

BITS = 256  # precision of a ball in bits: 77 digits, of which 30 remain if cancellation costs 40
MANY_BITS = 1024  # precision of the first instance, and of claims that 256 bits leave open
MIN_DEFINED = 3  # instances on which an accepted claim must have a value
NEAR = (0, 1, 5)  # draws that are moved close to the bounds of a row
ATTEMPTS = 4  # times all profiles are drawn before a claim with a value on fewer instances is refused
TOO_LARGE = "this derivation has too many entries and derivatives to be evaluated: split it, or give the parts names"
NO_VALUE = "no draw gives both sides a value with 30 digits (a logarithm, a root or a division outside its domain?)"
ONE_SIDED = "one side has a value where the other has none: a logarithm, a root, a division or cases outside its domain"
NO_POWER = "a power of a negative number has a value for some exponents only"
EITHER_SIDE = "each side has a value where the other has none: they are equal where both have one, and not everywhere"
DECLARE = (
    "declare what is positive: \\lambda > 0, \\mathbf x \\in \\mathbb{R}_{>0}^{d},"
    " or \\mathbf p \\in \\Delta^{K} for probabilities"
)
NEVER_EQUAL = "the draws do not reach each place where the two numbers are equal, so that the row is not tested there"
FAILS_AT_TIE = "the row seems to fail where these two numbers are equal"
SAY_TIE = "let one of the comparisons cover equality, with \\le or \\ge"
SOME_SIZES = "this compares sizes with numbers, and the row is checked for some sizes only"
IN_WORDS = "say in words for which sizes the row holds, and end it in \\unchecked{reason}"
CLOSER = "its two sides come closer with every size, up to the largest one that was tried"
COMPARE = "compare with \\le or \\ge, or compare indices"
NO_INDEX = "this row says nothing: no indices satisfy its conditions together"
FEW = f"fewer than {MIN_DEFINED} draws satisfy the assumptions above and give both sides a value with 30 digits"
TIED = "the two sides agree in all digits somewhere, where one must be larger: is ≤ or ≥ meant?"
ENDED, MAY = "this holds under the assumption", "may have ended it above this row"
AGAIN = "state the assumption again above the row, or in a sentence of its own before the first display"
CARRIED = "this holds under the condition of the row above, and it is not certain that the condition holds here too"
REPEAT = "repeat the condition behind this row, or write the row for all values"
DOUBTED = "this fails, and it is not certain whether the comparison beside it is a condition of it, or a claim"
SAY_IF = "write \\text{if } before a condition, behind the one formula that it is of; a claim is a row of its own"
NO_DIGITS = "on no draw do the two sides differ by more than their error bounds: nothing is decided"


def judge(program: Program, seed: int, instances: int = INSTANCES) -> dict[int, Outcome]:
    """Evaluate all claims on all instances; return outcomes by the claim's position in `program.claims`.

    A claim is judged under the assumptions that are stated before it. Where words may have ended some of them, it has
    to hold without those; and below a row with a condition, i \\ne j, it has to hold without that.
    """
    outcomes = _judge_under_sure_assumptions(program, seed, instances)
    for number, claim in enumerate(program.claims):
        if not ((claim.carried or claim.carried_given) and outcomes[number].failure):
            continue
        given = (*claim.sure, *claim.carried_given)
        found = _judge_by_assumptions(_where_carried(program, claim), seed, instances, {number: given})[number]
        outcomes[number].failure = found.failure or undecided(CARRIED, REPEAT)
    for number, claim in enumerate(program.claims):
        failure = outcomes[number].failure
        if claim.doubted and failure is not None and not failure.undecided:
            outcomes[number].failure = undecided(DOUBTED, SAY_IF)
    return outcomes


def _where_carried(program: Program, claim: Claim) -> Program:
    """Return a program in which a claim is made only where the conditions of the rows above it hold."""
    narrowed = copy_with(claim, where=(*claim.where, *claim.carried))
    claims = [narrowed if known is claim else known for known in program.claims]
    order = [narrowed if step is claim else step for step in program.order]
    return copy_with(program, claims=claims, order=order, plan=None)


def _judge_under_sure_assumptions(program: Program, seed: int, instances: int) -> dict[int, Outcome]:
    every = range(len(program.claims))
    outcomes = _judge_by_assumptions(program, seed, instances, {k: program.claims[k].sure for k in every})
    ended = {k: claim.given for k, claim in enumerate(program.claims) if claim.ended and outcomes[k].failure}
    for number, outcome in _judge_by_assumptions(program, seed, instances, ended).items():
        if outcome.failure is None:
            first, words = min(program.claims[number].ended.items())
            outcomes[number].failure = undecided(f"{ENDED} {program.assumptions[first]}, and '{words}' {MAY}", AGAIN)
    return outcomes


def _judge_by_assumptions(
    program: Program, seed: int, instances: int, given: dict[int, tuple[Claim, ...]]
) -> dict[int, Outcome]:
    """Judge some claims, each under its own assumptions; those that have the same are judged together."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for number, assumptions in given.items():
        groups.setdefault(tuple(map(id, assumptions)), []).append(number)
    outcomes: dict[int, Outcome] = {}
    for numbers in groups.values():
        outcomes |= _judge_within_memory(program, seed, instances, given, numbers)
    return outcomes


def _judge_within_memory(
    program: Program, seed: int, instances: int, given: dict[int, tuple[Claim, ...]], numbers: list[int]
) -> dict[int, Outcome]:
    """Judge claims that have the same assumptions; one that takes too much memory leaves the others their verdict."""
    try:
        return _judge_together(program, seed, instances, given, numbers)
    except MemoryError:
        if len(numbers) == 1:
            return {numbers[0]: Outcome(failure=undecided(TOO_LARGE))}
    alone = (_judge_within_memory(program, seed, instances, given, [number]) for number in numbers)
    return {number: outcome for found in alone for number, outcome in found.items()}


def _judge_together(
    program: Program, seed: int, instances: int, given: dict[int, tuple[Claim, ...]], numbers: list[int]
) -> dict[int, Outcome]:
    whole = _with_assumptions(program, given[numbers[0]], numbers)
    with assumed_domains(whole) as part:
        found = _judge_under_same_assumptions(part, seed, instances)
    outcomes = dict(zip(numbers, found.values(), strict=True))
    for place, number in enumerate(numbers):
        if outcomes[number].failure is None and (given[number] or program.claims[number].where):
            outcomes[number].failure = _failure_near_bounds(whole, whole.claims[place], seed)
    return outcomes


def _failure_near_bounds(program: Program, claim: Claim, seed: int) -> Failure | None:
    """Return the failure of a claim on the first instance just inside its bounds that it fails on."""
    from report_src.derivations.assumptions.ways import near_bounds  # few derivations assume anything

    alone = restricted_to(program, copy_with(claim, after=None))
    with np.errstate(all="ignore"):
        for number in NEAR:
            for instance in near_bounds(alone, claim, _affordable_draw(alone, seed, number, 0)):
                found = _comparisons_on(alone, instance, [0], BITS)[0]
                if found.failure is not None:
                    return copy_with(found.failure, values=_shown_values(claim, instance))
                if found.outside:
                    return undecided(found.outside, DECLARE)
    return None


def _with_assumptions(program: Program, given: tuple[Claim, ...], numbers: list[int]) -> Program:
    """Return a program of some assumptions and of the claims at some positions."""
    if not (given or program.assumptions) and len(numbers) == len(program.claims):
        return program
    claims = [program.claims[k] for k in numbers]
    chosen = {id(claim) for claim in claims}
    order = [step for step in program.order if isinstance(step, Definition) or id(step) in chosen]
    return copy_with(program, assumptions=list(given), claims=claims, order=order, plan=None)


def _judge_under_same_assumptions(program: Program, seed: int, instances: int) -> dict[int, Outcome]:
    outcomes = {number: Outcome() for number in range(len(program.claims))}
    if not program.claims:
        return outcomes
    if not budget.fits(program, smallest_sizes(program)):
        failure = undecided(TOO_LARGE)
        return {number: Outcome(failure=failure) for number in outcomes}
    budget.fits(program, largest_sizes(program))  # if it fits, no single instance is measured
    with np.errstate(all="ignore"):
        for number in range(instances):
            _decide_on_instance(program, seed, number, 0, _unrefuted(outcomes), outcomes)
        kinks = {k for k in _unrefuted(outcomes) if kinked(program, program.claims[k])}
        for number in range(INSTANCES, INSTANCES + len(KINKED)):
            _decide_on_instance(program, seed, number, 0, kinks & _unrefuted(outcomes), outcomes)
        remaining = kinks & _unrefuted(outcomes)
        numbers = (0, *range(INSTANCES, INSTANCES + len(KINKED))) if remaining else ()
        drawn = [_affordable_draw(program, seed, k, 0) for k in numbers]
        coverage = BranchCoverage(program, drawn, seed)
        for number in remaining:
            outcomes[number].failure = _missed_branch_failure(number, coverage)
        _decide_at_plain_values(program, seed, outcomes)
        _decide_at_small_sizes(program, seed, outcomes)
        _draw_again(program, seed, instances, outcomes)
        _rejudge_after_wrong_sides(program, seed, outcomes, instances)
        for number, claim in enumerate(program.claims):
            if claim.sign != "=" and outcomes[number].failure is None:
                found = _confirmed_failure(program, number, candidate_counterexamples(program, claim, seed))
                found = found or _confirmed_failure(program, number, huge_instances(restricted_to(program, claim)))
                outcomes[number].failure = found or _shrinking_margin_failure(program, claim)
    return outcomes


def _decide_at_plain_values(program: Program, seed: int, outcomes: dict[int, Outcome]) -> None:
    """Decide the claims where some values are 0, 1 or -1: solutions near a draw miss s = 0 of s^2 t = 0."""
    if not program.assumptions:
        return
    from report_src.derivations.assumptions.plain_values import plain_instances  # few derivations assume anything

    for plain in plain_instances(program, _affordable_draw(program, seed, 0, 0)):
        positions = _unrefuted(outcomes)
        instance = _as_it_is_or_near(program, plain) if positions else None
        if instance is None:
            continue
        for k, comparison in _comparisons_on(program, instance, positions, BITS).items():
            if comparison.failure is not None:
                outcomes[k].failure = copy_with(comparison.failure, values=_shown_values(program.claims[k], instance))


def _as_it_is_or_near(program: Program, instance: Instance) -> Instance | None:
    """Return an instance where it satisfies the assumptions, else one close to it that does, or None."""
    met = bool(program.assumptions) and "regular" not in program.table.layout and _is_met(program, instance)
    return instance if met else _satisfying_instance(program, instance)


def _decide_at_small_sizes(program: Program, seed: int, outcomes: dict[int, Outcome]) -> None:
    """Decide the claims at each small choice of the sizes that an assumption compares: n >= 3, k <= n."""
    for instance in _at_small_sizes(program, seed):
        positions = _unrefuted(outcomes)
        for k, comparison in _comparisons_on(program, instance, positions, BITS).items() if positions else ():
            outcomes[k].instances += comparison.verdict == "holds"
            if comparison.failure is not None:
                outcomes[k].failure = copy_with(comparison.failure, values=_shown_values(program.claims[k], instance))


def _at_small_sizes(program: Program, seed: int) -> Iterator[Instance]:
    """Yield an instance for each small choice of the sizes that assumptions of sizes alone compare, if it meets all."""
    if not program.assumptions:
        return
    from report_src.derivations.assumptions.plain_values import small_sizes  # few derivations assume anything

    about = [known for known in program.assumptions if not known.uses and not known.sign.startswith("succ")]
    alone = copy_with(program, assumptions=about)
    for sizes in small_sizes(about):
        instance = draw(program, seed, 0, 0, smallest_sizes(program) | sizes)
        found = _as_it_is_or_near(program, instance) if _is_met(alone, instance) else None
        if found is not None:
            yield found


def _is_met(program: Program, instance: Instance) -> bool:
    """Tell whether an instance satisfies all assumptions as it is, where each is a comparison."""
    if any(known.sign.startswith("succ") for known in program.assumptions):
        return False
    known = [copy_with(one, after=None, where=()) for one in program.assumptions]
    order: list[Definition | Claim] = [*(step for step in program.order if isinstance(step, Definition)), *known]
    alone = copy_with(program, assumptions=[], claims=known, order=order, plan=None)
    found = _comparisons_on(alone, copy_with(instance, special=True), range(len(known)), BITS)
    return all(comparison.verdict == "holds" for comparison in found.values())


def _unrefuted(outcomes: dict[int, Outcome]) -> set[int]:
    """Return the positions of the claims that have not failed yet."""
    return {number for number, outcome in outcomes.items() if outcome.failure is None}


def passes_first_draw(program: Program, seed: int) -> bool:
    """Tell whether no claim fails on the first draw: a cheap test before all instances are judged."""
    outcomes = {number: Outcome() for number in range(len(program.claims))}
    if not budget.fits(program, smallest_sizes(program)):
        return False
    with np.errstate(all="ignore"):
        _decide_on_instance(program, seed, 0, 0, set(outcomes), outcomes)
    return not any(outcome.failure for outcome in outcomes.values())


def _affordable_draw(program: Program, seed: int, number: int, attempt: int) -> Instance:
    """Draw an instance; one that is too expensive to evaluate is drawn again with the smallest sizes."""
    sizes = smallest_sizes(program)
    rule = (*PROFILES, *KINKED)[number].sizes
    if program.assumptions and rule.endswith("many"):
        many = draw(program, seed, number, attempt, affordable_sizes(program, rule) or sizes)
        entries = {symbol: max(values.shape[-2:]) for symbol, values in many.values.items()}
        # a solution is looked for near a draw: sums over many entries are about as large as over few
        many.values |= {s: many.values[s] / entries[s] ** 0.5 for s in many.values if s.kind in ("real", *BOUNDED)}
        return many
    instance = draw(program, seed, number, attempt)
    if all(size <= sizes[root] for root, size in instance.sizes.items()) or budget.fits(program, instance.sizes):
        return instance
    return draw(program, seed, number, attempt, sizes)


def unsatisfied_assumption(program: Program, seed: int) -> int | None:
    """Return the position of the first assumption that no draw satisfies together with those that hold beside it."""
    draws = [(number, attempt) for attempt in range(ATTEMPTS) for number in range(INSTANCES)]
    for position, known in enumerate(program.assumptions):
        partial = copy_with(program, assumptions=[*known.sure, known], plan=None)
        near = (_satisfying_instance(partial, draw(partial, seed, *drawn)) for drawn in draws)
        if not any(near) and not any(_at_small_sizes(partial, seed)):
            return position
    return None


def _satisfying_instance(program: Program, instance: Instance) -> Instance | None:
    """Return an instance close to the given one that satisfies a program's assumptions, or None.

    No matrix of it is singular where the text says of some that they are not.
    """
    found: Instance | None = instance
    if program.assumptions:
        from report_src.derivations.assumptions.ways import satisfying  # few derivations assume anything

        found = satisfying(program, instance)
    singular = found is not None and "regular" in program.table.layout and _is_singular(found)
    return None if singular else found


def _decide_on_instance(
    program: Program, seed: int, number: int, attempt: int, positions: Collection[int], outcomes: dict[int, Outcome]
) -> None:
    """Decide some claims on one instance; open ones are evaluated again with more digits."""
    if not positions:
        return
    instance = _satisfying_instance(program, _affordable_draw(program, seed, number, attempt))
    if instance is None:
        return
    bits = MANY_BITS if number == 0 and not program.assumptions else BITS
    found = _comparisons_on(program, instance, positions, bits)
    again = [k for k, comparison in found.items() if comparison.verdict == "open"]
    if again:
        found |= _comparisons_on(program, instance, again, 4 * bits, found)
    for k, comparison in found.items():
        outcome, strict = outcomes[k], program.claims[k].sign in STRICT
        outcome.vacuous = outcome.vacuous and comparison.vacuous
        if comparison.verdict == "holds":
            outcome.instances += not instance.small
            outcome.error = max(outcome.error, comparison.error)
        elif comparison.failure is not None:
            outcome.failure = copy_with(comparison.failure, values=_shown_values(program.claims[k], instance))
            outcome.error = comparison.error
        elif comparison.verdict == "open" and strict and (instance.edge or _has_moderate_values(instance)):
            outcome.failure = undecided(TIED)
        outcome.valued |= comparison.valued if not instance.special else frozenset()
        if outcome.failure is None and comparison.outside:
            outcome.failure = undecided(comparison.outside, DECLARE)
        elif outcome.failure is None and len(outcome.valued) == 2 and _inverts(program, program.claims[k]):
            outcome.failure = undecided(EITHER_SIDE)


def _comparisons_on(
    program: Program,
    instance: Instance,
    positions: Collection[int],
    bits: int,
    before: dict[int, Comparison] | None = None,
) -> dict[int, Comparison]:
    """Return the comparisons of some claims on an instance, by the claim's position.

    Their `outside` says why a side has no value on an ordinary draw where its domain would have to be declared.
    """
    arithmetic = Balls(bits, tied=instance.tied)
    environment = Environment(program, instance, arithmetic)
    found: dict[int, Comparison] = {}
    number = 0
    for step in program.order:
        if isinstance(step, Definition):
            define(environment, step)
            continue
        if number in positions:
            if step.after is None:
                environment.known.clear()
            left, right = value(environment, step.left).value, value(environment, step.right).value
            where = [value(environment, condition).value for condition in step.where]
            comparison = compare(left, right, step, (before or {}).get(number), where)
            if not (instance.special or instance.small or arithmetic.kinked):  # 1/(n - 1) has no value where n is 1
                comparison = copy_with(comparison, outside=_outside(program, step, comparison, arithmetic))
            found[number] = comparison
        number += 1
    return found


def _outside(program: Program, claim: Claim, comparison: Comparison, arithmetic: Balls) -> str:
    """Return what has no value on an ordinary draw, where the domain would have to be declared, or nothing."""
    if claim.sign == "=" and comparison.valued and arithmetic.outside:
        return ONE_SIDED
    if not arithmetic.powers:
        return ""
    return (
        NO_POWER if any(id(node) in arithmetic.powers for node in walk(*sides_with_definitions(program, claim))) else ""
    )


def _inverts(program: Program, claim: Claim) -> bool:
    """Tell whether a claim is an equality and an inverse or a determinant occurs in it, or in what it is defined from.

    Without one, a side lacks a value where digits are lost as well.
    """
    return claim.sign == "=" and any(node.op in _INVERTED for node in walk(*sides_with_definitions(program, claim)))


_INVERTED = frozenset({"inverse", "matrix_power", "determinant"})


def _draw_again(program: Program, seed: int, instances: int, outcomes: dict[int, Outcome]) -> None:
    """Draw other numbers for claims with a value on too few instances; refuse those that still have too few."""
    least = min(MIN_DEFINED, instances)
    for attempt in range(1, ATTEMPTS):
        for number in range(INSTANCES):
            positions = {k for k in _unrefuted(outcomes) if outcomes[k].instances < least}
            if not positions:
                break
            _decide_on_instance(program, seed, number, attempt, positions, outcomes)
    for number, outcome in outcomes.items():
        if outcome.failure is None and outcome.instances < least:
            strict = program.claims[number].sign in ("<", ">")
            reason = FEW if program.assumptions else NO_DIGITS if strict else NO_VALUE
            nowhere = outcome.vacuous and program.claims[number].where
            outcome.failure = undecided(NO_INDEX) if nowhere else undecided(reason, DECLARE)


def _rejudge_after_wrong_sides(program: Program, seed: int, outcomes: dict[int, Outcome], instances: int) -> None:
    """Accept claims that fail only because the side before them is wrong."""
    again = compared_with_last_correct(program, {number for number, outcome in outcomes.items() if outcome.failure})
    if again is None:
        return
    changed, numbers = again
    for number, outcome in zip(numbers, judge(changed, seed, instances).values(), strict=True):
        if outcome.failure is None:
            outcomes[number] = outcome


def _confirmed_failure(program: Program, number: int, instances: Iterable[Instance]) -> Failure | None:
    """Return the failure of a claim on the first instance that violates it in ball arithmetic."""
    claim = copy_with(program.claims[number], after=None)
    program = restricted_to(program, claim)
    for candidate in instances:
        instance = _as_it_is_or_near(program, candidate)
        if instance is None:
            continue
        bits = instance.bits or BITS
        try:
            found = _comparisons_on(program, instance, [0], bits)
        except OverflowError:  # of a huge size: a power of a power has no value there
            continue
        if found[0].verdict == "open" and claim.sign in STRICT:
            found = _comparisons_on(program, instance, [0], 4 * bits, found)
        failure = found[0].failure
        if found[0].verdict == "open" and claim.sign in STRICT and (instance.edge or _has_moderate_values(instance)):
            failure = undecided(TIED)
        if failure is not None:
            return copy_with(failure, values=_shown_values(claim, instance))
    return None


def _is_singular(instance: Instance) -> bool:
    """Tell whether a square matrix of an instance is singular: the text says of some that they are not."""
    squares = (
        np.asarray(values, dtype=float)
        for symbol, values in instance.values.items()
        if symbol.shape[0].root() is symbol.shape[1].root() and not is_scalar(symbol.shape)
    )
    return any((np.linalg.matrix_rank(values) < values.shape[-1]).any() for values in squares)


def _shrinking_margin_failure(program: Program, claim: Claim) -> Failure | None:
    """Return the failure of an inequality whose margin shrinks from size to size, even if it holds for all of them."""
    sizes = shrinking_margin(restricted_to(program, copy_with(claim, after=None)), claim)
    return undecided(f"{CLOSER} ({sizes})", IN_WORDS) if sizes else None


def _has_moderate_values(instance: Instance) -> bool:
    """Tell whether all values are few and small: then no nonzero difference is too small for the digits."""
    sizes = (np.abs(values.astype(float)).sum() for values in instance.values.values())
    return not (instance.bits or instance.large) and all(size <= _MODERATE for size in sizes)


_MODERATE = 10.0


def _missed_branch_failure(number: int, coverage: BranchCoverage) -> Failure | None:
    """Return a failure on a branch that no draw reaches, or of a comparison that no draw tests; else None."""
    claim = coverage.program.claims[number]
    failure = _confirmed_failure(coverage.program, number, coverage.uncovered(claim))
    failure = failure or _failure_at_ties(coverage, claim)
    if failure:
        return failure
    if (sizes := size_comparison(coverage.program, claim)) is not None:
        return undecided(f"{sizes}: {SOME_SIZES}", IN_WORDS)
    if (unequal := untested_equality(coverage.program, claim, coverage.drawn)) is not None:
        return undecided(f"{unequal}: {NEVER_EQUAL}", COMPARE)
    return None


def _failure_at_ties(coverage: BranchCoverage, claim: Claim) -> Failure | None:
    """Return the failure of a claim where two numbers that it compares are equal, whichever precision they have."""
    from report_src.derivations.assumptions.tied_values import has_gaps, is_moderate

    claim = copy_with(claim, after=None)
    program = restricted_to(coverage.program, claim)
    regular = "regular" in program.table.layout
    unmet: dict[str, bool] = {}
    doubt: Failure | None = None
    for tie in coverage.ties(claim):
        if tie.enclosed or not has_gaps(program, tie.sides):
            unmet[tie.shown] = unmet.get(tie.shown, True) and not tie.enclosed
        for enclosed in tie.instances():
            failure = _failure_in_all(program, claim, enclosed) if not (regular and _is_singular(enclosed[0])) else None
            if failure is None:
                continue
            if not failure.undecided and is_moderate(enclosed[0], with_ancestors(claim.uses)):
                values = ", ".join(filter(None, (_shown_values(claim, enclosed[0]), f"where {tie.shown}")))
                return copy_with(failure, values=values)
            doubt = doubt or undecided(f"{tie.shown}: {failure.reason or FAILS_AT_TIE}", failure.hint or SAY_TIE)
    never = next((undecided(f"{shown}: {NEVER_EQUAL}", COMPARE) for shown, missed in unmet.items() if missed), None)
    return doubt or never


def _failure_in_all(program: Program, claim: Claim, enclosed: list[Instance]) -> Failure | None:
    """Return the last failure of a program's only claim on a tied instance, if it fails with every precision."""
    from report_src.derivations.assumptions.tied_values import PRECISIONS

    found = None
    for instance, bits in zip(enclosed, PRECISIONS, strict=True):
        found = _failure_at(program, claim, instance, bits)
        if found is None:
            return None
    return found


def _failure_at(program: Program, claim: Claim, instance: Instance, bits: int) -> Failure | None:
    """Return the failure of a program's only claim on a tied instance, also where one side has no value by cases."""
    found = _comparisons_on(program, instance, [0], bits)[0]
    if found.failure is None and found.outside:
        return undecided(found.outside, DECLARE)
    if found.verdict == "open" and claim.sign in STRICT and _has_moderate_values(instance):
        return undecided(TIED)
    return found.failure


def _shown_values(claim: Claim, instance: Instance) -> str:
    """Return the sizes and values of an instance that a claim uses, "d = 1, x = -3", or "" if they are many."""
    if instance.note:
        return instance.note
    met = {dim.root() for symbol in claim.uses for dim in (*symbol.slots, *symbol.shape)}
    parts = [f"{root.label} = {size}" for root, size in instance.sizes.items() if root.label and root in met]
    for symbol, values in instance.values.items():
        if symbol in claim.uses and values.size <= _MAX_SHOWN_ENTRIES:
            numbers = ", ".join(f"{float(number):.6g}" for number in values.flat)
            parts.append(f"{symbol} = {numbers if values.size == 1 else f'({numbers})'}")
    return ", ".join(parts) if len(parts) <= _MAX_SHOWN_PARTS else ""


_MAX_SHOWN_ENTRIES, _MAX_SHOWN_PARTS = 3, 5
