"""Positive reals as a declaration: what needs them holds, and what they do not give is refused."""

import pytest

from tests.report_src.derivations.checked import checked, displayed

DECLARED = (
    r"Let $X \in \mathbb{R}_{>0}^{m\times d}$, $\mathbf{x} \in \mathbb R_{>0}^{d}$, $a \in \mathbb{R}_{>0}$"
    r" and $\mathbf v \in \mathbb{R}^{d}$."
)


@pytest.mark.parametrize(
    "row",
    [
        r"\log a^2 &= 2\log a",
        r"\lvert a \rvert &= a",
        r"\sum_i \log(x_i^2) &= 2\sum_i \log x_i",
        r"\sum_{i,j} 0 + \sum_i\sum_j \log X_{ij} &= \sum_j\sum_i \log X_{ij}".replace(r"\sum_{i,j} 0 + ", ""),
        r"\mathbf 1_d^\top\mathbf x &> 0",
    ],
)
def test_a_row_that_needs_positive_values_holds(row):
    assert displayed(checked(DECLARED, row)) == ["ok"]


@pytest.mark.parametrize(
    "row", [r"a &\ge 1", r"\log a &\ge 0", r"\sum_i v_i &= \sum_i |v_i|", r"x_i &\ge 0.001", r"a &\le 1000"]
)
def test_positive_says_no_more_than_positive(row):
    assert displayed(checked(DECLARED, row)) == ["wrong"]


def test_without_the_declaration_the_domain_is_asked_for():
    assert displayed(checked(r"Let $a \in \mathbb{R}$.", r"\log a^2 &= 2\log a")) == ["unreadable"]


@pytest.mark.parametrize(
    "declared",
    [
        r"Let $a \in \mathbb{R}_{>1}$.",
        r"Let $a \in \mathbb{R}_{<0}$.",
        r"Let $a \in \mathbb{R}$ and $g : \mathbb{R}_{>0} \to \mathbb{R}$.",
        r"Let $a \in \mathbb{R}$ and $g : \mathbb{R} \to \mathbb{R}_{>0}$.",
    ],
)
def test_other_sets_are_not_read_as_positive_ones(declared):
    assert "unreadable" in [found.verdict for found in checked(declared, "a &= a").rows]


NOT_NEGATIVE = (
    r"Let $\mathbf w, \mathbf v \in \mathbb{R}^{d}$, $\mathbf x \in \mathbb{R}_{\geq 0}^{d}$"
    r" and $\alpha, \lambda \ge 0$."
)


@pytest.mark.parametrize(
    "row",
    [
        r"\lambda\lVert\mathbf w\rVert^2 + \alpha &\ge 0",
        r"\sqrt{\lambda^2} &= \lambda",
        r"\lVert\mathbf x\rVert_1 &= \mathbf 1_d^\top\mathbf x",
        r"\sum_i \max(0, x_i) &= \sum_i x_i",
        r"e^{-\lambda} &\le 1",
    ],
)
def test_a_row_that_needs_values_without_a_sign_holds(row):
    assert displayed(checked(NOT_NEGATIVE, row)) == ["ok"]


@pytest.mark.parametrize(
    "row",
    [
        r"\lambda &> 0",
        r"1 + \alpha\lambda &> 1",
        r"\mathbf 1_d^\top\mathbf x &> 0",
        r"e^{-\lambda} &< 1",
        r"x_i^2 &\ge x_i",
        r"\frac{1}{1 + \lambda} &\ge 0.001",
        r"\sum_i v_i &= \sum_i |v_i|",
        r"\lambda &\le \alpha",
    ],
)
def test_not_negative_allows_zero_and_every_size(row):
    assert displayed(checked(NOT_NEGATIVE, row)) == ["wrong"]


def test_a_remark_on_a_name_that_is_known_declares_nothing():
    setting = r"Let $t \in \mathbb{R}$. The case $t \ge 0$ is shown."
    assert displayed(checked(setting, "t &= |t|")) == ["unreadable"]


NUMBERS, TABLE = r"Let $x, y, z \in \mathbb{R}$.", r"Let $X \in \mathbb{R}^{m \times d}$."


@pytest.mark.parametrize(
    ("setting", "row"),
    [
        (NUMBERS, r"\frac{1}{\max(0, x)} &= \frac{1}{x}"),
        (NUMBERS, r"\frac{x}{\mathbb{1}[x > y]} &= x"),
        (NUMBERS, r"\log\mathbb{1}[x > 0] &= 0"),
        (NUMBERS, r"(\max(0, x))^{-1} &= x^{-1}"),
        (NUMBERS, r"x^{1/3} &\ge 0"),
        (NUMBERS, r"(x^{y})^{z} &= x^{y z}"),
        (NUMBERS, r"|x^{y}| &= x^{y}"),
        (NUMBERS, r"x^{y} &> 0"),
        (TABLE, r"(X^\top X)^{-1}X^\top &= X^\top(X X^\top)^{-1}"),
        (TABLE, r"\log\det(X^\top X) &= \log\det(X X^\top)"),
        (TABLE, r"\operatorname{tr}((X^\top X)^{-1}) &= \operatorname{tr}((X X^\top)^{-1})"),
        (
            TABLE + r" $W \coloneqq (X^\top X)^{-1}X^\top$, $V \coloneqq X^\top(X X^\top)^{-1}$.",
            "W &= V",
        ),
    ],
)
def test_a_row_whose_sides_have_values_in_different_places_is_not_accepted(setting, row):
    assert displayed(checked(setting, row))[-1] == "unreadable"


@pytest.mark.parametrize(
    ("setting", "row"),
    [
        (NUMBERS, r"\frac{x^2 - 1}{x - 1} &= x + 1"),
        (NUMBERS, r"\frac{\max(0, x)}{x} &= \mathbb{1}[x > 0]"),
        (r"Let $x > 0$ and $y, z \in \mathbb{R}$.", r"(x^{y})^{z} &= x^{y z}"),
        (TABLE, r"(X^\top X)^{-1}X^\top X &= I_d"),
        (TABLE, r"(X^\top X + I)^{-1}X^\top &= X^\top(X X^\top + I)^{-1}"),
    ],
)
def test_a_row_that_lacks_a_value_at_single_points_or_on_one_side_only_holds(setting, row):
    assert displayed(checked(setting, row)) == ["ok"]


@pytest.mark.parametrize(
    "row",
    [
        r"\mathbb{1}[x^2 = 5x] &= \mathbb{1}[x = 0]",
        r"\mathbb{1}[\sin x = 0] &= \mathbb{1}[x = 0]",
        r"\operatorname{sign}(e^{x} - 2)^2 &= 1",
        r"\operatorname{sign}(x^2 + y^2 - 25)^2 &= 1",
    ],
)
def test_a_row_is_not_accepted_where_the_draws_miss_places_at_which_two_numbers_are_equal(row):
    assert displayed(checked(NUMBERS, row)) in (["unreadable"], ["wrong"])


@pytest.mark.parametrize(
    "row", [r"x\operatorname{sign}(x y) &= |x| \operatorname{sign}(y)", r"x\,\mathbb{1}[x = y] &= y\,\mathbb{1}[x = y]"]
)
def test_a_row_that_is_tested_where_two_numbers_are_equal_holds(row):
    assert displayed(checked(NUMBERS, row)) == ["ok"]


@pytest.mark.parametrize("row", [r"\lVert 5000 - x\rVert &= 5000 - x", r"((x - 5000)^4)^{1/4} &= 5000 - x"])
def test_a_kink_at_a_number_of_the_row_is_met(row):
    assert displayed(checked(NUMBERS, row)) == ["wrong"]


SIZES = r"Let $\mathbf{u} \in \mathbb{R}^{d}$ and $X \in \mathbb{R}^{m \times n}$."


@pytest.mark.parametrize(
    "row",
    [
        r"d &\le m + n + 10",
        r"(d - 7)(d - 20) &\ge 0",
        r"(d - 11)^2 &> 0",
        r"(d - 11)^2\lVert\mathbf{u}\rVert^2 &\ge \tfrac12\lVert\mathbf{u}\rVert^2",
    ],
)
def test_a_bound_of_sizes_is_tried_at_the_sizes_that_it_names(row):
    assert displayed(checked(SIZES, row)) == ["wrong"]
