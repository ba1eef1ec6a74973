# ruff: noqa: E501 - rows of LaTeX are not broken
"""False rows, and rows that a reader takes otherwise, in the notation of lecture notes: none gets a tick."""

import pytest

from tests.report_src.derivations.checked import checked

SETTING = (
    r"Let $x, y, z, t \in \mathbb{R}$, $\mathbf{a}, \mathbf{b} \in \mathbb{R}^{d}$, $W \in \mathbb{R}^{m \times d}$, "
    r"$A, B \in \mathbb{R}^{n \times n}$, $u, v \in \mathbb{R}^{n}$, $p > 0$ and $g : \mathbb{R} \to \mathbb{R}$. "
)
STEPS = r"Let $A \in \mathbb{R}^{n \times n}$, $\mathbf h_0 \in \mathbb{R}^{n}$, $\mathbf c_t \in \mathbb{R}^{n},\ t = 1,\dots,T$. "

ROWS = {
    "an elementwise product written as a tensor product": r"u \otimes v &= u \odot v",
    "its components": r"(u \otimes v)_i &= u_i v_i",
    "pairs counted once and twice": r"\sum_{i<j} u_i u_j &= \sum_{i \ne j} u_i u_j",
    "a sum below an index": r"\sum_{i<j} u_i &= u_j",
    "half a double sum": r"s_j &\coloneqq \sum_{i<j} u_i v_j \\ \sum_j s_j &= \sum_{i,j} u_i v_j",
    "a sum without its first term": r"\sum_{i=2}^{n} u_i &= \sum_{i=1}^{n} u_i",
    "a sum from an index and to it": r"\sum_{i=j}^{n} u_i &= \sum_{i=1}^{j} u_i",
    "a vector equal to a number": r"\mathbf a &= 1",
    "a vector of zeros equal to a half": r"\mathbf a - \mathbf a &= 1 - \frac{1}{2}",
    "a gradient without its factor": r"\frac{\partial}{\partial \mathbf a}\Bigl(\frac{1}{d}\mathbf 1_d^\top\mathbf a\Bigr) &= 1",
    "a condition in words": r"|x| &= -x \text{ if } x > 0",
    "a condition that is the claim": r"x &= y \text{ when } x = y",
    "a condition on indices that is too weak": r"\frac{\partial u_i}{\partial u_j} &= 0 \text{ for } i \le j",
    "a spectral norm": r"\|A\|_2 &= \|A\|_F",
    "a softmax of columns taken of rows": r"\operatorname{softmax}(W) \mathbf 1_d &= \mathbf 1_m",
    "an unread binary sign": r"x \mathbin{\odot} y &= x + y",
    "an unread relation": r"x &\mathrel{\leq} x - 1",
    "a phantom": r"x + \phantom{y} &= x + y",
    "a minus of Unicode": "x \N{MINUS SIGN} y &= x + y",
    "a Cyrillic letter": "\N{CYRILLIC SMALL LETTER HA} &= x",
    "a space of no width": "x\N{ZERO WIDTH SPACE}y &= x",
    "a prescript": r"{}^2 x &= x",
    "a determinant written in an array": r"\begin{vmatrix} x & y \\ z & t \end{vmatrix} &= x t + y z",
    "two rows of different lengths": r"\begin{bmatrix} x & y \\ z \end{bmatrix} &= \begin{bmatrix} x & y \\ z & 0 \end{bmatrix}",
    "signs that leave out zero": r"\mathbb 1[x > 0] + \mathbb 1[x < 0] &= 1",
    "a function at another argument": r"f(x) &\coloneqq x^2 \\ f(y) &= x^2",
}  # fmt: skip


def accepted(text: str, row: str, before: str = "") -> bool:
    return checked(text, row, before=before).accepted


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_false_row_gets_no_tick(row: str) -> None:
    assert not accepted(SETTING, row)


UNDER = {
    "what other books say": (r"In the literature $\otimes$ is the elementwise product.", r"\mathbf 1_n^\top (u \otimes v) &= u^\top v"),
    "an assumption that is denied": (r"We do not assume that $A$ is symmetric.", r"A &= A^\top"),
    "a property that is no assumption": (r"Later $A$ is symmetric.", r"A &= A^\top"),
    "more than a property gives": (r"Assume that $A$ is symmetric.", r"A B &= (A B)^\top"),
    "a trace of a semidefinite matrix": (r"Assume $A \succeq 0$.", r"\operatorname{tr}(A) &> 0"),
    "an inverse of a semidefinite matrix": (r"Assume $A \succeq 0$.", r"A A^{-1} &= I_n"),
    "a bound of a semidefinite matrix": (r"Assume $A \succeq 0$.", r"u^\top A u &\ge \tfrac{1}{1000} u^\top u"),
    "an assumption as a difference": (r"Assume $A = A^\top$.", r"A - A^\top &= \mathbf 0"),
    "an assumption turned round": (r"Assume $A^\top A = I_n$.", r"I &= A^\top A"),
    "an assumption in other bars": (r"Assume $\lVert u\rVert = 1$.", r"1 &= \|u\|_2"),
    "bounds that contradict each other": (r"Assume $x > 1$ and $x < 0$.", r"x &= y"),
    "properties that contradict each other": (r"Suppose $A$ is skew-symmetric and $A$ is positive definite.", r"x &= y"),
    "no solution": (r"Assume $x^2 = -1$.", r"x &= y"),
    "a softmax of a column": (r"The softmax is taken over rows.", r"\operatorname{softmax}(u)_i &= 1"),
}  # fmt: skip


@pytest.mark.parametrize(("stated", "row"), UNDER.values(), ids=UNDER)
def test_a_false_row_gets_no_tick_under_a_statement(stated: str, row: str) -> None:
    assert not accepted(SETTING + stated, row)


LETTERS = {
    "log": (r"Let $l, o, g, x \in \mathbb{R}$.", r"log(x) &= l o g\cdot x"),
    "tr": (r"Let $t, r \in \mathbb{R}$ and $A \in \mathbb{R}^{n \times n}$.", r"tr(A) &= r t A"),
    "exp": (r"Let $x, p \in \mathbb{R}$.", r"\mathit{exp}(x) &= e x p"),
}


@pytest.mark.parametrize(("stated", "row"), LETTERS.values(), ids=LETTERS)
def test_letters_that_read_as_a_function_are_no_product(stated: str, row: str) -> None:
    assert not accepted(stated, row)


RECURSIONS = {
    "the derivative of one step": r"\mathbf h_t &\coloneqq \tanh(A\mathbf h_{t-1}) + \mathbf c_t \\ \frac{\partial \mathbf h_T}{\partial \mathbf h_0} &= A",
    "an input lost": r"\mathbf h_t &\coloneqq A\mathbf h_{t-1} + \mathbf c_t \\ \mathbf h_t &= A\mathbf h_{t-1}",
    "an input of the wrong step": r"\mathbf h_t &\coloneqq A\mathbf h_{t-1} + \mathbf c_t \\ \mathbf h_{t+1} &= A\mathbf h_{t} + \mathbf c_t",
    "a sum that steps out of its range": r"\sum_{t=1}^{T-1} \mathbf c_{t+1} &= \sum_{t=1}^{T} \mathbf c_t",
}  # fmt: skip


@pytest.mark.parametrize("row", RECURSIONS.values(), ids=RECURSIONS)
def test_a_false_row_of_a_recursion_gets_no_tick(row: str) -> None:
    assert not accepted(STEPS, row)


@pytest.mark.parametrize(
    ("macro", "row"),
    [
        (r"\newcommand{\T}{y}", r"\T &= x"),
        (r"\newcommand{\half}{1/2}", r"x^\half &= x/2"),
        (r"\newcommand{\q}{x + y}", r"\q z &= xz + yz"),
    ],
    ids=["a value", "a script", "a sum"],
)
def test_a_false_row_with_a_macro_gets_no_tick(macro: str, row: str) -> None:
    assert not accepted(SETTING, row, macro)


def test_true_rows_beside_them_are_accepted() -> None:
    assert accepted(SETTING, r"u \otimes v &= u v^\top")
    assert accepted(SETTING + r"Assume $A \succeq 0$.", r"\operatorname{tr}(A) &\ge 0")
    assert accepted(
        STEPS,
        r"\mathbf h_t &\coloneqq A\mathbf h_{t-1} + \mathbf c_t \\ \mathbf h_{t+1} &= A\mathbf h_{t} + \mathbf c_{t+1}",
    )
    assert accepted(SETTING, r"\T &= y", r"\newcommand{\T}{y}")
