"""Bounds that come closer with every size: a row whose margin shrinks as sizes double may break beyond all of them.

Everything is evaluated in float64, on values of one pattern for all sizes, so that what changes is the size.
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
from report_src.derivations.judging.starts import Values
from report_src.derivations.judging.violation import Violation
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.symbols import Symbol

# the largest size, that of a row of sizes alone first; the one that can be afforded is halved DOUBLINGS times
LARGEST = (2**40, 512, 256, 128, 64, 32)
DOUBLINGS = 3
MOST_PATTERNS = 25
MOST_CALLS = 10_000  # operations on whole arrays that recursions may take, over all patterns
STEADY = 0.8  # part of a step that the next one keeps where a margin shrinks without end: 1/n and 1/√n keep less
LEAST_STEP = 1e-3  # change of the logarithm of the quotient of the sides that counts as a step

_Pattern = Callable[[Shape], np.ndarray]


def margin_shrinks(program: Program, claim: Claim) -> str:
    """Return up to which sizes the only claim of a program comes closer with every doubling, or nothing."""
    if any(symbol.kind == "function" for symbol in program.table.symbols.values()) or program.assumptions:
        return ""
    for rule in ("most", "odd most", "even most"):
        sizes = _doubled(program, rule)
        if sizes and _grows([max(_margins(program, claim, one), default=math.nan) for one in sizes]):
            return ", ".join(f"{root.label} = {size}" for root, size in sizes[-1].items() if root.label)
    return ""


def _doubled(program: Program, rule: str) -> list[Sizes]:
    """Return sizes of which each is twice the one before, the largest as large as can be afforded."""
    if not free_dimensions(program) or (" " in rule and len(free_dimensions(program)) < 2):
        return []
    for largest in LARGEST:
        sizes = in_turn(program, rule, largest)
        if budget.fits(program, sizes) and budget.calls(program, sizes) * MOST_PATTERNS <= MOST_CALLS:
            return [in_turn(program, rule, largest >> steps) for steps in range(DOUBLINGS, -1, -1)]
    return []


def _margins(program: Program, claim: Claim, sizes: Sizes) -> Iterator[float]:
    """Yield by how much the inequality is broken for each pattern of values, relative to its sides."""
    instance = filled(program, np.random.default_rng(0), Profile("normal"), sizes)
    violation = None
    for values in islice(_patterns(instance), MOST_PATTERNS):
        if violation is None:
            made = Instance(instance.sizes, values, instance.functions)
            violation = Violation(program, claim, made, relative=True)
        else:
            violation.move(values)
        yield violation.worst


def _grows(series: list[float]) -> bool:
    """Tell whether a bound that holds comes closer by steps that do not shrink, where its sides have one sign.

    So does one that is broken at the largest sizes.
    """
    if series and series[-1] > 0:
        return True
    if not all(-1 < margin < 0 for margin in series):
        return False
    quotients = [2 * math.atanh(margin) for margin in series]  # the logarithms of the quotients of the sides
    steps = [later - earlier for earlier, later in pairwise(quotients)]
    return min(steps) > LEAST_STEP and all(later > STEADY * earlier for earlier, later in pairwise(steps))


def _patterns(instance: Instance) -> Iterator[Values]:
    """Yield values by one pattern a symbol, every combination."""
    chosen = [list(_of(symbol, values.shape)) for symbol, values in instance.values.items()]
    for combination in product(*chosen):
        yield dict(zip(instance.values, combination, strict=True))


def _of(symbol: Symbol, shape: Shape) -> Iterator[np.ndarray]:
    """Yield values that are equal, in the first row only, or on a diagonal; of a real symbol with either sign."""
    matrix = shape[-2] > 1 and shape[-1] > 1
    first = np.zeros(shape)
    first[..., 0, :] = 1.0
    if symbol.kind == "onehot":
        yield first
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
