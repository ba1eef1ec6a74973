"""A chain a = b = c with a wrong b: is c wrong as well, or equal to the last side that held?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from report_src.derivations.semantics.program import Claim, Definition, Program
from report_src.derivations.semantics.shapes import Node


def with_last_held(program: Program, failed: Collection[int]) -> tuple[Program, list[int]] | None:
    """Return a program that compares what failed below a wrong side with the last side that held.

    The numbers are the positions of its claims in `program.claims`; None where nothing failed below another.
    """
    wrong = {id(program.claims[number]) for number in failed}
    held: dict[int, Node] = {}
    again: dict[int, Claim] = {}
    for number, claim in enumerate(program.claims):
        before = claim.after
        if before is None or {before.sign, claim.sign} != {"="} or id(before) not in held.keys() | wrong:
            continue
        held[id(claim)] = held.get(id(before), before.left)
        left = _realigned(held[id(claim)], claim)
        if number in failed and left is not None:
            again[number] = replace(claim, left=left, after=None)
    if not again:
        return None
    changed = {id(program.claims[number]): claim for number, claim in again.items()}
    kept = [step for step in program.order if isinstance(step, Definition) or id(step) in changed]
    order = [changed.get(id(step), step) for step in kept]
    return replace(program, claims=list(again.values()), order=order, plan=None), list(again)


def _realigned(side: Node, claim: Claim) -> Node | None:
    """Return a side of another statement with its indices where the claim has those of the same letters."""
    here = {index.letter: index for index in claim.left.indices | claim.right.indices}
    pairs = [(index, here.get(index.letter)) for index in side.indices]
    axes = [(old.axis, new.axis) for old, new in pairs if new is not None and old.dim.root() is new.dim.root()]
    if len(axes) < len(pairs):
        return None
    if all(old == new for old, new in axes):
        return side
    indices = frozenset(new for _, new in pairs if new is not None)
    return Node("realigned", (side,), side.shape, indices, side.start, side.end, side.segment, tuple(axes))
