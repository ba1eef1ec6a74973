"""Compare two sides entry by entry in ball arithmetic: each entry is proved equal, proved different, or open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from report_src.derivations.evaluation.arithmetic import Array
from report_src.derivations.semantics.program import Claim

DIGITS = 30  # decimal digits to which two sides agree where they count as equal
ENOUGH_BITS = math.ceil(DIGITS * math.log2(10))  # the same in bits
MAX_BITS = 1000  # digits beyond which an error bound cannot be distinguished from the smallest float64 numbers
STRICT = frozenset({"<", ">"})
Verdict = Literal["holds", "fails", "open", "undefined"]


@dataclass(frozen=True)
class Failure:
    """The first entry at which a claim failed, its two values and their difference, or why nothing was decided.

    `undecided` is set if the row is not false but cannot be judged; `reason` says why.
    """

    left: float
    right: float
    entry: str
    reason: str = ""
    undecided: bool = False
    difference: float = math.nan
    values: str = ""
    hint: str = ""


def undecided(reason: str, hint: str = "") -> Failure:
    """Return the failure of a claim that is neither shown to hold nor to fail."""
    return Failure(math.nan, math.nan, "", reason, undecided=True, hint=hint)


@dataclass
class Outcome:
    """The result for one claim: the largest error, the first failure, the number of instances with a value."""

    error: float = 0.0
    failure: Failure | None = None
    instances: int = 0
    valued: frozenset[str] = frozenset()  # the sides that had a value where the other had none, on ordinary draws
    vacuous: bool = True  # whether no instance had an entry for which the claim is made


@dataclass(frozen=True)
class Comparison:
    """The comparison of two sides on one instance.

    `error` bounds the relative difference of entries that count as equal. `radii` maps each open entry to the error
    bound of its difference. `valued` names the sides that have a value at an entry at which the other has none;
    `vacuous` is set if the claim is made for no entry.
    """

    verdict: Verdict
    error: float = 0.0
    failure: Failure | None = None
    valued: frozenset[str] = frozenset()
    radii: dict[int, Any] | None = None
    vacuous: bool = False
    outside: str = ""


def compare(
    left: Array, right: Array, claim: Claim, before: Comparison | None = None, where: Sequence[Array] = ()
) -> Comparison:
    """Compare two sides of a claim where all of `where`, its conditions, are 1.

    `before` is the comparison in fewer digits. An open entry counts as equal if its error bound shrank with the digits
    and still contains 0: the difference is then far smaller than any term.
    """
    if left.shape != right.shape or where:
        left, right, *where = np.broadcast_arrays(left, right, *where)
    decided, least, radii, worst = 0, MAX_BITS + 1, {}, (0.0, -1)
    valued: set[str] = set()
    flipped = claim.sign in (">", ">=")
    claimed: Sequence[int] = range(left.size)
    if where:
        claimed = [place for place in claimed if all(condition.flat[place] > 0 for condition in where)]
    for place in claimed:
        a, b = left.flat[place], right.flat[place]
        gap = a - b
        if not gap.is_finite():
            valued |= {"left"} if a.is_finite() else {"right"} if b.is_finite() else set()
            continue
        verdict, bits = _compare_entry(-gap if flipped else gap, a, b, claim.sign)
        if verdict == "open" and claim.sign not in STRICT and before is not None and before.radii is not None:
            known = before.radii.get(place)
            verdict = "holds" if known is not None and gap.rad() < known * _SHRINKAGE else "open"
        if verdict == "fails":
            size = _relative(gap, a, b)
            worst = max(worst, (size, place))
        elif verdict == "open":
            radii[place] = gap.rad()
        else:
            decided += 1
            least = min(least, max(bits, ENOUGH_BITS))
    error = 2.0**-least if claim.sign == "=" and least <= MAX_BITS else 0.0
    if worst[1] >= 0:
        failure = _failure(claim, left, right, worst[1])
        return Comparison("fails", worst[0], failure)
    if radii:
        return Comparison("open", error, None, frozenset(valued), radii)
    return Comparison("holds" if decided else "undefined", error, None, frozenset(valued), vacuous=not claimed)


_SHRINKAGE = 2.0**-300  # an error bound shrinks at least by this factor with four times the digits


def _compare_entry(gap: Any, left: Any, right: Any, sign: str) -> tuple[Verdict, int]:
    """Judge one difference, positive where an inequality is violated; return the bits to which the sides agree."""
    if gap == 0:
        return "fails" if sign in STRICT else "holds", MAX_BITS + 1
    if gap > 0:
        return "fails", 0
    if gap < 0:
        return "fails" if sign == "=" else "holds", 0
    bits = min(left.rel_accuracy_bits(), right.rel_accuracy_bits(), MAX_BITS)
    return "open" if sign in STRICT or bits < ENOUGH_BITS else "holds", bits


def _relative(gap: Any, left: Any, right: Any) -> float:
    """Return how large a difference is relative to the larger side: at most 2."""
    size = max(abs(left).upper(), abs(right).upper())
    return float((abs(gap).upper() / size).upper()) if size > 0 else 0.0


def _failure(claim: Claim, left: Array, right: Array, flat: int) -> Failure:
    """Return the failure at a flat position of two arrays, which names the entry: "i = 2, entry (1,3)"."""
    place = [int(k) for k in np.unravel_index(flat, left.shape)]
    indices = sorted(claim.left.indices | claim.right.indices, key=lambda index: index.axis)
    free = [f"{index.letter} = {place[-(3 + index.axis)] + 1}" for index in indices if 3 + index.axis <= len(place)]
    rows, columns = left.shape[-2:]
    if rows > 1 and columns > 1:
        free.append(f"entry ({place[-2] + 1},{place[-1] + 1})")
    elif rows * columns > 1:
        free.append(f"entry {max(place[-2:]) + 1}")
    a, b = left.flat[flat], right.flat[flat]
    return Failure(float(a), float(b), ", ".join(free), difference=float(a - b))
