r"""Names that the text gives to the rows or columns of a matrix."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

SETTING = r"Let $W \in \mathbb{R}^{k \times d}$, $x \in \mathbb{R}^{d}$ and $y \in \mathbb{R}^{k}$"
ROWS = (r"(Wx)_j &= w_j^\top x", r"(Wx)_j &= 2 w_j^\top x")
COLUMNS = (r"Wx &= \sum_i x_i w_i", r"Wx &= \sum_i w_i")
SQUARES = (r"\lVert W\rVert_F^2 &= \sum_j \lVert w_j\rVert^2", r"\lVert W\rVert_F &= \sum_j \lVert w_j\rVert^2")
OUTER = (r"W^\top W &= \sum_j w_j w_j^\top", r"W W^\top &= \sum_j w_j w_j^\top")


@pytest.mark.parametrize(
    ("said", "rows"),
    [
        (r". Let $w_j^\top$ be the $j$-th row of $W$.", ROWS),
        (r", where $w_j$ is the $j$th row of $W$.", ROWS),
        (r". Let $w_j \in \mathbb{R}^{d}$ denote the $j$-th row of the weight matrix $W$.", ROWS),
        (r". We write $w_j^\top$ for the $j$-th row of $W$.", ROWS),
        (r". Denote the $j$-th row of $W$ by $w_j^\top$.", SQUARES),
        (r". The $j$-th row of $W$ is $w_j^\top$.", OUTER),
        (r". Let $w_j$ be the $j$-th row of $W$.", (r"(Wx)_j &= w_j x", r"(Wx)_j &= 2 w_j x")),
        (r". Let $w_i$ be the $i$-th column of $W$.", COLUMNS),
        (r". Let $w_i$ be column $i$ of $W$. Let $w_i$ be the $i$-th column vector of $W$.", COLUMNS),
        (r". Let $U \in \mathbb{R}^{k \times d}$ with rows $u_j^\top$. Let $w_j$ be the $j$-th row of $W$.", ROWS),
    ],
)
def test_a_row_or_column_has_a_name(said: str, rows: tuple[str, str]) -> None:
    assert displayed(checked(SETTING + said, rows[0])) == ["ok"]
    assert displayed(checked(SETTING + said, rows[1])) == ["wrong"]


@pytest.mark.parametrize(
    "said",
    [
        r"with rows $x_i^\top$",
        r"have rows $x_1^\top, \dots, x_n^\top$",
        r"whose rows are $x_1^\top, x_2^\top, \ldots, x_n^\top$",
        r"with rows $x_i$",
    ],
)
def test_all_rows_have_names(said: str) -> None:
    setting = rf"Let $X \in \mathbb{{R}}^{{n \times d}}$ {said}."
    assert displayed(checked(setting, r"X^\top X &= \sum_{i=1}^n x_i x_i^\top")) == ["ok"]
    assert displayed(checked(setting, r"X X^\top &= \sum_{i=1}^n x_i x_i^\top")) == ["wrong"]


@pytest.mark.parametrize(
    "said",
    [
        r"with rows $(x^{(i)})^T$",
        r"with rows $x^{(i)\top}$",
        r"with rows $x^{(i)}$",
        r"whose rows are $\left(x^{(i)}\right)^\top$",
        r"have rows $(x^{(1)})^\top, \dots, (x^{(n)})^\top$",
        r"whose $i$-th row is ${x^{(i)}}^\top$",
    ],
)
def test_rows_may_be_counted_above(said: str) -> None:
    setting = rf"Let $X \in \mathbb{{R}}^{{n \times d}}$ {said}."
    assert displayed(checked(setting, r"X^\top X &= \sum_{i=1}^n x^{(i)} x^{(i)\top}")) == ["ok"]
    assert displayed(checked(setting, r"X X^\top &= \sum_{i=1}^n x^{(i)} x^{(i)\top}")) == ["wrong"]


def test_the_gradient_is_taken_through_a_row() -> None:
    setting = SETTING + r". Let $w_j^\top$ be the $j$-th row of $W$."
    rows = [r"L &\coloneqq \sum_j (w_j^\top x - y_j)^2", r"\frac{\partial L}{\partial W} &= 2 (Wx - y) x^\top"]
    assert displayed(checked(setting, *rows)) == ["definition", "ok"]


def test_words_below_the_display_name_its_rows() -> None:
    text = checked(
        SETTING + ".",
        r"(Wx)_j &= w_j^\top x\nonumber\end{align} where $w_j$ is the $j$-th row of $W$. \begin{align} x &= x",
    )
    assert displayed(text) == ["ok", "ok"]


@pytest.mark.parametrize(
    "said",
    [
        r". Here $w_j$ is not the $j$-th row of $W$.",
        r". Let $w_j$ be the $k$-th row of $W$.",
        r". Let $w_j$ be the $j$-th row of $W$ without its last entry.",
        r". Let $w_j$ be the $j$-th row of $W$, divided by its norm.",
        r". Let $w_j$ be the $j$-th row of $W$, multiplied by $y_j$.",
        r". Let $w_j$ be the $j$-th row of $W$ with its sign flipped.",
        r", where $w_j$ is the $j$-th row of $W$, where $W$ is transposed.",
        r". Let $w_j$ be the $j$-th row of $W$; we normalise it.",
        r". Let $w_j$ be the $j$-th row of $W$ $V$.",
        r". In other texts $w_j$ is the $j$-th row of $W$.",
        r". Suppose instead that $w_j$ is the $j$-th row of $W$.",
        r". Let $W$ have rows $w_j$ in reverse order.",
        r". Let $w_j$ be the $j$-th row of $W^\top W$.",
    ],
)
def test_other_words_name_nothing(said: str) -> None:
    found = refused(checked(SETTING + said, ROWS[0]))[0]
    assert "neither declared nor defined" in found.message or "in words that are not read" in found.message


@pytest.mark.parametrize(
    "said",
    [
        r"Let $x_1,\dots,x_n \in \mathbb{R}^{d}$ be the rows of $X$.",
        r"Let $Z \in \mathbb{R}^{n \times d}$ be the matrix whose rows are $x_i^\top$.",
        r"Let $e_1,\dots,e_n \in \mathbb{R}^{n}$ be the standard basis vectors.",
    ],
)
def test_words_that_tie_names_to_a_matrix_and_are_not_read_are_refused(said: str) -> None:
    setting = rf"Let $X \in \mathbb{{R}}^{{n \times d}}$. {said}"
    found = refused(checked(setting, r"X &= X"))[0]
    assert (found.verdict, "in words that are not read" in found.message) == ("unreadable", True)


def test_the_space_of_a_row_is_compared() -> None:
    said = r". Let $w_j \in \mathbb{R}^{k}$ be the $j$-th row of $W$."
    assert "w_j is d×1, not k×1" in refused(checked(SETTING + said, ROWS[0]))[0].message
