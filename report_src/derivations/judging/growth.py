"""Find inequalities whose margin shrinks as sizes double: they may fail beyond the largest size that is evaluated.

Everything is evaluated in float64, on values of the same pattern for all sizes, so that only the size changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import islice, pairwise, product

import numpy as np

from report_src.derivations.evaluation import budget
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
from report_src.derivations.judging.starting_points import Values
from report_src.derivations.judging.violation import Violation
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.symbols import Symbol

# candidates for the largest size, the first for rows of sizes only; the affordable one is halved DOUBLINGS times
LARGEST_SIZES = (2**40, 512, 256, 128, 64, 32)
DOUBLINGS = 3
MAX_PATTERNS = 25
MAX_DRAWN = 1_000_000  # numbers that one pattern may have
MAX_CALLS = 10_000  # operations on whole arrays that recursions may take, over all patterns
MIN_STEP_RATIO = 0.8  # ratio of successive steps of a margin that shrinks without end; for 1/n and 1/√n it is smaller
MIN_STEP = 1e-3  # change of the logarithm of the quotient of the sides that counts as a step

_Pattern = Callable[[Shape], np.ndarray]


def shrinking_margin(program: Program, claim: Claim) -> str:
    """Return the largest sizes, "d = 512", if the margin of a program's only claim shrinks with every doubling."""
    if any(symbol.kind == "function" for symbol in program.table.symbols.values()) or program.assumptions:
        return ""
    for rule in ("most", "odd most", "even most"):
        sizes = _doubling_sizes(program, rule)
        if sizes and _keeps_shrinking([max(_margins(program, claim, one), default=math.nan) for one in sizes]):
            return ", ".join(f"{root.label} = {size}" for root, size in sizes[-1].items() if root.label)
    return ""


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


def _patterns(instance: Instance) -> Iterator[Values]:
    """Yield values for every combination of one pattern for each symbol."""
    chosen = [list(_patterns_of(symbol, values.shape)) for symbol, values in instance.values.items()]
    for combination in product(*chosen):
        yield dict(zip(instance.values, combination, strict=True))


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
