"""Extreme values: next to the ends of (0, 1), probabilities of almost 0, numbers up to 10^180 and beyond.

No float64 number lies that close to 1, so these values are balls, and no optimiser moves them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as copy_with
from typing import Any

import numpy as np

from report_src.derivations.evaluation.arithmetic import Exact
from report_src.derivations.evaluation.instances import Instance, Shape
from report_src.derivations.semantics.symbols import Symbol

# how large a real number is, and how many bits lie between a bounded one and its bound
FAR = ((1e4, 60), (1e6, 400), (1e9, 4000), (1e180, 20_000))
# beyond that only a logarithm grows: a number is 2 to the power of 2^16, …, or its inverse
FARTHER = (16, 40, 1000)
GUARD = 256  # bits of a ball beyond those that lie between a number and its bound


def extremes(instance: Instance, movable: list[Symbol], *, farther: bool = False) -> Iterator[Instance]:
    """Yield instances with extreme values of all movable symbols or of one: high, low, or alternating."""
    from flint import ctx

    singles = [[symbol] for symbol in movable] if len(movable) > 1 else []
    for size, bits in FAR:
        for chosen in (movable, *singles):
            bounded = any(symbol.kind != "real" for symbol in chosen)
            for alternates, first in ((0, True), (0, False), (1, True), (1, False)):
                ctx.prec = bits + GUARD
                values = dict(instance.values)
                for place, symbol in enumerate(chosen):
                    high = first == (alternates * place % 2 == 0)
                    values[symbol] = _far(symbol, values[symbol].shape, size, bits, high=high, alternates=alternates)
                made = copy_with(instance, values=values, special=True)
                if bounded:
                    made.bits, made.note = bits + GUARD, f"values that differ by 2^-{bits} from a bound of theirs"
                yield made
    for squarings in FARTHER if farther else ():
        for chosen in (movable, *singles):
            for high in (True, False):
                values = instance.values | {s: _farther(s, instance.values[s], squarings, high=high) for s in chosen}
                note = f"numbers of 2^{2**squarings}" if squarings < 64 else f"numbers of 2^(2^{squarings})"
                yield copy_with(instance, values=values, special=True, bits=4 * GUARD, note=note)


def _far(symbol: Symbol, shape: Shape, size: float, bits: int, *, high: bool, alternates: int) -> Any:
    if symbol.kind == "closed unit":
        return np.full(shape, 1.0 if high else 0.0)
    if symbol.kind == "nonnegative":
        return np.full(shape, size if high else 0.0)
    if symbol.kind == "real":
        made = np.full(shape, size if high else -size)
        made[..., 1:, :] *= 1 - 2 * alternates
        return made
    least = _power(-bits)
    if symbol.kind == "positive":
        return _filled(shape, _power(bits) if high else least)
    if symbol.kind == "unit":
        return _filled(shape, 1 - least if high else least)
    shares = _filled(shape, least)
    shares[..., 0 if high else shape[-2] - 1, :] = Exact(1 - (shape[-2] - 1) * least)
    return shares


def _farther(symbol: Symbol, values: Any, squarings: int, *, high: bool) -> Any:
    """Return 2^(2^squarings) with a sign, or its inverse; leave values with an upper bound unchanged."""
    made = _power(1 if high or symbol.kind == "real" else -1)
    for _ in range(squarings):
        made = made * made
    if symbol.kind == "real" and not high:
        made = -made
    bounded = symbol.kind in ("simplex", "closed unit") or (symbol.kind == "unit" and high)
    return values if bounded else _filled(values.shape, made)


def _power(exponent: int) -> Any:
    from flint import arb  # imported only where something is evaluated

    return arb(2) ** exponent


def _filled(shape: Shape, value: Any) -> Any:
    return np.full(shape, Exact(value), dtype=object)
