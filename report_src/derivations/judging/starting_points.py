"""Starting points of a search for counterexamples: parallel, equal, one-hot, rank one, zero, of many scales."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from report_src.derivations.evaluation.instances import Instance, Shape, probabilities
from report_src.derivations.semantics.symbols import Symbol

Values = dict[Symbol, np.ndarray]
SCALES = (1.0, 1e3, 1e-3)
NEARLY_PARALLEL = 0.03  # relative distance of nearly parallel values: only there are bounds of second order tight
NEARLY_EQUAL = 0.004  # distance of nearly equal values, at which bounds of divergences are tight
SHIFTS = ((1.0, -1.0), (0.0, -1.0), (-1.0, 0.0))  # how two nearly equal values are shifted: both, or one of them only
LARGE_LOGIT = 30.0  # logit that makes the others negligible
Rule = Callable[[Symbol], np.ndarray]
_VectorOfSize = Callable[[int], np.ndarray]


def starts(
    instance: Instance, movable: list[Symbol], generator: np.random.Generator, far: Sequence[float] = ()
) -> Iterator[Values]:
    """Yield values of all declared symbols, with structured ones for the movable symbols.

    `far` has scales of one value, from which assumptions may lead to others far out.
    """
    shapes = {symbol: instance.values[symbol].shape for symbol in movable}

    def made(rule: Rule) -> Values:
        return {**instance.values, **{symbol: _in_domain(symbol, rule(symbol)) for symbol in movable}}

    def normal(symbol: Symbol) -> np.ndarray:
        return generator.standard_normal(shapes[symbol])

    yield instance.values
    for scale in SCALES:
        yield made(_scaled(normal, scale))
    for sign in (1.0, -1.0):
        for base in (_random(generator), np.ones, _first, _middle, _alternating):
            yield made(_parallel(shapes, base, sign))
    for base in (_random(generator), np.ones):
        yield made(_perturbed(_parallel(shapes, base, 1.0), normal))
    for base in (np.zeros, np.ones, _two_large, _first):
        for noise in (normal, *(_opposed_shift(shapes, moves) for moves in SHIFTS)):
            yield made(_shifted(_parallel(shapes, base, 1.0), noise))
    for factor in (1.0, -1.0, 1e3, -1e3):
        yield made(_scaled(lambda symbol: _identity(shapes[symbol]), factor))
    yield made(lambda symbol: np.zeros(shapes[symbol]))
    yield made(lambda symbol: 10 ** generator.uniform(-3, 3) * normal(symbol))
    for chosen in movable:
        yield {**instance.values, chosen: _in_domain(chosen, np.zeros(instance.values[chosen].shape))}
        yield {**instance.values, chosen: _in_domain(chosen, 1e3 * np.abs(instance.values[chosen]))}
        yield {**instance.values, chosen: _in_domain(chosen, -1e3 * np.abs(instance.values[chosen]))}
        for scale in far:
            yield {**instance.values, chosen: _in_domain(chosen, scale * instance.values[chosen])}


def _scaled(rule: Rule, factor: float) -> Rule:
    return lambda symbol: factor * rule(symbol)


def _perturbed(rule: Rule, noise: Rule) -> Rule:
    return lambda symbol: rule(symbol) * (1 + NEARLY_PARALLEL * noise(symbol))


def _shifted(rule: Rule, noise: Rule) -> Rule:
    """Return a rule that shifts values by the same small distance whatever their size."""
    return lambda symbol: rule(symbol) + NEARLY_EQUAL * noise(symbol)


def _opposed_shift(shapes: dict[Symbol, Shape], moves: tuple[float, float]) -> Rule:
    """Return a rule that adds to the first entry what it subtracts from the second; factors alternate by symbol."""
    places = {symbol: place for place, symbol in enumerate(shapes)}

    def rule(symbol: Symbol) -> np.ndarray:
        moved = np.zeros(shapes[symbol])
        moved[..., :1, :] += 1
        moved[..., 1:2, :] -= 1
        return moves[places[symbol] % 2] * moved

    return rule


def _random(generator: np.random.Generator) -> _VectorOfSize:
    """Return one random vector of each size."""
    known: dict[int, np.ndarray] = {}
    return lambda size: known.setdefault(size, generator.standard_normal(size))


def _first(size: int) -> np.ndarray:
    return np.eye(1, size)[0]


def _middle(size: int) -> np.ndarray:
    """Return a unit vector whose 1 has neighbours on both sides."""
    return np.eye(1, size, size // 2)[0]


def _alternating(size: int) -> np.ndarray:
    return (-1.0) ** np.arange(size)


def _two_large(size: int) -> np.ndarray:
    """Return two large entries: as logits or probabilities, two halves."""
    return LARGE_LOGIT * (np.arange(size) < 2)


def _parallel(shapes: dict[Symbol, Shape], base: _VectorOfSize, sign: float) -> Rule:
    """Return a rule that makes all vectors of one size parallel, and all matrices of rank one."""
    places = {symbol: place for place, symbol in enumerate(shapes)}

    def rule(symbol: Symbol) -> np.ndarray:
        shape = shapes[symbol]
        one = base(shape[-2])[:, None] * (base(shape[-1])[None, :] if shape[-1] > 1 else 1.0)
        return np.broadcast_to(sign ** places[symbol] * one, shape).copy()

    return rule


def _identity(shape: Shape) -> np.ndarray:
    return np.broadcast_to(np.eye(shape[-2], shape[-1]) if shape[-1] > 1 else np.ones((shape[-2], 1)), shape).copy()


def _in_domain(symbol: Symbol, values: np.ndarray) -> np.ndarray:
    """Return values moved into the domain that a symbol is declared with."""
    if symbol.kind == "positive":
        return np.maximum(np.abs(values), 1e-6)
    if symbol.kind == "nonnegative":
        return np.abs(values)
    if symbol.kind == "closed unit":
        return np.clip(values, 0.0, 1.0)
    if symbol.kind == "unit":
        return np.clip(1 / (1 + np.exp(-np.clip(values, -LARGE_LOGIT, LARGE_LOGIT))), 2.0**-40, 1 - 2.0**-40)
    if symbol.kind == "simplex":
        return probabilities(np.maximum(np.abs(values), 1e-6))
    return values
