"""A row that fails is not called wrong where its text says something of its names that is not read."""

import pytest

from report_src.derivations.checking.check import check_text
from report_src.derivations.checking.records import RowReport


def _failing(text: str, row: str) -> RowReport:
    source = f"\\begin{{derivation}}{{d}}\n{text}\n\\[ {row} \\]\n\\end{{derivation}}"
    (report,) = check_text(source)
    (found,) = [one for one in report.rows if one.message and not one.inline]
    return found


X, A, G = r"Let $x, y \in \mathbb{R}$", r"Let $A \in \mathbb{R}^{n \times n}$", r"Let $g : \mathbb{R} \to \mathbb{R}$"
REMARKS = {
    "set": (X + r". Set $x = 1$.", "x^2 = 1"),
    "a value of another": (X + r" where $y = x^2$.", "y^2 = x^4"),
    "the row itself": (X + r" where $y = x^2$.", "y - x^2 = 0"),
    "if": (X + r". If $x > 0$ then", "|x| = x"),
    "provided that": (X + r". Provided that $xy = 1$,", r"\frac{1}{x} = y"),
    "a list": (X + r", $x \ge y$.", r"\max(x, y) = x"),
    "one of several": (X + r". Fix $x \ge y$. For $y = 0$ see below.", r"\max(x, y) = x"),
}
WORDS = {
    "positive": (X + " be positive.", "|x| = x"),
    "triangular": (A + " be triangular.", r"A_{21} = 0"),
    "behind the name": (A + ", where $A$ is triangular.", "A_{21} = 0"),
    "before the name": (r"For a projection $P \in \mathbb{R}^{n \times n}$ we have", "P P = P"),
    "convex": (G + r" be convex and $x \in \mathbb{R}$.", r"g''(x) \ge 0"),
}


@pytest.mark.parametrize("case", REMARKS.values(), ids=list(REMARKS))
def test_a_row_that_holds_where_a_remark_does_is_not_called_wrong(case: tuple[str, str]) -> None:
    found = _failing(*case)
    assert found.verdict == "unreadable"
    assert "they are remarks" in found.message


@pytest.mark.parametrize("case", WORDS.values(), ids=list(WORDS))
def test_a_row_whose_names_are_restricted_in_words_is_not_called_wrong(case: tuple[str, str]) -> None:
    found = _failing(*case)
    assert found.verdict == "unreadable"
    assert "says is not read" in found.message


def test_a_derivative_of_a_declared_value_by_another_is_not_called_wrong() -> None:
    found = _failing(X + ".", r"\frac{\partial y}{\partial x} = 2x")
    assert found.verdict == "unreadable"
    assert "y is declared as a value of its own" in found.message


@pytest.mark.parametrize(
    "case",
    [
        (X + ".", "x^2 = 1"),
        (X + ". Thus $x = 1$.", "x^2 = 1"),
        (X + ". Set $x = 2$.", "x^2 = 1"),
        (X + " be the input and the target.", "|x| = x"),
        (r"Let $A \in \mathbb{R}^{n \times n}$ be triangular and $x \in \mathbb{R}$.", "|x| = x"),
        (A + " be symmetric.", r"A = -A"),
        (X + r". We show that $x = y$.", "x = y"),
    ],
)
def test_a_row_that_the_text_does_not_save_is_wrong(case: tuple[str, str]) -> None:
    assert _failing(*case).verdict == "wrong"


HALF_LINES = [
    "The case $x > 0$ is simple; here $x$ is any real number.",
    "For a real number $x$ we have $x > 0$, $x = 0$ or $x < 0$.",
    "If $x > 0$ we are done; otherwise consider",
    "Both signs of $x$ occur: $x > 0$ and $x < 0$.",
    "Let $x > 0$ be the typical case of a real number.",
    "For $x > 0$, we know this.",
    "Here $x > 0$ is the easy case.",
    "The first case is $x > 0$.",
    "The condition is $x > 0$.",
]


@pytest.mark.parametrize("said", HALF_LINES)
def test_a_remark_declares_no_half_line(said: str) -> None:
    assert "x is neither declared nor defined" in _failing(said, "|x| = x").message


@pytest.mark.parametrize(
    "said",
    [
        "Let $x > 0$.",
        r"With $y \in \mathbb{R}$ and $x > 0$,",
        "Without loss of generality let $x > 0$.",
        "Let $x > 0$ be the learning rate.",
        r"Let $y \in \mathbb{R}$ and a step size $x > 0$ be given.",
        "Fix $x > 0$.",
        r"Let $y \in \mathbb{R}$, where $x > 0$ is the penalty.",
        r"Let $y \in \mathbb{R}$ (with $x > 0$).",
        "The temperature is $x > 0$.",
        r"Let $y \in \mathbb{R}$ and some $x > 0$.",
        r"Let $y \in \mathbb{R}$ and $x \ge 0$ the weight decay.",
    ],
)
def test_a_sentence_that_declares_declares_a_half_line(said: str) -> None:
    (report,) = check_text(f"\\begin{{derivation}}{{d}}\n{said}\n\\[ |x| = x \\]\n\\end{{derivation}}")
    assert report.accepted


@pytest.mark.parametrize(
    "said",
    [
        r"A wrong choice is $L \coloneqq x^2$. The right one is $L = x^3$.",
        r"For $x > 0$ let $L \coloneqq x^2$, and for $x \le 0$ let $L = 0$.",
        r"For positive $x$ let $L \coloneqq x^2$.",
        r"One might set $L \coloneqq x^2$, but here $L$ is something else.",
        r"Take not $L \coloneqq x^2$ but $L = x^3$.",
        r"Let $L \coloneqq x^2$ (up to a factor of two).",
    ],
)
def test_a_definition_that_its_sentence_leaves_open_defines_nothing(said: str) -> None:
    text = f"{X}. {said} \\[ \\frac{{\\partial L}}{{\\partial x}} = 2x \\]"
    (report,) = check_text(f"\\begin{{derivation}}{{d}}\n{text}\n\\end{{derivation}}")
    assert any("leaves open what this declares" in row.message for row in report.rows)
    assert "ok" not in [row.verdict for row in report.rows]


def test_a_definition_for_every_index_defines() -> None:
    said = r"Let $x_n \in \mathbb{R}$, $n = 1,\dots,N$. For each $n$ let $z_n \coloneqq x_n^2$ for short."
    (report,) = check_text(f"\\begin{{derivation}}{{d}}\n{said}\n\\[ z_n = x_n^2 \\]\n\\end{{derivation}}")
    assert report.accepted


RIDGE = r"""\begin{derivation}{ridge}
Let $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$, $w \in \mathbb{R}^d$ and $\lambda > 0$.
\begin{align} J &\coloneqq \|Xw - y\|^2 + \lambda\|w\|^2 \\ \nabla_w J &= 2X^\top(Xw - y) + 2\lambda w \end{align}
%s
\[ %s \]
\end{derivation}
"""
SOLVED, SLIP = r"(X^\top X + \lambda I) w = X^\top y", r"(X^\top X - \lambda I) w = X^\top y"
ZEROED = (
    "Setting the gradient to zero gives",
    "Setting it equal to zero yields",
    "Equating the gradient to zero, we get",
    "At the optimum the gradient vanishes, so",
    r"We set this gradient to $\mathbf 0$ and obtain",
    r"Setting $\nabla_w J$ equal to $0$ yields",
    "We set the gradient to zero. This gives",
    "We set the derivative to zero and solve for $w$:",
)
NOT_READ = (
    "The normal equations are",
    "The first-order optimality condition reads",
    r"The minimiser $w$ satisfies",
    "Hence, at the optimum,",
    "which is zero iff",
    "If the gradient is zero, then",
    "We do not set the gradient to zero.",
)


def _verdict(said: str, row: str) -> str:
    (report,) = check_text(RIDGE % (said, row))
    return report.rows[-1].verdict


@pytest.mark.parametrize("said", ZEROED)
def test_words_between_two_displays_set_the_derivative_above_to_zero(said: str) -> None:
    assert _verdict(said, SOLVED) == "ok"
    assert _verdict(said, SLIP) == "wrong"


@pytest.mark.parametrize("said", NOT_READ)
def test_words_on_an_optimum_that_are_not_read_leave_the_row_open(said: str) -> None:
    assert _verdict(said, SOLVED) == "unreadable"


def test_of_two_derivatives_above_none_is_set_to_zero_by_the_singular() -> None:
    two = RIDGE.replace(r"+ 2\lambda w \end", r"+ 2\lambda w \\ \nabla_y J &= 2(y - Xw) \end")
    for said, verdict in (("Setting the gradient to zero gives", "unreadable"), ("Setting both to zero gives", "ok")):
        (report,) = check_text(two % (said, SOLVED))
        assert report.rows[-1].verdict == verdict


LEADS = {
    "Since $X$ has centred columns,": r"\mathbf 1^\top Xw = 0",
    "With unit-norm weights,": r"\|w\|^2 = 1",
    "The weights sum to one.": r"\sum_i w_i = 1",
    "When the prediction is correct,": "Xw = y",
    "Where the ReLU is active,": r"\max(0, y_i) = y_i",
    "In the active case,": r"\max(0, y_i) = y_i",
    "For whitened data,": "X^\\top X = n I_d",
    "For $i = j$,": "w_iw_j = w_i^2",
}


@pytest.mark.parametrize(("said", "row"), LEADS.items())
def test_a_condition_in_the_words_before_a_display_leaves_its_row_open(said: str, row: str) -> None:
    assert _verdict(said, row) == "unreadable"


@pytest.mark.parametrize(
    "said", ["For the weights we get", "By the chain rule,", "Since $J = J$, we have", "In components,"]
)
def test_words_that_name_no_condition_leave_a_wrong_row_wrong(said: str) -> None:
    assert _verdict(said, r"\nabla_w J = 2X^\top(Xw - y)") == "wrong"


PENALTY = r"""\begin{derivation}{two}
Let $X \in \mathbb{R}^{n \times d}$, $u \in \mathbb{R}^n$, $v \in \mathbb{R}^d$ and $\lambda > 0$.
Define $J \coloneqq \|Xv - u\|^2$ and $K \coloneqq J + \lambda v^\top v$.
\[ %s \]
%s
\[ X^\top Xv = X^\top u \]
%s
\[ %s \]
\end{derivation}
"""
FIRST, ZERO = r"\nabla_v J = 2X^\top(Xv - u)", "Setting the gradient to zero gives"
FURTHER = {
    "another loss": ("With the penalty,", r"\nabla_v K = 2\lambda v"),
    "another time": ("Before training,", r"X^\top Xv = X^\top u + 0v"),
    "any value": ("Let $v$ be arbitrary. Then", r"X^\top Xv = X^\top u + 0v"),
}


@pytest.mark.parametrize(("said", "row"), FURTHER.values(), ids=list(FURTHER))
def test_what_words_set_to_zero_holds_for_the_display_that_they_lead_to(said: str, row: str) -> None:
    (report,) = check_text(PENALTY % (FIRST, ZERO, said, row))
    assert [one.verdict for one in report.rows if not one.inline] == ["ok", "ok", "unreadable"]
    (report,) = check_text(PENALTY % (FIRST, ZERO, "or, equivalently,", r"X^\top Xv - X^\top u = 0"))
    assert [one.verdict for one in report.rows if not one.inline] == ["ok", "ok", "ok"]


OTHER_DERIVATIVES = (
    (FIRST, "Setting the gradient of $K$ to zero gives"),
    (r"\nabla_v J + \lambda v = 2X^\top(Xv - u) + \lambda v", ZERO),
    (rf"{FIRST} \qquad J = u^\top u - 2u^\top Xv + \|Xv\|^2", "Setting this to zero gives"),
    (FIRST, "Hence this is zero, so"),
    (FIRST, "The gradient is zero."),
)


@pytest.mark.parametrize(("shown", "said"), OTHER_DERIVATIVES)
def test_only_the_derivative_that_the_words_speak_of_is_set_to_zero(shown: str, said: str) -> None:
    (report,) = check_text(PENALTY % (shown, said, "", "J = J"))
    assert [one.verdict for one in report.rows if not one.inline][1] != "ok"


def test_a_second_derivative_is_not_the_gradient() -> None:
    rows = r"\frac{\partial^2 J}{\partial t^2} = t \] Setting the derivative to zero gives \[ t = 0"
    given = r"Let $t \in \mathbb{R}$. Define $J \coloneqq t^3/6 - 2t$."
    (report,) = check_text(rf"\begin{{derivation}}{{d}} {given} \[ {rows} \] \end{{derivation}}")
    assert [one.verdict for one in report.rows if not one.inline][-1] == "unreadable"


BEHIND = ("if $z > 0$.", "for positive $z$.", "in the active region.", "Here $z > 0$.", "This assumes that $z > 0$.")


@pytest.mark.parametrize("said", BEHIND)
def test_a_condition_behind_a_display_leaves_its_row_open(said: str) -> None:
    given = r"Let $z \in \mathbb{R}$. Define $r \coloneqq \max(z, 0)$."
    text = rf"{given} \[ \frac{{\partial r}}{{\partial z}} = 1 \] {said}"
    (report,) = check_text(f"\\begin{{derivation}}{{d}} {text} \\end{{derivation}}")
    assert [one.verdict for one in report.rows if not one.inline] == ["unreadable"]
