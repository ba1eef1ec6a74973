# ruff: noqa: E501 - rows of LaTeX are not broken
"""Comparisons that are tested where their two numbers are equal, though no draw lies there."""

import pytest

from tests.report_src.derivations.checked import checked, displayed

SETTING = (
    r"Let $u, v \in \mathbb{R}$, $r > 0$, $q \in (0, 1)$, $\mathbf{x} \in \mathbb{R}^{d}$, $\mathbf{p} \in \Delta^{K}$ "
    r"and $g : \mathbb{R} \to \mathbb{R}$."
)
BELOW_OR_ABOVE = (
    ("u", "0.1"),
    ("u^2", "2"),
    ("e^u", "2"),
    (r"\tanh u", r"\tfrac12"),
    (r"\sin u", r"\tfrac12"),
    (r"\sigma(u)", r"\tfrac14"),
    (r"\log r", "1"),
    ("e^{-r}", "10^{-6}"),
    (r"\tfrac{1}{r}", "0.3"),
    ("q", "0.7"),
    ("u^3 + u", "1"),
    ("(3u - 1)^3", "0"),
    ("u e^u", "1"),
    ("u^2 + v^2", "1"),
    ("u + v", "0.1"),
    ("3u", "3v + 1"),
    (r"\lVert\mathbf{x}\rVert", "1"),
    ("x_i", "0.1"),
    ("p_1", r"\tfrac13"),
    (r"\max_k p_k", "0.7"),
    ("u", r"\sqrt{2}"),
)


@pytest.mark.parametrize(("left", "right"), BELOW_OR_ABOVE)
def test_above_and_below_leave_equality_out(left: str, right: str) -> None:
    above = rf"\mathbb{{1}}[{left} > {right}]"
    strict, loose = (rf"{above} + \mathbb{{1}}[{left} {sign} {right}] &= 1" for sign in ("<", r"\le"))
    assert displayed(checked(SETTING, strict, loose)) == ["wrong", "ok"]


@pytest.mark.parametrize(
    "row",
    [
        r"\max(u^2, 2) &= \begin{cases} u^2, & \text{if } u^2 > 2 \\ 2, & \text{if } u^2 < 2 \\"
        r" 0, & \text{otherwise} \end{cases}",
        r"|3u - 1| &= \begin{cases} 3u - 1, & \text{if } u > \frac13 \\ 1 - 3u, & \text{if } u < \frac13 \\"
        r" 1, & \text{otherwise} \end{cases}",
        r"\mathbb{1}[\sigma(u) > 0.7] &= \mathbb{1}[u \ge \log\tfrac73]",
        r"\operatorname{sgn}(3u - 1)^2 &= 1",
        r"\mathbb{1}[(3u - 1)^2 > 0] &= 1",
        r"\mathbb{1}[9u^2 + 1 > 6u] &= 1",
        r"\mathbb{1}[0.1 < u < 0.3] + \mathbb{1}[u < 0.1] + \mathbb{1}[u > 0.3] &= 1",
        r"\mathbb{1}[r > 0.1]\,\mathbb{1}[v > 0] + \mathbb{1}[r < 0.1]\,\mathbb{1}[v > 0] &= \mathbb{1}[v > 0]",
        r"(1 - \mathbb{1}[u > 0.1] - \mathbb{1}[u < 0.1])(1 - \mathbb{1}[v > 0.3] - \mathbb{1}[v < 0.3]) &= 0",
        r"(1 - \mathbb{1}[u > 0.1] - \mathbb{1}[u < 0.1])(1 - \mathbb{1}[u + v > 0.3] - \mathbb{1}[u + v < 0.3]) &= 0",
        r"\mathbb{1}[\tfrac1u > 0.3] + \mathbb{1}[\tfrac1u < 0.3] &= 1",
        r"\mathbb{1}[u > 0.1] \mathbb{1}[v > 1] \mathbb{1}[r > 1] &= \mathbb{1}[u \ge 0.1] \mathbb{1}[v > 1] \mathbb{1}[r > 1]",
        r"\mathbb{1}[u > 0.1] &= 1, \quad u \ge 0.1",
        r"\mathbb{1}[u > 0.1] + \mathbb{1}[u < 0.1] &\ge 1",
        r"\sum_i \mathbb{1}[x_i > 0.1] + \sum_i \mathbb{1}[x_i < 0.1] &= d",
    ],
)
def test_a_row_that_is_false_where_numbers_are_equal_is_wrong(row: str) -> None:
    assert displayed(checked(SETTING, row)) == ["wrong"]


@pytest.mark.parametrize(
    "row",
    [
        r"\max(3u, 1) &= \begin{cases} 3u, & \text{if } 3u > 1 \\ 1, & \text{otherwise} \end{cases}",
        r"|3u - 1| &= (3u - 1)(2\,\mathbb{1}[3u > 1] - 1)",
        r"\mathbb{1}[\sigma(u) > 0.7] &= \mathbb{1}[u > \log\tfrac73]",
        r"\frac{\partial}{\partial u}(\max(0, 3u - 1)) &= 3\,\mathbb{1}[3u > 1]",
        r"\mathbb{1}[u > 0.1]\,\mathbb{1}[u < 0.1] &= 0",
        r"\mathbb{1}[g(u) > 0.1] + \mathbb{1}[g(u) \le 0.1] &= 1",
        r"\mathbb{1}[\tanh u < 1]\,\mathbb{1}[u > 100.1] &= \mathbb{1}[u > 100.1]",
        r"\mathbb{1}[\tanh u < 1]\,\mathbb{1}[u > 1000.1] &= \mathbb{1}[u > 1000.1]",
        r"\mathbb{1}[u > 0.1] &= 1, \quad u > 0.1",
    ],
)
def test_a_row_that_holds_where_numbers_are_equal_is_right(row: str) -> None:
    assert displayed(checked(SETTING, row)) == ["ok"]


def test_values_far_out_leave_a_row_undecided() -> None:
    row = r"\mathbb{1}[u > 12345.678] + \mathbb{1}[u < 12345.678] &= 1"
    assert displayed(checked(SETTING, row)) == ["unreadable"]


def test_ties_under_assumptions() -> None:
    setting = r"Let $u, v \in \mathbb{R}$. Assume $u^2 + v^2 = 1$."
    rows = (rf"\mathbb{{1}}[u > 0.1] + \mathbb{{1}}[u {sign} 0.1] &= 1" for sign in ("<", r"\le"))
    assert displayed(checked(setting, *rows)) == ["wrong", "ok"]


def test_ties_of_a_function_at_another_argument_and_of_a_recursion() -> None:
    setting = r"Let $u \in \mathbb{R}$, $h_0 \in \mathbb{R}$ and $x_t \in \mathbb{R},\ t = 1, \dots, T$."
    definitions = (
        r"f(u) &\coloneqq \mathbb{1}[u > 0.1]",
        r"h_t &\coloneqq \tfrac12 h_{t-1} + \mathbb{1}[h_{t-1} > 0.1] x_t + \mathbb{1}[h_{t-1} < 0.1] x_t",
    )
    rows = (
        r"f(2u) + \mathbb{1}[2u < 0.1] &= 1",
        r"f(2u) + \mathbb{1}[2u \le 0.1] &= 1",
        r"h_t &= \tfrac12 h_{t-1} + x_t",
    )
    found = displayed(checked(setting, *definitions, *rows))
    assert found == ["definition", "definition", "wrong", "ok", "wrong"]
