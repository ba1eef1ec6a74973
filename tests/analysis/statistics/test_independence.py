"""Tests of independence against SciPy and scikit-learn, and Holm's correction against its definition."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics.cluster import contingency_matrix

from analysis.statistics import independence, information
from tests.marks import examples

EXACT = 1e-10  # two ways to compute one sum in double precision
OF_ROOTS = 1e-7  # a root of a difference near 0
FEW = examples(50)

pairs_of_codes = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=60)


@FEW
@given(pairs_of_codes)
def test_contingency_chi_square_cramers_v_and_entropy(pairs):
    first, second = np.array(pairs).T
    table = independence.contingency(first, second)
    np.testing.assert_array_equal(table, contingency_matrix(first, second))
    if min(table.shape) > 1:
        expected = stats.chi2_contingency(table, correction=False)
        assert independence.chi_square(table) == pytest.approx(expected.statistic, rel=EXACT, abs=EXACT)
        v = stats.contingency.association(table, method="cramer")
        assert independence.cramers_v(table) == pytest.approx(v, abs=OF_ROOTS)
    else:
        assert independence.cramers_v(table) == 0
    counts = np.bincount(first, minlength=6)
    assert information.entropy(counts) == pytest.approx(stats.entropy(counts), abs=EXACT)


@pytest.mark.parametrize("seed", range(12))
def test_independence_p_is_scipys_chi_square_or_its_sampled_one(seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(*((5, 90) if seed % 2 else (0, 7)), rng.integers(2, 5, 2)) + np.eye(1, dtype=int)
    table = table[np.ix_(table.any(axis=1), table.any(axis=0))]
    p = independence.independence_p(table, np.random.default_rng(1))
    expected = stats.contingency.expected_freq(table)
    cells_below = sum(one < 5 for one in expected.ravel()) / expected.size
    if cells_below <= 0.2 and expected.min() >= 1:  # Cochran's rule
        assert p == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-9)
        return
    method = stats.MonteCarloMethod(n_resamples=4999, rng=np.random.default_rng(2))
    sampled = stats.chi2_contingency(table, correction=False, method=method).pvalue
    assert p == pytest.approx(sampled, abs=5 * math.sqrt(0.25 / 2000 + 0.25 / 5000))  # five standard errors
    assert p >= 1 / 2000


@FEW
@given(st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.01, 1.0]), min_size=1, max_size=12))
def test_holms_correction_is_its_definition(p_values):
    """The i-th smallest of n is multiplied by n - i + 1, and none is below one that was smaller; at most 1."""
    n = len(p_values)
    ascending = sorted(p_values)
    expected = []
    for p in p_values:
        place = ascending.index(p)  # equal ones share what the first of them or a smaller one has
        last = max(i for i, other in enumerate(ascending) if other == p)
        candidates = [min(1.0, (n - i) * ascending[i]) for i in range(last + 1)]
        expected.append((max(candidates[: place + 1]), max(candidates)))
    for found, (low, high) in zip(independence.holm(np.array(p_values)), expected, strict=True):
        assert low - 1e-15 <= found <= high + 1e-15


@FEW
@given(st.lists(st.floats(-5, 5).map(lambda x: round(x, 1)), min_size=1, max_size=60), st.integers(2, 12))
def test_quantile_bins_are_cut_at_the_smallest_values_that_reach_each_share_of_the_rows(values, bins):
    ascending = sorted(values)
    edges = [
        next(v for i, v in enumerate(ascending, 1) if i >= k / bins * len(values) * (1 - 1e-12)) for k in range(1, bins)
    ]
    bin_of = [sum(value > edge for edge in sorted(set(edges))) for value in values]
    occupied = sorted(set(bin_of))
    found = independence.quantile_codes(np.array(values), bins)
    assert found.tolist() == [occupied.index(one) for one in bin_of]
