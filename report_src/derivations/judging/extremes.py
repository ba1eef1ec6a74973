"""Values far out: beside the ends of (0, 1), shares of nearly 0, numbers of a thousand million, very many entries.

No float64 number lies as near to 1, so these values are balls, and an optimiser does not move them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as copy_with
from typing import Any

import numpy as np

from report_src.derivations.evaluation.instances import Instance, Shape
from report_src.derivations.semantics.symbols import Symbol

# how large a real number is, and how many bits lie between a bounded one and its bound
FAR = ((1e4, 60), (1e6, 400), (1e9, 4000), (1e180, 4000))
GUARD = 256  # bits of a ball beyond those


def extremes(instance: Instance, movable: list[Symbol]) -> Iterator[Instance]:
    """Yield instances on which all values that can move lie far out, or those of one symbol: high, low, or by turns."""
    singles = [[symbol] for symbol in movable] if len(movable) > 1 else []
    for size, bits in FAR:
        for chosen in (movable, *singles):
            bounded = any(symbol.kind != "real" for symbol in chosen)
            for turn, first in ((0, True), (0, False), (1, True), (1, False)):
                values = dict(instance.values)
                for place, symbol in enumerate(chosen):
                    high = first == (turn * place % 2 == 0)
                    values[symbol] = _far(symbol, values[symbol].shape, size, bits, high=high, turn=turn)
                yield copy_with(instance, values=values, special=True, bits=bits + GUARD if bounded else 0)


def _far(symbol: Symbol, shape: Shape, size: float, bits: int, *, high: bool, turn: int) -> Any:
    from flint import arb  # imported only where something is evaluated

    if symbol.kind == "closed unit":
        return np.full(shape, 1.0 if high else 0.0)
    if symbol.kind == "nonnegative":
        return np.full(shape, size if high else 0.0)
    if symbol.kind == "real":
        made = np.full(shape, size if high else -size)
        made[..., 1:, :] *= 1 - 2 * turn
        return made
    least = arb(2) ** -bits
    if symbol.kind == "positive":
        return np.full(shape, 1 / least if high else least, dtype=object)
    if symbol.kind == "unit":
        return np.full(shape, 1 - least if high else least, dtype=object)
    shares = np.full(shape, least, dtype=object)
    shares[..., 0 if high else shape[-2] - 1, :] = 1 - (shape[-2] - 1) * least
    return shares
