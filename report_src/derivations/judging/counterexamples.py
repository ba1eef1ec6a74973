"""Values hunted against an inequality: structured starts, then L-BFGS on its relative violation in float64.

What is found here is a candidate only; balls decide whether it breaks the inequality.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace as copy_with
from itertools import islice, product
from math import prod

import numpy as np

from report_src.derivations.evaluation import budget
from report_src.derivations.evaluation.instances import (
    BOUNDED,
    Instance,
    Profile,
    Sizes,
    filled,
    free_dimensions,
    in_turn,
    probabilities,
    sizes_of,
    smallest_sizes,
)
from report_src.derivations.judging.extremes import extremes
from report_src.derivations.judging.optimizer import maximize
from report_src.derivations.judging.starts import Values, starts
from report_src.derivations.judging.violation import TINY, Violation
from report_src.derivations.semantics.derivatives import ancestors
from report_src.derivations.semantics.program import Claim, Definition, Program
from report_src.derivations.semantics.shapes import walk
from report_src.derivations.semantics.symbols import Dim, Symbol

# sizes and scales of the functions, one hunt each
ROUNDS = (
    Profile("normal", "different", 1.0),
    Profile("normal", "equal", 1000.0),
    Profile("normal", "some ones", -1.0),
    Profile("normal", "wide", -1000.0),
    Profile("normal", "many", 1.0),
    Profile("normal", "odd many", 1.0),
    Profile("normal", "even many", 1.0),
    Profile("normal", "most", 1.0),
    Profile("normal", "odd most", 1.0),
    Profile("normal", "even most", 1.0),
)
CHASED, STEPS = 5, 25  # starts of a round that are improved, and the steps of each
CHASED_MANY, STEPS_MANY = 2, 10  # the same where sizes are 20 to 60
BURSTS = 8  # most parts of a chase, after each of which values are brought back to the assumptions
SCALED_ROUNDS = 1  # rounds in which magnitudes move
MOST_SCALED = 3, 12  # most symbols whose magnitudes move together, and the most entries of them
SMALL = (2.0**-5, 2.0**-30)  # magnitudes that such a search begins at, whose powers are exact
MANY = (60, 40, 20)
MOST_ENTRIES = (20_000, 1000, 200)  # sizes at which only the starts are tried
FUNCTIONS = 48  # further draws of the functions, by turns in each of `SCALES`
SCALES = (1.0, 1e2, 1e4, 1e6, 1e30, 1e100)  # sizes of their values; no bound on g(0) holds beside the last ones
MOVABLE, UNITS = frozenset({*BOUNDED, "real", "simplex"}), frozenset({"unit", "closed unit"})
MOST_MANY = 2_000_000  # operations on single numbers that one evaluation with many entries may take
MOST_CALLS = 40_000  # operations on whole arrays that recursions may take, over all starts of a round
FEWEST = 2  # starts of a round where recursions are that long
MOST_CHASED = 20_000  # operations on single numbers that the starts of a round may take together for one step
SOLVED_ROUNDS = 1, 4  # rounds in which zeros of squares are solved for; the second is for < and >
TOUCHING = 1e-6  # difference of the sides, or relative difference, below which they may meet nearby
BEYOND = 1e-13  # relative violation that float64 can tell from rounding
NEXT = 2.0**-53  # distance of 1 to the float64 number below it


def hunt(program: Program, claim: Claim, seed: int, steps: int = STEPS) -> Iterator[Instance]:
    """Yield instances that seem to break an inequality, to be confirmed in balls; at most one a start.

    `steps` is how many steps a start is improved by at most.
    """
    met = claim.uses.union(*(ancestors(symbol) for symbol in claim.uses))
    kinds = MOVABLE if program.assumptions else MOVABLE | UNITS
    movable = [s for s in program.table.symbols.values() if s in met and s.kind in kinds]
    program = narrowed(program, claim)
    least = -BEYOND if claim.sign in ("<", ">") else BEYOND
    if any(symbol.kind == "function" for symbol in met) and not program.assumptions:
        yield from _other_functions(program, claim, seed, least)
    if claim.sign in ("<", ">"):  # sides that are equal where a sum has one term
        generator = np.random.default_rng([seed, len(ROUNDS), len(ROUNDS)])
        yield filled(program, generator, Profile("normal"), sizes_of(program, generator, "ones"))
    for number, profile in enumerate(ROUNDS):
        generator = np.random.default_rng([seed, len(ROUNDS), number])
        many = profile.sizes.endswith(("many", "most"))
        sizes = many_sizes(program, profile.sizes) if many else sizes_of(program, generator, profile.sizes)
        if not many and not budget.fits(program, sizes):
            sizes = smallest_sizes(program)
        if many and (not sizes or program.assumptions):
            continue
        chase = _Chase(program, claim, filled(program, generator, profile, sizes), movable)
        if number < SOLVED_ROUNDS[claim.sign in ("<", ">")]:
            from report_src.derivations.evaluation.meeting_values import zeros  # equalities need none of it

            yield from zeros(program, claim, chase.instance)
        most = max(FEWEST, MOST_CALLS // max(1, budget.calls(program, sizes)))
        allowed = [chase.allowed(values) for values in islice(starts(chase.instance, movable, generator), most)]
        tried = [(chase.violation(values), values) for values in allowed if values is not None]
        scored = sorted((start for start in tried if np.isfinite(start[0])), key=lambda start: -start[0])
        yield from (chase.at(values) for found, values in scored[:CHASED] if found > least)
        chased = max(1, min(CHASED_MANY if many else CHASED, int(MOST_CHASED / budget.work(program, sizes))))
        if most <= STEPS or sum(chase.instance.values[symbol].size for symbol in movable) > MOST_CHASED:
            chased = 0  # a recursion this long, and a matrix this large, is tried at its starts only
        if program.assumptions:  # many starts are led to one solution; where all is 0 nothing leads away from it
            scored = list({round(start[0], 6): start for start in scored if start[0]}.values()) or scored
        yield from _improved(chase, [values for _, values in scored[:chased]], least, steps, many=many)
        if number < SCALED_ROUNDS and not program.assumptions:
            yield from _along_scales(chase, least)
        if not number and movable and not program.assumptions:
            yield from extremes(chase.instance, movable, farther=_has_logarithm(program))


def _improved(chase: _Chase, begun: list[Values], least: float, steps: int, *, many: bool) -> Iterator[Instance]:
    """Yield the instances to which starts lead, where the violation there is above `least`; for < and > rounded too."""
    assumed, strict = bool(chase.program.assumptions), chase.claim.sign in ("<", ">")
    for place, values in enumerate(begun):
        for relative in (True, False)[: 2 if place < CHASED_MANY and not assumed else 1]:
            best = chase.chased(values, STEPS_MANY if many else steps, relative=relative)
            if chase.violation(best) > least:
                yield chase.at(best)
            if strict and not many:
                if chase.touches(best):
                    from report_src.derivations.evaluation.meeting_values import level  # few bounds are strict

                    yield from level(chase.program, chase.claim, chase.at(best))
                yield from (chase.at(_rounded(best, chase.movable, digits)) for digits in (0, 2))


def _along_scales(chase: _Chase, least: float) -> Iterator[Instance]:
    """Yield instances to which a search over magnitudes leads, in which a valley such as xy = 1 is straight.

    It begins at numbers that are powers of each other: (t, 1/t), (t, 1/t²), (t, t²), …, with either sign.
    """
    moved = [symbol for symbol in chase.movable if symbol.kind == "real" or symbol.kind in BOUNDED]
    entries = sum(chase.instance.values[symbol].size for symbol in moved)
    if not 1 < len(moved) <= MOST_SCALED[0] or entries > MOST_SCALED[1]:
        return
    rest = len(moved) - 1
    starts_tried: list[tuple[float, Values]] = []
    for base in SMALL:
        for powers in product((-2, -1, 0, 1, 2) if rest == 1 else (-1, 0, 1), repeat=len(moved)):
            for signs in product((1,), *[(1, -1)] * rest):
                values = dict(chase.instance.values)
                for symbol, power, sign in zip(moved, powers, signs, strict=True):
                    side = sign if symbol.kind == "real" else 1
                    values[symbol] = np.full(values[symbol].shape, side * base**power)
                starts_tried.append((chase.violation(values), values))
    finite = [start for start in starts_tried if np.isfinite(start[0])]
    for found, values in sorted(finite, key=lambda start: -start[0])[:CHASED]:
        best = values if found > least else chase.improved(values, STEPS, relative=True, scaled=True)
        if chase.violation(best) > least:
            yield chase.at(best)


def _rounded(values: Values, movable: list[Symbol], digits: int) -> Values:
    """Return values with few digits, where the two sides of a strict inequality may be equal."""
    return values | {s: np.round(values[s], digits) for s in movable if s.kind in ("real", "nonnegative")}


def _other_functions(program: Program, claim: Claim, seed: int, least: float) -> Iterator[Instance]:
    """Yield instances that differ in their functions, each on the values that are drawn with them."""
    for number in range(FUNCTIONS):
        generator = np.random.default_rng([seed, FUNCTIONS, number])
        profile = Profile("normal", functions=(1 if number % 2 else -1) * SCALES[number // 2 % len(SCALES)])
        chase = _Chase(program, claim, filled(program, generator, profile, smallest_sizes(program)), [])
        if chase.violation(chase.instance.values) > least:
            yield chase.instance


def narrowed(program: Program, claim: Claim) -> Program:
    """Return a program of one claim and the definitions that it needs."""
    met = claim.uses.union(*(ancestors(symbol) for symbol in claim.uses))
    definitions = [definition for definition in program.definitions if definition.symbol in met]
    table = program.table
    if not program.assumptions:  # what is declared beside it would limit the sizes that can be afforded
        table = copy(table)
        table.symbols = {key: symbol for key, symbol in table.symbols.items() if symbol in met}
    order: list[Definition | Claim] = [*definitions, claim]
    return copy_with(program, plan=None, table=table, definitions=definitions, claims=[claim], order=order)


def many_sizes(program: Program, rule: str) -> Sizes:
    """Return the largest sizes of a rule that one evaluation can afford; nothing where a rule adds nothing."""
    if " " in rule and len(free_dimensions(program)) < 2:
        return {}
    if rule.endswith("most"):
        met = _dimensions(program)
        small = smallest_sizes(program)
        tried = (
            {root: found if root in met else small[root] for root, found in in_turn(program, rule, size).items()}
            for size in (MOST_ENTRIES if met else ())
        )
    else:
        tried = (in_turn(program, rule, size) for size in MANY)
    return next((sizes for sizes in tried if _affordable(program, sizes)), {})


def _has_logarithm(program: Program) -> bool:
    """Tell whether a logarithm is taken, so that a bound may break only where its argument is beyond all float64."""
    sides = [side for claim in program.claims for side in (claim.left, claim.right)]
    return any(
        node.op == "function" and node.data[0] in ("log", "softplus")
        for node in walk(*(definition.value for definition in program.definitions), *sides)
    )


def _dimensions(program: Program) -> set[Dim]:
    """Return the dimensions whose sizes matter to the claims of a program and what they are defined from."""
    sides = [side for claim in program.claims for side in (claim.left, claim.right)]
    met: set[Dim] = set()
    for node in walk(*(definition.value for definition in program.definitions), *sides):
        met.update(dim.root() for dim in (*node.shape, *(index.dim for index in node.indices)))
        if node.op == "dimension":
            met.add(node.data.root())
    return met


def _affordable(program: Program, sizes: Sizes) -> bool:
    """Tell whether all that is declared can be drawn in some sizes, and one evaluation done."""
    drawn = sum(
        prod(dim.root().size or sizes[dim.root()] for dim in (*symbol.slots, *symbol.shape))
        for symbol in program.table.symbols.values()
        if symbol.kind not in ("function", "rule")
    )
    calls = budget.calls(program, sizes)
    return drawn <= MOST_MANY and budget.work(program, sizes) <= MOST_MANY and FEWEST * calls <= MOST_CALLS


class _Chase:
    """One inequality on one choice of sizes and functions, as a function of the values."""

    def __init__(self, program: Program, claim: Claim, instance: Instance, movable: list[Symbol]) -> None:
        self.program, self.claim, self.instance, self.movable = program, claim, instance, movable
        self._recorded: dict[bool, Violation] = {}

    def at(self, values: Values) -> Instance:
        """Return the instance with other values, exact enough for balls."""
        chosen = dict(values)
        for symbol, numbers in values.items():
            if symbol.kind == "simplex":
                chosen[symbol] = probabilities(np.maximum(numbers, 0))
        return copy_with(self.instance, values=chosen, special=True)

    def allowed(self, values: Values) -> Values | None:
        """Return values near some that satisfy the assumptions in float64, or None."""
        if not self.program.assumptions:
            return values
        from report_src.derivations.evaluation.constrained_values import satisfying  # few derivations assume anything

        found = satisfying(self.program, copy_with(self.instance, values=values), exact=False)
        return None if found is None else found.values

    def chased(self, values: Values, steps: int, *, relative: bool) -> Values:
        """Return values with a larger violation that satisfy the assumptions, if there are any."""
        if not self.program.assumptions:
            return self.improved(values, steps, relative=relative)
        for _ in range(BURSTS):
            found = self.allowed(self.improved(values, steps // 2, relative=relative))
            if found is None or not self.violation(found) > self.violation(values):
                break
            values = found
        return values

    def along(self, values: Values) -> Callable[[np.ndarray], np.ndarray]:
        """Return what leaves of a slope by the free values the part along which the assumptions still hold."""
        if not self.program.assumptions:
            return lambda slope: slope
        from report_src.derivations.evaluation.constrained_values import slopes_of

        slopes = slopes_of(self.program, copy_with(self.instance, values=values), self.movable)
        sizes = [np.where(s.kind in BOUNDED, values[s], 1.0).astype(float).reshape(-1) for s in self.movable]
        _, size, directions = np.linalg.svd(slopes * np.concatenate(sizes), full_matrices=False)
        kept = directions[size > 1e-9 * size.max(initial=0.0)]
        return lambda slope: slope - kept.T @ (kept @ slope)

    def violation(self, values: Values) -> float:
        """Return the largest relative violation, negative where the inequality holds."""
        return self._at(values, relative=True).worst

    def touches(self, values: Values) -> bool:
        """Tell whether the two sides differ by little, or by little beside their sizes."""
        return any(self._at(values, relative=relative).worst > -TOUCHING for relative in (True, False))

    def _at(self, values: Values, *, relative: bool) -> Violation:
        """Return the violation by its size, or relative to the two sides; the next call moves it."""
        found = self._recorded.get(relative)
        if found is None:
            instance = copy_with(self.instance, values=values)
            found = self._recorded[relative] = Violation(self.program, self.claim, instance, relative=relative)
        else:
            found.move(values)
        return found

    def improved(self, values: Values, steps: int, *, relative: bool, scaled: bool = False) -> Values:
        """Return values with a larger violation, by its size or relative to the two sides.

        If `scaled`, real values keep their signs, and their logarithms move.
        """
        signs = {s: np.sign(values[s]) for s in self.movable if s.kind == "real"} if scaled else {}
        start = (
            np.concatenate([_free(s, np.asarray(values[s], dtype=float), signs).reshape(-1) for s in self.movable])
            if self.movable
            else np.zeros(0)
        )
        if not start.size:
            return values
        along = self.along(values)

        def gap(point: np.ndarray) -> tuple[float, Callable[[], np.ndarray]]:
            found = self._at(self._values(values, point, signs), relative=relative)
            worst = found.worst
            if not scaled:
                return worst, lambda: along(self._slope(found, signs))
            inside = min(max(worst, NEXT - 1), 1 - NEXT)  # the logarithm of the quotient of two positive sides
            return math.atanh(inside), lambda: along(self._slope(found, signs)) / (1 - inside**2)

        point, _ = maximize(gap, start, steps, stop=_FOUND)
        return self._values(values, point, signs)

    def _slope(self, found: Violation, signs: Values) -> np.ndarray:
        """Return the slope of a violation by the free values."""
        slopes = zip(self.movable, found.slopes(self.movable), strict=True)
        return np.concatenate([_chain(symbol, at, slope, signs).reshape(-1) for symbol, (at, slope) in slopes])

    def _values(self, values: Values, point: np.ndarray, signs: Values) -> Values:
        made, begin = dict(values), 0
        for symbol in self.movable:
            shape = values[symbol].shape
            end = begin + values[symbol].size
            made[symbol] = _bound(symbol, point[begin:end].reshape(shape), signs)
            begin = end
        return made


_FOUND = 1e-6  # relative violation at which a chase ends: balls will see it
_STEEPEST = 40.0  # largest logarithm of a value that was declared positive


def _free(symbol: Symbol, values: np.ndarray, signs: Values) -> np.ndarray:
    """Return values without their constraint: logarithms of what is positive."""
    if symbol.kind in UNITS:
        inside = np.clip(values, TINY, 1 - NEXT)
        return np.log(inside) - np.log1p(-inside)
    moves = symbol.kind == "real" and symbol not in signs
    return values if moves else np.log(np.maximum(np.abs(values), TINY))


def _bound(symbol: Symbol, free: np.ndarray, signs: Values) -> np.ndarray:
    """Return values that keep what was declared, and their signs."""
    if symbol in signs:
        return np.asarray(signs[symbol] * np.exp(np.clip(free, -_STEEPEST, _STEEPEST)))
    if symbol.kind == "real":
        return free
    if symbol.kind in BOUNDED:
        return np.exp(np.clip(free, -_STEEPEST, _STEEPEST))
    if symbol.kind in UNITS:
        return np.clip(1 / (1 + np.exp(-np.clip(free, -_STEEPEST, _STEEPEST))), TINY, 1 - NEXT)
    powers = np.exp(free - free.max(axis=-2, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=-2, keepdims=True)
    return shares


def _chain(symbol: Symbol, values: np.ndarray, slope: np.ndarray, signs: Values) -> np.ndarray:
    """Return the slope by the free values."""
    if symbol in signs:
        return slope * values
    if symbol.kind == "real":
        return slope
    if symbol.kind in BOUNDED:
        return slope * values
    if symbol.kind in UNITS:
        return slope * values * (1 - values)
    chained: np.ndarray = values * (slope - (slope * values).sum(axis=-2, keepdims=True))
    return chained
