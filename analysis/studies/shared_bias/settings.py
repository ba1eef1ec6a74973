"""The section [shared_bias] of report.toml."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from analysis.declaration import Section
from analysis.settings.schema import Rate, Rows, Seed, Units


class SharedBiasSettings(Section, frozen=True, forbid_unknown_fields=True):
    """Seeds, sizes and hyper-parameters of the experiment."""

    seed: Seed = 0
    pairs: Annotated[int, Meta(ge=2, le=200)] = 20
    inputs: Units = 12
    units: Units = 4
    rows: Rows = 512
    iterations: Annotated[int, Meta(ge=100, le=1_000_000)] = 1000
    learning_rate: Rate = 0.5

    def in_profile(self, profile: str) -> Self:
        """quick: 4 pairs, 100 iterations."""
        if profile != "quick":
            return self
        return msgspec.structs.replace(self, pairs=min(self.pairs, 4), iterations=100)
