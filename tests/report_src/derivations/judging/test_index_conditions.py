"""A row that holds for some indices only is judged for these: where its condition fails it claims nothing."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

SOFTMAX = r"Let $\mathbf{z} \in \mathbb{R}^{K}$. $\mathbf{p} \coloneqq \operatorname{softmax}(\mathbf{z})$."
SERIES = r"Let $x_t \in \mathbb{R},\ t = 1,\dots,T$."
RECURSION = r"Let $h_0 \in \mathbb{R}$, $x_t \in \mathbb{R},\ t = 1,\dots,T$. $h_t \coloneqq \sigma(h_{t-1} + x_t)$."
TWO = r"Let $A, B \in \mathbb{R}^{n \times n}$ and $\mathbf{u}, \mathbf{v} \in \mathbb{R}^{n}$."


@pytest.mark.parametrize(
    ("setting", "true", "false"),
    [
        (SOFTMAX, r"\frac{\partial p_i}{\partial z_j} &< 0, \quad i \ne j", r"\frac{\partial p_i}{\partial z_j} &< 0"),
        (SOFTMAX, r"p_i p_j &< \tfrac12, \quad i \ne j", r"p_i p_j &< \tfrac15, \quad i \ne j"),
        (RECURSION, r"h_{t+1} &> 0", r"h_{t+1} &> \tfrac12"),
        (SERIES, r"(x_{t+1} - x_t)^2 + 1 &> 0", r"(x_{t+1} - x_t)^2 &> 0"),
        (SERIES, r"(x_{t+1} - 2)^2 &\ge 0", r"(x_{t+1} - 2)^2 &\ge \tfrac12"),
        (TWO, r"u_i v_j + v_i u_j &= v_j u_i + u_j v_i, \quad i < j", r"A_{ij} &= A_{ji}, \quad i < j"),
    ],
)
@pytest.mark.sampled(3)
def test_only_the_indices_that_are_named_are_compared(setting: str, true: str, false: str) -> None:
    assert displayed(checked(setting, true))[-1] == "ok"
    assert displayed(checked(setting, false))[-1] == "wrong"


@pytest.mark.parametrize(
    "row",
    [
        r"A_{ij} &= A_{ji}, \quad i < j, \quad i > j",
        r"A_{ij} &= B_{ij} \quad \text{for } i < j \text{ and } i > j",
        r"u_i &= v_j, \quad i \le j, \quad j < i",
    ],
)
def test_conditions_that_no_indices_satisfy_are_refused(row: str) -> None:
    (found,) = refused(checked(TWO, row))
    assert (found.verdict, "no indices satisfy its conditions" in found.message) == ("unreadable", True)


def test_a_comparison_along_two_indices_is_not_tried_at_sizes_that_fill_the_memory() -> None:
    report = checked(r"Let $\mathbf{p} \in \Delta^{n}$.", r"p_i &< 1 - p_j + p_j^2, \quad i \ne j")
    assert displayed(report) == ["ok"]
