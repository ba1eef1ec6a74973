# ruff: noqa: E501 - rows of LaTeX are not broken
"""What the text assumes holds on every draw; a display assumes nothing, and nothing false follows."""

from pathlib import Path

import pytest

from report_src.derivations import Report, check_text
from report_src.derivations.checking.check import check_everything
from tests.marks import mostly_long
from tests.report_src.derivations.checked import refused

GIVEN = (
    r"Let $W \in \mathbb{R}^{n \times k}$, $A, Q \in \mathbb{R}^{n \times n}$,"
    r" $\mathbf{x}, \mathbf{u} \in \mathbb{R}^{n}$, $\mathbf{z} \in \mathbb{R}^{k}$ and $s, t \in \mathbb{R}$."
)
REGRESSION = (
    r"Let $X \in \mathbb{R}^{m \times n}$, $\mathbf{y} \in \mathbb{R}^{m}$ and $\boldsymbol\theta \in \mathbb{R}^{n}$."
    "\n\\[ J \\coloneqq \\tfrac12\\lVert X\\boldsymbol\\theta - \\mathbf{y}\\rVert^2 \\]\n"
)


def checked(text: str, *rows: str) -> Report:
    displays = "\n".join(f"\\[ {row} \\]" for row in rows)
    (report,) = check_text(f"\\begin{{derivation}}{{d}}\n{text}\n{displays}\n\\end{{derivation}}\n", "d.tex")
    return report


def displayed(report: Report) -> list[str]:
    return [row.verdict for row in report.rows if not row.inline and row.verdict != "definition"]


HOLD = {
    "orthonormal columns": (
        r"Assume that $W^\top W = I_k$.",
        r"\lVert W\mathbf{z}\rVert^2 = \lVert\mathbf{z}\rVert^2",
        r"W W^\top = I_n",
    ),
    "a symmetric matrix": (
        r"Assume $A = A^\top$.",
        r"\mathbf{x}^\top A = (A\mathbf{x})^\top",
        r"\operatorname{tr}(A) = 0",
    ),
    "an orthogonal matrix": (r"Suppose $Q Q^\top = I_n$.", r"Q^{-1} = Q^\top", r"Q = Q^\top"),
    "a unit vector": (
        r"Let $\mathbf{v} \in \mathbb{R}^{n}$ with $\lVert\mathbf{v}\rVert = 1$.",
        r"(I_n - \mathbf{v}\mathbf{v}^\top)\mathbf{v} = \mathbf{0}",
        r"\mathbf{v}^\top\mathbf{x} = 0",
    ),
    "a constraint": (
        r"We assume $\sum_i u_i x_i = 0$.",
        r"\lVert\mathbf{x} + \mathbf{u}\rVert^2 = \lVert\mathbf{x}\rVert^2 + \lVert\mathbf{u}\rVert^2",
        r"\lVert\mathbf{x} + \mathbf{u}\rVert = \lVert\mathbf{x}\rVert",
    ),
    "two at once": (
        r"Assume $s + t = 3$ and $s - t = 1$.",
        r"s t = 2",
        r"s t = 3",
    ),
    "a definite matrix": (
        r"Assume $A \succ 0$.",
        r"\mathbf{x}^\top A\mathbf{x} \ge 0",
        r"\mathbf{x}^\top A\mathbf{x} \ge \tfrac{1}{100}\mathbf{x}^\top\mathbf{x}",
    ),
    "a definite matrix of trace 1": (
        r"Assume $A \succ 0$ and $\operatorname{tr}(A) = 1$.",
        r"\mathbf{x}^\top A\mathbf{x} \le \mathbf{x}^\top\mathbf{x}",
        r"\mathbf{x}^\top A\mathbf{x} \ge 0.01\,\mathbf{x}^\top\mathbf{x}",
    ),
    "a bound": (r"Assume $s \ge 1 + t^2$.", r"s \ge 1", r"s \ge 1.01"),
}


@pytest.mark.parametrize(("stated", "true", "false"), HOLD.values(), ids=HOLD)
@pytest.mark.sampled(3)
def test_a_row_is_judged_under_what_the_text_assumes(stated: str, true: str, false: str) -> None:
    assert displayed(checked(f"{GIVEN}\n{stated}", true, false)) == ["ok", "wrong"]
    assert displayed(
        checked(GIVEN if "mathbf{v}" not in true else f"{GIVEN} Let $\\mathbf v \\in \\mathbb R^n$.", true)
    ) == ["wrong"]


def test_a_stationary_point_gives_the_normal_equations() -> None:
    stated = REGRESSION + r"At a stationary point, $\nabla_{\boldsymbol\theta} J = \mathbf{0}$."
    true = r"\boldsymbol\theta = (X^\top X)^{-1}X^\top\mathbf{y}"
    report = checked(stated, r"X^\top X\boldsymbol\theta = X^\top\mathbf{y}", true, true.replace("= (", "= 2("))
    assert displayed(report) == ["ok", "ok", "wrong"]
    assert displayed(checked(REGRESSION, true)) == ["wrong"]
    assert report.assumptions == ((4, r"\nabla_{\boldsymbol\theta} J = \mathbf{0}"),)


def test_a_display_is_never_an_assumption_and_neither_is_what_follows_from_one() -> None:
    assert displayed(checked(f"{GIVEN} Assume that", r"A = A^\top", r"A = A^\top")) == ["wrong", "wrong"]
    assert displayed(checked(f"{GIVEN} Assume $s = 2t$, so that $s = 3t$.", "s = 3t")) == ["wrong"]
    assert displayed(checked(f"{GIVEN} Here $s = t$.", "s = t")) == ["wrong"]


def test_an_assumption_holds_only_for_the_rows_below_it() -> None:
    report = checked(f"{GIVEN}\n\\[ s + t = 3t \\]\nAssume $s - 2t = 0$.", "s + t = 3t")
    assert displayed(report) == ["wrong", "ok"]


REFUSED = {
    "a contradiction": (r"Assume $s = 1$ and $s = 2$.", "no values were found that satisfy s = 2"),
    "nothing to choose": (r"Assume $1 = 2$.", "no values were found that satisfy 1 = 2"),
    "no real solution": (r"Assume $s^2 = -1 - t^2$.", "no values were found"),
    "a bound that nothing keeps": (r"Assume $s^2 < -1$.", "no values were found"),
    "taken back": (r"Assume that $s = t$ does not hold.", "'not' takes back what this sentence assumes"),
    "unreadable": (r"Assume $s = \foo t$.", r"\foo is not in the language"),
    "both ways": (r"Assume $s < t > 1$.", "an assumption is a comparison"),
    "definite of a product": (r"Assume $A^\top A \succ 0$.", "of a declared square matrix"),
    "undeclared": (r"Assume $q = s$.", "q is neither declared nor defined"),
}


@pytest.mark.parametrize(("stated", "message"), REFUSED.values(), ids=REFUSED)
def test_an_assumption_that_is_refused_leaves_the_rows_below_unjudged(stated: str, message: str) -> None:
    report = checked(f"{GIVEN}\n{stated}", "s = 2t", "t = 3")
    (found,) = [row for row in report.rows if row.inline and row.message]
    assert (found.verdict, found.line) == ("unreadable", 3)
    assert message in found.message
    assert displayed(report) == ["unreadable", "unreadable"]
    assert all("not judged: an assumption above is refused" in row.message for row in report.rows if not row.inline)


def test_a_row_that_repeats_an_assumption_is_refused() -> None:
    report = checked(f"{GIVEN} Assume $s = 2t$.", "s = 2t", "2t = s", "s - t = t")
    assert displayed(report) == ["unreadable", "unreadable", "ok"]
    assert "only repeats an assumption" in next(row for row in report.rows if not row.inline).message


IN_WORDS = {
    "symmetric": (r"Assume that $A$ is symmetric.", r"\mathbf{x}^\top A = (A\mathbf{x})^\top", r"\operatorname{tr}(A) = 0"),
    "declared symmetric": (r"Let $B \in \mathbb{R}^{n \times n}$ be symmetric.", r"B - B^\top = \mathbf{0}", r"B + B^\top = \mathbf{0}"),
    "skew-symmetric": (r"Suppose $A$ is skew-symmetric.", r"\mathbf{x}^\top A\mathbf{x} = 0", r"A\mathbf{x} = \mathbf{0}"),
    "orthogonal": (r"Let $Q$ be an orthogonal matrix.", r"Q^{-1} = Q^\top", r"Q = Q^\top"),
    "definite": (r"Suppose $A$ is symmetric positive definite.", r"\mathbf{x}^\top A\mathbf{x} \ge 0", r"A = I_n"),
    "semidefinite": (r"Let $A$ be positive semidefinite.", r"\det(A) \ge 0", r"\det(A) > 0"),
    "unit vectors": (r"Let $\mathbf{x}$, $\mathbf{u}$ be unit vectors and $\mathbf{u}$ be of unit length.", r"\mathbf{u}^\top\mathbf{u} = 1", r"\mathbf{u} = \mathbf{x}"),
    "two properties": (r"Assume $A$ is symmetric and idempotent.", r"A^\top A = A", r"A = I_n"),
    "the sign of it": (r"Assume $A \succeq 0$.", r"\mathbf{x}^\top A\mathbf{x} \ge 0", r"\operatorname{tr}(A) > 0"),
}  # fmt: skip


@pytest.mark.parametrize(("stated", "true", "false"), IN_WORDS.values(), ids=IN_WORDS)
def test_a_property_in_words_is_an_assumption(stated: str, true: str, false: str) -> None:
    assert displayed(checked(f"{GIVEN}\n{stated}", true, false)) == ["ok", "wrong"]


@pytest.mark.parametrize(
    "stated",
    [
        r"Assume that $A$ is not symmetric.",
        r"Assume that $A$ is symmetric if $s > 0$.",
        r"Assume that $A$ is symmetric or singular.",
        r"The matrix $A$ is symmetric.",
        r"Assume $s > 0$, so $A$ is symmetric.",
        r"Assume that $A$ is nearly symmetric.",
        r"Assume that $A + \foo$ is symmetric.",
    ],
)
def test_a_sentence_that_does_not_plainly_say_so_assumes_no_property(stated: str) -> None:
    assert displayed(checked(f"{GIVEN}\n{stated}", r"A = A^\top"))[-1:] != ["ok"]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (r"Assume the opposite of $x > 0$.", "opposite"),
        (r"Assume that none of $x > 0$, $y > 0$ holds.", "none"),
        (r"Assume that one of $x > 0$, $y > 0$ holds.", "assume that one of §, § holds"),
        (r"Assume that $x > 0$ is violated.", "violated"),
        (r"Assume that $x > 0$ implies $y > 0$.", "implies"),
        (r"Assume that the probability of $x > 0$ is one half.", "half"),
        (r"We assume that $x > 0$ can fail.", "can"),
        (r"Assume $x > 0$ on average.", "average"),
        (r"Assume that $x > 0$ for $y$ negative.", "negative"),
        (r"Assume $x > 0$ here and negative below.", "negative"),
        (r"Assume that the condition $x > 0$ is negative.", "condition"),
        (r"Assume $x > 0$ in the following equation.", "equation"),
        (r"Assume that $x > 0$ for all $y > 0$.", "for all"),
        (r"Assume that $x > 0$ for $y = 1$.", "assume that § for §"),
        (r"Never mind. Assume $x > 0$.", "never mind"),
        (r"By contradiction. Suppose $x > 0$.", "by contradiction"),
        (r"Suppose $x > 0$?", "suppose §?"),
        (r"At the minimum, $x > 0$.", "at the minimum"),
    ],
)
def test_a_sentence_with_a_word_that_is_not_read_assumes_nothing(said: str, word: str) -> None:
    report = checked(rf"Let $x, y \in \mathbb{{R}}$. {said}", "|x| &= x")
    assert any(f"'{word}' is not read in an assumption" in row.message for row in refused(report))
    assert displayed(report) == ["unreadable"]


@pytest.mark.parametrize(
    "said",
    [
        r"Assume throughout that $x > 0$ and $y > 0$.",
        r"Suppose for the rest of this section that $x > 0$.",
        r"Assume $x > 0$, so that we may divide by it.",
        r"In what follows we need little. We assume $x > 0$ because its logarithm is taken.",
        r"Case 1: suppose, for simplicity, that both $x > 0$ and $y > 0$ hold.",
        r"1. Here we assume $x > 0$ from now on.",
        r"In the following, we assume $x > 0$.",
        r"Assume in addition that $x > 0$, as usual.",
        r"Assume now that the step size satisfies $x > 0$.",
        r"Suppose the number $x > 0$ holds.",
    ],
)
def test_what_explains_an_assumption_or_says_where_it_holds_is_passed_over(said: str) -> None:
    assert displayed(checked(rf"Let $x, y \in \mathbb{{R}}$. {said}", "|x| &= x")) == ["ok"]


@pytest.mark.parametrize(
    "said", ["For contradiction: suppose $x > 0$.", "Never do this: assume $x > 0$.", "Before: Assume $x > 0$. Now:"]
)
def test_words_before_a_colon_that_are_no_heading_leave_no_assumption_behind_it(said: str) -> None:
    assert displayed(checked(rf"Let $x, y \in \mathbb{{R}}$. {said}", "|x| &= x")) == ["unreadable"]


@pytest.mark.parametrize(
    ("said", "row"),
    [
        (r"Assume the matrix $A$ is symmetric.", r"A B + A &= A^\top B + A^\top"),
        (r"Suppose $\mathbf{v}$ has unit norm, $\lVert\mathbf{v}\rVert = 1$.", r"\mathbf{v}^\top\mathbf{v} &= 1"),
        (
            r"At the minimum we have $\nabla_{\mathbf{v}} (\mathbf{v}^\top\mathbf{v}) = \mathbf{0}$.",
            r"A\mathbf{v} &= \mathbf{0}",
        ),
    ],
)
def test_usual_words_of_an_assumption_are_read(said: str, row: str) -> None:
    stated = r"Let $A, B \in \mathbb{R}^{n \times n}$ and $\mathbf{v} \in \mathbb{R}^{n}$."
    assert displayed(checked(f"{stated} {said}", row)) == ["ok"]


def test_a_property_with_a_word_that_limits_it_is_not_assumed() -> None:
    stated = r"Let $A, B \in \mathbb{R}^{n \times n}$. Assume that $A$ is symmetric"
    row = r"A B + A &= A^\top B + A^\top"
    assert displayed(checked(f"{stated}.", row)) == ["ok"]
    assert displayed(checked(f"{stated}, up to noise.", row)) == ["unreadable"]
    assert displayed(checked(f"{stated}, and non symmetric below.", row)) == ["unreadable"]


ENDS = [
    "In general,", "For general $x$,", "Without this assumption,", "Otherwise,", "If $x$ is negative,", "We drop it.",
    "Now $x$ may be negative:", "Case 2: $x$ is negative.", "Let $x$ be arbitrary.", "Even for negative $x$,", "We take $x = -1$.",
    "Conversely, for $x < 0$,", "For all real $x$,", r"For every $x \in \mathbb{R}$,", "For any other $x$ we have",
]  # fmt: skip


@pytest.mark.parametrize("said", ENDS)
@pytest.mark.sampled(3)
def test_behind_words_that_may_end_an_assumption_a_row_must_hold_without_it(said: str) -> None:
    report = checked(
        rf"Let $x, y \in \mathbb{{R}}$. Assume $x > 0$. \[ |x| = x \] {said}", r"\max(x, 0) = x", "|x|^2 = x^2"
    )
    assert displayed(report) == ["ok", "unreadable", "ok"]
    assert "this holds under the assumption x > 0, and" in refused(report)[-1].message
    assert displayed(checked(rf"Let $x, y \in \mathbb{{R}}$. Assume $x > 0$. {said}", "x = -1"))[-1] != "ok"


@pytest.mark.parametrize(
    "said",
    [
        "Then",
        "It follows that",
        "Hence the gradient is",
        "Summing over all $n$ gives",
        "Let $y$ be arbitrary.",
        "For $x > 0$,",
    ],
)
def test_plain_words_leave_an_assumption_in_force(said: str) -> None:
    report = checked(rf"Let $x, y \in \mathbb{{R}}$. Assume $x > 0$. \[ |x| = x \] {said}", r"\max(x, 0) = x")
    assert displayed(report) == ["ok", "ok"]


def test_an_assumption_of_an_item_is_none_of_the_next_one() -> None:
    items = r"\begin{itemize} \item Case 1: suppose $x > 0$. \[ |x| = x \] \item Suppose $x < 0$. \[ |x| = -x \] \[ |x| = x \]"
    report = checked(rf"Let $x \in \mathbb{{R}}$. {items} \item Then \[ x = |x| \] \end{{itemize}}")
    assert displayed(report) == ["ok", "ok", "wrong", "wrong"]
    stated = r"Let $x \in \mathbb{R}$. Assume $x > 0$. \begin{itemize} \item Then \[ |x| = x \] \end{itemize}"
    assert displayed(checked(stated, r"\max(x, 0) = x")) == ["ok", "ok"]


def test_an_assumption_of_a_lemma_is_none_of_the_next_lemma(tmp_path: Path) -> None:
    lemmas = r"\begin{lemma} Assume $x > 0$. \[ |x| = x \] \end{lemma} \begin{lemma} We have \[ x = |x| \] \end{lemma}"
    paper = tmp_path / "paper.tex"
    paper.write_text(rf"Let $x \in \mathbb{{R}}$. {lemmas}")
    (report,) = check_everything(paper)
    assert displayed(report) == ["ok", "unreadable"]


def test_words_between_the_rows_of_a_display_may_end_an_assumption() -> None:
    given = r"Let $x \in \mathbb{R}$. Assume $x > 0$."
    rows = r"\begin{align} |x| &= x \\ \intertext{In general,} \max(x, 0) &= x \end{align}"
    assert displayed(checked(f"{given} {rows}")) == ["ok", "unreadable"]


def test_what_another_derivation_drops_stays_assumed_in_this_one() -> None:
    first = r"\begin{derivation}{a} Let $x \in \mathbb{R}$. Assume $x > 0$. \[ |x| = x \] \end{derivation}"
    second = r"\begin{derivation}{b} We drop this assumption. Let $y \in \mathbb{R}$. \[ y + y = 2y \] \end{derivation}"
    assert [report.accepted for report in check_text(f"{first}\n{second}", "d.tex")] == [True, True]


KKT = r"Let $p, \lambda \in \mathbb{R}$. Assume $\lambda \ge 0$, $p \le 1$ and $\lambda(1 - p) = 0$."
MARGINS = (
    r"Let $\mathbf{w}, \mathbf{x}_i \in \mathbb{R}^{d}$, $\alpha_i, y_i \in \mathbb{R},\ i = 1,\dots,N$ and $b \in \mathbb{R}$."
    r" Assume that $\alpha_i \ge 0$, $y_i(\mathbf{w}^\top\mathbf{x}_i + b) \ge 1$ and $\alpha_i(y_i(\mathbf{w}^\top\mathbf{x}_i + b) - 1) = 0$."
)
SPLIT = r"Let $u, v, z \in \mathbb{R}$. Assume $u \ge 0$, $v \ge 0$, $z = u - v$ and $u v = 0$."
POSITIVE = (
    r"Let $k > 0$, $s \in \mathbb{R}_{>0}^{n}$, $a, y \in \mathbb{R}$ and $\mathbf{p}, \mathbf{q} \in \mathbb{R}^{n}$. "
)
DEFINITE = r"Let $K \in \mathbb{R}^{n \times n}$ be positive definite and $\mathbf{a}, \mathbf{y} \in \mathbb{R}^{n}$. "
WAYS = {
    "a slack bound beside a product": (KKT, r"\lambda p = \lambda", r"p = 1"),
    "a tight bound beside a product": (KKT, r"\lambda p = \lambda", r"\lambda = 0"),
    "multipliers of margins": (MARGINS, r"\sum_i \alpha_i y_i(\mathbf{w}^\top\mathbf{x}_i + b) = \sum_i \alpha_i", r"\alpha_i = 0"),
    "margins with multipliers": (MARGINS, r"\alpha_i \ge -1", r"y_i(\mathbf{w}^\top\mathbf{x}_i + b) = 1"),
    "two parts of a number": (SPLIT, r"u + v = |z|", r"z \ge 0"),
    "some bounds are tight": (r"Let $p, q \in \mathbb{R}$. Assume $p \ge 0$, $q \ge 0$ and $p + q \le 1$.", r"p \le 1", r"p > 0"),
    "each factor of a product": (r"Let $p \in \mathbb{R}$. Assume $(p + 1)(p + 10) = 0$.", r"p^2 + 11p = -10", r"p = -1"),
    "a positive factor of a product": (POSITIVE + "Assume that $k(ka - y) = 0$.", r"ka = y", r"k = 1"),
    "positive factors of a product": (POSITIVE + r"Assume that $s \odot (\mathbf{p} - \mathbf{q}) = 0$.", r"\mathbf{p} = \mathbf{q}", r"\mathbf{p} = s"),
    "a definite matrix is invertible": (DEFINITE + r"Assume that $K\mathbf{a} = K\mathbf{y}$.", r"\mathbf{a} = \mathbf{y}", r"\mathbf{a} = -\mathbf{y}"),
    "the mean as an optimum": (
        r"Let $x_i \in \mathbb{R},\ i = 1,\dots,n$, $\mu \in \mathbb{R}$ and $\tau > 0$. \[ l \coloneqq -\frac{\tau}{2}\sum_i (x_i - \mu)^2 \]"
        r" At the optimum, $\frac{\partial l}{\partial\mu} = 0$.",
        r"\mu = \frac1n\sum_i x_i",
        r"\mu = \sum_i x_i",
    ),
    "a domain is searched far out": (r"Let $p \in \mathbb{R}$. Assume $p > 0$.", r"\log p \le p - 1", r"\log p \ge -20"),
    "values far out under an equation": (r"Let $p, q \in \mathbb{R}_{>0}$. Assume $pq = 1$.", r"p + q \ge 2", r"p \le 100"),
    "one entry is positive": (r"Let $r \in \mathbb{R}^{n}$. Assume $r_1 > 0$.", r"|r_1| = r_1", r"|r_2| = r_2"),
    "all entries are positive": (r"Let $r \in \mathbb{R}^{n}$. Assume $r_i > 0$.", r"|r_2| = r_2", r"r_2 \ge 10^{-3}"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "true", "false"), mostly_long(WAYS.values(), lambda way: way[0] is not MARGINS), ids=WAYS
)
def test_an_assumption_is_met_in_every_way_in_which_it_can_be_met(stated: str, true: str, false: str) -> None:
    assert displayed(checked(stated, true, false))[-2:] == ["ok", "wrong"]


@pytest.mark.parametrize("stated", ["$k = 0$", "$k(1 + e^{a}) = 0$", "$k(a^2 + 1) = 0$"])
def test_what_is_declared_positive_is_no_zero(stated: str) -> None:
    report = checked(POSITIVE + f"Assume that {stated}.", r"1 + k = 1")
    assert displayed(report) == ["unreadable"]
    assert "no values were found" in "".join(row.message for row in report.rows)


def test_a_condition_beside_an_assumption_about_something_else_is_no_error_of_the_author() -> None:
    stated = r"Let $\mathbf{d}, \mathbf{g} \in \mathbb{R}^{n}$, $\lambda > 0$ and $F \in \mathbb{R}^{n \times n}$ be symmetric."
    report = checked(
        stated, r"\mathbf{g} + \lambda F\mathbf{d} = 0", r"\implies \mathbf{d} = -\frac{1}{\lambda}F^{-1}\mathbf{g}"
    )
    assert displayed(report) == ["unreadable", "unreadable"]
    assert "no assumption states it" in report.rows[-2].message
    assert "not judged" in report.rows[-1].message
