"""Functions of several arrays: the random ones that stand for ℓ, and the concrete losses that a binding may name."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from report_src.derivations.evaluation.arithmetic import Array
from report_src.derivations.evaluation.functions import LOG, LOGISTIC, RELU, TANH, Function, random_member, short
from report_src.derivations.evaluation.tape import Tape, Var

Multivariate = Callable[[Tape, list[Var]], Var]


def random_multivariate(
    generator: np.random.Generator, shapes: Sequence[tuple[int, int]], scale: float
) -> Multivariate:
    """Return a random smooth function of arrays: members of weighted sums of all entries, and weighted squares."""
    ridges = [(random_member(generator, scale), _weights(generator, shapes)) for _ in range(3)]
    squares = [weights * short(0.5 * scale) for weights in _weights(generator, shapes)]

    def value(tape: Tape, arguments: list[Var]) -> Var:
        total: Var | None = None
        for function, weights in ridges:
            part = tape.apply(function, 0, _weighted(tape, weights, arguments))
            total = part if total is None else tape.add(total, part)
        assert total is not None
        return tape.add(total, _weighted(tape, squares, [tape.mul(x, x) for x in arguments]))

    return value


def _weights(generator: np.random.Generator, shapes: Sequence[tuple[int, int]]) -> list[Array]:
    return [short(generator.normal(size=shape) / math.sqrt(math.prod(shape) * len(shapes))) for shape in shapes]


def _weighted(tape: Tape, weights: Sequence[Array], arguments: Sequence[Var]) -> Var:
    parts = [tape.total(tape.mul(tape.leaf(w), x)) for w, x in zip(weights, arguments, strict=True)]
    total = parts[0]
    for part in parts[1:]:
        total = tape.add(total, part)
    return total


def summed_binary_cross_entropy(tape: Tape, arguments: list[Var]) -> Var:
    """Return −Σ y log ŷ + (1 − y) log(1 − ŷ)."""
    p, y = arguments
    one = tape.leaf(np.ones((1, 1)))
    hit = tape.mul(y, tape.apply(LOG, 0, p))
    miss = tape.mul(tape.sub(one, y), tape.apply(LOG, 0, tape.sub(one, p)))
    return tape.neg(tape.total(tape.add(hit, miss)))


def cross_entropy(tape: Tape, arguments: list[Var]) -> Var:
    """Return −Σ y log p of a probability vector p."""
    p, y = arguments
    return tape.neg(tape.total(tape.mul(y, tape.apply(LOG, 0, p))))


def squared_error(tape: Tape, arguments: list[Var]) -> Var:
    """Return ½ ‖ŷ − y‖²."""
    difference = tape.sub(*arguments)
    return tape.mul(tape.leaf([[0.5]]), tape.total(tape.mul(difference, difference)))


# functions that a binding table may name
CONCRETE: dict[str, Function | Multivariate] = {
    "sigmoid": LOGISTIC,
    "tanh": TANH,
    "relu": RELU,
    "summed_binary_cross_entropy": summed_binary_cross_entropy,
    "cross_entropy": cross_entropy,
    "squared_error": squared_error,
}
