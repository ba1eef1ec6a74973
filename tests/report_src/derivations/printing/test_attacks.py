"""False rows made to slip past the reader: none is accepted, and a refusal shows both readings."""

import pytest

from tests.report_src.derivations.printing.rows import verdicts

LOSS = r"L &\coloneqq (t - 1)^2 \\ "
ATTACKS = {
    "braces that print nothing": [
        r"{x + y}^2 &= x^2 + 2xy + y^2",
        r"z{{x - y}} &= zx - zy",
        r"-{-x - y} &= x + y",
        r"\textcolor{red}{x + y}\textcolor{blue}{z} &= xz + yz",
    ],
    "numbers side by side": [
        r"3\,{4} x &= 12x",
        r"2\textcolor{red}{5} x &= 10x",
        r"2\tfrac12 x &= x",
        r"1\;0 x &= 0",
        r"1 \boxed{0} x &= 0",
        r"2 \underbrace{5}_{\text{a}} x &= 10x",
    ],
    "a name and a bracket": [
        LOSS + r"L(t) &= tL",
        LOSS + r"L(t + 1) &= tL + L",
        LOSS + r"L[0] &= 0",
        LOSS + r"\left.\frac{\partial L}{\partial t}\right. (0) &= 0",
        LOSS + r"\bigl(L\bigr)(0) + L(0) &= 0",
    ],
    "an italic d": [
        r"L &\coloneqq x^2 \\ dL/dx &= x",
        r"L &\coloneqq x^2 \\ \tfrac{dL}{dx} &= x",
        r"d x\,d y &= d^2xy",
    ],
    "T that is a letter": [
        r"T &\coloneqq 2 \\ W^T W &= W^\top W",
        r"T &\coloneqq x \\ (WW^\top)^T &= WW^\top",
        r"x^T &= x",
        r"\sum_T a_T &= \mathbf 1_d^\top\mathbf a \\ W^T W &= W^\top W",
    ],
    "scripts that are read past": [
        r"\sum_{i=1}^{d}{}' a_i &= \mathbf 1_d^\top\mathbf a",
        r"\sum_{i'} a_i &= \mathbf 1_d^\top\mathbf a",
        r"\mathbf 1_{\hat d}^\top\mathbf a &= \mathbf 1_d^\top\mathbf a",
        r"\sum_{i=1}^{\bar d} a_i &= \mathbf 1_d^\top\mathbf a",
    ],
    "names that are one or two": [
        r"p_{2} &\coloneqq x \\ p_{02} &= x",
        r"p^{(2)} &\coloneqq x \\ p^{(2.0)} &= x",
        r"a_{\text{i}} &= a_i",
        r"\sum_i a_{\mathrm{\text{i}}} &= \mathbf 1_d^\top\mathbf a",
    ],
    "what a row goes on from": [
        r"L &\coloneqq x \\ L &= x \\ &+ y = y",
        r"p &\coloneqq x & q &\coloneqq y \\ &= y",
        r"p &\coloneqq x \\ x y \\ &= x",
    ],
    "notes of braces": [
        r"\underbrace{x + y}_{= x} &= x + y",
        r"\overbrace{x}_{2} &= x",
        r"\overbrace{A}^{\top}{}^{\top} &= A",
        r"\underbrace{x + y}_{\text{sum}} z &= xz + yz",
        r"x - \boxed{y - z} &= x - y + z",
        r"y\boxed{-x} &= -xy",
    ],
    "precedence": [
        r"\log x y &= \log(xy)",
        r"\tanh x / y &= \tanh(x/y)",
        r"\exp(x)^2 &= \exp(x^2)",
        r"\exp x \cdot y &= \exp(xy)",
        r"\log\exp x &= x",
        r"\tanh \mathbf a \odot \mathbf b &= \tanh(\mathbf a)\odot\mathbf b",
        r"\exp \mathbf a \odot \mathbf b &= \exp(\mathbf a\odot\mathbf b)",
        r"\mathbf b \odot \exp \mathbf a \odot \mathbf b &= \mathbf b \odot \exp(\mathbf a) \odot \mathbf b",
        r"L &\coloneqq x^2 \\ \nabla_x L \odot y &= 2xy",
        r"\sum_i a_i + b_i &= \mathbf 1_d^\top(\mathbf a + \mathbf b)",
    ],
    "names of components": [
        r"a_1 &\coloneqq x \\ a_1 &= x",
        r"a_i &\coloneqq 2b_i \\ a_i &= 2b_i",
        r"A_{ij}^2 &= A_{ij}A_{ij}",
    ],
    "conventions": [
        r"\operatorname{softmax}(\mathbf a^\top) &= \mathbf 1_d^\top",
        r"x + \textcolor{white}{y} &= x + y",
        r"x + \textcolor{black!0}{y} &= x + y",
        r"\exp(A) - \exp(A) &= 0 A",
    ],
    "derivatives by what is not there": [
        r"h &\coloneqq x^2, \qquad L \coloneqq y x^2 \\ \frac{\partial L}{\partial h} &= \frac{\partial L}{\partial h}",
        r"h &\coloneqq x^2, \qquad L \coloneqq x^4 \\ \nabla_h L + x &= x",
        r"h &\coloneqq 2x, \qquad L \coloneqq (2x)^2 \\ y\frac{\partial L}{\partial h} &= 0",
    ],
}
TRUE = [
    r"{W}^\top{W} &= W^\top W",
    r"x{-y} &= x - y",
    r"\textcolor{blue}{xy} z &= xyz",
    r"{\mathbf a^\top}\mathbf b &= \mathbf b^\top\mathbf a",
    r"z(x - y) &= zx - zy",
    r"\log 2x &= \log(2x)",
    r"\underbrace{xy}_{\text{area}} z &= xyz",
    r"\exp(x) y &= y\exp(x)",
    r"W^T W &= W^\top W",
    r"\sum_i a_i b_i &= \mathbf a^\top\mathbf b",
    r"2\cdot 5 x &= 10x",
    r"\underbrace{x + y}_{\text{sum}} + z &= x + y + z",
    r"s &\coloneqq \sigma(x) \\ s(1 - s) &= s - s^2",
    r"\mathbf b \odot \exp \mathbf a &= \exp(\mathbf a)\odot\mathbf b",
    r"\exp(W) + W &= W + \exp(W)",
]


@pytest.mark.parametrize("row", [row for rows in ATTACKS.values() for row in rows])
def test_an_attack_is_refused(row: str) -> None:
    verdict, message = verdicts(row)
    assert verdict != "accept"
    assert "internal error" not in message


@pytest.mark.parametrize("row", TRUE)
def test_a_true_row_of_the_same_form_is_accepted(row: str) -> None:
    assert verdicts(row) == ("accept", "")


@pytest.mark.parametrize(
    ("row", "readings"),
    [
        (r"\boxed{x + y} z &= xz + yz", ("(x+y)", "prints")),
        (r"2\,5 x &= 10x", ("2·5x", "25x")),
        (r"\log x y &= \log(xy)", ("log(x y)", "(log x) y")),
        (r"\log \mathbf a \odot \mathbf b &= \mathbf b", ("log(a ⊙ b)", "(log a) ⊙ b")),
        (LOSS + r"L(t + 1) &= tL + L", ("another t", "product")),
        (r"\exp(A) &= A", ("of the matrix", "of every entry")),
        (r"t(x) &= tx", ("applied", "product")),
    ],
)
def test_a_refusal_shows_both_readings(row: str, readings: tuple[str, str]) -> None:
    verdict, message = verdicts(row)
    assert verdict == "unreadable"
    assert all(reading in message for reading in readings), message
    assert "hint: " in message


TRACE = r"\operatorname{tr}(W) &= \operatorname{tr}(W^\top)"
MATRIX = r"Let $W \in \mathbb{R}^{m \times d}$"


@pytest.mark.parametrize("words", [" with $m = d$.", ", $m = d$.", " where $m = d$.", ". Let $m = d$."])
def test_two_dimensions_are_one_where_the_words_declare_it(words: str) -> None:
    assert verdicts(TRACE, MATRIX + words) == ("accept", "")


@pytest.mark.parametrize(
    "words",
    [
        ". A remark on $m = d$.",
        ". It is rarely true that $m = d$.",
        ", where $m = d$ is excluded.",
        ", with $m = d$ only in an example.",
        ", never $m = d$.",
    ],
)
def test_a_remark_makes_no_dimensions_one(words: str) -> None:
    assert verdicts(TRACE, MATRIX + words)[0] == "wrong"


def test_a_displayed_equality_of_dimensions_is_a_claim() -> None:
    assert verdicts(r"m &= d", MATRIX + ".")[0] == "wrong"
    assert verdicts(r"m + d &= d + m", MATRIX + ".")[0] == "accept"


def test_a_left_side_on_a_row_of_its_own_begins_the_statement_of_the_next() -> None:
    assert verdicts(r"x + y \\ &= y + x") == ("accept", "")
    assert verdicts(r"x + y \\ &= y - x")[0] == "wrong"
