"""Records of claims in claims.json: how each was decided, and how nearly otherwise."""

import math
from typing import Any

import msgspec
from msgspec import Struct


class Comparison(Struct, frozen=True):
    """One comparison of a condition, with the values it saw, the keys it read and the noise of these."""

    left: float
    operator: str
    right: float
    holds: bool
    keys: tuple[str, ...] = ()
    noise: float = 0.0  # half width of the interval over replicates; 0 where nothing compared is a mean over them

    @property
    def within_noise(self) -> bool:
        """Whether the two sides are nearer to each other than what they compare is known."""
        return abs(self.left - self.right) < self.noise


class Claim(Struct):
    """A claim and its decision during rendering."""

    id: str
    template: str
    line: int
    conditions: tuple[str, ...]  # as typed, one a branch; of the inline form all of it as one
    branches: int
    branch: int = -1
    printed: str = ""  # the text of that branch
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
    """Return the half width of the interval of a comparison of these keys, as if they varied independently.

    A mean whose half width the comparison names itself has its noise in the condition already.
    """
    means = [key for key in keys if key in noise and f"{key.removesuffix('mean')}half_width" not in keys]
    return math.hypot(*(noise[key] for key in means))


def as_tree(claim: Claim) -> dict[str, Any]:
    """Return a claim as claims.json holds it."""
    tree = {**msgspec.to_builtins(claim), "condition": claim.condition}
    return tree | {"margin": claim.margin, "within_noise": claim.within_noise}
