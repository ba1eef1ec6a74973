"""Search for counterexamples to an inequality: structured starts, then L-BFGS on its relative violation in float64.

The results are candidates; ball arithmetic decides whether one violates the inequality.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace as copy_with
from itertools import islice, product

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
from report_src.derivations.judging.starting_points import Values, starts
from report_src.derivations.judging.violation import TINY, Violation, peaks
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Definition, Program
from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.symbols import Dim, Symbol

# sizes and scales of the functions; each profile is one search
SEARCH_PROFILES = (
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
IMPROVED_STARTS, MAX_STEPS = 5, 25  # starts of a search that are improved, and the steps of each
IMPROVED_STARTS_LARGE, MAX_STEPS_LARGE = 2, 10  # the same where sizes are 20 to 60
MAX_PROJECTIONS = 8  # times that improved values are brought back to the assumptions
SCALED_SEARCHES = 1  # searches in which magnitudes move
MAX_SCALED = 3, 12  # most symbols whose magnitudes move together, and the most entries of them
SMALL_MAGNITUDES = (2.0**-5, 2.0**-30)  # magnitudes at which such a search begins; their powers are exact
LARGE_SIZES = (60, 40, 20)
SOLVED_SIZES = (10_000, 1000, 100, 24, 16, 12, 9, 8, 7, 6, 5)  # the same under assumptions, which are solved for all
SOLVED_STARTS = 32  # starts at these sizes
EVERY_SIZE, LARGEST_TYPED_SIZE = 64, 500  # sizes that are tried where a row has no values, or holds their number
LARGEST_SIZES = (20_000, 1000, 200)  # sizes at which only the starts are tried
FUNCTION_DRAWS = 48  # further draws of the functions, by turns in each of `FUNCTION_SCALES`
FUNCTION_SCALES = (1.0, 1e2, 1e4, 1e6, 1e30, 1e100)  # sizes of their values; few numbers exceed the last ones
MOVABLE, UNITS = frozenset({*BOUNDED, "real", "simplex"}), frozenset({"unit", "closed unit"})
MAX_WORK = 2_000_000  # operations on single numbers that one evaluation with many entries may take
MAX_CALLS = 40_000  # operations on whole arrays that recursions may take, over all starts of a search
MIN_STARTS = 2  # starts of a search where recursions are that long
MAX_SEARCH_WORK = 20_000  # operations on single numbers that all starts of a search may take for one step
SOLVED_SEARCHES = 1, 4  # searches in which zeros of squares are solved for; the second number is for < and >
FAR_SCALES = (1e4, -1e4, 1e12, -1e12, 1e-8)  # of one value at the start of a search under assumptions
TOUCHING = 1e-6  # difference of the sides, absolute or relative, below which they may meet nearby
LEAST_VIOLATION = 1e-13  # smallest relative violation that float64 distinguishes from rounding
HALF_ULP = 2.0**-53  # distance of 1 to the float64 number below it


def candidate_counterexamples(program: Program, claim: Claim, seed: int, steps: int = MAX_STEPS) -> Iterator[Instance]:
    """Yield instances that seem to violate an inequality, at most one for each start; balls must confirm them.

    `steps` limits the optimiser's steps from each start.
    """
    program = restricted_to(program, claim)
    met = with_ancestors(claim.uses.union(*(known.uses for known in program.assumptions)))
    kinds = MOVABLE if program.assumptions else MOVABLE | UNITS
    movable = [symbol for symbol in program.table.symbols.values() if symbol.kind in kinds]
    least = -LEAST_VIOLATION if claim.sign in ("<", ">") else LEAST_VIOLATION
    if any(symbol.kind == "function" for symbol in met) and not program.assumptions:
        yield from _search_functions(program, claim, seed, least)
    if claim.sign in ("<", ">"):  # sides that are equal where a sum has one term
        generator = np.random.default_rng([seed, len(SEARCH_PROFILES), len(SEARCH_PROFILES)])
        yield filled(program, generator, Profile("normal"), sizes_of(program, generator, "ones"))
    yield from _at_typed_sizes(program, claim, seed, least)
    for number, profile in enumerate(SEARCH_PROFILES):
        generator = np.random.default_rng([seed, len(SEARCH_PROFILES), number])
        many = profile.sizes.endswith(("many", "most"))
        sizes = affordable_sizes(program, profile.sizes) if many else sizes_of(program, generator, profile.sizes)
        if not many and not budget.fits(program, sizes):
            sizes = smallest_sizes(program)
        if many and not sizes:
            continue
        search = _Search(program, claim, filled(program, generator, profile, sizes), movable)
        if number < SOLVED_SEARCHES[claim.sign in ("<", ">")]:
            from report_src.derivations.assumptions.meeting_values import zeros  # equalities need none of it

            yield from zeros(program, claim, search.instance)
        most = max(MIN_STARTS, MAX_CALLS // max(1, budget.calls(program, sizes)))
        most = min(most, SOLVED_STARTS) if many and program.assumptions else most
        most = most if movable else 1  # all starts are alike
        begun = starts(search.instance, movable, generator, FAR_SCALES if program.assumptions else ())
        allowed = [search.satisfying(values) for values in islice(begun, most)]
        tried = [(search.violation(values), values) for values in allowed if values is not None]
        scored = sorted((start for start in tried if np.isfinite(start[0])), key=lambda start: -start[0])
        if program.assumptions:  # many starts lead to the same solution, and nothing leads away from 0
            scored = list({round(start[0], 6): start for start in scored if start[0]}.values()) or scored
        yield from (search.instance_at(values) for found, values in scored[:IMPROVED_STARTS] if found > least)
        count = IMPROVED_STARTS_LARGE if many else IMPROVED_STARTS
        count = max(1, min(count, int(MAX_SEARCH_WORK / budget.work(program, sizes))))
        if most <= MAX_STEPS or sum(search.instance.values[symbol].size for symbol in movable) > MAX_SEARCH_WORK:
            count = 0  # a recursion this long, and a matrix this large, is tried at its starts only
        yield from _improved(search, [values for _, values in _chosen(scored, count)], least, steps, many=many)
        if number < SCALED_SEARCHES and not program.assumptions:
            yield from _search_magnitudes(search, least)
        if not number and not program.assumptions:
            yield from _improved(search, [*peaks(program, claim, search.instance, movable)], least, steps, many=False)
        if not number and movable and not program.assumptions:
            yield from extremes(search.instance, movable, farther=_has_logarithm(program))


def _at_typed_sizes(program: Program, claim: Claim, seed: int, least: float) -> Iterator[Instance]:
    """Yield instances in which one size is a number that the row holds, or next to one, or much larger than the others.

    A row without values is tried at every size up to `EVERY_SIZE`.
    """
    roots, small = free_dimensions(program), smallest_sizes(program)
    met = _dimensions(program.expressions)
    typed = {node.data for node in walk(*program.expressions) if node.op == "constant" and not node.data % 1}
    tried = {int(size) + by for size in typed if 1 < size <= LARGEST_TYPED_SIZE for by in (-1, 0, 1)}
    tried |= set(range(1, EVERY_SIZE + 1)) if all(s.kind == "function" for s in claim.uses) else set()
    tried |= {LARGE_SIZES[0]} if len(roots) > 2 else set()
    for root in (root for root in roots if root in met and not program.assumptions):
        for size in sorted(size for size in tried if size >= root.least):
            sizes = small | {root: size}
            if _affordable(program, sizes):
                generator = np.random.default_rng([seed, len(SEARCH_PROFILES), size])
                search = _Search(program, claim, filled(program, generator, Profile("normal"), sizes), [])
                if search.violation(search.instance.values) > least:
                    yield search.instance


def _chosen(scored: list[tuple[float, Values]], count: int) -> list[tuple[float, Values]]:
    """Return the first `count` starts, and one more for each of them at which both sides are equal.

    Constant, parallel and zero values often make both sides 0; there the slope is 0, and no step leads away.
    """
    first, others = scored[:count], {round(start[0], 6): start for start in reversed(scored[count:]) if start[0]}
    equal = sum(not start[0] for start in first)
    return first + sorted(others.values(), key=lambda start: -start[0])[:equal]


def _improved(search: _Search, begun: list[Values], least: float, steps: int, *, many: bool) -> Iterator[Instance]:
    """Yield improved starts with a violation above `least`; for < and > their rounded values as well."""
    assumed, strict = bool(search.program.assumptions), search.claim.sign in ("<", ">")
    for place, values in enumerate(begun):
        for relative in (True, False)[: 2 if place < IMPROVED_STARTS_LARGE and not assumed else 1]:
            best = search.improved_within_assumptions(values, MAX_STEPS_LARGE if many else steps, relative=relative)
            if search.violation(best) > least:
                yield search.instance_at(best)
            if strict and not many:
                if search.touches(best):
                    from report_src.derivations.assumptions.meeting_values import level  # few bounds are strict

                    yield from level(search.program, search.claim, search.instance_at(best))
                yield from (search.instance_at(_rounded(best, search.movable, digits)) for digits in (0, 2))


def _search_magnitudes(search: _Search, least: float) -> Iterator[Instance]:
    """Yield instances that a search over logarithms finds: there a valley such as xy = 1 is straight.

    It begins at powers of one number, with either sign: (t, 1/t), (t, 1/t²), (t, t²), ….
    """
    moved = [symbol for symbol in search.movable if symbol.kind == "real" or symbol.kind in BOUNDED]
    entries = sum(search.instance.values[symbol].size for symbol in moved)
    if not 1 < len(moved) <= MAX_SCALED[0] or entries > MAX_SCALED[1]:
        return
    rest = len(moved) - 1
    starts_tried: list[tuple[float, Values]] = []
    for base in SMALL_MAGNITUDES:
        for powers in product((-2, -1, 0, 1, 2) if rest == 1 else (-1, 0, 1), repeat=len(moved)):
            for signs in product((1,), *[(1, -1)] * rest):
                values = dict(search.instance.values)
                for symbol, power, sign in zip(moved, powers, signs, strict=True):
                    side = sign if symbol.kind == "real" else 1
                    values[symbol] = np.full(values[symbol].shape, side * base**power)
                starts_tried.append((search.violation(values), values))
    finite = [start for start in starts_tried if np.isfinite(start[0])]
    for found, values in sorted(finite, key=lambda start: -start[0])[:IMPROVED_STARTS]:
        best = values if found > least else search.improved(values, MAX_STEPS, relative=True, scaled=True)
        if search.violation(best) > least:
            yield search.instance_at(best)


def _rounded(values: Values, movable: list[Symbol], digits: int) -> Values:
    """Return values rounded to few digits: the two sides of a strict inequality may be equal there."""
    return values | {s: np.round(values[s], digits) for s in movable if s.kind in ("real", "nonnegative")}


def _search_functions(program: Program, claim: Claim, seed: int, least: float) -> Iterator[Instance]:
    """Yield instances with functions that are 0, and with others, each on the values drawn together with them."""
    generator = np.random.default_rng([seed, FUNCTION_DRAWS, FUNCTION_DRAWS])
    yield filled(program, generator, Profile("normal", functions=0.0), smallest_sizes(program))
    for number in range(FUNCTION_DRAWS):
        generator = np.random.default_rng([seed, FUNCTION_DRAWS, number])
        scale = FUNCTION_SCALES[number // 2 % len(FUNCTION_SCALES)]
        profile = Profile("normal", functions=scale if number % 2 else -scale)
        search = _Search(program, claim, filled(program, generator, profile, smallest_sizes(program)), [])
        if search.violation(search.instance.values) > least:
            yield search.instance


def restricted_to(program: Program, claim: Claim) -> Program:
    """Return a program of one claim, and the definitions and assumptions that it needs."""
    assumptions = _about(claim, program.assumptions)
    met = with_ancestors(claim.uses.union(*(known.uses for known in assumptions)))
    definitions = [definition for definition in program.definitions if definition.symbol in met]
    table = copy(program.table)  # unused declarations would limit the affordable sizes
    table.symbols = {key: symbol for key, symbol in table.symbols.items() if symbol in met}
    order: list[Definition | Claim] = [*definitions, claim]
    return copy_with(
        program,
        plan=None,
        table=table,
        definitions=definitions,
        assumptions=assumptions,
        claims=[claim],
        order=order,
    )


def _about(claim: Claim, assumptions: list[Claim]) -> list[Claim]:
    """Return the assumptions that share a name or a size with a claim, or with another one that does."""
    met, found = _parts(claim), []
    rest = [(known, _parts(known)) for known in assumptions]
    while near := [pair for pair in rest if not pair[1].isdisjoint(met)]:
        found += [known for known, _ in near]
        met = met.union(*(parts for _, parts in near))
        rest = [pair for pair in rest if pair not in near]
    return [known for known in assumptions if any(known is one for one in found)]


def _parts(claim: Claim) -> set[Symbol | Dim]:
    """Return the names that a claim depends on, and the sizes that its sides and these have."""
    names = with_ancestors(claim.uses)
    dims = _dimensions([claim.left, claim.right, *claim.where])
    dims |= {dim.root() for symbol in names for dim in (*symbol.shape, *symbol.slots)}
    dims |= {part.root() for dim in dims if dim.sum for part, _ in dim.sum.dims}
    return {*names, *(dim for dim in dims if dim.size is None)}


def affordable_sizes(program: Program, rule: str) -> Sizes:
    """Return the largest sizes of a rule that one evaluation can afford; empty if the rule adds nothing."""
    if " " in rule and len(free_dimensions(program)) < 2:
        return {}
    if program.assumptions:  # equations are solved for all values
        solved = (in_turn(program, rule, size) for size in (() if rule.endswith("most") else SOLVED_SIZES))
        from report_src.derivations.assumptions.system import MOST  # few derivations assume anything

        counts = any(node.op in _COUNTING and len(node.args) > 1 for node in walk(*program.expressions))
        few = (sizes for sizes in solved if _slopes(program, sizes) <= MOST)
        few = (sizes for sizes in few if not counts or max(sizes.values(), default=1) <= MAX_COUNTED)
        return next((sizes for sizes in few if _affordable(program, sizes)), {})
    if rule.endswith("most"):
        met = _dimensions(program.expressions)
        small = smallest_sizes(program)
        tried = (
            {root: found if root in met else small[root] for root, found in in_turn(program, rule, size).items()}
            for size in (LARGEST_SIZES if met else ())
        )
    else:
        tried = (in_turn(program, rule, size) for size in LARGE_SIZES)
    return next((sizes for sizes in tried if _affordable(program, sizes)), {})


_COUNTING = frozenset({"power", "matrix_power", "factorial", "binom"})  # what is computed anew for each whole number
MAX_COUNTED = 24  # largest size under assumptions where a row has one of them


def _slopes(program: Program, sizes: Sizes) -> int:
    """Return how many slopes the equations of the assumptions have by all numbers of an instance."""
    sides = [known.left if known.left.op != "constant" else known.right for known in program.assumptions]
    dims = [[*side.shape, *(index.dim for index in side.indices)] for side in sides]
    return budget.drawn(program, sizes) * sum(math.prod(dim.size_in(sizes) for dim in own) for own in dims)


def _has_logarithm(program: Program) -> bool:
    """Tell whether a logarithm occurs: its bound may fail only for arguments beyond all float64 numbers."""
    return any(node.op == "function" and node.data[0] in ("log", "softplus") for node in walk(*program.expressions))


def _dimensions(expressions: list[Node]) -> set[Dim]:
    """Return the dimensions that occur in some expressions."""
    met: set[Dim] = set()
    for node in walk(*expressions):
        met.update(dim.root() for dim in (*node.shape, *(index.dim for index in node.indices)))
        if node.op == "dimension":
            met.add(node.data.root())
    return met


def _affordable(program: Program, sizes: Sizes) -> bool:
    """Tell whether the declared values can be drawn in these sizes, and evaluated once."""
    if budget.drawn(program, sizes) > MAX_WORK or budget.work(program, sizes) > MAX_WORK:
        return False
    return MIN_STARTS * budget.calls(program, sizes) <= MAX_CALLS


class _Search:
    """One inequality on one choice of sizes and functions, as a function of the values."""

    def __init__(self, program: Program, claim: Claim, instance: Instance, movable: list[Symbol]) -> None:
        self.program, self.claim, self.instance, self.movable = program, claim, instance, movable
        self._recorded: dict[bool, Violation] = {}

    def instance_at(self, values: Values) -> Instance:
        """Return the instance with other values; probabilities sum to exactly 1, as balls need."""
        chosen = dict(values)
        for symbol, numbers in values.items():
            if symbol.kind == "simplex":
                chosen[symbol] = probabilities(np.maximum(numbers, 0))
        return copy_with(self.instance, values=chosen, special=True)

    def satisfying(self, values: Values) -> Values | None:
        """Return values close to the given ones that satisfy the assumptions in float64, or None."""
        if not self.program.assumptions:
            return values
        from report_src.derivations.assumptions.ways import satisfying  # few derivations assume anything

        found = satisfying(self.program, copy_with(self.instance, values=values), exact=False)
        return None if found is None else found.values

    def improved_within_assumptions(self, values: Values, steps: int, *, relative: bool) -> Values:
        """Return values with a larger violation that satisfy the assumptions, if any."""
        if not self.program.assumptions:
            return self.improved(values, steps, relative=relative)
        for _ in range(MAX_PROJECTIONS):
            found = self.satisfying(self.improved(values, steps // 2, relative=relative))
            if found is None or not self.violation(found) > self.violation(values):
                break
            values = found
        return values

    def projection(self, values: Values) -> Callable[[np.ndarray], np.ndarray]:
        """Return the projection of slopes onto directions in which the assumptions keep holding."""
        if not self.program.assumptions:
            return lambda slope: slope
        from report_src.derivations.assumptions.ways import slopes_of

        slopes = slopes_of(self.program, copy_with(self.instance, values=values), self.movable)
        sizes = [np.where(s.kind in BOUNDED, values[s], 1.0).astype(float).reshape(-1) for s in self.movable]
        _, size, directions = np.linalg.svd(slopes * np.concatenate(sizes), full_matrices=False)
        kept = directions[size > 1e-9 * size.max(initial=0.0)]
        return lambda slope: slope - kept.T @ (kept @ slope)

    def violation(self, values: Values) -> float:
        """Return the largest relative violation, negative where the inequality holds."""
        return self._violation_at(values, relative=True).worst

    def touches(self, values: Values) -> bool:
        """Tell whether the two sides differ by little, absolutely or relative to their sizes."""
        return any(self._violation_at(values, relative=relative).worst > -TOUCHING for relative in (True, False))

    def _violation_at(self, values: Values, *, relative: bool) -> Violation:
        """Return the violation, absolute or relative to the two sides; the next call overwrites it."""
        found = self._recorded.get(relative)
        if found is None:
            instance = copy_with(self.instance, values=values)
            found = self._recorded[relative] = Violation(self.program, self.claim, instance, relative=relative)
        else:
            found.move(values)
        return found

    def improved(self, values: Values, steps: int, *, relative: bool, scaled: bool = False) -> Values:
        """Return values with a larger violation, absolute or relative to the two sides.

        If `scaled`, real values keep their signs, and their logarithms move.
        """
        signs = {s: np.sign(values[s]) for s in self.movable if s.kind == "real"} if scaled else {}
        if not any(values[s].size for s in self.movable):
            return values
        free = [_to_unconstrained(s, np.asarray(values[s], dtype=float), signs) for s in self.movable]
        start = np.concatenate([numbers.reshape(-1) for numbers in free])
        project = self.projection(values)

        def gap(point: np.ndarray) -> tuple[float, Callable[[], np.ndarray]]:
            violation = self._violation_at(self._values(values, point, signs), relative=relative)
            worst = violation.worst
            if not scaled:
                return worst, lambda: project(self._slope(violation, signs))
            inside = min(max(worst, HALF_ULP - 1), 1 - HALF_ULP)  # the logarithm of the quotient of two positive sides
            return math.atanh(inside), lambda: project(self._slope(violation, signs)) / (1 - inside**2)

        point, _ = maximize(gap, start, steps, stop=_STOP_VIOLATION)
        return self._values(values, point, signs)

    def _slope(self, found: Violation, signs: Values) -> np.ndarray:
        """Return the slope of a violation with respect to the unconstrained values."""
        slopes = zip(self.movable, found.slopes(self.movable), strict=True)
        return np.concatenate([_chain_rule(symbol, at, slope, signs).reshape(-1) for symbol, (at, slope) in slopes])

    def _values(self, values: Values, point: np.ndarray, signs: Values) -> Values:
        made, begin = dict(values), 0
        for symbol in self.movable:
            shape = values[symbol].shape
            end = begin + values[symbol].size
            made[symbol] = _to_constrained(symbol, point[begin:end].reshape(shape), signs)
            begin = end
        return made


_STOP_VIOLATION = 1e-6  # relative violation at which a search ends, large enough for balls
_MAX_LOGARITHM = 40.0  # largest logarithm of a value that was declared positive


def _to_unconstrained(symbol: Symbol, values: np.ndarray, signs: Values) -> np.ndarray:
    """Map values of a symbol to unconstrained numbers: logarithms of positive values, logits of values in (0, 1)."""
    if symbol.kind in UNITS:
        inside = np.clip(values, TINY, 1 - HALF_ULP)
        return np.log(inside) - np.log1p(-inside)
    moves = symbol.kind == "real" and symbol not in signs
    return values if moves else np.log(np.maximum(np.abs(values), TINY))


def _to_constrained(symbol: Symbol, free: np.ndarray, signs: Values) -> np.ndarray:
    """Map unconstrained numbers back to values of a symbol's declared domain, with their signs."""
    if symbol in signs:
        return np.asarray(signs[symbol] * np.exp(np.clip(free, -_MAX_LOGARITHM, _MAX_LOGARITHM)))
    if symbol.kind == "real":
        return free
    if symbol.kind in BOUNDED:
        return np.exp(np.clip(free, -_MAX_LOGARITHM, _MAX_LOGARITHM))
    if symbol.kind in UNITS:
        return np.clip(1 / (1 + np.exp(-np.clip(free, -_MAX_LOGARITHM, _MAX_LOGARITHM))), TINY, 1 - HALF_ULP)
    powers = np.exp(free - free.max(axis=-2, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=-2, keepdims=True)
    return shares


def _chain_rule(symbol: Symbol, values: np.ndarray, slope: np.ndarray, signs: Values) -> np.ndarray:
    """Return the slope with respect to the unconstrained numbers, given the slope with respect to the values."""
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
