"""Assumptions that only say that a value is positive: they become its domain while rows are judged under them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace as copy_with

from report_src.derivations.notation.assumption_forms import is_zero
from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.scope import Target
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import WHOLE, Index, Symbol

_KINDS = {">": "positive", ">=": "nonnegative"}
_TURNED = {"<": ">", "<=": ">="}


@contextmanager
def assumed_domains(program: Program) -> Iterator[Program]:
    """Give real values the domain that an assumption x > 0 says, and yield the program without that assumption.

    What is drawn and searched in a domain reaches further than what is moved until an assumption holds.
    """
    found = [(claim, restricted) for claim in program.assumptions if (restricted := _restricted(claim)) is not None]
    kinds = {symbol: kind for _, (symbol, kind) in found}
    alone = {id(claim) for claim, (symbol, kind) in found if kinds[symbol] == kind}
    rest = [claim for claim in program.assumptions if id(claim) not in alone]
    before = {symbol: symbol.kind for symbol in kinds}
    for symbol, kind in kinds.items():
        symbol.kind = kind
    try:
        yield copy_with(program, assumptions=rest, plan=None) if kinds else program
    finally:
        for symbol, kind in before.items():
            symbol.kind = kind


def _restricted(claim: Claim) -> tuple[Symbol, str] | None:
    """Return the symbol all of whose entries a claim says are positive or not negative, with that kind, or None."""
    sides = (claim.left, claim.sign, claim.right)
    left, sign, right = (claim.right, _TURNED[claim.sign], claim.left) if claim.sign in _TURNED else sides
    if sign not in _KINDS or not is_zero(right) or claim.where or left.op != "name" or left.data.symbol.kind != "real":
        return None
    return (left.data.symbol, _KINDS[sign]) if _covers_all(left) else None


def _covers_all(name: Node) -> bool:
    """Tell whether a name stands for all entries of its symbol: x, or x_i for each i."""
    target: Target = name.data
    entries = zip((target.row, target.column), target.symbol.shape, strict=True) if target.components else ()
    picks = [*target.slots, *(pick for pick, dim in entries if not shapes.is_one(dim))]
    indices = [pick for pick in picks if isinstance(pick, Index)]
    return all(isinstance(pick, Index) or pick == WHOLE for pick in picks) and len(indices) == len({*indices})
