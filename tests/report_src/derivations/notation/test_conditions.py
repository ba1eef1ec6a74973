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
        (r"\max(s, t) &= s, \quad s \ge t", r"\max(s, t) &= t, \quad s \ge t"),
        (r"|s + 2| &= s + 2, \quad s > -2", r"|s + 2| &= s + 2, \quad s > -2.01"),
        (r"\max(s, t) &= s, \quad s > 1, t < 1", r"\max(s, t) &= s, \quad s > 1, t < 1.2"),
        (r"\sqrt{(s - t)^2} &= s - t, \quad s > 1, t < 1", r"\sqrt{(s - t)^2} &= s - t, \quad s > 0, t < 0.001"),
        (r"s &\ge 1, \quad s > 1", r"s &\ge 1, \quad s > 0.999999"),
        (r"\max(x_i, x_j) &= x_i, \quad x_i > 0, x_j < 0", r"\max(x_i, x_j) &= x_i, \quad x_i > 0, x_j < 0.001"),
        (r"|s t| &= s t \quad \text{if } s > 0 \text{ and } t > 0", r"|s t| &= s t \quad \text{if } s > 0, t > -1"),
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


@pytest.mark.parametrize(
    "row",
    [
        r"s^2 &\ge 0 \text{ and } s > 0",
        r"(s + t)^2 &= s^2 + 2 s t + t^2 \quad\text{so } s > 0",
        r"|s| &= |s| \quad\text{hence } s > 0",
        r"|s| &= s \quad\text{if } s > 0 \text{ or } t > 0",
        r"|s t| &= s t \text{ if } s > 0 \text{ so } t > 0",
    ],
)
def test_behind_other_words_a_comparison_is_a_claim(row: str) -> None:
    assert displayed(checked(SETTING, row)) == ["wrong"]


@pytest.mark.parametrize(
    "row",
    [
        r"s^2 &\ge 0 \implies s > 0",
        r"s > 0 \implies |s| &= s",
        r"s^2 &= s s, \quad s t > 0",
        r"s^2 &= s s & t &> 0",
        r"|t| = t, \quad |s t| &= |s||t|, \quad t > 0",
        r"\delta_{ij} x_i &= \delta_{ij} x_j \implies i = j",
        r"\delta_{ij} x_i &= 0 \quad\text{so } i \ne j",
        r"\delta_{ij} x_i &= 0, \quad i \ne j \text{ or } i > j",
    ],
)
def test_what_may_be_a_condition_or_a_claim_is_unreadable(row: str) -> None:
    assert displayed(checked(SETTING, row)) == ["unreadable"]


@pytest.mark.parametrize("row", [r"|s t| &= |s||t|, \quad q > 0", r"|q| &= q \quad \text{if } q > 0"])
def test_a_condition_declares_nothing(row: str) -> None:
    assert displayed(checked(SETTING, row, r"\sqrt{q^2} &= q"))[-1] == "unreadable"


def test_a_condition_beside_a_definition_that_the_row_does_not_hold() -> None:
    assert displayed(checked(SETTING, r"f &\coloneqq t^2", r"|s - 1| &= s - 1 \quad\text{if } s > 1")) == [
        "definition",
        "ok",
    ]
    assert displayed(checked(SETTING, r"|t| &\ge 0 \quad\text{if } z > 2")) == ["ok"]


def test_what_a_derivative_is_set_to_zero_in_a_row_is_a_condition() -> None:
    rows = [r"\frac{\partial z}{\partial s} &= 2s = 0", r"\implies s &= 0"]
    assert displayed(checked(SETTING, *rows)) == ["unreadable", "unreadable"]


@pytest.mark.parametrize("said", [r", \quad s > 0", r"\quad \text{if } s > 0", r"\quad (s > 0)"])
def test_a_row_goes_on_below_a_condition_and_holds_without_it(said: str) -> None:
    above = rf"\max(0, s) &= s {said}"
    assert displayed(checked(SETTING, above, "&= s + 0")) == ["ok", "ok"]
    assert displayed(checked(SETTING, above, "&= 2s")) == ["ok", "wrong"]
    assert displayed(checked(SETTING, above, "&= |s|")) == ["ok", "unreadable"]
    assert displayed(checked(SETTING, above, rf"&= |s| {said}")) == ["ok", "ok"]


@pytest.mark.parametrize("said", [r", \quad z \ge 0", r" \text{ and } z \ge 0", r", \quad x_i > 0"])
def test_it_is_not_certain_what_a_row_below_another_comparison_goes_on_from(said: str) -> None:
    start = "x_i &= x_i" if "x" in said else "z &= s s"
    assert displayed(checked(SETTING, start + said, "&= s^2"))[-1] == "unreadable"


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


@pytest.mark.parametrize(
    "row",
    [
        r"|s| &= s, \quad s > 0, \quad |t| = t",
        r"|s| &= s, \quad s > 0, \quad t = 1",
        r"s^2 &= s s \text{ if } s > 0, \text{ and } |t| = t",
        r"x_i x_j &= x_j x_i, \quad i \ne j, \quad |x_i| = x_i",
        r"\mathbb 1[s > 1] &= 1 \quad \text{if } s \ge 1",
        r"\mathbb 1[s > t] &= 1, \quad s \ge t",
    ],
)
def test_a_claim_behind_a_condition_and_the_border_of_a_bound_are_looked_at(row: str) -> None:
    assert displayed(checked(SETTING, row)) == ["wrong"]


def test_a_derivative_in_a_condition_has_a_name() -> None:
    found = refused(checked(SETTING, r"|t| &= t \quad \text{if } \frac{\partial t^2}{\partial t} > 0"))[0]
    assert "no derivative of an expression" in found.message


def test_a_comparison_of_what_is_defined_is_a_claim() -> None:
    assert displayed(checked(SETTING, r"z &= s s, \quad z \ge 0")) == ["ok"]
    assert displayed(checked(SETTING, r"z &= s s, \quad z \ge 1")) == ["unreadable"]
    assert displayed(checked(SETTING, r"z &= s s \text{ and } z \ge 1")) == ["wrong"]
