"""Plain values at which assumptions may hold: 0, 1 and -1, arrays of them, the identity.

A draw is moved to a solution near it, and misses a branch on which several solutions meet: s = 0 of s^2 t = 0, x = 0 of
A x = 0, t = -s of s^4 + t^4 = 2 s^2 t^2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as copy_with
from itertools import islice, product

import numpy as np

from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Program
from report_src.derivations.semantics.symbols import Symbol

NUMBERS = (0.0, 1.0, -1.0)
MOST_SYMBOLS, MOST_TOGETHER = 4, 2  # that take plain values one by one, and numbers that take them together
MOST_INSTANCES = 24


def plain_instances(program: Program, instance: Instance) -> Iterator[Instance]:
    """Yield the instance with plain values of one symbol of the assumptions, and of two numbers together."""
    met = with_ancestors(set().union(*(known.uses for known in program.assumptions)))
    movable = sorted((s for s in met if s.kind in ("real", "nonnegative", "positive")), key=lambda symbol: symbol.order)
    single = [{symbol: values} for symbol in movable[:MOST_SYMBOLS] for values in _plain(symbol, instance)]
    numbers = [symbol for symbol in movable if instance.values[symbol].size == 1][:MOST_TOGETHER]
    together = (
        dict(zip(numbers, chosen, strict=True))
        for chosen in product(*(_plain(symbol, instance) for symbol in numbers))
        if len(numbers) > 1
    )
    for values in islice((*single, *together), MOST_INSTANCES):
        yield copy_with(instance, values=instance.values | values, special=True)


def _plain(symbol: Symbol, instance: Instance) -> Iterator[np.ndarray]:
    """Yield the plain values of a symbol within its declared set."""
    shape = instance.values[symbol].shape
    allowed = {"real": NUMBERS, "nonnegative": (0.0, 1.0), "positive": (1.0,)}[symbol.kind]
    yield from (np.full(shape, number) for number in allowed)
    if symbol.kind == "real" and shape[-1] == shape[-2] > 1:
        yield np.broadcast_to(np.eye(shape[-1]), shape).copy()
