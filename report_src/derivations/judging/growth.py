"""Find inequalities whose margin shrinks as sizes double: they may fail beyond the largest size that is evaluated.

Everything is evaluated in float64, on values of the same pattern for all sizes, so that only the size changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace as copy_with
from itertools import islice, pairwise, product
from typing import Any

import numpy as np

from report_src.derivations.evaluation import budget
from report_src.derivations.evaluation.arithmetic import Balls
from report_src.derivations.evaluation.instances import (
    Instance,
    Profile,
    Shape,
    Sizes,
    filled,
    free_dimensions,
    in_turn,
    probabilities,
)
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.judging.starting_points import Values
from report_src.derivations.judging.violation import Violation
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.symbols import Symbol

# candidates for the largest size, the first for rows of sizes only; the affordable one is halved DOUBLINGS times
LARGEST_SIZES = (2**40, 512, 256, 128, 64, 32)
DOUBLINGS = 3
MAX_PATTERNS = 25
MAX_SCALED_PATTERNS = 200  # under assumptions, most of which no pattern meets as it is
MOST_SHIFTS = 9  # times that sizes are halved until a pattern meets the assumptions
MAX_DRAWN = 1_000_000  # numbers that one pattern may have
MAX_CALLS = 10_000  # operations on whole arrays that recursions may take, over all patterns
MIN_STEP_RATIO = 0.8  # ratio of successive steps of a margin that shrinks without end; for 1/n and 1/√n it is smaller
MIN_STEP = 1e-3  # change of the logarithm of the quotient of the sides that counts as a step

# sizes of a row that is evaluated at any size; the first power of 3 tells odd sizes from even ones
HUGE = (*(2**power for power in (*range(7, 60, 3), 100, 200, 500, 1000)), 3**20, 3**33)
HUGE_VALUES = ("normal", "positive", "negative", "equal", "zero")
TERMS = tuple(2**power for power in range(3, 14))  # sizes from which the limit of sums of sizes is extrapolated
FEWEST_TERMS = 4  # sizes that are not enough for a limit
FEW_TERMS = TERMS[:5]  # where whole powers or factorials are computed anew for each term
EQUAL = 1e-30  # relative margin of two sides that count as equal
LIMIT_BITS = 400  # precision of these sums
CERTAIN = 1e-2  # error of an extrapolated limit, relative to the last margin, up to which it counts as known
NEGLIGIBLE = 1e-9  # limit of a margin, relative to the last one, that counts as 0
_EAGER = frozenset({"factorial", "binom", "matrix_power"})  # take as many steps as their number says
MOST_SOLVED = 64  # entries of a pattern from which a solution of assumptions is looked for


def huge_instances(program: Program) -> Iterator[Instance]:
    """Yield instances of huge sizes for a row whose work does not grow with them, as n / (n + 1) <= 0.999999."""
    if (
        _has_functions(program)
        or program.assumptions
        or any(node.op == "matrix_power" for node in walk(*program.expressions))
    ):
        return
    for rule in ("most", "odd most", "even most"):
        sizes = in_turn(program, rule, max(HUGE))
        if not sizes or (" " in rule and len(sizes) < 2):
            continue
        if budget.drawn(program, sizes) > MAX_DRAWN or not budget.fits(program, sizes):
            continue
        for size, values in product(HUGE, HUGE_VALUES if _has_values(program) else HUGE_VALUES[:1]):
            sizes = in_turn(program, rule, size)
            instance = filled(program, np.random.default_rng(0), Profile(values, special=True), sizes)
            instance.bits = LIMIT_BITS + 4 * size.bit_length()
            large = ", ".join(f"{root.label} = {_written(own)}" for root, own in sizes.items() if root.label)
            instance.note = large if not _has_values(program) else ""
            yield instance


def _written(size: int) -> str:
    power = size.bit_length() - 1
    return f"2^{power}" if power > 20 and size == 2**power else str(size)


def _has_functions(program: Program) -> bool:
    return any(symbol.kind == "function" for symbol in program.table.symbols.values())


def _has_values(program: Program) -> bool:
    return any(symbol.kind not in ("definition", "rule") for symbol in program.table.symbols.values())


_Pattern = Callable[[Shape], np.ndarray]


def shrinking_margin(program: Program, claim: Claim) -> str:
    """Return the largest sizes, "d = 512", if the margin of a program's only claim shrinks with every doubling."""
    if _has_functions(program):
        return ""
    for rule in ("most", "odd most", "even most"):
        sizes = _doubling_sizes(program, rule)
        if not sizes:
            continue
        holds = _holds_in_the_limit(program, claim, rule)
        if holds:
            continue
        if program.assumptions:
            shrinks = any(map(_keeps_shrinking, _series_under_assumptions(program, claim, sizes)))
        else:
            shrinks = _keeps_shrinking([max(_margins(program, claim, one), default=math.nan) for one in sizes])
        if shrinks or holds is False:
            return ", ".join(f"{root.label} = {size}" for root, size in sizes[-1].items() if root.label)
    return ""


def _series_under_assumptions(program: Program, claim: Claim, sizes: list[Sizes]) -> Iterator[list[float]]:
    """Yield the relative violations of each pattern that meets the assumptions in all sizes, or in smaller ones."""
    roots = list(sizes[-1])
    least = {root: min(one[root] for one in sizes) for root in roots}
    grows = {root for root in roots if sizes[-1][root] > least[root]}
    for shift in range(MOST_SHIFTS):
        shifted = [
            {root: max(root.least, size >> shift) if root in grows else size for root, size in one.items()}
            for one in sizes
        ]
        if max(shifted[0].values(), default=0) < 2 and shift:
            return
        series = [dict(_allowed_margins(program, claim, one)) for one in shifted]
        common = set(series[0]).intersection(*series[1:])
        if common:
            yield from ([found[key] for found in series] for key in sorted(common))
            yield [max(found[key] for key in common) for found in series]
            return


def _allowed_margins(program: Program, claim: Claim, sizes: Sizes) -> Iterator[tuple[int, float]]:
    """Yield the number and the relative violation of each pattern of values that meets the assumptions."""
    from report_src.derivations.assumptions.ways import meeting  # few derivations assume anything

    instance = filled(program, np.random.default_rng(0), Profile("normal"), sizes)
    violation = None
    for number, values in enumerate(islice(_patterns(instance, scaled=True), MAX_SCALED_PATTERNS)):
        made = copy_with(instance, values=values)
        few = sum(own.size for own in values.values()) <= MOST_SOLVED
        found = meeting(program, made, moved=few)
        if found is None:
            continue
        if violation is None:
            violation = Violation(program, claim, found, relative=True)
        else:
            violation.move(found.values)
        yield number, violation.worst


def _holds_in_the_limit(program: Program, claim: Claim, rule: str) -> bool | None:
    """Tell whether a bound of sizes only, as of a sum of n terms, holds beyond the sizes that can be evaluated.

    None is said where its margin grows, but no limit of it is known, and where the bound is of another kind.
    """
    if _has_values(program) or program.assumptions:
        return None
    gaps = []
    for size in FEW_TERMS if any(map(_is_slow, walk(*program.expressions))) else TERMS:
        sizes = in_turn(program, rule, size)
        if not budget.fits(program, sizes):
            break
        try:
            gaps.append(_gap(program, claim, sizes))
        except (OverflowError, ValueError):
            return None
    if len(gaps) <= FEWEST_TERMS:
        return None
    absolute, relative = ([entry.mid() for entry in series] for series in zip(*gaps, strict=True))
    if 0 <= relative[-1] < EQUAL or _has_positive_limit(absolute):
        return True
    return None if _grows(absolute) or _grows(relative) or _has_positive_limit(relative) else False


def _is_slow(node: Node) -> bool:
    """Tell whether an operation takes as many steps as its number says, or as there are different numbers."""
    return node.op in _EAGER or (node.op == "power" and len(node.args) > 1 and node.args[1].op != "dimension")


def _gap(program: Program, claim: Claim, sizes: Sizes) -> tuple[Any, Any]:
    """Return the smallest margin in balls, absolute and relative to the sides."""
    instance = filled(program, np.random.default_rng(0), Profile("normal"), sizes)
    env = Environment(program, instance, Balls(LIMIT_BITS))
    for definition in program.definitions:
        define(env, definition)
    low, high = (value(env, side).value for side in (claim.left, claim.right))
    if claim.sign in (">", ">="):
        low, high = high, low
    pairs = list(zip(*(side.flat for side in np.broadcast_arrays(low, high)), strict=True))
    found = [(b - a, (b - a) / (abs(a) + abs(b))) for a, b in pairs if (b - a).is_finite() and not (a == 0 and b == 0)]
    if not found:
        raise ValueError
    return min(found, key=lambda pair: float(pair[1].mid()))


def _grows(series: list[Any]) -> bool:
    """Tell whether margins at sizes that double do not become smaller at the end."""
    return all(earlier <= later for earlier, later in pairwise(series[-4:]))


def _has_positive_limit(series: list[Any]) -> bool:
    """Tell whether margins at sizes that double have a limit that is positive, or 0 but for rounding."""
    last, limits = series[-1], _limits(series)
    if len(limits) < 2 or not last > 0:
        return bool(last == 0)
    limit, error = limits[-1], abs(limits[-1] - limits[-2])
    known = error.is_finite() and error <= CERTAIN * last
    return bool(known and (limit > error or abs(limit) <= NEGLIGIBLE * last))


def _limits(series: list[Any]) -> list[Any]:
    """Return the limits that each column of Wynn's epsilon algorithm ends with, the last one from all numbers."""
    before, column = [0 * series[0]] * (len(series) + 1), series
    limits: list[Any] = []
    for number in range(1, len(series)):
        steps = [later - earlier for earlier, later in pairwise(column)]
        if any(step == 0 for step in steps):
            return [*limits, column[-1], column[-1]] if number % 2 else limits
        before, column = column, [(old + 1 / step).mid() for old, step in zip(before[1:], steps, strict=False)]
        if number % 2 == 0:
            limits.append(column[-1])
    return limits


def _doubling_sizes(program: Program, rule: str) -> list[Sizes]:
    """Return sizes that double from one to the next; the last ones are the largest affordable."""
    if not free_dimensions(program) or (" " in rule and len(free_dimensions(program)) < 2):
        return []
    for largest in LARGEST_SIZES:
        sizes = in_turn(program, rule, largest)
        affordable = budget.drawn(program, sizes) <= MAX_DRAWN and budget.fits(program, sizes)
        if affordable and budget.calls(program, sizes) * MAX_PATTERNS <= MAX_CALLS:
            return [in_turn(program, rule, largest >> steps) for steps in range(DOUBLINGS, -1, -1)]
    return []


def _margins(program: Program, claim: Claim, sizes: Sizes) -> Iterator[float]:
    """Yield the relative violation of the inequality for each pattern of values."""
    instance = filled(program, np.random.default_rng(0), Profile("normal"), sizes)
    violation = None
    for values in islice(_patterns(instance), MAX_PATTERNS):
        if violation is None:
            made = Instance(instance.sizes, values, instance.functions)
            violation = Violation(program, claim, made, relative=True)
        else:
            violation.move(values)
        yield violation.worst


def _keeps_shrinking(series: list[float]) -> bool:
    """Tell whether the margin of a bound whose sides have one sign keeps shrinking by steps that do not fade.

    A bound that is violated at the largest sizes counts as one.
    """
    if series and series[-1] > MIN_STEP:
        return True
    if not all(-1 < margin < 0 for margin in series):
        return False
    quotients = [2 * math.atanh(margin) for margin in series]  # the logarithms of the quotients of the sides
    steps = [later - earlier for earlier, later in pairwise(quotients)]
    return min(steps) > MIN_STEP and all(later > MIN_STEP_RATIO * earlier for earlier, later in pairwise(steps))


def _patterns(instance: Instance, *, scaled: bool = False) -> Iterator[Values]:
    """Yield values for every combination of one pattern for each symbol; `scaled` adds those of unit length."""
    chosen = []
    for symbol, values in instance.values.items():
        own = list(_patterns_of(symbol, values.shape))
        if scaled and symbol.kind == "real":
            own = [*_orthogonal(values.shape), *own]
        if scaled and symbol.kind in ("real", "positive", "nonnegative"):
            own += [one / values.shape[-2] ** power for one in own for power in (0.5, 1.0) if values.shape[-2] > 1]
        chosen.append(own)
    for combination in product(*chosen):
        yield dict(zip(instance.values, combination, strict=True))


def _orthogonal(shape: Shape) -> Iterator[np.ndarray]:
    """Yield a reflection and an orthogonal matrix of equal magnitudes where a shape is square with a power of 2."""
    size = shape[-1]
    if size == shape[-2] > 1 and size & (size - 1) == 0:
        signs = np.ones((1, 1))
        while len(signs) < size:
            signs = np.block([[signs, signs], [signs, -signs]])
        yield np.broadcast_to(signs / math.sqrt(size), shape).copy()
        yield np.broadcast_to(2.0 / size - np.eye(size), shape).copy()


def _patterns_of(symbol: Symbol, shape: Shape) -> Iterator[np.ndarray]:
    """Yield arrays of ones, and of ones in the first row or on the diagonal only; for a real symbol also of -1."""
    matrix = shape[-2] > 1 and shape[-1] > 1
    first = np.zeros(shape)
    first[..., 0, :] = 1.0
    if symbol.kind.startswith("onehot"):
        yield first if symbol.kind == "onehot" else np.eye(1, shape[-1]) * np.ones(shape)
    elif symbol.kind == "simplex":
        yield from (probabilities(np.ones(shape)), probabilities(first))
    elif symbol.kind in ("unit", "closed unit"):
        yield np.full(shape, 0.5)
    else:
        equal = [np.ones(shape), *([np.broadcast_to(np.eye(shape[-2], shape[-1]), shape).copy()] if matrix else [])]
        yield from equal
        if symbol.kind == "real":
            yield from (-one for one in equal)
        if symbol.kind != "positive":
            yield first
