"""The record of the study `shared_bias`."""

from collections.abc import Iterable
from statistics import median
from typing import Annotated

from msgspec import Meta, Struct

from analysis.results.types import Count, Fraction, RoundingError


class Spread(Struct, frozen=True, forbid_unknown_fields=True):
    """One quantity over the pairs (the value of each pair is in the arrays)."""

    median: Annotated[float, "median over pairs"]
    minimum: Annotated[float, "smallest over pairs"]
    maximum: Annotated[float, "largest over pairs"]


def spread(values: Iterable[float]) -> Spread:
    """Summarise one value per pair; ValueError on no value at all."""
    numbers = [float(value) for value in values]
    if not numbers:
        raise ValueError("expected at least one value, one per pair")
    return Spread(median=float(median(numbers)), minimum=min(numbers), maximum=max(numbers))


class GradientErrors(Struct, frozen=True, forbid_unknown_fields=True):
    """Largest differences of our derivatives, relative to the reference's largest magnitude."""

    torch: Annotated[RoundingError, "dL/db against PyTorch, one example and every pair's start"]
    central: Annotated[RoundingError, "dL/db against central differences, the same places"]
    hessian: Annotated[RoundingError, "Hessian in (b1, b2) against PyTorch, every pair's snapshots"]


class Setup(Struct, frozen=True, forbid_unknown_fields=True):
    """What the experiment fixes beside the settings."""

    falling_steps: Annotated[int, Meta(ge=1), "first steps in each of which the loss has to fall"]
    doubled: Annotated[float, Meta(gt=1), "factor of the bias rate in the arm `doubled`"]
    level: Annotated[Fraction, "level at which an adjusted p-value settles a direction"]
    confidence: Annotated[Fraction, "level of the correlation's interval"]
    tests: Annotated[int, Meta(ge=1), "number of sign tests that the adjusted p-values allow for"]


class FirstStep(Struct, frozen=True, forbid_unknown_fields=True):
    """Both paths at the common start, and the first step's decrease of the loss."""

    cosine: Annotated[Spread, "cosine of dL/db1 and dL/db2 at the start"]
    extra_decrease: Annotated[
        Spread,
        "first step: shared arm's decrease of the loss minus independent arm's, over rate (|dL/db1|^2 + |dL/db2|^2)",
    ]
    larger_decreases: Annotated[Count, "pairs in which the shared arm's first decrease is larger"]
    first_order: Annotated[Spread, "2 dL/db1.dL/db2 / (|dL/db1|^2 + |dL/db2|^2), extra_decrease for a small rate"]
    measured_share: Annotated[
        Spread | None, "extra_decrease over first_order, pairs in which the latter is not 0; null: none"
    ]
    correlation: Annotated[float, Meta(ge=-1, le=1), "Pearson correlation of cosine and extra_decrease"]
    correlation_low: Annotated[float, Meta(ge=-1, le=1), "lower end of its 95 % interval (Fisher's z)"]
    correlation_high: Annotated[float, Meta(ge=-1, le=1), "upper end of its 95 % interval (Fisher's z)"]


class Curvature(Struct, frozen=True, forbid_unknown_fields=True):
    """Curvature of the mean loss at one iteration of the shared arm: H in (b1, b2), H_b in b, at the same point."""

    iteration: Annotated[Count, "updates done"]
    cosine: Annotated[Spread, "cosine of dL/db1 and dL/db2"]
    largest: Annotated[Spread, "largest eigenvalue of H"]
    smallest: Annotated[Spread, "smallest eigenvalue of H"]
    largest_ratio: Annotated[Spread, "largest eigenvalue of H_b over that of H, at most 2"]
    raised: Annotated[Count, "pairs in which that ratio is above 1"]
    positive_definite: Annotated[Count, "pairs in which H is positive definite"]
    condition: Annotated[Spread | None, "condition number of H where positive definite; null: none"]
    shared_condition: Annotated[Spread | None, "condition number of H_b in the same pairs"]
    condition_ratio: Annotated[Spread | None, "condition number of H_b over that of H, at most 1"]
    full_ratio: Annotated[Spread, "full Hessian's largest eigenvalue, shared over two biases"]


class PairedTest(Struct, frozen=True, forbid_unknown_fields=True):
    """One quantity of the shared arm against the same of another arm, pair by pair."""

    shared_larger: Annotated[Count, "pairs in which the shared arm's value is larger"]
    shared_smaller: Annotated[Count, "pairs in which the shared arm's value is smaller"]
    ties: Annotated[Count, "pairs in which both are equal, or neither was reached"]
    p_value: Annotated[Fraction, "exact two-sided sign test, ties left out"]
    p_adjusted: Annotated[Fraction, "the same, adjusted for the number of tests (Holm)"]
    ratio: Annotated[Spread | None, "shared over other, pairs in which both exist; null: none"]


class Outcomes(Struct, frozen=True, forbid_unknown_fields=True):
    """The shared arm against both others in one quantity."""

    label: Annotated[str, "the quantity in words"]
    independent: Annotated[PairedTest, "against independent biases at the same rate"]
    doubled: Annotated[PairedTest, "against independent biases at twice the rate"]


class Steps(Struct, frozen=True, forbid_unknown_fields=True):
    """Steps to one target loss."""

    loss_share: Annotated[float, Meta(gt=0), "the loss, as a share of the best constant output's"]
    reached: Annotated[tuple[Count, Count, Count], "pairs in which it was reached: shared, independent, doubled"]
    outcomes: Annotated[Outcomes, "larger means slower"]
    cosine_correlation: Annotated[
        float, Meta(ge=-1, le=1), "Spearman: initial cosine with steps, shared over independent; pairs that reach it"
    ]


class SharedBiasRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `shared_bias`."""

    gradient_error: GradientErrors
    setup: Setup
    pairs: Annotated[int, Meta(ge=2), "paired seeds"]
    first_step: FirstStep
    curvature: Annotated[
        tuple[Curvature, ...], Meta(min_length=3, max_length=3), "at the start, at a tenth and at the end"
    ]
    bound_excess: Annotated[
        float, "largest (ratio of largest eigenvalues H_b/H) - 2, all snapshots and pairs; at most 0"
    ]
    steps: Annotated[tuple[Steps, ...], Meta(min_length=1), "by target loss, largest first"]
    cosine_predicts: Annotated[Count, "target losses whose cosine_correlation has a 95 % interval without 0"]
    slowdown_low: Annotated[float, "smallest median of steps, shared over independent, over the target losses"]
    slowdown_high: Annotated[float, "largest of these medians"]
    slower_losses: Annotated[Count, "target losses that the shared arm reaches later than the independent, settled"]
    faster_losses: Annotated[Count, "target losses that the shared arm reaches sooner than the independent, settled"]
    slower_than_doubled: Annotated[
        Count, "target losses that the shared arm reaches later than independent biases at twice the rate, settled"
    ]
    largest_rate: Annotated[Outcomes, "largest rate whose loss falls in each of the first steps"]
    largest_rates: Annotated[tuple[Spread, Spread, Spread], "those rates: shared, independent, doubled"]
    final_loss: Annotated[Outcomes, "mean training loss after the last iteration"]
