"""Confidence intervals against SciPy, their defining equations and their coverage."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from analysis.statistics import intervals
from tests.marks import examples

EXACT = 1e-10  # two ways to compute one number in double precision
FEW = examples(50)

seeds = st.integers(0, 10**6)


@FEW
@given(st.integers(1, 5000), st.floats(0, 1))
def test_wilsons_interval_is_scipys_for_counts_and_the_roots_of_its_equation_for_any_share(rows, share):
    right = round(share * rows)
    expected = stats.binomtest(right, rows).proportion_ci(method="wilson")
    assert intervals.wilson(right / rows, rows) == pytest.approx((expected.low, expected.high), abs=EXACT)
    z = stats.norm.ppf(0.975)

    def apart(p: float) -> float:  # of the share, in standard errors under p, squared, less z squared
        return rows * (share - p) ** 2 - z**2 * p * (1 - p)

    low, high = intervals.wilson(share, rows)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1
    if 0.001 < share < 0.999:
        assert low == pytest.approx(optimize.brentq(apart, 0, share), abs=1e-9)
        assert high == pytest.approx(optimize.brentq(apart, share, 1), abs=1e-9)


@pytest.mark.parametrize(("share", "rows"), [(0.0, 1), (1.0, 1), (0.0, 7), (1.0, 10**6)])
def test_wilsons_interval_of_none_or_all_right_ends_at_the_share_and_not_before_the_other_end(share, rows):
    expected = stats.binomtest(round(share * rows), rows).proportion_ci(method="wilson")
    low, high = intervals.wilson(share, rows)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=EXACT)
    assert 0 <= low < high <= 1
    assert share in (pytest.approx(low, abs=1e-15), pytest.approx(high, abs=1e-15))


def test_wilsons_interval_holds_the_true_share_about_as_often_as_it_says():
    held = {}
    for true in (0.05, 0.5, 0.84):
        counts = stats.binom(80, true)
        ends = [intervals.wilson(k / 80, 80) for k in range(81)]
        held[true] = sum(counts.pmf(k) for k, (low, high) in enumerate(ends) if low <= true <= high)
    assert all(share == pytest.approx(0.95, abs=0.02) for share in held.values())  # 81 outcomes: not exactly .95


@FEW
@given(st.floats(0, 1), st.integers(1, 5000), st.floats(0, 1), st.integers(1, 5000))
def test_the_interval_of_a_difference_is_that_of_the_normal_with_the_sum_of_the_variances(p, n, q, m):
    spread = math.sqrt(stats.bernoulli.var(p) / n + stats.bernoulli.var(q) / m)
    low, high = stats.norm.interval(0.95, scale=spread) if spread else (0, 0)
    assert intervals.difference_half_width(p, n, q, m) == pytest.approx((high - low) / 2, abs=EXACT)


@FEW
@given(seeds, st.integers(4, 60))
def test_fishers_interval_of_a_correlation_is_scipys(seed, pairs):
    x, y = np.random.default_rng(seed).normal(size=(2, pairs))
    result = stats.pearsonr(x, y + x * (seed % 3))
    interval = result.confidence_interval(0.95)
    found = intervals.fisher(float(result.statistic), pairs)
    assert found == pytest.approx((interval.low, interval.high), abs=EXACT)


@pytest.mark.parametrize(("correlation", "pairs"), [(0.5, 1), (0.5, 3), (1.0, 20), (-1.0, 20)])
def test_fishers_interval_of_too_few_pairs_or_of_certainty_is_all_there_is(correlation, pairs):
    assert intervals.fisher(correlation, pairs) == (-1.0, 1.0)
