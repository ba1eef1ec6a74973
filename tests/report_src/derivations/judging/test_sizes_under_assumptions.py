"""Bounds that hold for few entries, and branches of an assumption that a solution near a draw misses."""

import pytest

from tests.report_src.derivations.checked import checked, displayed

UNIT = r"Let $x \in \mathbb{R}^n$ with $\lVert x \rVert = 1$."
ORTHOGONAL = r"Let $A \in \mathbb{R}^{n \times n}$ be orthogonal."
SHARES = r"Let $p \in \mathbb{R}^n_{>0}$ with $\sum_i p_i = 1$."
LARGER = [
    (UNIT, r"\sum_i x_i^4 &\ge \frac14"),
    (UNIT, r"\sum_i x_i^4 &\ge \frac1{10}"),
    (UNIT, r"\lVert x \rVert_1 &\le 3"),
    (r"Let $x \in \mathbb{R}^n$. Assume that $|x_i| \le 1$.", r"x^\top x &\le 9"),
    (SHARES, r"\sum_i p_i^2 &\ge \frac14"),
    (ORTHOGONAL, r"\lVert A \rVert_F^2 &\le 5"),
    (
        r"Let $x \in \mathbb{R}^n$ and $s \in \mathbb{R}$. Assume $s \ge 1$.",
        r"\lVert x \rVert_1 &\le (1 + s) \lVert x \rVert",
    ),
    (r"Let $x \in \mathbb{R}^n$.", r"\lVert x \rVert_1 &\le 3, \quad \text{if } x^\top x = 1"),
    (UNIT, r"(n-1)(n-2)(n-3)(n-4) x^\top x &= 0"),
]
TRUE = [
    (UNIT, r"\sum_i x_i^4 &\le 1"),
    (UNIT, r"\lVert x \rVert_1^2 &\le n"),
    (SHARES, r"\sum_i p_i^2 &\ge \frac1n"),
    (ORTHOGONAL, r"\lVert A \rVert_F^2 &= n"),
]
BRANCHES = [
    (r"Let $A \in \mathbb{R}^{n \times n}$ and $x \in \mathbb{R}^n$. Assume $Ax = 0$.", r"\det(A) &= 0"),
    (r"Let $s, t \in \mathbb{R}$. Assume $s^2 t = 0$.", "t &= 0"),
    (r"Let $s, t \in \mathbb{R}$. Assume $s^4 + t^4 = 2 s^2 t^2$.", "s &= t"),
    (r"Let $s \in \mathbb{R}$. Assume $(s - 1)^2 (s + 1) = 0$.", "s &= -1"),
    (r"Let $x \in \mathbb{R}^n$ and $s \in \mathbb{R}$. Assume $\lVert x \rVert^2 (s - 1) = 0$.", "s &= 1"),
]


@pytest.mark.parametrize(("said", "row"), LARGER)
def test_more_entries_are_tried_under_an_assumption(said: str, row: str) -> None:
    assert displayed(checked(said, row)) == ["wrong"]


@pytest.mark.parametrize(("said", "row"), TRUE)
def test_what_holds_for_any_size_holds_under_an_assumption(said: str, row: str) -> None:
    assert displayed(checked(said, row)) == ["ok"]


@pytest.mark.parametrize(("said", "row"), BRANCHES)
def test_plain_values_reach_branches_on_which_solutions_meet(said: str, row: str) -> None:
    assert displayed(checked(said, row)) == ["wrong"]


COMPARED = [
    (r"Let $n, k \in \mathbb{N}$ with $1 \le k \le n$.", r"\binom{n}{k} &\ge 1", r"\binom{n}{k} &\ge n"),
    (r"Let $n \in \mathbb{N}$ with $n \ge 3$.", r"2^n &\ge 2n", r"2^n &\ge n^2"),
    (r"Let $n \in \mathbb{N}$ with $n \ge 3$.", r"(-1)^{2n} &= 1", r"(-1)^n &= 1"),
    (r"Let $n, k \in \mathbb{N}$. Assume $k \le n$.", r"\binom{n}{k} &= \frac{n!}{k!(n-k)!}", r"\binom{n}{k} &= n"),
    (r"Let $n \in \mathbb{N}$ with $n \ge 5$.", r"2^n &> n^2", r"2^n &> n^3"),
    (
        r"Let $n, m \in \mathbb{N}$.",
        r"\binom{n}{m} &\ge 1, \quad \text{if } m < n",
        r"\binom{n}{m} &= n, \quad \text{if } m < n",
    ),
]


@pytest.mark.parametrize(("said", "true", "false"), COMPARED)
def test_each_small_size_that_an_assumption_compares_is_tried(said: str, true: str, false: str) -> None:
    assert displayed(checked(said, true, false)) == ["ok", "wrong"]


def test_no_matrix_that_the_text_calls_invertible_is_singular() -> None:
    setting = r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric and invertible."
    assert displayed(checked(setting, r"\operatorname{tr}(A^2) &> 0", r"\det(A)^2 &> 0", r"\det(A) &> 0")) == [
        "ok",
        "ok",
        "wrong",
    ]
    setting = r"Let $A$ be an invertible $n \times n$ matrix and $x$ an $n$-vector. Assume $A x = 0$."
    assert displayed(checked(setting, "x &= 0")) != ["wrong"]
