"""The parts of the page's making, each by itself."""

import pytest

from report_src.web import formulas, source


@pytest.mark.parametrize(
    ("columns", "alignments"),
    [
        ("lcr", "lcr"),
        ("@{}l rrr@{\\hspace{2em}} rr@{}", "lrrrrr"),
        (">{\\raggedright\\arraybackslash}p{32mm}l|r", "llr"),
        ("*{3}{r}l", "rrrl"),
        ("l*{2}{@{\\,}c>{$}r}", "lcrcr"),
        ("S[table-format=1.3]S", "rr"),
        ("m{3cm}b{2cm}X", "lll"),
    ],
)
def test_columns_have_an_alignment_and_no_more(columns: str, alignments: str) -> None:
    assert source.alignments(columns) == alignments


@pytest.mark.parametrize(
    ("display", "cells"),
    [
        ("a = b", [["a = b"]]),
        (r"\begin{align} a &= b \\ c &= d \end{align}", [["a", "= b"], ["c", "= d"]]),
        (r"\begin{align*} a &= b \\[3pt] &= d \\ \end{align*}", [["a", "= b"], ["", "= d"]]),
        (r"\begin{align} a &= \begin{cases} 1 & x \\ 0 & y \end{cases} \end{align}",
         [["a", r"= \begin{cases} 1 & x \\ 0 & y \end{cases}"]]),
        (r"\begin{align} \text{a \& b} &= {c & d} \end{align}", [[r"\text{a \& b}", "= {c & d}"]]),
        (r"\begin{gather} a \\ b \end{gather}", [["a"], ["b"]]),
    ],
)  # fmt: skip
def test_a_display_has_its_rows_and_cells(display: str, cells: list[list[str]]) -> None:
    assert [row.cells for row in formulas.rows(display)] == cells


@pytest.mark.parametrize(
    ("display", "numbered"),
    [
        (r"\begin{align} a \\ b \nonumber \\ c \notag \\ d \end{align}", [True, False, False, True]),
        (r"\begin{align*} a \\ b \end{align*}", [False, False]),
        (r"\begin{multline} a \\ b \end{multline}", [True]),
        ("a", [False]),
    ],
)
def test_rows_are_numbered_as_latex_numbers_them(display: str, numbered: list[bool]) -> None:
    assert [row.numbered for row in formulas.rows(display)] == numbered


def test_a_row_has_its_tag_label_tick_and_reason() -> None:
    (row,) = formulas.rows(
        r"\begin{align} \checkedrow{} a &= b \tag{3a}\label{eq:x} \uncheckedrow{no domain} \end{align}"
    )
    assert (row.tag, row.label, row.ticked, row.unchecked) == ("3a", "eq:x", True, "no domain")
    assert row.cells == ["a", "= b"]


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"x < \href{web:result:a.b}{1} < y", [("", "x < "), ("a.b", "1"), ("", " < y")]),
        (r"\{\href{web:result:a}{1}\}", [("", r"\{"), ("a", "1"), ("", r"\}")]),
        (r"\sqrt{\href{web:result:a}{2}}", [("", r"\sqrt{{2}}"), ("a", "")]),
        (r"\frac\href{web:result:a}{2}{3}", [("", r"\frac{2}{3}"), ("a", "")]),
        (r"\left(\href{web:result:a}{2}\right)", [("", r"\left({2}\right)"), ("a", "")]),
        (r"x_\href{web:result:a}{2}", [("", "x_{2}"), ("a", "")]),
    ],
)
def test_a_number_leaves_its_formula_only_where_that_stays_whole(tex: str, parts: list[tuple[str, str]]) -> None:
    assert list(formulas.numbers(tex)) == parts


@pytest.mark.parametrize(
    ("tex", "made"),
    [
        (r"\mathbf{a}_1 + \mathbf{W2}", "{𝐚}_1 + {𝐖𝟐}"),
        (r"y \log x", r"y\,\log\,x"),
        (r"\log(x)", r"\log(x)"),
        (r"\max_k x", r"\max_k x"),
        (r"\Bigl(\bigl\{a\bigr\}\Bigr)^2", r"\left(\left\{a\right\}\right)^2"),
        (r"\bigl( a", r"\bigl( a"),
        (r"\textcolor{red}{a\textcolor{blue}{b}}", r"{\text{⟦red⟧}a{\text{⟦blue⟧}b\text{⟦/⟧}}\text{⟦/⟧}}"),
        (r"\place{12}a", "a"),
    ],
)
def test_formulas_keep_the_letters_spaces_and_colours_of_the_pdf(tex: str, made: str) -> None:
    assert formulas.for_mathml(tex) == made


def test_the_text_for_pandoc_has_the_lines_of_the_document() -> None:
    document = ("\\input{preamble}\n\\numbernote{a.b}{<FEFF00E9003D0031000A006D>}%\n\\begin{document}\n$a$\n"
                "\\begin{tikzpicture}\n\\node {};\n\\end{tikzpicture}\n\\midrule $b$\n\\begin{lstlisting}\nx = '$'\n"
                "\\end{lstlisting}\n$c$\n\\end{document}\n")  # fmt: skip
    made = source.for_pandoc(document)
    assert made.text.count("\n") == document.count("\n")
    lines = made.text.split("\n")
    for line, letter in ((4, "a"), (8, "b"), (12, "c")):
        assert rf"$\place{{{line}}}{letter}$" in lines[line - 1]
    assert lines[9] == "x = '$'"
    assert made.notes == {"a.b": "é=1\nm"}
    assert len(made.pictures) == 1


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("It is so.\n", "\\claimbegin{0}It is so.\\claimend{0}\n"),
        ("\n  higher ", "\n  \\claimbegin{0}higher\\claimend{0} "),
        ("\\begin{table}\na\n\\end{table}\n", "\\begin{table}\na\n\\end{table}\\claimend{0}\n"),
        ("a & b \\\\\n", "\\claimbegin{0}a & b\\claimend{0} \\\\\n"),
        (" \n", " \n"),
    ],
)
def test_the_marks_of_a_claim_stand_at_its_own_words(words: str, marked: str) -> None:
    document = f"before {words}after"
    lines = words.split("\n")
    last = len(lines), (len(lines[-1]) if len(lines) > 1 else 7 + len(words))
    assert source.with_claims(document, [(0, 1, 7, *last)]) == f"before {marked}after"


def test_only_abbreviations_are_taken_from_a_preamble() -> None:
    preamble = ("\\newcommand{\\one}[1]{\\mathbf{#1}}\n\\newcommand{\\two}{2}\n"
                "\\DeclareMathOperator{\\rank}{rank}\n"
                "\\NewDocumentCommand{\\three}{m}{3}\n\\renewcommand{\\mathbb}{x}\n"
                "% \\newcommand{\\four}{4}\n")  # fmt: skip
    made = source.simple_macros(preamble, "\\newcommand{\\two}{two}\n")
    assert made == "\\newcommand{\\one}[1]{\\mathbf{#1}}\n\\DeclareMathOperator{\\rank}{rank}\n"
