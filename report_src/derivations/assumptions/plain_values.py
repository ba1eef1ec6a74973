"""Plain values at which assumptions may hold: 0, 1 and -1, arrays of them, the identity, and small sizes.

A draw is moved to a solution near it, and misses a branch on which several solutions meet: s = 0 of s^2 t = 0, x = 0 of
A x = 0, t = -s of s^4 + t^4 = 2 s^2 t^2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace as copy_with
from itertools import islice, product

import numpy as np

from report_src.derivations.evaluation.instances import Instance, Sizes
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import walk
from report_src.derivations.semantics.symbols import Symbol

NUMBERS = (0.0, 1.0, -1.0)
MOST_SYMBOLS, MOST_TOGETHER = 4, 2  # that take plain values one by one, and numbers that take them together
MOST_INSTANCES = 24
LARGEST = (0, 9, 5, 3)  # size that is tried, by the number of letters


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


def small_sizes(known: Sequence[Claim]) -> Iterator[Sizes]:
    """Yield each small choice of the sizes that some comparisons of sizes compare: n >= 3, k <= n."""
    met = {node.data.root() for one in known for node in walk(one.left, one.right) if node.op == "dimension"}
    letters = sorted((dim for dim in met if dim.size is None and dim.sum is None), key=lambda dim: dim.label)
    largest = LARGEST[min(len(letters), len(LARGEST) - 1)]
    for sizes in product(range(1, largest + 1), repeat=len(letters)) if letters else ():
        if all(size >= dim.least for dim, size in zip(letters, sizes, strict=True)):
            yield dict(zip(letters, sizes, strict=True))


def _plain(symbol: Symbol, instance: Instance) -> Iterator[np.ndarray]:
    """Yield the plain values of a symbol within its declared set."""
    shape = instance.values[symbol].shape
    allowed = {"real": NUMBERS, "nonnegative": (0.0, 1.0), "positive": (1.0,)}[symbol.kind]
    yield from (np.full(shape, number) for number in allowed)
    if symbol.kind == "real" and shape[-1] == shape[-2] > 1:
        yield np.broadcast_to(np.eye(shape[-1]), shape).copy()
