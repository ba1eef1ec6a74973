"""The ways in which assumptions can be met: each factor of a product, tight and slack bounds, values that stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace as copy_with

import numpy as np

from report_src.derivations.assumptions.system import LOOSE, NARROW, Pattern, System
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.semantics.program import Program
from report_src.derivations.semantics.symbols import Symbol

MARGIN = 0.05  # how far a draw satisfies an inequality, relative to its right side and 1; a search is narrower


def satisfying(program: Program, instance: Instance, *, exact: bool = True) -> Instance | None:
    """Return the instance with values that satisfy all assumptions, or None where no step leads to one.

    `exact` is whether they are sharpened beyond float64. On a special instance an assumed ≤ or ≥ is an equation, for
    all of its entries or for some, if that has a solution; so it is where nothing else solves the equations.
    """
    loose = any(claim.sign in LOOSE for claim in program.assumptions)
    tried = set()
    for pattern in _patterns(instance, loose=loose and exact):
        system = System(program, instance, MARGIN if exact else NARROW, pattern)
        if system.key in tried:  # nothing that patterns differ in occurs here
            continue
        tried.add(system.key)
        values = system.solved(exact=exact)
        if values is not None:
            return copy_with(instance, values=values, edge=bool(system.tight))
    return None


def _patterns(instance: Instance, *, loose: bool) -> Iterator[Pattern]:
    """Yield the ways in which an instance may satisfy assumptions, the one that it stands for first."""
    branched = instance.choice >= 0
    if loose and instance.special:
        yield from (Pattern(share, branched) for share in ((1.0, 0.5) if instance.choice % 2 else (0.5, 1.0)))
    orders = (True, False) if instance.choice % 2 == 0 else (False, True)
    yield from (Pattern(0.0, branched, still) for still in orders)
    if branched:
        yield Pattern()
    if loose:
        yield Pattern(touching=True)


def slopes_of(program: Program, instance: Instance, symbols: Sequence[Symbol]) -> np.ndarray:
    """Return the slopes of the assumptions by the entries of some symbols: a row per equation."""
    system = System(program, instance, 0.0)
    if not system.unknown:
        return np.zeros((0, sum(instance.values[symbol].size for symbol in symbols)))
    _, slopes = system.linear({symbol: np.asarray(numbers, dtype=float) for symbol, numbers in instance.values.items()})
    ends = np.cumsum([instance.values[symbol].size for symbol in system.unknown])
    parts = dict(zip(system.unknown, np.split(slopes, ends[:-1], axis=1), strict=True))
    none = [np.zeros((len(slopes), instance.values[symbol].size)) for symbol in symbols]
    return np.concatenate([parts.get(symbol, zeros) for symbol, zeros in zip(symbols, none, strict=True)], axis=1)
