# ruff: noqa: E501 - rows of LaTeX are not broken
"""Functions and derivatives at a point: what is read is what is printed, or neither."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

POINTS = r"Let $\mathbf{x}, \mathbf{u}, \mathbf{v} \in \mathbb{R}^{n}$ and $\eta \in \mathbb{R}$. "
HALF = POINTS + r"$f(\mathbf{x}) \coloneqq \tfrac12\lVert\mathbf{x}\rVert^2$."
LINEAR = POINTS + r"$f(\mathbf{x}) \coloneqq \mathbf{x}^\top\mathbf{u}$."


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\nabla f(\mathbf{u}) &= \mathbf{u}", r"\nabla f(\mathbf{u}) &= \mathbf{0}"),
        (r"\nabla f(\mathbf{x}) &= \mathbf{x}", r"\nabla f(\mathbf{x}) &= 2\mathbf{x}"),
        (r"\nabla f(\mathbf{u})^\top \mathbf{v} &= \mathbf{u}^\top\mathbf{v}", r"\nabla f(\mathbf{u})^\top \mathbf{v} &= 0"),
        (r"\nabla^2 f(\mathbf{u}) &= I", r"\nabla^2 f(\mathbf{u}) &= 2I"),
        (r"f(\mathbf{u} - \eta\mathbf{v}) &= f(\eta\mathbf{v} - \mathbf{u})", r"f(\mathbf{u} - \mathbf{v}) &= f(\mathbf{u})"),
    ],
)  # fmt: skip
def test_a_gradient_is_taken_where_the_function_is_applied(true: str, false: str) -> None:
    assert [displayed(checked(HALF, row)) for row in (true, false)] == [["ok"], ["wrong"]]


@pytest.mark.parametrize(
    ("setting", "row"),
    [
        (HALF, r"\nabla f(2\mathbf{u}) &= 2\mathbf{u}"),
        (LINEAR, r"\nabla f(\mathbf{u}) &= \mathbf{u}"),
        (LINEAR, r"\nabla f(\mathbf{u}) &= 2\mathbf{u}"),
        (HALF, r"\nabla_{\mathbf{x}} f(\mathbf{u}) &= \mathbf{0}"),
        (HALF, r"\frac{\partial f(\mathbf{u})}{\partial\mathbf{x}} &= \mathbf{u}"),
    ],
)
def test_a_gradient_at_a_point_that_can_be_taken_before_or_after_is_refused(setting: str, row: str) -> None:
    assert displayed(checked(setting, row)) == ["unreadable"]


@pytest.mark.parametrize(
    ("setting", "true", "false"),
    [
        (r"Let $t \in \mathbb{R}$.", r"e^{t} &\ge 1 + t", r"e^{t} &\ge 1 + 2t"),
        (r"Let $t \in \mathbb{R}$.", r"\frac{d}{dt}e^{t} &= e^{t}", r"\frac{d}{dt}e^{t} &= t e^{t}"),
        (r"Let $t \in \mathbb{R}$, $\beta \in (0,1)$.", r"\beta^t &> 0", r"\beta^t &> 1"),
    ],
)
def test_the_letter_t_above_a_number_is_an_exponent(setting: str, true: str, false: str) -> None:
    assert [displayed(checked(setting, row)) for row in (true, false)] == [["ok"], ["wrong"]]


MOVED = r"Let $x, v \in \mathbb{R}^{d}$ and $s, t \in \mathbb{R}$. $f(x) \coloneqq x^\top x$."


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\frac{d}{dt} f(x + tv) \Big|_{t=0} &= 2v^\top x", r"\frac{d}{dt} f(x + tv) \Big|_{t=0} &= 2v^\top(x + tv)"),
        (
            r"\frac{\partial}{\partial s} (s^2 t) \Big|_{s=t} &= 2t^2",
            r"\frac{\partial}{\partial s} (s^2 t) \Big|_{s=t} &= 3t^2",
        ),
        (r"\frac{d^2}{dt^2} t^3 \bigg|_{t=2} &= 12", r"\frac{d^2}{dt^2} t^3 \bigg|_{t=2} &= 6t"),
        (r"\frac{d}{dt} t^2 |_{t=1} &= 2", r"\frac{d}{dt} t^2 |_{t=1} &= 0"),
    ],
)
def test_a_bar_behind_what_an_operator_acts_on_is_taken_after_it(true: str, false: str) -> None:
    assert [displayed(checked(MOVED, row)) for row in (true, false)] == [["ok"], ["wrong"]]


CHAIN = r"Let $x \in \mathbb{R}$. $h \coloneqq x^2$, $L \coloneqq h x$."


def test_a_total_derivative_beside_a_partial_one_asks_what_is_held() -> None:
    row = r"\frac{\mathrm{d}L}{\mathrm{d}x} &= @ + \frac{\partial L}{\partial h}\frac{\mathrm{d}h}{\mathrm{d}x}"
    (found,) = refused(checked(CHAIN, row.replace("@", r"\frac{\partial L}{\partial x}")))
    assert (found.verdict, r"\right|_{h}" in found.message) == ("unreadable", True)
    held = row.replace("@", r"\left.\frac{\partial L}{\partial x}\right|_{h}")
    assert displayed(checked(CHAIN, held)) == ["ok"]


def test_a_name_that_is_declared_with_two_shapes_is_not_judged() -> None:
    twice = r"Let $b \in \mathbb{R}$, $W \in \mathbb{R}^{m \times d}$, $\mathbf{x} \in \mathbb{R}^{d}$, $\mathbf{b} \in \mathbb{R}^{m}$."
    report = checked(twice, r"\frac{\partial}{\partial\mathbf{b}}\tfrac12\lVert W\mathbf{x} + \mathbf{b}\rVert^2 &= W\mathbf{x} + \mathbf{b}")  # fmt: skip
    assert displayed(report) == ["unreadable"]
    assert "declared twice" in refused(report)[-1].message


BAR = (
    r"Let $x, a, b \in \mathbb{R}^{n}$, $s, t, \lambda \in \mathbb{R}$, $u > 0$ and $A \in \mathbb{R}^{n \times n}$. "
    r"$f \coloneqq x^\top A x + a^\top x$. $q \coloneqq (s - t)^2$. $h \coloneqq s^2$. $g \coloneqq \exp(h) + s$."
)


AT_A_POINT = [
    (r"\left.\frac{\partial f}{\partial x}\right|_{x = 0} &= a", "a + x"),
    (r"\frac{\partial f}{\partial x}\Big|_{x = b} &= (A + A^\top) b + a", r"(A + A^\top) x + a"),
    (r"\left.\frac{\partial q}{\partial s}\right|_{s = t} &= 0", "1"),
    (r"\left.\frac{\partial g}{\partial s}\right|_{s = 0} &= 1", "2"),
    (r"\left.\frac{\partial^2 g}{\partial s^2}\right|_{s = 0} &= 2", "1"),
    (r"\left.g\right|_{s = 0} &= 1", "0"),
    (r"\left.\frac{\partial}{\partial s} s^3 \right|_{s = 2} &= 12", "8"),
    (r"\left.\frac{\partial f}{\partial x_i}\right|_{x = 0} &= a_i", "x_i"),
]


@pytest.mark.parametrize(("true", "false"), AT_A_POINT)
@pytest.mark.sampled(3)
def test_a_bar_says_at_what_value(true: str, false: str) -> None:
    assert displayed(checked(BAR, true)) == ["ok"]
    assert displayed(checked(BAR, f"{true.split('&=')[0]}&= {false}")) == ["wrong"]


def test_a_value_at_a_point_depends_on_what_the_point_does() -> None:
    row = r"p &\coloneqq \left.\frac{\partial q}{\partial s}\right|_{s = \lambda}"
    slopes = [rf"\frac{{\partial p}}{{\partial {by}}} &= {slope}" for by, slope in ((r"\lambda", 2), ("t", -2))]
    assert displayed(checked(BAR, row, *slopes)) == ["definition", "ok", "ok"]
    assert displayed(checked(BAR, row, slopes[0].replace("2", "-2"))) == ["definition", "wrong"]


@pytest.mark.parametrize(
    "row",
    [
        r"\left.\frac{\partial g}{\partial s}\right|_{h = 0} &= 1",
        r"\left.\frac{\partial g}{\partial s}\right|_{x = 0} &= 1",
        r"\left.\frac{\partial g}{\partial s}\right|_{s \ge 0} &= 1",
        r"\left.\frac{\partial f}{\partial x}\right|_{x_1 = 0} &= a",
        r"\left.\frac{\partial}{\partial s}\max(0, s)\right|_{s = 0} &= 0",
        r"\left.\frac{\partial}{\partial u}\log u\right|_{u = -1} &= -1",
    ],
)
def test_a_point_that_is_none_is_refused(row: str) -> None:
    assert displayed(checked(BAR, row)) == ["unreadable"]


NUMBERS = r"Let $s, t, c \in \mathbb{R}$. $f \coloneqq s^2 t$. $u \coloneqq t^2$. $k \coloneqq u s$. "
NUMBERS += r"$h \coloneqq \left.f\right|_{s=c}$."


@pytest.mark.parametrize(
    ("left", "true", "false"),
    [
        (r"\left.\frac{\partial f}{\partial t}\right|_{s=t}", "t^2", "3t^2"),
        (r"\left.\frac{\partial^2 f}{\partial s\,\partial t}\right|_{s=t}", "2t", "4t"),
        (r"\left.\frac{\partial (s^2 t)}{\partial t}\right|_{s=t}", "t^2", "3t^2"),
        (r"\left.\frac{\partial k}{\partial t}\right|_{s=u}", "2t^3", "4t^3"),
        (r"\left.\left.f\right|_{s=c}\right|_{c=1}", "t", "s^2 t"),
        (r"\left.h\right|_{c=t}", "t^3", "s^2 t"),
        (r"\left.\frac{\partial h}{\partial c}\right|_{c=t}", "2t^2", "0"),
        (r"\left.\frac{\partial k}{\partial u}\right|_{s=1}", "1", "2"),
    ],
)
@pytest.mark.sampled(2)
def test_what_is_differentiated_at_a_point_does_not_depend_on_the_point(left: str, true: str, false: str) -> None:
    assert displayed(checked(NUMBERS, f"{left} &= {true}")) == ["ok"]
    assert displayed(checked(NUMBERS, f"{left} &= {false}")) == ["wrong"]


def test_a_recursion_at_a_point() -> None:
    setting = (
        r"Let $s, h_0 \in \mathbb{R}$, $w \in \mathbb{R}^{T}$. $h_t \coloneqq h_{t-1} + w_t$. $L \coloneqq s h_T$."
    )
    rows = [rf"\left.\frac{{\partial L}}{{\partial {by}}}\right|_{{s=1}} &= 1" for by in ("h_t", "w_t")]
    assert displayed(checked(setting, *rows, r"\left.L\right|_{h_0=0} &= s\sum_t w_t")) == ["ok"] * 3
    assert displayed(checked(setting, rows[1].replace("&= 1", "&= s"))) == ["wrong"]
