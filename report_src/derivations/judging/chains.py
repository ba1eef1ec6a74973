"""Compare what follows a wrong side of a chain, c in a = b = c with a wrong b, with the last correct side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from report_src.derivations.semantics.program import Claim, Definition, Program
from report_src.derivations.semantics.shapes import Node


def compared_with_last_correct(program: Program, failed: Collection[int]) -> tuple[Program, list[int]] | None:
    """Return a program that compares what failed after a wrong side with the last correct side, a = b = c -> a = c.

    The numbers are the positions of its claims in `program.claims`; None if no failed claim follows another.
    """
    wrong = {id(program.claims[number]) for number in failed}
    correct: dict[int, Node] = {}
    realigned: dict[int, Claim] = {}
    for number, claim in enumerate(program.claims):
        before = claim.after
        if before is None or {before.sign, claim.sign} != {"="} or id(before) not in correct.keys() | wrong:
            continue
        correct[id(claim)] = correct.get(id(before), before.left)
        left = _realigned(correct[id(claim)], claim)
        if number in failed and left is not None:
            realigned[number] = replace(claim, left=left, after=None)
    if not realigned:
        return None
    changed = {id(program.claims[number]): claim for number, claim in realigned.items()}
    kept = [step for step in program.order if isinstance(step, Definition) or id(step) in changed]
    order = [changed.get(id(step), step) for step in kept]
    return replace(program, claims=list(realigned.values()), order=order, plan=None), list(realigned)


def _realigned(side: Node, claim: Claim) -> Node | None:
    """Return a side of another statement with its indices moved to the axes that the claim has for their letters."""
    here = {index.letter: index for index in claim.left.indices | claim.right.indices}
    pairs = [(index, here.get(index.letter)) for index in side.indices]
    axes = [(old.axis, new.axis) for old, new in pairs if new is not None and old.dim.root() is new.dim.root()]
    if len(axes) < len(pairs):
        return None
    if all(old == new for old, new in axes):
        return side
    indices = frozenset(new for _, new in pairs if new is not None)
    return Node("realigned", (side,), side.shape, indices, side.start, side.end, side.segment, tuple(axes))
