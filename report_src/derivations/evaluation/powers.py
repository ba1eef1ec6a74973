"""Powers with whole exponents by repeated squares, and what joins all entries along an index by halves."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from report_src.derivations.evaluation.arithmetic import Balls, Floats
from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.evaluation.tape import Var
from report_src.derivations.semantics.symbols import Index


def counted(
    env: Environment, base: Var, above: Var, times: Callable[[Var, Var], Var], inverse: Callable[[Var], Var]
) -> Var:
    """Return powers whose exponents are whole and differ along an index, by squares: some entries take each of them."""
    counts = np.vectorize(float)(above.value)
    size = base.value.shape[-1]
    one = env.tape.leaf(np.eye(size) if times == env.tape.matmul else np.ones((1, 1)))
    total, square, left = one, base, np.abs(counts)
    while (left > 0).any():
        factor = _chosen(env, left % 2 == 1, square, one)
        total = factor if total is one else times(total, factor)
        left = left // 2
        square = times(square, square) if (left > 0).any() else square
    return _chosen(env, counts < 0, inverse(total), total) if (counts < 0).any() else total


def _chosen(env: Environment, where: np.ndarray, one: Var, other: Var) -> Var:
    """Return the entries of one array at some places, and those of another elsewhere."""
    if where.all():
        return one
    return env.tape.add(
        *(env.tape.mul(env.tape.leaf(mask.astype(float)), a) for mask, a in ((where, one), (~where, other)))
    )


def repeated(
    env: Environment, base: Var, count: int, times: Callable[[Var, Var], Var], inverse: Callable[[Var], Var]
) -> Var:
    """Return a product of `count` equal factors by squares, of their inverse where that is negative; x^0 is 1."""
    if count == 0:
        size = base.value.shape[-1]
        return env.tape.leaf(np.eye(size) if times == env.tape.matmul else np.ones((1, 1)))
    total: Var | None = None
    square, left = base, abs(count)
    while left:
        if left % 2:
            total = square if total is None else times(total, square)
        left //= 2
        square = times(square, square) if left else square
    assert total is not None
    return total if count > 0 else inverse(total)


EXACT = 150  # largest whole number of which floats take the exact factorial or binomial coefficient


LARGEST_WHOLE = 20_000  # of which a factorial is multiplied out


def of_counts(env: Environment, name: str, *arguments: Var) -> Var:
    """Return n! or n over k of whole numbers; n over k is 0 for k < 0. Where n is negative they have no value."""
    function = COUNTED[name]
    first, *rest = (np.vectorize(float)(argument.value) for argument in arguments)
    env.tape.arithmetic.note_divisor(np.where(first < 0, 0.0, 1.0))

    if isinstance(env.tape.arithmetic, Floats) and first.max() > EXACT:
        with np.errstate(over="ignore"):
            return env.tape.leaf(np.exp(_logarithm(first, *rest)))
    nothing = math.nan if isinstance(env.tape.arithmetic, Floats) else env.tape.arithmetic.arb("nan")
    counts = np.broadcast_arrays(first, *rest)
    made = env.tape.arithmetic.zeros(counts[0].shape)
    for place in np.ndindex(made.shape):
        whole = [int(count[place]) for count in counts]
        if not isinstance(env.tape.arithmetic, Floats) and whole[0] > LARGEST_WHOLE and min(whole) >= 0:
            made[place] = _by_gamma(env.tape.arithmetic, whole)
            continue
        made[place] = env.tape.arithmetic.number(Fraction(function(*whole) if min(whole) >= 0 else 0))
        made[place] += nothing if whole[0] < 0 else 0
    return env.tape.of(made)


COUNTED: dict[str, Callable[..., int]] = {"factorial": math.factorial, "binom": math.comb}


def _by_gamma(balls: Balls, whole: list[int]) -> Any:
    """Return the ball of n!, or of n over k, of a large n."""
    n, *below = whole
    if any(k > n for k in below):
        return balls.zero
    of = [(balls.arb(count) + 1).gamma() for count in (n, *(part for k in below for part in (k, n - k)))]
    return of[0] / (of[1] * of[2]) if below else of[0]


def _logarithm(n: np.ndarray, *below: np.ndarray) -> np.ndarray:
    """Return the logarithm of n!, or of n over k, with floats; that of 0 where one of the numbers is negative."""
    of = np.vectorize(lambda count: math.lgamma(count + 1) if count >= 0 else math.inf)
    value = of(n)
    for k in below:
        value = value - of(k) - of(n - k)
    return np.where(np.isfinite(value), value, -math.inf)


def reciprocal(env: Environment, inner: Var) -> Var:
    """Return one over each number, and note where that is 0."""
    env.tape.arithmetic.note_divisor(inner.value)
    return env.tape.div(env.tape.leaf([[1.0]]), inner)


def folded(env: Environment, total: Var, index: Index, join: Callable[[Var, Var], Var]) -> Var:
    """Join the entries along an index: halves are joined entry by entry until one entry is left."""
    along = total.value.ndim - 3 - index.axis
    left: Var | None = None  # what has no partner in the other half
    while (count := total.value.shape[along]) > 1:
        if count % 2:
            last = _part(env, total, along, range(count - 1, count))
            left = last if left is None else join(left, last)
        halves = (range(count // 2), range(count // 2, count // 2 * 2))
        total = join(*(_part(env, total, along, half) for half in halves))
    return total if left is None else join(total, left)


def _part(env: Environment, whole: Var, along: int, places: range) -> Var:
    """Return the entries of an array at some places along an axis."""
    shape = whole.value.shape
    where = np.ix_(*(places if axis == along else range(size) for axis, size in enumerate(shape)))
    return env.tape.pick(whole, where, shape)
