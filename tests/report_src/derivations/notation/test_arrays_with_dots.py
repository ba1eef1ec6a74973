r"""Vectors and matrices with dots: \begin{bmatrix} x_1 \\ \vdots \\ x_n \end{bmatrix}, (x_1, \dots, x_n)^\top."""

import pytest

from tests.report_src.derivations.checked import checked, displayed

SETTING = (
    r"Let $x, y \in \mathbb{R}^{n}$, $A \in \mathbb{R}^{n \times n}$, $B \in \mathbb{R}^{m \times n}$, "
    r"$g : \mathbb{R} \to \mathbb{R}$ and $v_t \in \mathbb{R}^{k},\ t = 1,\dots,T$. $f \coloneqq x^\top A x$."
)
FIRST, LAST = r"\frac{\partial f}{\partial x_1}", r"\frac{\partial f}{\partial x_n}"
WHOLE = (
    r"\begin{bmatrix} B_{11} & \cdots & B_{1n} \\ \vdots & \ddots & \vdots \\ B_{m1} & \cdots & B_{mn} \end{bmatrix}"
)
WIDE = (
    r"\begin{pmatrix} B_{11} & B_{12} & \dots & B_{1n} \\ B_{21} & B_{22} & \dots & B_{2n} \\ "
    r"\vdots & \vdots & \ddots & \vdots \\ B_{m1} & B_{m2} & \dots & B_{mn} \end{pmatrix}"
)
DIAGONAL = r"\begin{bmatrix} x_1 & & 0 \\ & \ddots & \\ 0 & & x_n \end{bmatrix}"


@pytest.mark.parametrize(
    ("array", "true", "false"),
    [
        (r"\begin{bmatrix} x_1 \\ \vdots \\ x_n \end{bmatrix}", "x", "2x"),
        (r"\begin{bmatrix} x_1 \\ x_2 \\ \vdots \\ x_n \end{bmatrix}", "x", "y"),
        (r"\begin{bmatrix} x_1 & \cdots & x_n \end{bmatrix}", r"x^\top", "x"),
        (r"\begin{bmatrix} x_1 \\ \vdots \\ x_n \end{bmatrix}^\top y", r"x^\top y", r"x^\top x"),
        (r"(x_1, \dots, x_n)^\top", "x", r"x^\top"),
        (r"(x_1, x_2, \dots, x_n)", "x", "-x"),
        (r"[x_1, \ldots, x_n]", r"x^\top", "x"),
        (r"\begin{bmatrix} g(x_1) \\ \vdots \\ g(x_n) \end{bmatrix}", "g(x)", "g(2x)"),
        (rf"\begin{{pmatrix}} {FIRST} \\ \vdots \\ {LAST} \end{{pmatrix}}", r"(A + A^\top) x", "2 A x"),
        (rf"\left({FIRST}, \dots, {LAST}\right)^\top", r"\nabla_x f", r"(\nabla_x f)^\top"),
        (WHOLE, "B", r"B^\top"),
        (WIDE, "B", "2B"),
        (DIAGONAL, r"\operatorname{diag}(x)", r"x x^\top"),
        (r"\begin{bmatrix} v_1^\top \\ \vdots \\ v_T^\top \end{bmatrix}^\top \mathbf 1", r"\sum_t v_t", r"T v_1"),
        (r"\begin{bmatrix} v_1 & \cdots & v_T \end{bmatrix} \mathbf 1", r"\sum_t v_t", r"T v_1"),
        (r"(v_1, \dots, v_T)^\top v_s", r"[v_1, \dots, v_T]^\top v_s", r"2 [v_1, \dots, v_T]^\top v_s"),
        (
            r"\frac{\partial}{\partial x}\left(\begin{bmatrix} x_1^2 \\ \vdots \\ x_n^2 \end{bmatrix}\right)",
            r"2 \operatorname{diag}(x)",
            r"\operatorname{diag}(x)",
        ),
    ],
)
@pytest.mark.sampled(3)
def test_an_array_with_dots_is_what_its_entries_say(array: str, true: str, false: str) -> None:
    assert displayed(checked(SETTING, f"{array} &= {true}")) == ["ok"]
    assert displayed(checked(SETTING, f"{array} &= {false}")) == ["wrong"]


def test_a_matrix_is_defined_by_its_rows() -> None:
    rows = r"X &\coloneqq \begin{bmatrix} v_1^\top \\ \vdots \\ v_T^\top \end{bmatrix}"
    assert displayed(checked(SETTING, rows, r"X^\top X &= \sum_{t=1}^T v_t v_t^\top")) == ["definition", "ok"]
    assert displayed(checked(SETTING, rows, r"X^\top X &= \sum_{t=1}^T v_1 v_t^\top")) == ["definition", "wrong"]


@pytest.mark.parametrize(
    "array",
    [
        r"\begin{bmatrix} x_1 \\ \vdots \\ y_n \end{bmatrix}",
        r"\begin{bmatrix} x_1 \\ x_3 \\ \vdots \\ x_n \end{bmatrix}",
        r"\begin{bmatrix} x_1 \\ \vdots \\ x_{n-1} \end{bmatrix}",
        r"\begin{bmatrix} x_1 & \vdots & x_n \end{bmatrix}",
        r"\begin{bmatrix} v_1 \\ \vdots \\ v_T \end{bmatrix}",
        r"\begin{bmatrix} x_1 & & \\ & \ddots & \\ 1 & & x_n \end{bmatrix}",
        r"\begin{bmatrix} x_1 & & 0 \\ & \ddots & \\ 0 & & 2x_n \end{bmatrix}",
        r"\vdots_{i=1}^n x_i",
        r"\cdots_{i=1}^n x_i",
    ],
)
def test_dots_that_do_not_say_how_an_array_goes_on_are_refused(array: str) -> None:
    assert displayed(checked(SETTING, f"{array} &= x")) == ["unreadable"]
