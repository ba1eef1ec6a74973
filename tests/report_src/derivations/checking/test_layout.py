# ruff: noqa: E501 - rows of LaTeX are not broken
"""A layout that the text states holds for the derivation; without one, what has two layouts is refused."""

import pytest

from report_src.derivations import check_text
from tests.report_src.derivations.checked import checked, displayed, refused

ROWS = r"Let $x \in \mathbb{R}^{1 \times n}$ and $W \in \mathbb{R}^{n \times m}$."
COLUMNS = r"Let $\mathbf{x} \in \mathbb{R}^{n}$ and $A \in \mathbb{R}^{m \times n}$."
PRODUCT = (ROWS, r"z &\coloneqq xW")
MAP = (COLUMNS, r"\mathbf{z} &\coloneqq A\mathbf{x}")


def judged(text: str, *rows: str) -> list[str]:
    return [verdict for verdict in displayed(checked(text, *rows)) if verdict != "definition"]


STATED = {
    "rows, numerator": (PRODUCT, "Jacobians are in numerator layout.", r"\frac{\partial z}{\partial x}", "W^\\top", "W"),
    "rows, denominator": (PRODUCT, "We use the denominator layout.", r"\frac{\partial z}{\partial x}", "W", "W^\\top"),
    "columns, numerator": (MAP, "We use the numerator layout.", r"\frac{\partial\mathbf{z}}{\partial\mathbf{x}}", "A", "A^\\top"),
    "columns, denominator": (MAP, "We use the denominator layout.", r"\frac{\partial\mathbf{z}}{\partial\mathbf{x}}", "A^\\top", "A"),
    "a softmax of rows": (
        (ROWS, r"s &\coloneqq \operatorname{softmax}(x)"),
        "The softmax is taken over rows.",
        "s_i",
        r"\frac{e^{x_i}}{\sum_j e^{x_j}}",
        "1",
    ),
    "a softmax of each row": (
        (r"Let $S \in \mathbb{R}^{n \times m}$.", r"P &\coloneqq \operatorname{softmax}(S)"),
        "The softmax works on each row.",
        r"P\mathbf{1}_m",
        r"\mathbf{1}_n",
        r"2\cdot\mathbf{1}_n",
    ),
    "an elementwise product": (
        (r"Let $x, y \in \mathbb{R}^{n}$.", r"s &\coloneqq x \otimes y"),
        r"Here $\otimes$ is the elementwise product.",
        "s",
        r"x \odot y",
        r"x \odot x",
    ),
    "an outer product": (
        (r"Let $x, y \in \mathbb{R}^{n}$.", r"s &\coloneqq x \otimes y"),
        r"We write $\otimes$ for the outer product.",
        "s",
        r"x y^\top",
        r"y x^\top",
    ),
    "a column where softmax is taken over rows": (
        (r"Let $x \in \mathbb{R}^{n}$.", r"s &\coloneqq \operatorname{softmax}(x)"),
        "The softmax is taken over rows.",
        "s_i",
        r"\frac{e^{x_i}}{\sum_j e^{x_j}}",
        "1",
    ),
    "a row without a statement": (
        (ROWS, r"s &\coloneqq \operatorname{softmax}(x)"),
        "",
        "s_i",
        r"\frac{e^{x_i}}{\sum_j e^{x_j}}",
        "1",
    ),
    "a prime as a transpose": (
        (r"Let $x, y \in \mathbb{R}^{n}$.", r"s &\coloneqq (x - y)'(x - y)"),
        "A prime denotes the transpose.",
        "s",
        "x'x - 2x'y + y'y",
        "x'x - x'y + y'y",
    ),
    "vectors as rows": (
        (r"Let $x, y \in \mathbb{R}^{n}$.", r"s &\coloneqq x y^\top"),
        "Vectors are rows.",
        r"\frac{\partial s}{\partial x}",
        "y",
        "2y",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("setting", "stated", "left", "true", "false"), STATED.values(), ids=STATED)
def test_a_stated_layout_decides(setting: tuple[str, str], stated: str, left: str, true: str, false: str) -> None:
    given, definition = setting
    assert judged(f"{stated} {given}", definition, f"{left} &= {true}") == ["ok"]
    assert judged(f"{stated} {given}", definition, f"{left} &= {false}") == ["wrong"]


def test_what_has_two_layouts_is_refused_unless_one_is_stated_before_the_first_display() -> None:
    row = r"\frac{\partial z}{\partial x} &= W^\top"
    assert judged(ROWS, PRODUCT[1], row) == ["unreadable"]
    assert judged(f"We never use the numerator layout. {ROWS}", PRODUCT[1], row) == ["unreadable", "unreadable"]
    assert judged(f"{ROWS} \\[ x = x \\] We use the numerator layout.", PRODUCT[1], row) == [
        "unreadable",
        "ok",
        "unreadable",
    ]
    assert judged(
        r"In other books $\otimes$ is the outer product. Let $x \in \mathbb{R}^{n}$.", r"x &= x \otimes x"
    ) == ["unreadable"]


def test_two_layouts_of_one_derivation_are_refused() -> None:
    text = f"\\begin{{derivation}}{{d}}\nWe use the numerator layout. We use the denominator layout. {COLUMNS}\n\\[ A = A \\]\n\\end{{derivation}}\n"
    (report,) = check_text(text)
    assert not report.accepted


SPOKEN_OF = {
    "denominator": (MAP, r"\frac{\partial\mathbf{z}}{\partial\mathbf{x}} &= A^\top", [
        "In contrast to denominator layout, the rows of a Jacobian belong to the outputs.",
        "We avoid the denominator layout.", "If you prefer denominator layout, transpose the result.",
        "Petersen and Pedersen use denominator layout.", "We use the numerator layout, they the denominator layout.",
        "Rows of a Jacobian belong to outputs (the denominator layout would transpose it).",
    ]),
    "rows": ((COLUMNS, r"s &\coloneqq 1"), r"\lVert\mathbf{x}\rVert^2 &= \mathbf{x}\mathbf{x}^\top", [
        "In PyTorch vectors are rows.", "If vectors are rows, the formulas are transposed.",
    ]),
    "softmax": ((COLUMNS, r"P &\coloneqq \operatorname{softmax}(A)"), r"P\mathbf{1}_n &= \mathbf{1}_m", [
        "Unlike a row-wise softmax, this one sums over columns.", "A softmax of each row comes in the next section.",
        "In PyTorch the softmax is taken over rows by default.", "If the softmax is taken over rows, the sums change.",
    ]),
    "primes": ((COLUMNS, r"s &\coloneqq 1"), r"A' &= A^\top", [
        "In Matlab, a prime denotes the transpose.", "A prime denotes the transpose in the book of Greene.",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "row", "said"), [(setting, row, one) for setting, row, said in SPOKEN_OF.values() for one in said]
)
def test_a_sentence_that_only_speaks_of_a_layout_states_none(setting: tuple[str, str], row: str, said: str) -> None:
    assert "ok" not in judged(f"{setting[0]} {said}", setting[1], row)


def test_a_layout_that_no_row_uses_may_be_spoken_of() -> None:
    assert displayed(checked(f"{COLUMNS} In denominator layout one would transpose this.", "A &= A")) == ["ok"]
    assert judged(
        f"{COLUMNS} Other books use denominator layout.", MAP[1], r"\frac{\partial\mathbf{z}}{\partial\mathbf{x}} &= A"
    ) == ["ok"]


POINTS = r"Let $\mathbf{x}, \mathbf{u}, \mathbf{v} \in \mathbb{R}^{n}$ and $\eta \in \mathbb{R}$. "


@pytest.mark.parametrize(
    ("said", "row"),
    [
        (r"We write $\otimes$ for the Kronecker product.", r"\mathbf{u} \otimes \mathbf{v} &= \mathbf{u}\mathbf{v}^\top"),
        (r"We write $\sigma$ for the hyperbolic tangent.", r"\sigma(-\eta) &= 1 - \sigma(\eta)"),
        (r"Here $\lVert\cdot\rVert$ denotes the 1-norm.", r"\lVert\mathbf{u}\rVert^2 &= \mathbf{u}^\top\mathbf{u}"),
        (r"Let $\mathbf{m} \in \{0,1\}^{n}$ be a dropout mask.", r"\sum_i m_i &= 1"),
        (r"All norms are 1-norms.", r"\lVert\mathbf{u}\rVert^2 &= \mathbf{u}^\top\mathbf{u}"),
        (r"All logarithms are to base two.", r"\log(e^{\eta}) &= \eta"),
        (r"Indices count from 0 to $n - 1$.", r"\sum_{i=1}^{n} u_i &= \mathbf{1}^\top\mathbf{u}"),
        (r"The softmax has the temperature $\eta$.", r"\operatorname{softmax}(\mathbf{u})_i &= \frac{e^{u_i}}{\sum_j e^{u_j}}"),
        (r"Here $\mathbf{1}$ is the first unit vector.", r"\mathbf{1}^\top\mathbf{u} &= \sum_i u_i"),
        (r"where $e$ is the error.", r"\log(e^{\eta}) &= \eta"),
        (r"Let $\sigma$ be an activation function.", r"\sigma(0) &= \tfrac12"),
        (r"With any nonlinearity $\sigma$,", r"\sigma'(\eta) &= \sigma(\eta)(1 - \sigma(\eta))"),
        (r"We take the ReLU for $\sigma$.", r"\sigma(0) &= \tfrac12"),
        (r"Here $\sigma = \operatorname{ReLU}$.", r"\sigma(0) &= \tfrac12"),
        (r"The policy is called $\pi$.", r"\sin\pi &= 0"),
        (r"The matrix of ones is called $I$.", r"I\mathbf{u} &= \mathbf{u}"),
        (r"Here $\delta_{ij} = 2$.", r"\delta_{ij}u_j &= \delta_{ij}u_i"),
    ],
)  # fmt: skip
def test_a_sentence_that_gives_a_sign_another_meaning_is_refused(said: str, row: str) -> None:
    report = checked(POINTS + said, row)
    assert not report.accepted
    assert "unreadable" in [found.verdict for found in refused(report)]


@pytest.mark.parametrize(
    ("said", "row"),
    [
        (r"Here $\otimes$ is the outer product.", r"\mathbf{u} \otimes \mathbf{v} &= \mathbf{u}\mathbf{v}^\top"),
        (r"We write $\sigma$ for the logistic function.", r"\sigma(-\eta) &= 1 - \sigma(\eta)"),
        (r"The logistic activation is denoted by $\sigma$.", r"\sigma(-\eta) &= 1 - \sigma(\eta)"),
        (r"Here $\lVert\cdot\rVert$ denotes the Euclidean norm.", r"\lVert\mathbf{u}\rVert^2 &= \mathbf{u}^\top\mathbf{u}"),
        (r"Let $\mathbf{m} \in \{0,1\}^{n}$ be one-hot.", r"\sum_i m_i &= 1"),
        (r"All norms are Euclidean, and the norm is one of several.", r"\lVert\mathbf{u}\rVert^2 &= \mathbf{u}^\top\mathbf{u}"),
        (r"With $\sigma(x) = \frac{1}{1 + e^{-x}}$,", r"\sigma(-\eta) &= 1 - \sigma(\eta)"),
        (r"Here $I$ is the identity and $\mathbf{1}$ the vector of ones.", r"\mathbf{1}^\top I\mathbf{u} &= \sum_i u_i"),
    ],
)  # fmt: skip
def test_a_sentence_that_says_what_is_read_is_passed_over(said: str, row: str) -> None:
    assert displayed(checked(POINTS + said, row)) == ["ok"]


@pytest.mark.parametrize(
    ("row", "below"),
    [
        (r"\sin\pi &= 0", r"\pi &\coloneqq \eta"),
        (r"\log e^{1} &= 1", r"e &\coloneqq 2"),
        (r"I\mathbf{u} &= \mathbf{u}", r"I &\coloneqq \mathbf{u}\mathbf{v}^\top"),
        (r"\sigma'(\eta) &= \sigma(\eta)(1 - \sigma(\eta))", r"\sigma : \mathbb{R} &\to \mathbb{R}"),
        (r"\delta_{ij}u_j &= \delta_{ij}u_i", r"\delta &\coloneqq \eta"),
    ],
)
def test_a_letter_that_is_named_further_on_has_no_meaning_of_its_own_above(row: str, below: str) -> None:
    assert displayed(checked(POINTS, row))[0] == "ok"
    assert displayed(checked(POINTS, row, below))[0] == "unreadable"


@pytest.mark.parametrize(
    ("said", "row"),
    [
        (r"We apply the softmax row-wise.", r"\operatorname{softmax}(A)\mathbf{1}_n &= \mathbf{1}_n"),
        (r"We adopt the denominator-layout convention.", r"\frac{\partial(A\mathbf{u})}{\partial\mathbf{u}} &= A^\top"),
    ],
)
def test_a_layout_with_a_hyphen_is_read(said: str, row: str) -> None:
    assert displayed(checked(POINTS + r"Let $A \in \mathbb{R}^{n \times n}$. " + said, row)) == ["ok"]


ONE_HOT = {
    "a softmax over rows": (r"Let $Y \in \{0,1\}^{N \times K}$. The softmax is taken over rows.", True, False),
    "rows in words": (r"Let $Y \in \{0,1\}^{N \times K}$. The rows of $Y$ are one-hot.", True, False),
    "columns in words": (r"Let $Y \in \{0,1\}^{N \times K}$, whose columns are one-hot.", False, True),
    "labels": (r"Let the labels be $Y \in \{0,1\}^{N \times K}$.", False, True),
    "no word": (r"Let $Y \in \{0,1\}^{N \times K}$.", False, False),
}


@pytest.mark.parametrize(("stated", "rows", "columns"), ONE_HOT.values(), ids=ONE_HOT)
def test_a_matrix_of_zeros_and_ones_is_one_hot_as_the_text_says(stated: str, rows: bool, columns: bool) -> None:
    shown = [r"\[ Y\mathbf{1}_K = \mathbf{1}_N \]", r"\[ Y^\top\mathbf{1}_N = \mathbf{1}_K \]"]
    (report,) = check_text(f"\\begin{{derivation}}{{d}}{stated} {' '.join(shown)}\\end{{derivation}}")
    assert [row.verdict == "ok" for row in report.rows if not row.inline] == [rows, columns]


def test_a_prime_that_transposes_is_read_below_a_derivative() -> None:
    stated = r"Let $A \in \mathbb{R}^{n \times n}$ and $b \in \mathbb{R}^{n}$. A prime denotes the transpose. \[ f \coloneqq b'Ab \]"
    row = r"\[ \frac{\partial^2 f}{\partial b\,\partial b'} = A + A' \]"
    (report,) = check_text(f"\\begin{{derivation}}{{d}}{stated} {row}\\end{{derivation}}")
    assert report.rows[-1].verdict == "ok"


def test_a_function_that_a_row_applies_is_no_idle_definition() -> None:
    stated = r"Let $u \in \mathbb{R}$. \[ q(z) \coloneqq z^2, \quad r(z) \coloneqq z^3 \]"
    (report,) = check_text(f"\\begin{{derivation}}{{d}}{stated} \\[ q(u) = u^2 \\]\\end{{derivation}}")
    assert [warning for warning in report.warnings if "no claim uses it" in warning] == [
        "r is defined, but no claim uses it"
    ]


@pytest.mark.parametrize(
    ("said", "warned"), [("Let", True), ("Let the one-hot vector", False), ("Let the label", False)]
)
def test_a_vector_of_bits_that_no_word_calls_one_hot_is_warned_of(said: str, warned: bool) -> None:
    report = checked(rf"{said} $\mathbf m \in \{{0,1\}}^{{d}}$ be given.", r"\mathbf 1_d^\top \mathbf m &= 1")
    assert any("is read as one-hot" in warning for warning in report.warnings) is warned
