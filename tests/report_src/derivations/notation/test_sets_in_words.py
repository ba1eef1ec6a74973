# ruff: noqa: E501 - sentences of a text are not broken
r"""Names that words declare, "Let $A$ be an $n \times n$ matrix", and what words say of several names at once."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

QUADRATIC = r"\nabla_x (x^\top A x) &= (A + A^\top) x", r"\nabla_x (x^\top A x) &= 2 A x"
SYMMETRIC = r"(AB)^\top &= BA", r"(AB)^\top &= AB"
UNIT = r"\|u - v\|^2 &= 2 - 2u^\top v", r"\|u - v\|^2 &= 2 - u^\top v"
LOGARITHM = r"\log(ab) &= \log a + \log b", r"\log(ab) &= \log a - \log b"
LEAST_SQUARES = r"\nabla_w \|Xw - y\|^2 &= 2X^\top(Xw - y)", r"\nabla_w \|Xw - y\|^2 &= 2X(Xw - y)"
TWO = r"\det A &= A_{11}A_{22} - A_{12}A_{21}", r"\det A &= A_{11}A_{22} + A_{12}A_{21}"
COLUMNS = r"(UU^\top)^2 &= UU^\top", r"UU^\top &= I"
ENTRIES = r"\sum_{i=1}^n |x_i| &= \sum_{i=1}^n x_i", r"\sum_{i=1}^n |x_i| &= -\sum_{i=1}^n x_i"
DIAGONAL = r"(AB)_{ij} &= A_{ii} B_{ij}", r"(AB)_{ij} &= A_{ij} B_{ij}"
PROJECTION = r"(I - P)^2 &= I - P", r"P &= I"
LENGTH = r"u^\top u &= 1", r"u^\top u &= 2"

SAID = [
    (r"Let $A$ be an $n \times n$ matrix and $x$ a vector in $\mathbb{R}^n$.", QUADRATIC),
    (r"Suppose $A$ is an $n \times n$ matrix and let $x$ be an $n$-vector.", QUADRATIC),
    (r"Let $x$ be an $n$-dimensional vector and $A$ a matrix of size $n \times n$.", QUADRATIC),
    (r"Let $A$ be a matrix in $\mathbb{R}^{n \times n}$, and let $x \in \mathbb{R}^n$.", QUADRATIC),
    (r"Let $A$ and $B$ be symmetric $n \times n$ matrices.", SYMMETRIC),
    (r"Let $A, B$ be real symmetric matrices in $\mathbb{R}^{n \times n}$.", SYMMETRIC),
    (r"Let $A$ be an $n \times n$ symmetric matrix and $B$ a symmetric $n \times n$ matrix.", SYMMETRIC),
    (r"Let $u$ and $v$ be unit vectors in $\mathbb{R}^d$.", UNIT),
    (r"Let $u$ and $v$ be $d$-vectors of unit length.", UNIT),
    (r"Let $a$ and $b$ be positive real numbers.", LOGARITHM),
    (r"Let $a, b > 0$ be real numbers.", LOGARITHM),
    (r"Let $a$ be a positive number. Here $b$ is a positive scalar.", LOGARITHM),
    (
        r"Let $X$ be the $n \times d$ data matrix, $y$ the $n$-dimensional target vector, and $w$ the weight vector in $\mathbb{R}^d$.",
        LEAST_SQUARES,
    ),
    (r"Let $A$ be a $2 \times 2$ matrix.", TWO),
    (r"Let $u$ be a unit vector in $\mathbb{R}^n$.", LENGTH),
    (r"Let $A$ be a diagonal $n \times n$ matrix and $B \in \mathbb{R}^{n \times n}$.", DIAGONAL),
    (r"Let $B \in \mathbb{R}^{n \times n}$ and let $A \in \mathbb{R}^{n \times n}$ be diagonal.", DIAGONAL),
    (r"Let $P \in \mathbb{R}^{n \times n}$ be a projection.", PROJECTION),
    (r"Let $P \in \mathbb{R}^{n \times n}$ be an orthogonal projection.", (r"P^\top &= P", r"P &= I")),
    (
        r"Let $u, v \in \mathbb{R}^n$ be orthogonal.",
        (r"\|u + v\|^2 &= \|u\|^2 + \|v\|^2", r"\|u + v\| &= \|u\| + \|v\|"),
    ),
    (r"Let $u$ be a vector in $\mathbb{R}^n$ with unit norm.", LENGTH),
    (r"Let $U$ be an $n \times k$ matrix with orthonormal columns.", COLUMNS),
    (r"Let $U \in \mathbb{R}^{n \times k}$ have orthonormal columns.", COLUMNS),
    (r"Let $U \in \mathbb{R}^{n \times k}$. Suppose that $U$ has orthonormal columns.", COLUMNS),
    (r"Let $x \in \mathbb{R}^n$ have positive entries.", ENTRIES),
    (r"Let $x$ be a vector in $\mathbb{R}^n$ with nonnegative entries.", ENTRIES),
    (r"Let $x_1, \dots, x_n$ be positive numbers.", ENTRIES),
    (r"Let $x_1, \dots, x_n > 0$.", ENTRIES),
    (r"Let $x_i \ge 0$ for $i = 1, \dots, n$.", ENTRIES),
    (r"Let $x$ be a probability vector in $\mathbb{R}^n$.", ENTRIES),
]


@pytest.mark.parametrize(("said", "rows"), SAID)
def test_names_are_declared_in_words(said: str, rows: tuple[str, str]) -> None:
    assert displayed(checked(said, *rows)) == ["ok", "wrong"]


def test_a_family_is_too() -> None:
    said = r"Let $x_1, \dots, x_n$ be vectors in $\mathbb{R}^d$."
    true, false = (
        r"\sum_{i=1}^n \|x_i\|^2 &= \sum_{i=1}^n x_i^\top x_i",
        r"\sum_{i=1}^n \|x_i\|^2 &= \|\sum_{i=1}^n x_i\|^2",
    )
    assert displayed(checked(said, true, false)) == ["ok", "wrong"]


@pytest.mark.parametrize(
    "said",
    [
        r"Suppose $A$ or $B$ is a symmetric $n \times n$ matrix.",
        r"If $A$ is an $n \times n$ matrix, we have",
        r"It is not said that $A$ is an $n \times n$ matrix.",
        r"Let $A$ be a complex $n \times n$ matrix.",
        r"Let $A$ be an $n \times n$ block of a matrix.",
    ],
)
def test_other_words_declare_nothing(said: str) -> None:
    (row,) = (row for row in refused(checked(said, r"(A^\top)^\top &= A")) if not row.inline)
    assert "A is neither declared nor defined" in row.message


@pytest.mark.parametrize("said", ["no positive entries", "some positive entries", "positive entries or none"])
def test_entries_are_not_positive_by_other_words(said: str) -> None:
    assert displayed(checked(rf"Let $x \in \mathbb{{R}}^n$ have {said}.", ENTRIES[0])) == ["unreadable"]


def test_what_mathematics_declares_or_defines_words_do_not_declare_again() -> None:
    setting = r"Let $W \in \mathbb{R}^{m \times d}$, $x \in \mathbb{R}^d$, $z \coloneqq Wx$, where $z$ is a vector in $\mathbb{R}^m$ and $W$ is an $m \times d$ matrix."
    assert displayed(checked(setting, r"\frac{\partial z}{\partial x} &= W")) == ["ok"]


@pytest.mark.parametrize(
    "said",
    [
        r"Let $A, B \in \mathbb{R}^{n \times n}$. Let $A$ and $B$ be symmetric.",
        r"Let $A \in \mathbb{R}^{n \times n}$ and $B \in \mathbb{R}^{n \times n}$ be both symmetric.",
        r"Let $A, B \in \mathbb{R}^{n \times n}$. Suppose that $A$ and $B$ are symmetric.",
    ],
)
def test_a_property_is_assumed_of_all_names_that_it_is_said_of(said: str) -> None:
    assert displayed(checked(said, *SYMMETRIC)) == ["ok", "wrong"]


def test_a_property_of_one_name_is_none_of_the_others() -> None:
    setting = r"Let $A$ be an $n \times n$ matrix and $B$ a symmetric $n \times n$ matrix."
    assert displayed(checked(setting, r"B^\top &= B", r"A^\top &= A")) == ["ok", "wrong"]
    setting = (
        r"Let $A$ be an $n \times n$ matrix and $x \in \mathbb{R}^n$ and $B \in \mathbb{R}^{n \times n}$ be symmetric."
    )
    assert displayed(checked(setting, r"B^\top &= B", r"A^\top &= A")) == ["ok", "wrong"]


def test_what_a_statement_says_of_names_is_not_passed_over() -> None:
    for said in "Both $A$ and $B$ are symmetric.", "$A$ is symmetric.":
        (row,) = refused(checked(rf"Let $A, B \in \mathbb{{R}}^{{n \times n}}$. {said}", r"A^\top &= A"))
        assert row.verdict == "unreadable"
        assert "symmetric' says is not read" in row.message


def test_a_singular_matrix_has_no_inverse() -> None:
    setting = r"Let $A \in \mathbb{R}^{n \times n}$ be singular."
    assert displayed(checked(setting, r"\det(2A) &= 0", r"AA^{-1} &= I", r"A &= 0")) == ["ok", "unreadable", "wrong"]


@pytest.mark.parametrize(
    ("said", "true", "false"),
    [
        (r"Let $u, v \in \mathbb{R}^d$ with $\|u\| = \|v\| = 1$.", *UNIT),
        (r"Let $x \in \mathbb{R}$. Assume that $0 < x \le 1$.", r"x^2 &\le x", r"x &\le x^2"),
        (r"Let $x, y \in \mathbb{R}$ with $1 \ge y \ge x \ge 0$.", r"x^2 &\le y", r"x &\le y^2"),
    ],
)
def test_an_assumption_may_be_a_chain_that_goes_one_way(said: str, true: str, false: str) -> None:
    assert displayed(checked(said, true, false)) == ["ok", "wrong"]


@pytest.mark.parametrize(
    "said",
    [
        r"Let $d = 3$ and $x \in \mathbb{R}^d$.",
        r"Let $x \in \mathbb{R}^d$ with $d = 3$.",
        r"Let $x \in \mathbb{R}^d$, where $d = 3$.",
    ],
)
def test_a_size_may_be_a_number(said: str) -> None:
    true, false = r"\|x\|^2 &= x_1^2 + x_2^2 + x_3^2", r"\|x\|^2 &= x_1^2 + x_2^2"
    assert displayed(checked(said, true, false)) == ["ok", "wrong"]


def test_a_size_that_is_one_case_of_some_is_none() -> None:
    for said in r"For $d = 3$ and $x \in \mathbb{R}^d$ we have", r"Let $x \in \mathbb{R}^d$. For $d = 3$, we get":
        assert displayed(checked(said, r"\|x\|^2 &= x_1^2 + x_2^2 + x_3^2")) == ["unreadable"]


POSITIVE = r"|a| &= a"
LEFT_OUT = [
    "Let the product of $a$ and $b$ be a positive number.",
    "Let at least one of $a$ and $b$ be positive numbers.",
    "Suppose that the opposite of $a$ is a positive number.",
    "Suppose that if $b$ is odd, $a$ is a positive number.",
    "Let $b$ be given, and when $b = 1$, let $a$ be a positive number.",
    "Suppose someone claims that $a$ is a positive number.",
    "Here is a mistake: $a$ is a positive number.",
    "Throughout Chapter 1, $a$ is a positive number.",
    "Let $a$, $b$ be positive numbers of opposite sign.",
    "Let $b$ and $a$ be a positive number and a negative number.",
    "Let $a$ be a positive number, respectively a negative number.",
    "We argue by contradiction. Let $a$ be a positive number.",
]


@pytest.mark.parametrize("said", LEFT_OUT)
def test_a_sentence_that_says_more_declares_nothing(said: str) -> None:
    assert "ok" not in displayed(checked(said, POSITIVE))


ARRAYS = [
    ("Let the matrices $A$ and $B$ be real.", "AB &= BA"),
    ("Let $A$ and $B$ be real and square.", "AB &= BA"),
    (r"Let $A$ and $B$ be real of size $n \times n$.", "AB &= BA"),
    ("Let the vector $x$ be real.", r"x^2 &\ge 0"),
    (r"Let the columns of $A$ be vectors in $\mathbb{R}^n$.", r"A^\top A &= \lVert A \rVert^2"),
    (r"Let $x$ and $y$ be vectors in $\mathbb{R}^n$ and $\mathbb{R}^m$.", r"x^\top y &= y^\top x"),
    (
        r"Let $A$ be a $2 \times 2$ matrix, and more generally an $n \times n$ matrix.",
        r"\det A &= A_{11}A_{22} - A_{12}A_{21}",
    ),
    ("Let $x$ and $y$ be vectors of length $1$.", r"(x^\top y)^2 &= 1"),
    (r"Let $A$ be an $n \times n$ matrix of $k \times k$ blocks.", r"\operatorname{tr}(A) &= \sum_{i=1}^n A_{ii}"),
]


@pytest.mark.parametrize(("said", "row"), ARRAYS)
def test_words_about_arrays_that_are_not_read_declare_nothing(said: str, row: str) -> None:
    assert "ok" not in displayed(checked(said, row))


def test_a_property_of_a_sum_is_one_of_the_whole_sum() -> None:
    setting = r"Let $A, B \in \mathbb{R}^{n \times n}$ and $x, y \in \mathbb{R}^n$. Assume that $A + B$ is symmetric."
    true, false = r"x^\top (A + B) y &= y^\top (A + B) x", r"x^\top B y &= y^\top B x"
    assert displayed(checked(setting, true, false)) == ["ok", "wrong"]
    setting = r"Let $A, B \in \mathbb{R}^{n \times n}$ be a symmetric and an orthogonal matrix."
    assert "ok" not in displayed(checked(setting, r"B &= B^\top"))


SIZES = [
    r"Let $d = 3$ and $x \in \mathbb{R}^d$. Let $d = 4$.",
    r"Let $x \in \mathbb{R}^d$. Suppose $d = 3$. In general, $d$ is larger.",
    r"Let $x \in \mathbb{R}^d$. An example: let $d = 3$.",
    r"If $x \in \mathbb{R}^d$ and $d = 3$, all is trivial.",
    r"Let $x \in \mathbb{R}^d$. Given $d = 3$, this is trivial.",
    r"Let $x \in \mathbb{R}^d$. For the case with $d = 3$, see Section 4.",
    r"\begin{itemize}\item Let $x \in \mathbb{R}^d$. \item Suppose $d = 3$. \item Let $d$ be larger.\end{itemize}",
]


@pytest.mark.parametrize("said", SIZES)
def test_a_size_of_one_case_is_none(said: str) -> None:
    assert "ok" not in displayed(checked(said, r"\|x\|^2 &= x_1^2 + x_2^2 + x_3^2"))


READ = [
    (r"Let $A$ be $m \times n$ and let $B$ be $n \times m$.", r"(AB)^\top &= B^\top A^\top", r"(AB)^\top &= BA"),
    (
        r"Let $x \in \mathbb{R}^n$, $A \in \mathbb{R}^{n \times n}$ and $A \succeq 0$.",
        r"x^\top A x &\ge 0",
        r"x^\top A x &\ge 1",
    ),
    (
        r"Let $u, v \in \mathbb{R}^n$ with $u \perp v$.",
        r"\|u + v\|^2 &= \|u\|^2 + \|v\|^2",
        r"\|u + v\| &= \|u\| + \|v\|",
    ),
    (r"Let $a, b \in \mathbb{R}_{++}$.", r"\log(ab) &= \log a + \log b", r"\log(ab) &= \log a"),
    (r"Let $w \in \mathbb{R}^n_+$.", r"\sum_i |w_i| &= \sum_i w_i", r"\sum_i |w_i| &= 0"),
    (
        r"Let $x \in \mathbb{R}^n$, and $c \in \mathbb{R}$. For $x \in \mathbb{R}^n$ we have",
        r"\|cx\| &= |c| \|x\|",
        r"\|cx\| &= c \|x\|",
    ),
]


@pytest.mark.parametrize(("said", "true", "false"), READ)
def test_what_texts_write_as_well(said: str, true: str, false: str) -> None:
    assert displayed(checked(said, true, false)) == ["ok", "wrong"]


@pytest.mark.parametrize(
    ("said", "row"),
    [
        (r"Let $u, v \in \mathbb{R}^n$, $\|u\| = \|v\| = 1$.", UNIT[0]),
        (r"Let $A, B \in \mathbb{R}^{n \times n}$ commute.", r"(A + B)^2 &= A^2 + 2AB + B^2"),
        (r"Let $a, b \in \mathbb{R}$. Since $a \le b$,", r"e^a &\le e^b"),
        (r"Let $A$ be an $n \times n$ matrix. It is symmetric.", r"A^\top &= A"),
        (r"Let $x, y \in \mathbb{R}^n$. Assume $x$ and $y$ have the same norm.", r"x^\top x &= y^\top y"),
        (r"Let $d = 1$ and $x \in \mathbb{R}^d$.", r"x^\top x &= x_1^2"),
        (r"Let $n = 2m$ and $x \in \mathbb{R}^n$, $y \in \mathbb{R}^m$.", r"\sum_{i=1}^n 1 &= 2 \sum_{i=1}^m 1"),
    ],
)
def test_what_the_text_says_and_is_not_read_leaves_a_row_open(said: str, row: str) -> None:
    assert displayed(checked(said, row)) == ["unreadable"]


CONTRARY = [
    r"\begin{itemize} \item Let $c > 0$. \item Let $c < 0$.",
    "Let $c > 0$. From now on $c < 0$.",
    "Let $c > 0$. We drop the assumption that $c$ is positive.",
    "Let $c$ be a positive number. Later $c$ may be any real number.",
    r"Let $c \in \mathbb{R}_{>0}$. Now let $c < 0$.",
    "Let $c > 0$. Below, $0 > c$.",
    r"Let $c > 0$. Below, $c \in (-\infty, 0)$.",
    r"Let $c > 0$. Below, $c \in \R$.",
    "Let $c > 0$. For real $c$:",
    "Let $c$ be a positive number. Then replace $c$ by $-c$.",
    "If $d = 1$, then $c \\in \\mathbb{R}_{>0}$.",
    "Consider the case where $c$ is a positive number.",
]


@pytest.mark.parametrize("said", CONTRARY)
def test_a_number_that_is_positive_in_one_place_is_not_in_the_others(said: str) -> None:
    assert "ok" not in displayed(checked(said, r"|c| &= c"))


def test_a_property_that_may_be_said_of_one_or_both_is_left_open() -> None:
    setting = r"Let $A \in \mathbb{R}^{n \times n}$ and $B \in \mathbb{R}^{n \times n}$ be symmetric."
    assert displayed(checked(setting, r"(AB)^\top &= BA")) == ["unreadable"]


@pytest.mark.parametrize(
    "said", ["For the case with $m = d$, see Smith.", "Let $m = d$, if possible, in what follows."]
)
def test_sizes_are_one_by_a_plain_sentence_alone(said: str) -> None:
    setting = rf"Let $x \in \mathbb{{R}}^m$ and $y \in \mathbb{{R}}^d$. {said}"
    assert "ok" not in displayed(checked(setting, r"x^\top y &= y^\top x"))


def test_a_projection_to_fewer_entries_is_any_matrix() -> None:
    setting = r"Let $W \in \mathbb{R}^{k \times d}$ be a projection matrix and $x \in \mathbb{R}^d$."
    assert displayed(checked(setting, r"\|Wx\|^2 &= x^\top W^\top W x", r"\|Wx\| &= \|x\|")) == ["ok", "unreadable"]


def test_a_sentence_that_denies_it_makes_no_number_natural() -> None:
    for said in r"This fails for $n \in \mathbb{N}$.", r"We do not assume $n \in \mathbb{N}$.":
        assert displayed(checked(said, r"n! &= n \cdot (n-1)!")) == ["unreadable"]


def test_an_index_below_a_set_is_no_bound() -> None:
    setting = r"Let $x$ be a vector in $\mathbb{R}^{d_1}$. In any case, $x$ is a vector."
    assert displayed(checked(setting, r"x^\top x &= \|x\|^2")) == ["ok"]


@pytest.mark.parametrize(
    ("said", "row"),
    [
        (r"Let $u, v, w \in \mathbb{R}^n$. Assume $u \perp v \perp w$.", r"u^\top v &= 0"),
        (r"Let $A \in \mathbb{R}^{n \times n}$ with $0 \prec A \prec I$.", r"\det(A) &< 1"),
    ],
)
def test_a_row_below_an_assumption_that_is_not_read_is_not_judged(said: str, row: str) -> None:
    report = checked(said, row)
    assert displayed(report) == ["unreadable"]
    assert len(refused(report)) == 2
