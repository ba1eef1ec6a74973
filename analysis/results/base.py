"""Types that several records share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

Fraction = Annotated[float, Meta(ge=0, le=1)]
NonNegative = Annotated[float, Meta(ge=0)]


class Replicated(Struct, frozen=True, forbid_unknown_fields=True):
    """One quantity measured on several replicates (split and initialisation drawn anew)."""

    mean: Annotated[float, Meta(description="mean over replicates")]
    std: Annotated[float, Meta(ge=0, description="sample standard deviation over replicates (0 for a single one)")]
    minimum: Annotated[float, Meta(description="smallest over replicates")]
    maximum: Annotated[float, Meta(description="largest over replicates")]
    replicates: Annotated[tuple[float, ...], Meta(min_length=1, description="the value of each replicate")]


def replicated(values: Sequence[float] | np.ndarray) -> Replicated:
    """Summarise one value per replicate; ValueError on an empty sequence."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"expected one value per replicate, got an array of shape {array.shape}")
    return Replicated(
        mean=float(array.mean()),
        std=float(array.std(ddof=1)) if array.size > 1 else 0.0,
        minimum=float(array.min()),
        maximum=float(array.max()),
        replicates=tuple(float(value) for value in array),
    )
