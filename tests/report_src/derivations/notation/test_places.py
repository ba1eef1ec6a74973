"""Entries whose place is counted from indices and sizes: x_{i+k-1} of a convolution, x_{n-i+1} of a reversal."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

VALID = (
    r"Let $x \in \mathbb{R}^{n}$, $w \in \mathbb{R}^{K}$, $b \in \mathbb{R}$ and $\ell : \mathbb{R}^{n-K+1} \to "
    r"\mathbb{R}$. $y_i \coloneqq \sum_{k=1}^{K} w_k x_{i+k-1} + b, \quad i = 1, \dots, n-K+1$. "
    r"$L \coloneqq \ell(y)$."
)
TIED = (
    r"Let $x \in \mathbb{R}^{n}$, $w \in \mathbb{R}^{K}$ and $t \in \mathbb{R}^m$ with $m = n - K + 1$. "
    r"$y_i \coloneqq \sum_{k} w_k x_{i+k-1}, \quad i=1,\dots,m$. $L \coloneqq \frac12 \sum_{i=1}^{m} (y_i - t_i)^2$."
)
IMAGE = (
    r"Let $X \in \mathbb{R}^{(n+p-1) \times (m+q-1)}$, $W \in \mathbb{R}^{p \times q}$. $Y_{ij} \coloneqq "
    r"\sum_{a=1}^{p}\sum_{b=1}^{q} W_{ab} X_{i+a-1,j+b-1}, \quad i = 1, \dots, n, \quad j = 1, \dots, m$. "
    r"$L \coloneqq \sum_{i=1}^{n} \sum_{j=1}^{m} Y_{ij}^2$."
)
STEPS = r"Let $x \in \mathbb{R}^{n}$, $d \in \mathbb{R}^{n-1}$ and $r \in \mathbb{R}^{n}$."
SERIES = r"Let $x_t \in \mathbb{R}^{d},\ t = 1,\dots,T$ and $A \in \mathbb{R}^{d \times d}$."


ENTRIES = [
    (
        VALID,
        r"\frac{\partial L}{\partial w_k} &= \sum_{i=1}^{n-K+1} \frac{\partial L}{\partial y_i} x_{i+k-1}",
        r"\frac{\partial L}{\partial w_k} &= \sum_{i=1}^{n-K+1} \frac{\partial L}{\partial y_i} x_{i+K-k}",
    ),
    (
        VALID,
        r"\frac{\partial L}{\partial x_j} &= \sum_{k=1}^{K} w_k \frac{\partial L}{\partial y_{j-k+1}}",
        r"\frac{\partial L}{\partial x_j} &= \sum_{k=1}^{K} w_{K-k+1} \frac{\partial L}{\partial y_{j-k+1}}",
    ),
    (
        VALID,
        r"\frac{\partial L}{\partial b} &= \sum_{i=1}^{n-K+1} \frac{\partial L}{\partial y_i}",
        r"\frac{\partial L}{\partial b} &= \sum_{i=1}^{n-K} \frac{\partial L}{\partial y_i}",
    ),
    (
        TIED,
        r"\frac{\partial L}{\partial w_k} &= \sum_{i} (y_i - t_i) x_{k+i-1}",
        r"\frac{\partial L}{\partial w_k} &= \sum_{i} (y_i - t_i) x_{k-i+1}",
    ),
    (
        IMAGE,
        r"\frac{\partial L}{\partial W_{ab}} &= 2 \sum_{i=1}^{n} \sum_{j=1}^{m} Y_{ij} X_{i+a-1,j+b-1}",
        r"\frac{\partial L}{\partial W_{ab}} &= 2 \sum_{i=1}^{n} \sum_{j=1}^{m} Y_{ij} X_{i+b-1,j+a-1}",
    ),
    (
        STEPS,
        r"\sum_{i=1}^{n-1} (x_{i+1} - x_i - d_i) &= x_n - x_1 - \sum_{i=1}^{n-1} d_i",
        r"\sum_{i=1}^{n-1} (x_{i+1} - x_i - d_i) &= x_1 - x_n - \sum_{i=1}^{n-1} d_i",
    ),
    (
        STEPS,
        r"\sum_{i=1}^{n} x_{n-i+1} r_i &= \sum_{i=1}^{n} r_{n-i+1} x_i",
        r"\sum_{i=1}^{n} x_{n-i+1} r_i &= \sum_{i=1}^{n} r_i x_i",
    ),
    (
        SERIES,
        r"\sum_{i=t}^{T} A x_{T+t-i} &= \sum_{i=t}^{T} A x_i",
        r"\sum_{i=t}^{T} A x_{T+t-i} &= \sum_{i=t}^{T} A x_{T-i+1}",
    ),
]


@pytest.mark.parametrize(("setting", "true", "false"), ENTRIES)
@pytest.mark.sampled(3)
def test_a_place_is_counted_from_indices_and_sizes(setting: str, true: str, false: str) -> None:
    assert displayed(checked(setting, true))[-1] == "ok"
    assert displayed(checked(setting, false))[-1] == "wrong"


@pytest.mark.parametrize(
    ("setting", "row"),
    [
        (VALID, r"\sum_{i=1}^{n} y_i &= \sum_{i=1}^{n} y_i"),
        (VALID, r"\sum_{i=1}^{n-K+1} x_{i+K} &= \sum_{i=1}^{n-K+1} x_{K+i}"),
        (STEPS, r"\sum_{i=1}^{n} x_{n-i} r_i &= \sum_{i=1}^{n} r_i x_{n-i}"),
        (STEPS, r"\sum_{i=1}^{n} x_{i} d_i &= \sum_{i=1}^{n} d_i x_i"),
    ],
)
def test_a_sum_that_goes_beyond_an_array_is_refused(setting: str, row: str) -> None:
    found = refused(checked(setting, row))[-1]
    assert (found.verdict, "outside of its range" in found.message) == ("unreadable", True)


def test_a_definition_has_all_its_entries() -> None:
    setting = r"Let $x \in \mathbb{R}^{n}$ and $w \in \mathbb{R}^{K}$."
    (found,) = refused(checked(setting, r"y_i &\coloneqq \sum_{k=1}^{K} w_k x_{i+k-1}, \quad i = 1, \dots, n"))
    assert "outside of its range" in found.message
    (found,) = refused(checked(setting, r"y_i &\coloneqq \sum_{k=1}^{K} w_k x_{i+k-1}"))
    assert "does not exist for every value" in found.message


def test_an_index_of_a_sum_without_an_end_runs_over_one_size() -> None:
    (found,) = refused(checked(STEPS, r"\sum_i d_i x_i &= \sum_i x_i d_i"))
    assert "i runs over n-1 elsewhere in this statement, and over n in x" in found.message


MATRICES = (
    r"Let $A, B \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^{n}$, $u \in \mathbb{R}^{m}$ and "
    r"$S \in \mathbb{R}^{n \times n}$. $z \coloneqq Ax$."
)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"A_{i,:} x &= z_i", r"A_{i,:} x &= z_1"),
        (r"A_{i\cdot} x &= (Ax)_i", r"A_{1\cdot} x &= (Ax)_2"),
        (r"A_{:j}^\top u &= (A^\top u)_j", r"A_{:1}^\top u &= (A^\top u)_2"),
        (r"\sum_j A_{:,j} x_j &= z", r"\sum_j A_{:,j} x_j &= 2z"),
        (r"\lVert A_{i,:}\rVert^2 &= \sum_j A_{ij}^2", r"\lVert A_{i,:}\rVert^2 &= \sum_j B_{ij}^2"),
        (r"(S S)_{i,:} x &= (SSx)_i", r"(S S)_{i,:} x &= (Sx)_i"),
        (r"\frac{\partial z_i}{\partial x} &= A_{i,:}^\top", r"\frac{\partial z_i}{\partial x} &= B_{i,:}^\top"),
    ],
)
@pytest.mark.sampled(3)
def test_a_colon_stands_for_a_whole_row_or_column(true: str, false: str) -> None:
    assert displayed(checked(MATRICES, true)) == ["ok"]
    assert displayed(checked(MATRICES, false)) == ["wrong"]


@pytest.mark.parametrize(
    "row", [r"x^\top A_{i,:} &= z_i", "A_{:,:} x &= z", "x_{:} &= x", r"\frac{\partial z}{\partial A_{i,:}} &= x"]
)
def test_a_colon_that_may_mean_something_else_is_refused(row: str) -> None:
    assert displayed(checked(MATRICES, row)) == ["unreadable"]


FILTER = (
    r"Let $X \in \mathbb{R}^{n \times m}$, $W \in \mathbb{R}^{5 \times 5}$. "
    r"$Y_{ij} \coloneqq \sum_{a=1}^{5}\sum_{b=1}^{5} W_{ab} X_{i+a-1,j+b-1}, \quad i = 1,\dots,n-4, "
    r"\quad j = 1,\dots,m-4$."
)
SIZES = (
    r"Let $x \in \mathbb{R}^{n}$, $w \in \mathbb{R}^{K}$, $v \in \mathbb{R}^{M}$, $y \in \mathbb{R}^{n-4}$ and "
    r"$\beta \in (0,1)$."
)


@pytest.mark.parametrize(
    ("setting", "row"),
    [
        (FILTER, "Y_{ij} &= Y_{1j}"),
        (SIZES, r"\sum_{i=1}^{n-4} y_i &= y_1"),
        (SIZES, r"\sum_{i=1}^{n-K-M} x_i &= x_1"),
        (SIZES, r"\sum_{i=1}^{n-K} 1 &\ge 1"),
        (SIZES, r"x_{i+j+4} x_i &= x_{i+j+4} x_j"),
        (SIZES, r"\sum_{k=0}^{K-2} 1 &\ge 1"),
        (SIZES, r"\sum_{k=0}^{K-3} \beta^k &\ge 1"),
        (SIZES, r"\sum_{k=0}^{K-2} w_{k+1}^2 &\ge w_1^2"),
    ],
)
@pytest.mark.sampled(2)
def test_sizes_that_are_sums_differ_and_sums_may_be_empty(setting: str, row: str) -> None:
    assert displayed(checked(setting, row)) == ["wrong"]


def test_an_empty_sum_is_0() -> None:
    rows = (r"(1-\beta)\sum_{k=0}^{K-2} \beta^k &= 1 - \beta^{K-1}", r"K &\ge 2")
    assert displayed(checked(SIZES, *rows)) == ["ok", "wrong"]


@pytest.mark.parametrize("row", [r"x_i &= x_i, \quad i = 1,\dots,n+1", r"x_{i+1} &= x_{i+1}, \quad 1 \le i \le n"])
def test_a_range_that_goes_beyond_an_array_is_refused(row: str) -> None:
    assert displayed(checked(SIZES, row)) == ["unreadable"]
