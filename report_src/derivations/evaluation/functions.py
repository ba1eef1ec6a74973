"""Functions of one number with their derivatives of every order, and the random ones that stand for g and ℓ.

A declared g is a random member of its own: bases with random weights and affine wraps beside a random quadratic, so
that no two symbols are alike and no sign, parity, bound or monotony is common to all draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from report_src.derivations.evaluation.arithmetic import Arithmetic, Array

Coefficients = tuple[int | float, ...]  # those of a polynomial, the constant first


@dataclass(frozen=True, eq=False)
class Function:
    """A function of one number; `rule(order, z, arithmetic)` is its derivative of an order."""

    name: str
    rule: Callable[[int, Array, Arithmetic], Array]
    kinked: bool = False  # whether it has no derivative at 0

    def at(self, order: int, value: Array, arithmetic: Arithmetic) -> Array:
        """Return the derivative of an order at every entry."""
        return self.rule(order, value, arithmetic)


def polynomial(coefficients: Coefficients, value: Array) -> Array:
    """Return a polynomial at every entry."""
    total = 0 * value
    for number in reversed(coefficients):
        total = total * value + number
    return total


def slope(coefficients: Coefficients) -> Coefficients:
    """Return the coefficients of a polynomial's derivative."""
    return tuple(power * number for power, number in enumerate(coefficients))[1:]


def _times(a: Coefficients, b: Coefficients) -> Coefficients:
    made: list[Any] = [0] * max(0, len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            made[i + j] += x * y
    return tuple(made)


def _plus(a: Coefficients, b: Coefficients) -> Coefficients:
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    return tuple(x + (shorter[k] if k < len(shorter) else 0) for k, x in enumerate(longer))


@cache
def _in_itself(order: int, own: Coefficients) -> Coefficients:
    """Return the derivative of a function t with t' = own(t), as a polynomial in t: s' = s − s², tanh' = 1 − tanh²."""
    return (0, 1) if order == 0 else _times(slope(_in_itself(order - 1, own)), own)


def _logistic(order: int, z: Array, a: Arithmetic) -> Array:
    value = a.apply("logistic", z)
    return value if order == 0 else polynomial(_in_itself(order, (0, 1, -1)), value)


def _tanh(order: int, z: Array, a: Arithmetic) -> Array:
    value = a.apply("tanh", z)
    return value if order == 0 else polynomial(_in_itself(order, (1, 0, -1)), value)


def _softplus(order: int, z: Array, a: Arithmetic) -> Array:
    return a.apply("softplus", z) if order == 0 else _logistic(order - 1, z, a)


def _log(order: int, z: Array, a: Arithmetic) -> Array:
    if order == 0:
        return a.apply("log", z)
    return (-1) ** (order - 1) * math.factorial(order - 1) / z**order


def _root(order: int, z: Array, a: Arithmetic) -> Array:
    value = a.apply("sqrt", z)
    if order == 0:
        return value
    return a.number(_root_factor(order)) * value / z**order


@cache
def _root_factor(order: int) -> Fraction:
    """Return c with (√z)^(order) = c √z / z^order."""
    return math.prod((Fraction(1, 2) - k for k in range(order)), start=Fraction(1))


def _sin(order: int, z: Array, a: Arithmetic) -> Array:
    value = a.apply("sin" if order % 2 == 0 else "cos", z)
    return value if order % 4 < 2 else -value


@cache
def _bell_factor(order: int) -> Coefficients:
    """Return p with (e^(−z²/2))^(order) = p(z) e^(−z²/2)."""
    if order == 0:
        return (1,)
    before = _bell_factor(order - 1)
    return _plus(slope(before), _times((0, -1), before))


def _bell(order: int, z: Array, a: Arithmetic) -> Array:
    return polynomial(_bell_factor(order), z) * a.apply("exp", z * z / -2)


@cache
def _bowl_factor(order: int) -> Coefficients:
    """Return p with (√(z² + 1))^(order) = p(z) (z² + 1)^(1/2 − order)."""
    if order == 0:
        return (1,)
    before = _bowl_factor(order - 1)
    return _plus(_times(slope(before), (1, 0, 1)), _times((0, 3 - 2 * order), before))


def _bowl(order: int, z: Array, a: Arithmetic) -> Array:
    inner = z * z + 1
    return polynomial(_bowl_factor(order), z) * a.apply("sqrt", inner) / inner**order


def _relu(order: int, z: Array, a: Arithmetic) -> Array:
    if order == 0:
        return z / 2 + abs(z) / 2
    sign = a.sign(z)
    return _flat(sign, (1 + sign) / 2 if order == 1 else 0 * sign)


def _absolute(order: int, z: Array, a: Arithmetic) -> Array:
    if order == 0:
        return abs(z)
    sign = a.sign(z)
    return _flat(sign, sign if order == 1 else 0 * sign)


def _sign(order: int, z: Array, a: Arithmetic) -> Array:
    sign = a.sign(z)
    return sign if order == 0 else _flat(sign, 0 * sign)


def _flat(sign: Array, value: Array) -> Array:
    """Return the slope of a kinked function: not a number where it has none."""
    return value / (sign * sign)


LOGISTIC = Function("logistic", _logistic)
TANH = Function("tanh", _tanh)
EXP = Function("exp", lambda order, z, a: a.apply("exp", z))
LOG = Function("log", _log)
ROOT = Function("root", _root, kinked=True)
RELU = Function("relu", _relu, kinked=True)
SIGN = Function("sign", _sign, kinked=True)
ABSOLUTE = Function("absolute", _absolute, kinked=True)
SOFTPLUS, SIN = Function("softplus", _softplus), Function("sin", _sin)
COS = Function("cos", lambda order, z, a: _sin(order + 1, z, a))
BELL, BOWL = Function("bell", _bell), Function("bowl", _bowl)

NAMED = {f.name: f for f in (LOGISTIC, TANH, RELU, EXP, LOG, SIGN, SIN, COS)}
BASES = (TANH, LOGISTIC, SIN, SOFTPLUS, BELL, BOWL, EXP)  # what random members are made of


@dataclass(frozen=True)
class Wrapped:
    """weight · base(inner · z + shift)."""

    base: Function
    weight: float
    inner: float
    shift: float


def member(parts: Sequence[Wrapped], coefficients: Coefficients) -> Function:
    """Return a sum of wrapped bases and a polynomial as one function."""

    def rule(order: int, z: Array, a: Arithmetic) -> Array:
        left = coefficients
        for _ in range(order):
            left = slope(left)
        total = polynomial(left, z)
        for part in parts:
            found = part.base.at(order, z * part.inner + part.shift, a) * part.weight
            for _ in range(order):
                found = found * part.inner
            total = total + found
        return total

    return Function("+".join(part.base.name for part in parts), rule)


def short(value: Any) -> Any:
    """Round to 16 binary digits, so that sums and products of a few numbers are exact in a ball."""
    fraction, power = np.frexp(value)
    return np.ldexp(np.round(fraction * 2**16), power - 16)


def random_member(generator: np.random.Generator, scale: float) -> Function:
    """Return a random smooth function whose values are about `scale`."""
    chosen = generator.permutation(len(BASES))[:2]
    numbers = short(generator.uniform(0.4, 1.6, (2, 2)) * np.where(generator.random((2, 2)) < 0.5, -1, 1))
    shifts, quadratic = short(generator.normal(size=2)), short(scale * generator.normal(size=3) * [1.0, 0.5, 0.25])
    parts = [
        Wrapped(BASES[k], scale * weight, inner, shift)
        for k, (weight, inner), shift in zip(chosen, numbers.tolist(), shifts.tolist(), strict=True)
    ]
    return member(parts, tuple(quadratic.tolist()))
