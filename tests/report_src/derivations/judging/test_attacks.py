# ruff: noqa: E501 - rows of LaTeX are not broken
"""Rows that are false only for some values, sizes or functions, or only by a little; and true ones that look alike."""

import time

import pytest

from report_src.derivations.checking.check import INTERNAL
from tests.marks import mostly_long
from tests.report_src.derivations.checked import checked, displayed, refused

SETTING = (
    r"Let $x, y \in \mathbb{R}$, $\lambda > 0$, $\mathbf{u}, \mathbf{v} \in \mathbb{R}^{d}$, $A \in \mathbb{R}^{m \times m}$, "
    r"$g, h : \mathbb{R} \to \mathbb{R}$, $\ell, r : \mathbb{R}^d \times \mathbb{R}^d \to \mathbb{R}$, $\mathbf{p} \in \Delta^{K}$, $Y \in \{0,1\}^{K \times N}$, $X \in \mathbb{R}^{d \times N}$."
)


FALSE = {
    "a bound that is passed between two values": r"\lambda^2 - 3\lambda + 2.249 &\ge 0",
    "a bound far from 0": r"x - y &\le 250",
    "a bound with a root of the size": r"\sum_i |u_i| &\le 4\lVert\mathbf{u}\rVert",
    "a positive function": r"g(x)^2 &\ge g(x)g(y)",
    "a bounded function of two": r"\ell(\mathbf{u}, \mathbf{v}) &\le 50000",
    "two functions of one": r"g(x) &= h(x)",
    "two functions of two": r"\ell(\mathbf{u}, \mathbf{v}) &= r(\mathbf{u}, \mathbf{v})",
    "a linear function": r"g(x + y) &= g(x) + g(y) - g(0)",
    "a convex function": r"g''(x) &\ge 0",
    "an odd function": r"g(-x) &= -g(x)",
    "a symmetric function": r"\ell(\mathbf{u}, \mathbf{v}) &= \ell(\mathbf{v}, \mathbf{u})",
    "a size above 1": r"\lVert\mathbf{p}\rVert &< 1",
    "two sizes that may be equal": r"\mathbb{1}[d = m] &= 0",
    "a size below 40": r"\max(0, d - 40) &= 0",
    "a kink at 4": r"\max(0, x + 4) &= x + 4",
    "a kink at 700": r"|\lambda - 700| &= 700 - \lambda",
    "a kink of a square at a thousand million": r"\max(0, x^2 - 1000000000) &= 0",
    "a kink behind a kink": r"\max(0, \max(0, x) - 5000) &= 0",
    "a kink below a millionth": r"\max(0, 1 - 1000000\lambda) &= 0",
    "a kink beyond any number": r"|x - e^{90}| &= e^{90} - x",
    "a kink of a root": r"\sqrt{(x - 1000000)^2} &= 1000000 - x",
    "a kink of a half power": r"((x - 50000)^2)^{1/2} &= 50000 - x",
    "a point": r"\mathbb{1}[(x - 7)^2 + (y - 3)^2 \le 0] &= 0",
    "a narrow band": r"\mathbb{1}[x y > 5]\mathbb{1}[x y < 5.0001] &= 0",
    "the line between two conditions": r"\mathbb{1}[x > 3y + 1] + \mathbb{1}[x < 3y + 1] &= 1",
    "the curve between two conditions": r"\mathbb{1}[x y > 1] + \mathbb{1}[x y < 1] &= 1",
    "two numbers that are equal on a line": r"\mathbb{1}[2x + 3y = 13] &= 0",
    "a threshold of a product": r"\mathbb{1}[x y < 1] &= \mathbb{1}[x y < 1.0001]",
    "a threshold of a slope": r"\frac{\partial}{\partial x} \max(0, 1 - x y) &= -y \mathbb{1}[x y < 2]",
    "a threshold of a norm": r"\mathbb{1}[\mathbf{u}^\top\mathbf{u} > 2] &= \mathbb{1}[\lVert\mathbf{u}\rVert > 1.41421]",
    "a threshold of each entry": r"\mathbb{1}[u_i > v_i + 1] &= \mathbb{1}[u_i > v_i + 1.01]",
    "a threshold of a logarithm": r"\mathbb{1}[\log\lambda > 1] &= \mathbb{1}[\lambda > 2.71828]",
    "a threshold near a number": r"\mathbb{1}[x > \pi] &= \mathbb{1}[x > 3.14159]",
    "a threshold of a probability": r"\mathbb{1}[p_i > 0.5] &= \mathbb{1}[p_i > 0.501]",
    "a threshold of an exponential": r"\mathbb{1}[e^x > 5] &= \mathbb{1}[e^x > 5.1]",
    "a threshold of a function": r"\mathbb{1}[g(x) > 50] &= \mathbb{1}[g(x) > 51]",
    "a threshold beside another condition": r"\mathbb{1}[x > 30]\mathbb{1}[y < -40] &= \mathbb{1}[x > 30]\mathbb{1}[y < -45]",
    "a threshold beside another kink": r"\frac{\partial}{\partial x}(\max(0, x - 1)\max(0, y - 4)) &= \max(0, y - 4)\mathbb{1}[x > 1.2]",
    "a curve that is met": r"\mathbb{1}[x^2 > 9] &= \mathbb{1}[x^2 \ge 9]",
    "the first places": r"\sum_{i=9}^{d} u_i &= 0",
    "the last places": r"\sum_{i=1}^{d-12} u_i &= 0",
    "a condition on a place": r"\sum_i \mathbb{1}[i > 15] u_i &= 0",
    "a size far above another": r"|m - d| &\le 10",
    "a bound by the quotient of two sizes": r"30d\cdot\mathbf{u}^\top\mathbf{u} &\ge m\cdot\mathbf{u}^\top\mathbf{u}",
    "an indicator at 0": r"\mathbb{1}[x \ge 0] &= \mathbb{1}[x > 0]",
    "the sign of 0": r"\operatorname{sign}(x)\operatorname{sign}(x) &= 1",
    "a difference of e^-60": r"e^{-60} &= 0",
    "a difference of e^-60 beside 1": r"1 + e^{-60} &= 1",
    "a small factor": r"10000000 x &= 10000000 x + 0.0000001 y",
    "a slope far out": r"\sigma'(50 + \lambda) &= 0",
    "a small entry among large ones": r"\mathbf{u} + 0.000000000001\mathbf{v} &= \mathbf{u}",
    "a rounded decimal": r"\tfrac23 &= 0.6666666667",
    "a rounded decimal of thirty digits": r"\tfrac13 &= 0.333333333333333333333333333333333333",
    "two decimals that float64 cannot tell apart": r"0.12345678901234567891 &= 0.12345678901234567892",
}  # fmt: skip


@pytest.mark.parametrize("row", FALSE.values(), ids=list(FALSE))
@pytest.mark.sampled(3)
def test_a_row_that_is_false_somewhere_is_refused_as_wrong(row: str) -> None:
    report = checked(SETTING, row)
    assert [found.verdict for found in refused(report)] == ["wrong"], report.rows


def test_a_rounded_decimal_is_answered_with_the_two_ways_to_write_it() -> None:
    (row,) = refused(checked(SETTING, r"\tfrac13 &= 0.33333"))
    assert r"write \approx" in row.message
    assert r"\tfrac13" in row.message


def test_another_row_does_not_choose_the_values_of_a_row() -> None:
    for first in (r"\log x &= \log x", r"\sqrt{x}\sqrt{x} &= \sqrt{x}\sqrt{x}", r"\log(-x) &= \log(-x)"):
        assert displayed(checked(SETTING, first, "|x| &= x", "|x| &= -x")) == ["ok", "wrong", "wrong"]


NEVER_EQUAL = "the draws do not reach each place where the two numbers are equal"
SOME_SIZES = "the row is checked for some sizes only"
TOO_FAR = "a place is compared with a number of 20 at most"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (r"\mathbb{1}[x^2 = 2] &= \mathbb{1}[2 = x^2]", NEVER_EQUAL),
        (r"\mathbb{1}[x = 0.37] &= \mathbb{1}[0.37 = x]", NEVER_EQUAL),
        (r"\mathbb{1}[3x + 5y = \tfrac17] &= \mathbb{1}[5y + 3x = \tfrac17]", NEVER_EQUAL),
        (r"\mathbb{1}[d = 17] &= 0", SOME_SIZES),
        (r"\mathbb{1}[m = d + 7] &= 0", SOME_SIZES),
        (r"\max(d, 1000000) &= 1000000", SOME_SIZES),
        (r"\sum_{i=70}^{d} u_i &= 0", TOO_FAR),
        (r"\sum_i \mathbb{1}[i = 31] u_i &= 0", TOO_FAR),
    ],
)
def test_a_comparison_that_no_draw_settles_is_refused(row: str, message: str) -> None:
    (found,) = refused(checked(SETTING, row))
    assert found.verdict == "unreadable"
    assert message in found.message


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (r"u_{20} + v_9 &= v_9 + u_{20}", "ok"),
        (r"u_{15} &= u_{14}", "wrong"),
        (r"u_{21} &= u_{21}", "unreadable"),
    ],
)
def test_a_component_by_its_number_is_drawn_up_to_the_twentieth(row: str, verdict: str) -> None:
    assert displayed(checked(SETTING, row)) == [verdict]


@pytest.mark.parametrize("row", [r"\log(x^2) &= 2\log x", r"\sqrt{x}\sqrt{x} &= x", r"e^{\log y} &= y"])
def test_a_row_outside_its_domain_asks_for_the_domain(row: str) -> None:
    (found,) = refused(checked(SETTING, row))
    assert found.verdict == "unreadable"
    assert "declare what is positive" in found.message


TRUE = {
    "a threshold of a product": r"\mathbb{1}[x y < 1] &= \mathbb{1}[2 x y < 2]",
    "a threshold of a norm": r"\mathbb{1}[\mathbf{u}^\top\mathbf{u} > 2] &= \mathbb{1}[\lVert\mathbf{u}\rVert > \sqrt 2]",
    "the same, with the domain": r"\log(\lambda^2) &= 2\log\lambda",
    "entries of the logarithm of a matrix": r"\log X + \log X &= 2\log X",
    "a norm with an inverse": r"\lVert A^{-1}\mathbf{1}\rVert &\ge 0",
    "an inverse of a definition": r"B &\coloneqq A^{-1} \\ AB &= I_m",
    "class means": r"M &\coloneqq XY^\top(YY^\top)^{-1} \\ MYY^\top &= XY^\top",
    "a mask of indices": r"\sum_j \mathbb{1}[i = j]u_j &= u_i",
    "strict below float64": r"e^{x} &< e^{x} + e^{-90}",
    "strict with large numbers": r"x &< x + 0.00000000000000000001",
    "a quotient that has no value at 0": r"\frac{x}{x}y &= y",
    "a sum of zero": r"\sum_k p_k - 1 &= 0",
    "a saturated sum of zero": r"\sigma(400 + \lambda) + \sigma(-400 - \lambda) - 1 &= 0",
    "the slope of a norm": r"n &\coloneqq \lVert\mathbf{u}\rVert \\ n\frac{\partial n}{\partial\mathbf{u}} &= \mathbf{u}",
    "a kink that both sides have": r"\max(0, x) - \max(0, -x) &= x",
    "a kink on one side of which nothing lies": r"\max(0, x^2 + 1) &= x^2 + 1",
    "two ways of a kink far out": r"\max(0, x - 5000) - \max(0, 5000 - x) &= x - 5000",
    "two halves of a size": r"\max(0, m - d) - \max(0, d - m) &= m - d",
    "a bound that is met": r"\mathbf{u}^\top\mathbf{v} &\le \lVert\mathbf{u}\rVert\lVert\mathbf{v}\rVert",
}  # fmt: skip


@pytest.mark.parametrize("rows", TRUE.values(), ids=list(TRUE))
@pytest.mark.sampled(3)
def test_a_true_row_is_accepted(rows: str) -> None:
    report = checked(SETTING, rows)
    assert report.accepted, refused(report)


@pytest.mark.parametrize(
    "rows",
    [
        r"h_1 &\coloneqq x^2, & L &\coloneqq h_1^2, & q &\coloneqq \frac{\partial L}{\partial x}y \\ \left.\frac{\partial q}{\partial y}\right|_{h_1} &= \frac{\partial L}{\partial x}",
        r"h_1 &\coloneqq xy, & L &\coloneqq h_1^2, & k &\coloneqq \frac{\partial L}{\partial x}, & q &\coloneqq kx \\ \left.\frac{\partial q}{\partial x}\right|_{k} &= k = 2h_1y",
        r"\mathbf{a} &\coloneqq \mathbf{u} \odot \mathbf{v}, & L &\coloneqq \lVert\mathbf{a}\rVert^2, & \mathbf{k} &\coloneqq \frac{\partial L}{\partial \mathbf{a}}, & s &\coloneqq \mathbf{k}^\top\mathbf{v} \\ \left.\frac{\partial s}{\partial \mathbf{v}}\right|_{\mathbf{a}} &= \mathbf{k} = 2\mathbf{a}",
    ],
)
def test_held_nodes_cut_the_graph_and_not_the_derivatives_in_definitions(rows: str) -> None:
    report = checked(SETTING, rows)
    assert report.accepted, refused(report)


BOUNDLESS = {
    "an inverse of zeros": r"B &\coloneqq (A - A)^{-1} \\ AB &= BA",
    "an index without a range": r"\sum_k \mathbb{1}[k = k] &= 1",
    "two indices without a range": r"\mathbb{1}[i = j]\mathbb{1}[j = i] &= \mathbb{1}[i = j]",
    "a tower of exponentials": r"e^{e^{e^{e^{\lambda + 9}}}} &= e^{e^{e^{e^{\lambda + 9}}}}",
    "a chain of derivatives": " ".join(
        [r"L_0 &\coloneqq g(x)h(x) \\"]
        + [rf"L_{{{k + 1}}} &\coloneqq g(x)\frac{{\partial L_{{{k}}}}}{{\partial x}} \\" for k in range(14)]
        + [r"L_{14} &= 2 L_{14}"]
    ),
    "a second derivative of a family by itself": r"z_n &\coloneqq g(\mathbf{u}_n^\top\mathbf{v}) \\ \frac{\partial^2 z_n}{\partial u_{n,i}\,\partial u_{n,j}} &= g''(\mathbf{u}_n^\top\mathbf{v})v_iv_j",
    "a deep square": " ".join([r"w_0 &\coloneqq x \\"] + [rf"w_{{{k + 1}}} &\coloneqq w_{{{k}}}^2 \\" for k in range(60)] + [r"w_{60} &= w_{60}"]),
}  # fmt: skip


@pytest.mark.parametrize("rows", BOUNDLESS.values(), ids=list(BOUNDLESS))
def test_what_has_no_value_or_too_much_of_it_ends_with_a_verdict_in_bounded_time(rows: str) -> None:
    setting = (
        SETTING.replace(
            r"\mathbf{u}, \mathbf{v} \in \mathbb{R}^{d}",
            r"\mathbf{v} \in \mathbb{R}^{d}, \mathbf{u}_n \in \mathbb{R}^{d}, n = 1,\dots,N",
        )
        if "_n" in rows
        else SETTING
    )
    before = time.process_time()
    report = checked(setting, rows)
    assert time.process_time() - before < 4
    assert not any(INTERNAL in row.message for row in report.rows)


STEPS = r"Let $x_t \in \mathbb{R},\ t = 1,\dots,T$, $h_0, c_0, w \in \mathbb{R}$, $A \in \mathbb{R}_{>0}^{d \times m}$, $\lambda > 0$."
LONG = {
    "a product along an index": r"\prod_i \prod_j (1 + A_{ij}) &\le \exp\Bigl(\sum_i \sum_j A_{ij}\Bigr)",
    "a power by a dimension": r"\lambda^d \sum_i A_{i1} &\le (1 + \lambda)^d \sum_i A_{i1}",
    "a recursion": r"h_t &\coloneqq \tanh(w h_{t-1} + x_t) \\ h_t &\le 1",
    "two recursions in turn": r"c_t &\coloneqq \sigma(w h_{t-1} + x_t) c_{t-1} \\ h_t &\coloneqq \tanh(c_t) \\ h_t^2 &\le 1",
    "the slope of a recursion": r"h_t &\coloneqq \tanh(w h_{t-1} + x_t) \\ L &\coloneqq h_T \\ \Bigl(\frac{\partial L}{\partial w}\Bigr)^2 &\ge 0",
}  # fmt: skip
EACH_TIME = [LONG[name] for name in ("a product along an index", "a power by a dimension", "a recursion")]


@pytest.mark.parametrize("rows", mostly_long(LONG.values(), EACH_TIME.__contains__), ids=list(LONG))
@pytest.mark.sampled(3)
def test_an_inequality_that_runs_along_an_index_is_accepted_in_bounded_time(rows: str) -> None:
    before = time.process_time()
    report = checked(STEPS, rows)
    assert time.process_time() - before < 12  # four times what a busy machine took
    assert report.accepted, refused(report)


def test_a_bound_that_only_a_recursion_of_hundreds_of_steps_breaks_is_refused() -> None:
    rows = r"h_t &\coloneqq h_{t-1} + 1 + x_t^2 - x_t^2", r"h_T &\le 900 + h_0"
    (row,) = refused(checked(STEPS, *rows))
    assert row.verdict == "wrong"
    assert "T = 1000" in row.message


@pytest.mark.parametrize("count", range(2, 13))
@pytest.mark.sampled(3)
def test_powers_and_products_have_as_many_factors_as_their_exponent_or_size(count: int) -> None:
    setting = rf"Let $x \in \mathbb{{R}}$, $\mathbf{{v}} \in \mathbb{{R}}^{{{count}}}$."
    factors = "".join(f"v_{{{k}}}" for k in range(1, count + 1))
    rows = [rf"x^{{{count}}} &= {'x' * count}", rf"\prod_i v_i &= {factors}"]
    assert checked(setting, *rows).accepted
    assert [row.verdict for row in refused(checked(setting, rows[0] + "x", rows[1] + "v_1"))] == ["wrong"] * 2


def test_powers_whose_exponents_are_counted_along_an_index() -> None:
    setting = r"Let $x \in \mathbb{R}$, $z > 0$, $\mathbf{v} \in \mathbb{R}^{d}$, $A \in \mathbb{R}^{n \times n}$."
    true = (
        r"\sum_{k=0}^{4} x^k &= 1 + x + x^2 + x^3 + x^4",
        r"\sum_{k=1}^{3} z^{-k} &= \tfrac1z + \tfrac{1}{z^2} + \tfrac{1}{z^3}",
        r"(1 - z) \sum_{k=0}^{d} z^k &= 1 - z^{d+1}",
        r"\sum_{k=0}^{3} A^k &= I_n + A + AA + AAA",
    )
    assert displayed(checked(setting, *true)) == ["ok"] * 4
    assert displayed(checked(setting, *(f"{row} + x^2" for row in true[:3]))) == ["wrong"] * 3


def test_a_power_of_e_by_a_letter_t_is_no_transpose() -> None:
    setting = r"Let $t > 0$."
    assert displayed(checked(setting, r"e^{-t} &= \exp(-t)", r"e^{-t} &= e^{-1}")) == ["ok", "wrong"]
