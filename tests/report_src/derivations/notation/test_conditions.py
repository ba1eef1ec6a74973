r"""Rows that hold where a formula behind them says: \text{if } s > 0, \quad s \ne 0, \quad x_i > 0."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

SETTING = r"Let $s, t \in \mathbb{R}$, $x \in \mathbb{R}^{n}$ and $p \in (0,1)$. $z \coloneqq s^2$."


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\max(0, s) &= s, \quad s > 0", r"\max(0, s) &= s, \quad s < 0"),
        (r"\max(0, s) &= s \quad (s > 0)", r"\max(0, s) &= s \quad (s > -1)"),
        (r"|s| &= -s \quad \text{if } s \le 0", r"|s| &= -s \quad \text{if } s \ge 0"),
        (r"|s| &= s \quad \text{when } s > t^2", r"|s| &= s \quad \text{when } s > t"),
        (r"\max(0, s - 1) &= 0, \quad s < 1", r"\max(0, s - 1) &= 0, \quad s < 1.0001"),
        (r"\max(0, s) &= s, \quad 0 < s < 1", r"\max(0, s) &= s^2, \quad 0 < s < 1"),
        (r"\frac{s}{s} &= 1, \quad s \ne 0", r"\frac{s}{s} &= s, \quad s \ne 0"),
        (r"z &= 0 \quad \text{if } s = 0", r"z &= 1 \quad \text{if } s = 0"),
        (r"s + t &\ge t \quad \text{if } s > 0", r"s + t &\ge t \quad \text{if } s > -0.001"),
        (r"\max(0, x_i) &= x_i, \quad x_i > 0", r"\max(0, x_i) &= x_i, \quad x_i < 0"),
        (r"\max(0, x_i - 1) &= 0, \quad x_i < 1", r"\max(0, x_i - 1) &= 0, \quad x_i < 1.0001"),
        (
            r"\frac{\partial}{\partial x_i} \sum_j \max(0, x_j) &= 1 \quad \text{if } x_i > 0",
            r"\frac{\partial}{\partial x_i} \sum_j \max(0, x_j) &= 1 \quad \text{if } x_i > -0.01",
        ),
        (
            r"\max(0, x_i) &= x_i, \quad x_i > 0",
            r"\max(0, x_i) &= x_i + \sum_j \max(0, x_j) - \sum_j x_j, \quad x_i > 0",
        ),
    ],
)
@pytest.mark.sampled(3)
def test_a_row_holds_where_it_says(true: str, false: str) -> None:
    assert displayed(checked(SETTING, true)) == ["ok"]
    assert displayed(checked(SETTING, false)) == ["wrong"]


def test_the_rows_around_hold_without_it() -> None:
    rows = [r"|s| &= |s|", r"\max(0, s) &= s, \quad s > 0", r"\max(0, s) &= s"]
    assert displayed(checked(SETTING, *rows)) == ["ok", "ok", "wrong"]
    assert displayed(checked(SETTING, rows[1], r"\sqrt{s^2} &= s"))[-1] == "wrong"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (r"s &> 0 \quad \text{if } s > 0", "only repeats an assumption"),
        (r"s &= s \quad \text{if } s > 1, s < 0", "satisfy the assumptions"),
        (r"\sum_j \max(0, x_j) &= \sum_j x_j, \quad x_i > 0", "no index that the row lacks"),
        (r"x^\top x &= x^\top x \quad \text{if } x > 0", "compares numbers"),
        (r"\text{if } s > 0 \quad |s| &= s", "a condition in words"),
    ],
)
def test_a_condition_that_says_nothing_or_too_much_is_refused(row: str, said: str) -> None:
    found = refused(checked(SETTING, row))[0]
    assert (found.verdict, said in found.message) == ("unreadable", True), found.message


def test_a_comparison_of_what_is_defined_is_a_claim() -> None:
    assert displayed(checked(SETTING, r"z &= s s, \quad z \ge 0")) == ["ok"]
    assert displayed(checked(SETTING, r"z &= s s, \quad z \ge 1")) == ["wrong"]
