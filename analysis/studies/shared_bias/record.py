"""The record of the study `shared_bias`."""

from collections.abc import Iterable
from statistics import median
from typing import Annotated

from msgspec import Meta, Struct

from analysis.results.types import Fraction, RoundingError

Pairs = Annotated[int, Meta(ge=0)]


class Spread(Struct, frozen=True, forbid_unknown_fields=True):
    """One quantity over the pairs (the value of each pair is in the arrays)."""

    median: Annotated[float, Meta(description="median over pairs")]
    minimum: Annotated[float, Meta(description="smallest over pairs")]
    maximum: Annotated[float, Meta(description="largest over pairs")]


def spread(values: Iterable[float]) -> Spread:
    """Summarise one value per pair; ValueError on no value at all."""
    numbers = [float(value) for value in values]
    if not numbers:
        raise ValueError("expected at least one value, one per pair")
    return Spread(median=float(median(numbers)), minimum=min(numbers), maximum=max(numbers))


class GradientErrors(Struct, frozen=True, forbid_unknown_fields=True):
    """Largest differences of our derivatives, relative to the reference's largest magnitude."""

    torch: Annotated[RoundingError, Meta(description="dL/db against PyTorch, one example and every pair's start")]
    central: Annotated[RoundingError, Meta(description="dL/db against central differences, the same places")]
    hessian: Annotated[RoundingError, Meta(description="Hessian in (b1, b2) against PyTorch, every pair's snapshots")]


class Setup(Struct, frozen=True, forbid_unknown_fields=True):
    """What the experiment fixes beside the settings."""

    teacher_units: Annotated[int, Meta(ge=1, description="hidden tanh units of the network that labels examples")]
    teacher_scale: Annotated[float, Meta(gt=0, description="standard deviation of the labelling network's logits")]
    falling_steps: Annotated[int, Meta(ge=1, description="first steps in each of which the loss has to fall")]
    doubled: Annotated[float, Meta(gt=1, description="factor of the bias rate in the arm `doubled`")]
    level: Annotated[Fraction, Meta(description="level at which an adjusted p-value settles a direction")]
    confidence: Annotated[Fraction, Meta(description="level of the correlation's interval")]
    tests: Annotated[int, Meta(ge=1, description="number of sign tests that the adjusted p-values allow for")]


class FirstStep(Struct, frozen=True, forbid_unknown_fields=True):
    """Both paths at the common start, and the first step's decrease of the loss."""

    cosine: Annotated[Spread, Meta(description="cosine of dL/db1 and dL/db2 at the start")]
    extra_decrease: Annotated[
        Spread,
        Meta(
            description="first step: shared arm's decrease of the loss minus independent arm's, "
            "over rate (|dL/db1|^2 + |dL/db2|^2)"
        ),
    ]
    larger_decreases: Annotated[Pairs, Meta(description="pairs in which the shared arm's first decrease is larger")]
    first_order: Annotated[
        Spread, Meta(description="2 dL/db1.dL/db2 / (|dL/db1|^2 + |dL/db2|^2), extra_decrease for a small rate")
    ]
    correlation: Annotated[float, Meta(ge=-1, le=1, description="Pearson correlation of cosine and extra_decrease")]
    correlation_low: Annotated[float, Meta(ge=-1, le=1, description="lower end of its 95 % interval (Fisher's z)")]
    correlation_high: Annotated[float, Meta(ge=-1, le=1, description="upper end of its 95 % interval (Fisher's z)")]
    same_sign: Annotated[Pairs, Meta(description="pairs in which extra_decrease has first_order's sign")]
    largest_overestimate: Annotated[float, Meta(description="largest first_order - extra_decrease over the pairs")]


class Curvature(Struct, frozen=True, forbid_unknown_fields=True):
    """Curvature of the mean loss at one iteration of the shared arm: H in (b1, b2), H_b in b, at the same point."""

    iteration: Annotated[int, Meta(ge=0, description="updates done")]
    cosine: Annotated[Spread, Meta(description="cosine of dL/db1 and dL/db2")]
    sum_over_parts: Annotated[Spread, Meta(description="|dL/db1 + dL/db2| / (|dL/db1| + |dL/db2|)")]
    largest: Annotated[Spread, Meta(description="largest eigenvalue of H")]
    smallest: Annotated[Spread, Meta(description="smallest eigenvalue of H")]
    largest_ratio: Annotated[Spread, Meta(description="largest eigenvalue of H_b over that of H, at most 2")]
    raised: Annotated[Pairs, Meta(description="pairs in which that ratio is above 1")]
    positive_definite: Annotated[Pairs, Meta(description="pairs in which H is positive definite")]
    condition: Annotated[Spread | None, Meta(description="condition number of H where positive definite; null: none")]
    shared_condition: Annotated[Spread | None, Meta(description="condition number of H_b in the same pairs")]
    condition_ratio: Annotated[Spread | None, Meta(description="condition number of H_b over that of H, at most 1")]
    full_ratio: Annotated[Spread, Meta(description="full Hessian's largest eigenvalue, shared over two biases")]
    full_indefinite: Annotated[Pairs, Meta(description="pairs in which the full Hessian (two biases) is indefinite")]


class PairedTest(Struct, frozen=True, forbid_unknown_fields=True):
    """One quantity of the shared arm against the same of another arm, pair by pair."""

    shared_larger: Annotated[Pairs, Meta(description="pairs in which the shared arm's value is larger")]
    shared_smaller: Annotated[Pairs, Meta(description="pairs in which the shared arm's value is smaller")]
    ties: Annotated[Pairs, Meta(description="pairs in which both are equal, or neither was reached")]
    p_value: Annotated[Fraction, Meta(description="exact two-sided sign test, ties left out")]
    p_adjusted: Annotated[Fraction, Meta(description="the same, adjusted for the number of tests (Holm)")]
    ratio: Annotated[Spread | None, Meta(description="shared over other, pairs in which both exist; null: none")]


class Outcomes(Struct, frozen=True, forbid_unknown_fields=True):
    """The shared arm against both others in one quantity."""

    label: Annotated[str, Meta(description="the quantity in words")]
    independent: Annotated[PairedTest, Meta(description="against independent biases at the same rate")]
    doubled: Annotated[PairedTest, Meta(description="against independent biases at twice the rate")]


class Steps(Struct, frozen=True, forbid_unknown_fields=True):
    """Steps to one target loss."""

    loss_share: Annotated[float, Meta(gt=0, description="the loss, as a share of the best constant output's")]
    reached: Annotated[
        tuple[Pairs, Pairs, Pairs],
        Meta(description="pairs in which it was reached: shared, independent, doubled"),
    ]
    outcomes: Annotated[Outcomes, Meta(description="larger means slower")]


class SharedBiasRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `shared_bias`."""

    gradient_error: GradientErrors
    setup: Setup
    pairs: Annotated[int, Meta(ge=2, description="paired seeds")]
    first_step: FirstStep
    curvature: Annotated[
        tuple[Curvature, ...], Meta(min_length=3, max_length=3, description="at the start, at a tenth and at the end")
    ]
    bound_excess: Annotated[
        float, Meta(description="largest (ratio of largest eigenvalues H_b/H) - 2, all snapshots and pairs; at most 0")
    ]
    steps: Annotated[tuple[Steps, ...], Meta(min_length=1, description="by target loss, largest first")]
    slower_losses: Annotated[
        int, Meta(ge=0, description="target losses that the shared arm reaches later than the independent, settled")
    ]
    faster_losses: Annotated[
        int,
        Meta(ge=0, description="target losses that the shared arm reaches sooner than the independent, settled"),
    ]
    largest_rate: Annotated[Outcomes, Meta(description="largest rate whose loss falls in each of the first steps")]
    largest_rates: Annotated[
        tuple[Spread, Spread, Spread], Meta(description="those rates: shared, independent, doubled")
    ]
    final_loss: Annotated[Outcomes, Meta(description="mean training loss after the last iteration")]
