"""Types that several records share."""

import math
from collections.abc import Iterable
from statistics import fmean, stdev
from typing import Annotated

from msgspec import Meta, Struct

from analysis.statistics.intervals import mean_half_width

Count = Annotated[int, Meta(ge=0)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
NonNegative = Annotated[float, Meta(ge=0)]
# a difference of two computations of one number: rounding errors, which no two processors share
RoundingError = Annotated[float, Meta(ge=0, extra={"tolerance": 1e-6})]


class Replicated(Struct, frozen=True, forbid_unknown_fields=True):
    """One quantity measured on several replicates (each with its own split and initialisation)."""

    mean: Annotated[float, "mean over replicates"]
    std: Annotated[float, Meta(ge=0), "sample standard deviation over replicates (0 for a single one)"]
    half_width: Annotated[
        float, Meta(ge=0), "half width of the mean's 95 % t interval over replicates (1e300 for a single one)"
    ]
    minimum: Annotated[float, "smallest over replicates"]
    maximum: Annotated[float, "largest over replicates"]
    replicates: Annotated[tuple[float, ...], Meta(min_length=1), "the value of each replicate"]


def replicated(values: Iterable[float]) -> Replicated:
    """Summarise one value per replicate; ValueError on no value at all, and on one that is not a number."""
    numbers = tuple(float(value) for value in values)
    if not numbers:
        raise ValueError("expected at least one value, one per replicate")
    if lost := [at for at, number in enumerate(numbers) if math.isnan(number)]:
        raise ValueError(f"expected a number from each replicate, got none (NaN) from replicate {lost[0]} (from 0)")
    std = stdev(numbers) if len(numbers) > 1 else 0.0
    return Replicated(
        mean=fmean(numbers),
        std=std,
        half_width=mean_half_width(std, len(numbers)),
        minimum=min(numbers),
        maximum=max(numbers),
        replicates=numbers,
    )
