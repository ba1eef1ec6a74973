"""The section [logistic] of report.toml."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from analysis.declaration import Section
from analysis.settings.schema import Rate


class LogisticSettings(Section, frozen=True, forbid_unknown_fields=True):
    """Learning rate, updates and number of splits."""

    rate: Rate = 0.5
    iterations: Annotated[int, Meta(ge=1, le=100_000)] = 300
    replicates: Annotated[int, Meta(ge=2, le=100)] = 5

    def in_profile(self, profile: str) -> Self:
        """quick: 50 updates, 2 splits."""
        if profile != "quick":
            return self
        return msgspec.structs.replace(self, iterations=min(self.iterations, 50), replicates=2)
