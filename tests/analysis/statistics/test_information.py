"""Mutual information against scikit-learn's, with the closed form of its mean over label permutations."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information
from sklearn.preprocessing import OrdinalEncoder

from analysis.statistics import information
from tests.analysis.studies.eda.worlds import world
from tests.marks import examples

EXACT = 1e-10  # two ways to compute one sum in double precision
FEW = examples(50)

seeds = st.integers(0, 10**6)


@FEW
@given(seeds)
def test_information_of_many_tables_is_scikit_learns_of_each(seed):
    rng = np.random.default_rng(seed)
    tables = rng.integers(0, 20, (5, 3, 4)) + 1
    found = information.plug_in_information(tables)
    for one, table in zip(found, tables, strict=True):
        codes = [(i, j) for i in range(3) for j in range(4) for _ in range(table[i, j])]
        assert one == pytest.approx(mutual_info_score(*zip(*codes, strict=True)), abs=EXACT)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", ["a", "b", "kind", "place"])
@pytest.mark.sampled(4)
def test_information_less_its_bias_is_scikit_learns_less_the_expected_one(name, seed):
    """The mean over label permutations has a closed form (Vinh et al. 2010), which scikit-learn computes."""
    frame, labels = world(seed, 400)
    found = information.information(frame[name], labels, name in ("a", "b"), np.random.default_rng(seed))
    known = frame[name].notna().to_numpy()
    if name in ("a", "b"):
        bins = min(32, max(2, int(known.sum()) // 25))
        ascending = np.sort(frame[name][known])
        edges = sorted({ascending[math.ceil(k / bins * known.sum() - 1e-9) - 1] for k in range(1, bins)})
        codes = np.digitize(frame[name][known], edges, right=True)
    else:
        codes = OrdinalEncoder().fit_transform(frame[[name]][known])[:, 0]
    counts = contingency_matrix(codes, labels[known], dtype=np.int64, sparse=True)
    expected = mutual_info_score(codes, labels[known]) - expected_mutual_information(counts, int(known.sum()))
    rng = np.random.default_rng(0)
    permuted = [mutual_info_score(codes, rng.permutation(labels[known])) for _ in range(200)]
    spread = np.std(permuted)
    assert found.mutual_information == pytest.approx(expected, abs=5 * spread / math.sqrt(200))
    line = np.quantile(permuted, 0.95) - np.mean(permuted)
    assert found.zero_line == pytest.approx(line, abs=spread)  # the 95 % point of 200 draws varies by .15 to .3 of it


@pytest.mark.parametrize("values", [[1.0] * 30, [np.nan] * 29 + [1.0], [np.nan] * 30, ["x"] * 30])
def test_a_column_of_one_value_one_row_or_no_row_has_no_information(values):
    labels = np.arange(30) % 3
    found = information.information(pd.Series(values), labels, not isinstance(values[0], str), np.random.default_rng(0))
    assert (found.mutual_information, found.zero_line) == (0, 0)
