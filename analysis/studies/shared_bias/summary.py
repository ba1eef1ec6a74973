"""From the pairs' arrays to the record of Question 2's experiment: spreads, counts and exact sign tests."""

from collections.abc import Mapping

import msgspec
import numpy as np

from analysis.statistics import intervals
from analysis.statistics.independence import holm
from analysis.statistics.ranks import spearman
from analysis.studies.shared_bias.experiment import (
    DOUBLED,
    FALLING_STEPS,
    INDEPENDENT,
    LOSS_SHARES,
    MIXING,
    SHARED,
    sign_test,
    tenth,
)
from analysis.studies.shared_bias.network import Array
from analysis.studies.shared_bias.record import (
    Curvature,
    FirstStep,
    GradientErrors,
    Outcomes,
    PairedTest,
    Setup,
    SharedBiasRecord,
    Spread,
    Steps,
    spread,
)
from analysis.studies.shared_bias.settings import SharedBiasSettings

LEVEL = 0.05  # a direction is settled where the adjusted p-value is below it


def summarise(arrays: Mapping[str, Array], settings: SharedBiasSettings, errors: GradientErrors) -> SharedBiasRecord:
    """Return the record of all pairs; the p-values are adjusted together, after all tests are known."""
    reported = (0, tenth(settings.iterations), settings.iterations)
    by_label = {
        f"steps to {share:g} of the constant loss": arrays["steps"][:, i] for i, share in enumerate(LOSS_SHARES)
    }
    by_label["largest rate"] = arrays["largest_rate"]
    by_label["final loss"] = arrays["loss"][:, :, -1]
    outcomes = adjusted([compare(label, values) for label, values in by_label.items()])
    ratio = arrays["shared_extremes"][:, :, 1] / arrays["block_extremes"][:, :, 1]
    cosine = path_cosine(arrays["path_products"])
    steps = tuple(
        Steps(share, reached(arrays["steps"][:, i]), outcomes[i], cosine_correlation(cosine, arrays["steps"][:, i]))
        for i, share in enumerate(LOSS_SHARES)
    )
    medians = [one.outcomes.independent.ratio.median for one in steps if one.outcomes.independent.ratio]
    return SharedBiasRecord(
        gradient_error=errors,
        setup=Setup(
            falling_steps=FALLING_STEPS,
            doubled=float(MIXING[DOUBLED, 0, 0]),
            level=LEVEL,
            confidence=intervals.CONFIDENCE,
            tests=2 * len(outcomes),
        ),
        pairs=settings.pairs,
        first_step=first_step(arrays, settings.learning_rate),
        curvature=tuple(curvature_at(arrays, position, at) for position, at in enumerate(reported)),
        bound_excess=float(ratio.max() - 2),
        steps=steps,
        cosine_predicts=sum(_excludes_zero(one.cosine_correlation, settings.pairs) for one in steps),
        slowdown_low=min(medians, default=1.0),
        slowdown_high=max(medians, default=1.0),
        slower_losses=sum(_significant_sign(outcome.independent) > 0 for outcome in outcomes[:-2]),
        faster_losses=sum(_significant_sign(outcome.independent) < 0 for outcome in outcomes[:-2]),
        slower_than_doubled=sum(_significant_sign(outcome.doubled) > 0 for outcome in outcomes[:-2]),
        largest_rate=outcomes[-2],
        largest_rates=_by_arm(arrays["largest_rate"]),
        final_loss=outcomes[-1],
    )


def path_cosine(products: Array) -> Array:
    """Return the cosine of dL/db1 and dL/db2, (pair,), from their products (pair, 3)."""
    return products[:, 1] / np.sqrt(products[:, 0] * products[:, 2])


def first_order(products: Array) -> Array:
    """Return 2 dL/db1.dL/db2 / (|dL/db1|^2 + |dL/db2|^2), (pair,): the limit of `extra_decrease` for small rates."""
    return 2 * products[:, 1] / (products[:, 0] + products[:, 2])


def extra_decrease(loss: Array, products: Array, rate: float) -> Array:
    """Return the first step's decrease of the shared arm minus the independent arm's, (pair,).

    In units of rate (|dL/db1|^2 + |dL/db2|^2), the part of the independent arm's that its biases bring to first order.
    """
    return (loss[:, INDEPENDENT, 1] - loss[:, SHARED, 1]) / (rate * (products[:, 0] + products[:, 2]))


def first_step(arrays: Mapping[str, Array], rate: float) -> FirstStep:
    """Summarise the common start and the first step."""
    products = arrays["path_products"]
    cosine, predicted = path_cosine(products), first_order(products)
    extra = extra_decrease(arrays["loss"], products, rate)
    correlation = float(np.clip(np.corrcoef(cosine, extra)[0, 1], -1, 1))
    low, high = intervals.fisher(correlation, len(cosine))
    return FirstStep(
        cosine=spread(cosine),
        extra_decrease=spread(extra),
        larger_decreases=int((extra > 0).sum()),
        first_order=spread(predicted),
        measured_share=spread(extra[predicted != 0] / predicted[predicted != 0]) if predicted.any() else None,
        correlation=correlation,
        correlation_low=low,
        correlation_high=high,
    )


def curvature_at(arrays: Mapping[str, Array], position: int, iteration: int) -> Curvature:
    """Summarise the curvature at one reported iteration (`position` in `full_extremes`)."""
    at = int(np.flatnonzero(arrays["snapshot_iterations"] == iteration)[0])
    low, high = arrays["block_extremes"][:, at].T
    shared_low, shared_high = arrays["shared_extremes"][:, at].T
    full, full_shared = arrays["full_extremes"][:, position, 0], arrays["full_extremes"][:, position, 1]
    definite = low > 0
    condition, shared_condition = high[definite] / low[definite], shared_high[definite] / shared_low[definite]
    return Curvature(
        iteration=iteration,
        cosine=spread(arrays["cosine"][:, at]),
        largest=spread(high),
        smallest=spread(low),
        largest_ratio=spread(shared_high / high),
        raised=int((shared_high > high).sum()),
        positive_definite=int(definite.sum()),
        condition=spread(condition) if definite.any() else None,
        shared_condition=spread(shared_condition) if definite.any() else None,
        condition_ratio=spread(shared_condition / condition) if definite.any() else None,
        full_ratio=spread(full_shared[:, 1] / full[:, 1]),
    )


def compare(label: str, values: Array) -> Outcomes:
    """Compare the shared arm with both others in one quantity, `values` (pair, arm)."""
    tests = [paired_test(values[:, SHARED], values[:, other]) for other in (INDEPENDENT, DOUBLED)]
    return Outcomes(label, *tests)


def paired_test(shared: Array, other: Array) -> PairedTest:
    """Count the pairs in which the shared arm's value is larger or smaller; infinity: never reached."""
    larger, smaller = int((shared > other).sum()), int((shared < other).sum())
    both = np.isfinite(shared) & np.isfinite(other) & (other > 0)
    p_value = sign_test(larger, smaller)
    return PairedTest(
        shared_larger=larger,
        shared_smaller=smaller,
        ties=len(shared) - larger - smaller,
        p_value=p_value,
        p_adjusted=p_value,
        ratio=spread(shared[both] / other[both]) if both.any() else None,
    )


def adjusted(outcomes: list[Outcomes]) -> list[Outcomes]:
    """Return the outcomes with p-values adjusted for the number of tests in all of them."""
    tests = [test for outcome in outcomes for test in (outcome.independent, outcome.doubled)]
    p_values = holm(np.array([test.p_value for test in tests])).tolist()
    replace = msgspec.structs.replace
    return [
        replace(
            outcome,
            independent=replace(outcome.independent, p_adjusted=p_values[2 * i]),
            doubled=replace(outcome.doubled, p_adjusted=p_values[2 * i + 1]),
        )
        for i, outcome in enumerate(outcomes)
    ]


def _significant_sign(test: PairedTest) -> int:
    """Return 1 where the shared arm's value is larger in more pairs than chance allows, -1 where smaller, else 0."""
    return int(np.sign(test.shared_larger - test.shared_smaller)) if test.p_adjusted < LEVEL else 0


def reached(steps: Array) -> tuple[int, int, int]:
    """Return in how many pairs each arm reached a target loss, `steps` (pair, arm)."""
    shared, independent, doubled = (int(count) for count in np.isfinite(steps).sum(axis=0))
    return shared, independent, doubled


def cosine_correlation(cosine: Array, steps: Array) -> float:
    """Return Spearman's coefficient of `cosine` (pair,) with the steps (pair, arm), shared over independent; 0: none.

    Pairs in which an arm never reached the loss are left out.
    """
    shared, independent = steps[:, SHARED], steps[:, INDEPENDENT]
    both = np.isfinite(shared) & np.isfinite(independent) & (independent > 0)
    return spearman(cosine[both], shared[both] / independent[both]) if both.any() else 0.0


def _excludes_zero(correlation: float, pairs: int) -> bool:
    """Whether the interval of a correlation (Fisher's z, for ranks an approximation) does not hold 0."""
    low, high = intervals.fisher(correlation, pairs)
    return low > 0 or high < 0


def _by_arm(values: Array) -> tuple[Spread, Spread, Spread]:
    shared, independent, doubled = (spread(column) for column in values.T)
    return shared, independent, doubled
