"""Two arithmetics for the same arrays: float64, and balls of hundreds of bits that carry their own error bound.

An array of balls is a NumPy array of `flint.arb` objects. Every result of a ball operation contains the true value,
so that two balls that do not meet are two different numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

Array = Any  # a NumPy array of float64, or of balls
Map = Callable[[Array], Array]


KNOWN = 4  # share of the bits, one in so many, to which values are known where two numbers are equal
LEAST = 2.0**-20  # size below which a solved value may be 0


_OBJECT = np.dtype(object)


@dataclass(frozen=True, slots=True)
class Exact:
    """A number that no float64 holds, as a ball without a radius; a solved value is a ball with one."""

    ball: Any

    def __float__(self) -> float:
        """Return the number, rounded."""
        return float(self.ball)


class Floats:
    """float64: fast, for real arrays of any size and for the hunt of counterexamples."""

    def array(self, values: Any) -> Array:
        """Return values as an array."""
        return np.asarray(values, dtype=np.float64)

    def number(self, value: Fraction) -> float:
        """Return an exact number, rounded once."""
        try:
            return float(value)
        except OverflowError:
            return math.inf

    def pi(self) -> float:
        """Return π."""
        return math.pi

    def zeros(self, shape: tuple[int, ...]) -> Array:
        """Return an array of zeros."""
        return np.zeros(shape)

    def apply(self, name: str, value: Array) -> Array:
        """Return an elementary function of every entry."""
        return _FLOATS[name](value)

    def inverse(self, value: Array) -> Array:
        """Return the inverse of the last two axes; not a number where a matrix has none."""
        try:
            return np.linalg.inv(value)
        except np.linalg.LinAlgError:
            flat = value.reshape(-1, *value.shape[-2:])
            return np.stack([_inverse_or_nan(matrix) for matrix in flat]).reshape(value.shape)

    def determinant(self, value: Array) -> Array:
        """Return the determinant of the last two axes, which stay with size 1."""
        return np.asarray(np.linalg.det(value))[..., None, None]

    def sign(self, value: Array) -> Array:
        """Return −1, 0 or 1 for every entry."""
        return np.sign(value)

    def larger(self, left: Array, right: Array) -> Array:
        """Return the larger of two numbers for every entry."""
        return np.maximum(left, right)

    def among(self, condition: Array, value: Array) -> Array:
        """Return a value where a condition is 1, and −∞ elsewhere."""
        return np.where(condition == 1, value, -math.inf)

    def note_kink(self, value: Array) -> None:
        """Do nothing: float64 only looks for candidates."""

    def note_divisor(self, value: Array) -> None:
        """Do nothing."""

    def note_power(self, base: Array, node: int) -> None:
        """Do nothing."""


def _inverse_or_nan(matrix: Array) -> Array:
    try:
        return np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return np.full(matrix.shape, math.nan)


def _logistic(value: Array) -> Array:
    return np.exp(-np.logaddexp(0.0, -value))


_FLOATS: dict[str, Map] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "logistic": _logistic,
    "softplus": lambda value: np.logaddexp(0.0, value),
}


class Balls:
    """Balls of a precision in bits.

    `outside` is set where a logarithm, a root or a division left its domain, `kinked` where a derivative met the point
    at which its function has none; `powers` has the nodes that raise a negative number to an exponent that varies.
    If `tied`, values are known to a quarter of the bits, and a difference that is 0 up to that is 0.
    """

    def __init__(self, bits: int, *, tied: bool = False) -> None:
        """Begin with a precision in bits."""
        from flint import arb, ctx  # imported where something is evaluated

        ctx.prec = self.bits = bits
        self.tied = tied
        self.arb, self.outside, self.kinked = arb, False, False
        self.powers: set[int] = set()
        self.nan, self.zero = arb("nan"), arb(0)
        self._maps = _ball_maps()

    def array(self, values: Any) -> Array:
        """Return values as an array of balls: float64 numbers are exact, solved ones hold the solution."""
        if getattr(values, "dtype", None) is not _OBJECT:
            return self._maps["ball"](np.asarray(values, dtype=np.float64))
        size = max((abs(float(x)) for x in values.flat if not isinstance(x, Exact)), default=0.0)
        bound = self.arb(max(size, LEAST)) * self.arb(2) ** -(self.bits // (KNOWN if self.tied else 1))
        return np.frompyfunc(lambda x: x.ball if isinstance(x, Exact) else self.arb(x, bound), 1, 1)(values)

    def number(self, value: Fraction) -> Any:
        """Return the ball of an exact number."""
        return self.arb(value.numerator) / value.denominator

    def pi(self) -> Any:
        """Return the ball of π."""
        return self.arb.pi()

    def zeros(self, shape: tuple[int, ...]) -> Array:
        """Return an array of zeros."""
        made = np.empty(shape, dtype=object)
        made.fill(self.zero)
        return made

    def apply(self, name: str, value: Array) -> Array:
        """Return an elementary function of every entry."""
        if name in ("log", "sqrt") and any(entry < 0 or (name == "log" and entry == 0) for entry in value.flat):
            self.outside = True
        return self._maps[name](value)

    def inverse(self, value: Array) -> Array:
        """Return the inverse of the last two axes; not a number where a matrix has none."""
        from flint import arb_mat

        size = value.shape[-1]
        made = np.empty((value.size // size**2, size * size), dtype=object)
        for place, matrix in enumerate(value.reshape(-1, size * size)):
            try:
                made[place] = arb_mat(size, size, list(matrix)).inv().entries()
            except ZeroDivisionError:
                made[place] = self.nan
        return made.reshape(value.shape)

    def determinant(self, value: Array) -> Array:
        """Return the determinant of the last two axes, which stay with size 1."""
        from flint import arb_mat

        size = value.shape[-1]
        made = self.zeros((value.size // size**2,))
        for place, matrix in enumerate(value.reshape(-1, size * size)):
            made[place] = arb_mat(size, size, list(matrix)).det()
        return made.reshape(*value.shape[:-2], 1, 1)

    def sign(self, value: Array) -> Array:
        """Return −1, 0 or 1 for every entry; not a number where the ball holds 0 and other numbers."""
        return self._maps["sign"](self._exact_where_tied(value) if self.tied else value)

    def _exact_where_tied(self, value: Array) -> Array:
        """Return 0 for the balls about 0 that are as wide as the values make them, not as rounding does."""
        least, most = (self.arb(2) ** -(self.bits * share // 16) for share in (15, 2))

        def exact(ball: Any) -> Any:
            return self.zero if ball.contains(0) and least < ball.rad() and abs(ball) < most else ball

        return np.frompyfunc(exact, 1, 1)(value)

    def larger(self, left: Array, right: Array) -> Array:
        """Return the larger of two numbers for every entry."""
        return self._maps["larger"](left, right)

    def among(self, condition: Array, value: Array) -> Array:
        """Return a value where a condition is 1, and −∞ elsewhere."""
        return self._maps["among"](condition, value)

    def note_divisor(self, value: Array) -> None:
        """Note where a divisor is 0."""
        self.outside = self.outside or any(entry == 0 for entry in value.flat)

    def note_power(self, base: Array, node: int) -> None:
        """Note a node where its base is negative."""
        if any(entry < 0 for entry in base.flat):
            self.powers.add(node)

    def note_kink(self, value: Array) -> None:
        """Note where a function is differentiated that has no derivative at 0."""
        found = self._exact_where_tied(value) if self.tied else value
        self.kinked = self.kinked or any(entry == 0 for entry in found.flat)


Arithmetic = Floats | Balls
Steady = Callable[..., Array]  # of an arithmetic and arrays: what has no derivative


def largest(_: Arithmetic, value: Array) -> Array:
    """Return what a softmax in float64 subtracts from its column, so that no exponential overflows."""
    return value.max(axis=-2, keepdims=True)


def _met(rule: Map) -> Steady:
    """Return what is 1 where a rule of the sign of a difference gives 1, and 0 elsewhere."""
    return lambda arithmetic, left, right: rule(arithmetic.sign(left - right))


# indicators by the sign that is typed in them
MET: dict[str, Steady] = {
    "=": _met(lambda sign: 1 - sign * sign),
    "!=": _met(lambda sign: sign * sign),
    "<": _met(lambda sign: sign * (sign - 1) / 2),
    ">": _met(lambda sign: sign * (sign + 1) / 2),
    "<=": _met(lambda sign: 1 - sign * (sign + 1) / 2),
    ">=": _met(lambda sign: 1 - sign * (sign - 1) / 2),
}


def where_larger(arithmetic: Arithmetic, left: Array, right: Array) -> Array:
    """Return 1 where the left number is larger and 0 where the right one is; not a number where they are equal."""
    sign = arithmetic.sign(left - right)
    return (sign + 1) / (2 * sign * sign)


@lru_cache(maxsize=1)
def _ball_maps() -> dict[str, Callable[..., Array]]:
    from flint import arb

    nan, nothing = arb("nan"), arb("-inf")

    def larger(left: Any, right: Any) -> Any:
        return left.max(right)

    def among(condition: Any, value: Any) -> Any:
        if condition == 1:
            return value
        return nothing if condition == 0 else nan

    def sign(value: Any) -> Any:
        if value > 0:
            return arb(1)
        if value < 0:
            return arb(-1)
        return value if value == 0 else nan

    def root(value: Any) -> Any:
        """Return the root; a ball about 0 stands for 0 or more, as that of a sum of squares."""
        made = value.sqrt()
        about_zero = value.is_finite() and not made.is_finite() and not value < 0
        return arb(0).union(value.upper().sqrt()) if about_zero else made

    maps: dict[str, Callable[[Any], Any]] = {
        "ball": arb,
        "exp": arb.exp,
        "log": arb.log,
        "sqrt": root,
        "sin": arb.sin,
        "cos": arb.cos,
        "tanh": arb.tanh,
        "logistic": lambda value: 1 / (1 + (-value).exp()),
        "softplus": lambda value: value.exp().log1p(),
        "sign": sign,
    }
    pairs = {"larger": larger, "among": among}
    return {name: np.frompyfunc(function, 1, 1) for name, function in maps.items()} | {
        name: np.frompyfunc(function, 2, 1) for name, function in pairs.items()
    }
