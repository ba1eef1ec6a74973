"""The section [decay] of report.toml."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from analysis.declaration import Section


class DecaySettings(Section, frozen=True, forbid_unknown_fields=True):
    """The strengths of weight decay; the first one is what the others are compared with."""

    strengths: Annotated[tuple[Annotated[float, Meta(ge=0, le=10)], ...], Meta(min_length=2)] = (0.0, 0.01)

    def in_profile(self, profile: str) -> Self:
        """quick: the first two."""
        return msgspec.structs.replace(self, strengths=self.strengths[:2]) if profile == "quick" else self
