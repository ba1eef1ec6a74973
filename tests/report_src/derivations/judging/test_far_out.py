# ruff: noqa: E501 - rows of LaTeX are not broken
"""Bounds that break only beside the end of an interval, far out, in very many entries, or for few functions."""

import pytest

from tests.report_src.derivations.checked import checked, refused

SETTING = (
    r"Let $r, q \in (0,1)$, $s \in [0,1]$, $x, y \in \mathbb{R}$, $\mathbf{p}, \mathbf{w} \in \Delta^{K}$, $\mathbf{z} \in \mathbb{R}^{K}$, "
    r"$t > 0$, $\mathbf{u}, \mathbf{v} \in \mathbb{R}^{d}$, $A \in \mathbb{R}^{n \times n}$, $W \in \mathbb{R}^{m \times d}$, $g : \mathbb{R} \to \mathbb{R}$."
)


FALSE = {
    "beside 0": r"r \ge \tfrac{1}{1000}",
    "beside 1": r"1 - r \ge \tfrac{1}{10000}",
    "a logarithm beside 1": r"-\log(1 - r) \le 30",
    "one number beside 0 and another beside 1": r"r - q \le 0.999",
    "a quotient": r"\frac{r}{q} \le 1000000",
    "the end of a closed interval": r"s < 1",
    "both ends of a closed interval": r"s(1 - s) > 0",
    "a share of nearly 0": r"-\log p_1 \le 100",
    "shares of nearly 0 that another one meets": r"\sum_k p_k\log p_k - \sum_k p_k\log w_k \le 1000",
    "logits far apart": r"\log\operatorname{softmax}(\mathbf{z})_1 \ge -3000",
    "a logit far out": r"\log\sigma(x) \ge -5000",
    "a parabola of a million": r"e^{x} \ge 1 + x + \tfrac{1}{1000000}x^2",
    "a root of ten thousand entries": r"\lVert\mathbf{1}_d\rVert \le 100",
    "a root of a hundred entries": r"\lVert\mathbf{v}\rVert_1 \le 9\lVert\mathbf{v}\rVert",
    "a trace of a hundred entries": r"\operatorname{tr}(A) \le 8\lVert A\rVert_F",
    "a size of a thousand": r"d \le 1000",
    "a logarithm of a huge size": r"\log d \le 50",
    "two sizes far apart": r"d - m \le 200",
    "a size behind a kink": r"\max(0, d - 100) = 0",
    "a value of a function": r"g(1) \ge -100000",
    "a point between two numbers": r"\max(0, x - 7)\max(0, 7.001 - x) = 0",
    "an interval between two numbers": r"\mathbb{1}[x > 2]\mathbb{1}[x < 2.01] = 0",
    "a logarithm beyond all float64": r"-\log r \le 1000000",
    "a logarithm of a logarithm": r"\log(1 + \log(1 + x^2)) \le 400",
    "a positive value of thousands of bits": r"\log t \le 600",
    "a valley of a product": r"(xy - 1)^2 + x^2 \ge \tfrac{1}{1000000}",
    "a valley of a product with a number": r"(3xy + 7)^2 + y^2 \ge \tfrac{1}{1000000}",
    "a valley of a square": r"|x| + |x^2 y - 1| \ge \tfrac{1}{1000}",
    "a valley of two vectors": r"(\mathbf{v}^\top\mathbf{u} - 1)^2 + \lVert\mathbf{v}\rVert^2 \ge \tfrac{1}{1000}",
    "conditions in a row": r"\mathbb{1}[x > y]\mathbb{1}[y > t]\mathbb{1}[t > 300]\mathbb{1}[x < 301] = 0",
    "conditions on a norm": r"\max(0, \lVert\mathbf{v}\rVert - 50)\max(0, 50.5 - \lVert\mathbf{v}\rVert) = 0",
    "conditions of two minima": r"\max(0, \min(x - 17, 17.01 - x))\max(0, \min(y - 8, 8.01 - y)) = 0",
    "conditions on sums": r"\mathbb{1}[x > 700]\mathbb{1}[y > 700]\mathbb{1}[x + y < 1401]q = 0",
}  # fmt: skip
TRUE = {
    "an open interval": r"r(1 - r) > 0",
    "the sum of two": r"r + q < 2",
    "a closed interval": r"s(1 - s) \le \tfrac14",
    "the logistic function": r"\sigma(x) < 1",
    "softplus": r"\log(1 + e^{x}) > x",
    "a power that is positive": r"e^{x} > 0",
    "a root of the size": r"\lVert\mathbf{v}\rVert_1 \le \sqrt{d}\lVert\mathbf{v}\rVert",
    "a logarithm below its tangent": r"\log t \le t - 1",
    "a logarithm below a root": r"\log(1 + x^2) \le 2|x|",
    "a sum along a valley": r"(xy - 1)^2 + x^2 > 0",
    "conditions that exclude each other": r"\mathbb{1}[x > y]\mathbb{1}[y > t]\mathbb{1}[t > x] = 0",
    "conditions without a number between": r"\max(0, x - 5)\max(0, 4 - x) = 0",
    "a share of a size": r"\frac{d - 1}{d} < 1",
    "a size less its root": r"d - \sqrt{d} \le d",
    "a logarithm of a size": r"\log d \le d - 1",
    "an entropy": r"-\sum_k p_k\log p_k \le \log K",
    "binary entropy": r"-r\log q - (1 - r)\log(1 - q) \ge -r\log r - (1 - r)\log(1 - r)",
}  # fmt: skip


@pytest.mark.parametrize("row", [r"|x - 7| + |y + 3| > 0", r"\lVert\mathbf{u}\rVert > 0"])
def test_a_strict_bound_that_is_met_at_one_point_is_refused_with_the_sign_that_may_be_meant(row: str) -> None:
    found = refused(checked(SETTING, row))
    assert [each.verdict for each in found] == ["unreadable"]
    assert "is ≤ or ≥ meant?" in found[0].message


@pytest.mark.parametrize("row", FALSE.values(), ids=list(FALSE))
@pytest.mark.sampled(8)
def test_a_bound_that_breaks_far_out_is_wrong(row: str) -> None:
    assert [found.verdict for found in refused(checked(SETTING, row))] == ["wrong"]


@pytest.mark.parametrize("row", TRUE.values(), ids=list(TRUE))
@pytest.mark.sampled(3)
def test_a_true_bound_is_accepted(row: str) -> None:
    assert checked(SETTING, row).accepted


CLOSER = {
    "a trace": r"\operatorname{tr}(A) \le 1000\lVert A\rVert_F",
    "a negative trace": r"\operatorname{tr}(A) \ge -1000\lVert A\rVert_F",
    "the square of a trace": r"(\operatorname{tr} A)^2 \le 500\operatorname{tr}(A^\top A)",
    "an entropy": r"-\sum_k p_k\log p_k \le 30",
    "a share": r"\sum_k p_k^2 \ge \tfrac{1}{10000000}",
    "a norm": r"\lVert\mathbf{v}\rVert_1 \le 1000\lVert\mathbf{v}\rVert",
}


@pytest.mark.parametrize("row", CLOSER.values(), ids=list(CLOSER))
@pytest.mark.sampled(3)
def test_a_bound_that_comes_closer_with_every_size_is_not_decided(row: str) -> None:
    (found,) = refused(checked(SETTING, row))
    assert found.verdict == "unreadable"
    assert "come closer with every size" in found.message


def test_two_sides_of_a_strict_bound_that_agree_in_all_digits_are_not_accepted() -> None:
    messages = [found.message for found in refused(checked(SETTING, r"s^2 < s + 0.1 - 0.1"))]
    assert len(messages) == 1
    assert "agree in all digits" in messages[0]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("row", [r"\log \sum_j e^{z_j} > z_i", r"-\log\operatorname{softmax}(\mathbf{z})_i > 0"])
def test_two_sides_of_a_strict_bound_that_are_equal_for_one_term_are_not_accepted(row: str, seed: int) -> None:
    assert not checked(r"Let $\mathbf{z} \in \mathbb{R}^{K}$.", row, seed=seed).accepted


@pytest.mark.parametrize(
    ("assumed", "row"), [(r"$x \ge y$", "x > y"), (r"$x \ge 1$", "x > 1"), (r"$x \le y$", r"x < y")]
)
def test_an_assumed_bound_is_met_with_equality(assumed: str, row: str) -> None:
    assert not checked(f"{SETTING} Assume {assumed}.", row).accepted


def test_what_follows_from_an_assumed_bound_is_accepted() -> None:
    assert checked(SETTING + r" Assume $x \ge 1$.", r"x^2 \ge x").accepted


def test_an_assumption_may_differentiate() -> None:
    stationary = SETTING + r" Assume $\nabla_x (x^2 - 2x) = 0$."
    assert checked(stationary, "x = 1").accepted
    assert not checked(stationary, "x = 2").accepted
