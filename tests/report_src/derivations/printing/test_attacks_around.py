# ruff: noqa: E501 - rows of LaTeX are not broken
"""Rows that print a claim nobody checks, or read in two ways: notes, brackets behind values, words, set-off formulas."""

import pytest

from report_src.derivations import check_text

SETTING = r"Let $x, y, t \in \mathbb{R}$, $\mathbf{a} \in \mathbb{R}^{d}$, $A \in \mathbb{R}^{n \times n}$."


def accepted(rows: str, setting: str = SETTING, before: str = "", after: str = "") -> bool:
    body = f"\\begin{{align}} {rows} \\end{{align}}"
    (report,) = check_text(f"{before}\\begin{{derivation}}{{d}}\n{setting}\n{body}\n{after}\n\\end{{derivation}}")
    return report.accepted


@pytest.mark.parametrize(
    "note",
    [
        r"\approx 2x",
        r"\equiv 0",
        "0",
        "2x",
        r"\mathbf{0}",
        "y/t",
        "-y",
        r"a^{-1}",
        r"\text{is 0}",
        r"\text{$= y$}",
        r"\to 0",
    ],
)
def test_a_note_that_says_something_is_refused(note: str) -> None:
    assert not accepted(rf"\underbrace{{x}}_{{{note}}} &= x")


@pytest.mark.parametrize(
    "note", [r"\text{bias}", r"\boldsymbol{\delta}^{(2)}", r"\hat{\mathbf{y}}", r"\mathrm{local}", "z_{ij}"]
)
def test_a_note_of_words_or_one_name_is_passed_over(note: str) -> None:
    assert accepted(rf"\underbrace{{x}}_{{{note}}} &= x")


@pytest.mark.parametrize(
    "rows",
    [
        r"L &\coloneqq (x - 1)^2 \\ L(1 - 1) &= 0",
        r"L &\coloneqq (x - 1)^2 \\ L(0 + 0) &= 0",
        r"L &\coloneqq x^2 \\ L^2(x) &= x^5",
        r"L &\coloneqq x^2 \\ \Bigl(\frac{\partial L}{\partial x}\Bigr)(1) &= 2x",
        r"\mathbf{v} &\coloneqq x\mathbf{a} \\ \mathbf{v}(x + 1) &= (x^2 + x)\mathbf{a}",
        r"\mathbf{v} &\coloneqq x\mathbf{a} \\ v_i(x + 1) &= (x^2 + x)a_i",
    ],
)
def test_a_bracket_that_reads_as_an_argument_is_refused(rows: str) -> None:
    assert not accepted(rows)


def test_a_bracket_of_other_names_is_a_factor() -> None:
    assert accepted(r"L &\coloneqq x^2 \\ L(y - t) &= Ly - Lt")


@pytest.mark.parametrize(
    "rows",
    [
        r"p_{1} &\coloneqq x \\ p_{+1} &= x",
        r"\mathbf{e}^{x} &= e^{x}",
        r"\text{the product of } x &= x",
        r"\text{the sum of } x, y &= x + y",
        r"x &= 0, \quad i \ne i",
    ],
)
def test_a_name_or_word_that_prints_something_else_is_refused(rows: str) -> None:
    assert not accepted(rows)


@pytest.mark.parametrize(
    "after",
    [
        r"\begin{quote} $x = 2x$ \end{quote}",
        r"\begin{flushleft} where $x = 2x$ \end{flushleft}",
        r"\begin{itemize} \item $x = 2x$ \end{itemize}",
        "\n\n$x = 2x$\n\n",
        "\n\n\\noindent $x \\le x - 1$.\n\n",
        r"\\ \quad $x = 2x$ \\",
    ],
)
def test_a_formula_that_stands_out_of_the_text_is_a_display(after: str) -> None:
    assert not accepted("x &= x", after=after)


def test_a_formula_among_words_is_prose() -> None:
    assert accepted("x &= x", after="Here $x = y$ would be a remark.")


def test_declarations_may_stand_in_paragraphs_of_their_own() -> None:
    assert accepted("p &= 2x", setting="\n\n$x \\in \\mathbb{R}$\n\n$p \\coloneqq 2x$\n\n")


@pytest.mark.parametrize(
    "before",
    [
        r"\renewcommand{\align}{}",
        r"\def\endalign{2}",
        r"\let\equation\relax",
        r"\SetSymbolFont{letters}{normal}{OT1}{cmr}{m}{n}",
    ],
)
def test_an_environment_is_not_redefined_by_its_command(before: str) -> None:
    assert not accepted("x &= x", before=before)


@pytest.mark.parametrize(
    "sentence",
    [
        "Suppose that either $x > 0$ or $x < 0$.",
        "Assume that $x > 0$ or nothing.",
        r"Assume that \emph{sometimes} $x > 0$.",
        "Assume $x > 0$ in the first row.",
        "Assume $x > 0$ only for a while.",
    ],
)
def test_an_assumption_that_is_left_open_is_refused(sentence: str) -> None:
    assert not accepted("|x| &= x", setting=f"{SETTING} {sentence}")


def test_a_power_that_is_positive_is_no_declaration() -> None:
    assert accepted(r"e^{x} &> 0 \\ \log(e^{x}) &= x")


@pytest.mark.parametrize("rows", [r"\text{} &= x", r"\text{} x &= x", r"x &= x \text{}"])
def test_an_empty_word_is_no_error_of_the_checker(rows: str) -> None:
    assert isinstance(accepted(rows), bool)
