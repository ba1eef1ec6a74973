"""A claim as it was decided, how nearly it was decided otherwise, and its row in the appendix."""

from __future__ import annotations

import math
from pathlib import PurePosixPath
from typing import Any

import msgspec
from msgspec import Struct

LONGEST_CONDITION = 170  # characters in the appendix; claims.json has the whole
SHOWN_COMPARISONS = 4  # of a claim, in the appendix
SIGNS = {"gt": ">", "gteq": "≥", "lt": "<", "lteq": "≤", "eq": "=", "ne": "≠"}


class Comparison(Struct, frozen=True):
    """One comparison of a condition, with the values it saw, the keys it read and the noise of these."""

    left: float
    operator: str
    right: float
    holds: bool
    keys: tuple[str, ...] = ()
    noise: float = 0.0  # standard deviation over replicates; 0 where nothing compared is a mean over them

    @property
    def within_noise(self) -> bool:
        """Whether the two sides are nearer to each other than what they compare is known."""
        return abs(self.left - self.right) < self.noise


class Claim(Struct):
    """A claim as it was decided while rendering."""

    id: str
    template: str
    line: int
    conditions: tuple[str, ...]  # as typed, one a branch; of the inline form all of it as one
    branches: int
    branch: int = -1
    values: dict[str, Any] = {}
    comparisons: list[Comparison] = []

    @property
    def condition(self) -> str:
        """All conditions in one line."""
        return " | ".join(self.conditions)

    @property
    def within_noise(self) -> bool:
        """Whether a comparison that decided the claim came out as it did by less than its noise."""
        return any(comparison.within_noise for comparison in self.comparisons)

    @property
    def margin(self) -> float | None:
        """The smallest distance to a changed verdict among the comparisons of numbers; None without any."""
        distances = [abs(comparison.left - comparison.right) for comparison in self.comparisons]
        return min(distances) if distances else None


def noise_of(keys: tuple[str, ...], noise: dict[str, float]) -> float:
    """Return the standard deviation over replicates of a comparison of these keys, as if they varied independently.

    A mean whose standard deviation the comparison names itself has its noise in the condition already.
    """
    means = [key for key in keys if key in noise and f"{key.removesuffix('mean')}std" not in keys]
    return math.hypot(*(noise[key] for key in means))


def as_tree(claim: Claim) -> dict[str, Any]:
    """Return a claim as claims.json holds it."""
    tree = {**msgspec.to_builtins(claim), "condition": claim.condition}
    return tree | {"margin": claim.margin, "within_noise": claim.within_noise}


def row(claim: Claim) -> dict[str, Any]:
    """Return a claim as the appendix prints it: the condition of the printed branch, and what was compared."""
    printed = claim.conditions[claim.branch] if 0 <= claim.branch < len(claim.conditions) else claim.condition
    others = [condition for condition in claim.conditions if condition != "otherwise"]
    condition = f"none of: {'; '.join(others)}" if printed == "otherwise" else printed
    if len(condition) > LONGEST_CONDITION:
        condition = condition[:LONGEST_CONDITION].rsplit(" ", 1)[0] + " …"
    first = claim.comparisons[:SHOWN_COMPARISONS]
    compared = [
        f"{each.left:.4g} {SIGNS[each.operator]} {each.right:.4g}{'' if each.holds else ' (no)'}" for each in first
    ]
    more = [f"{len(claim.comparisons) - len(first)} more"] if len(claim.comparisons) > len(first) else []
    return {
        "id": claim.id,
        "place": f"{PurePosixPath(claim.template).name.removesuffix('.tex.j2')}:{claim.line}",
        "condition": condition,
        "compared": ", ".join([*compared, *more]),
        "branch": f"{claim.branch + 1}/{claim.branches}",
        "within_noise": claim.within_noise,
    }
