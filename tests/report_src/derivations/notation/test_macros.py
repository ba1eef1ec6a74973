"""Macros of the author: what is expanded, with which places in messages, and what is left unread."""

from pathlib import Path

import pytest

from report_src.derivations import check_text
from report_src.derivations.__main__ import main

MACROS = r"""\newcommand{\bx}{\mathbf{x}}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\T}{^\top}
\newcommand{\half}{1/2}
\DeclareMathOperator{\Tr}{Tr}
"""
SETTING = r"Let $\bx \in \mathbb{R}^{n}$, $S \in \mathbb{R}^{n \times n}$ and $L \coloneqq \bx\T S\bx$."


def verdict(row: str, macros: str = MACROS) -> tuple[str, int, str]:
    text = f"{macros}\\begin{{derivation}}{{case}}\n{SETTING}\n\\[ {row} \\]\n\\end{{derivation}}\n"
    (report,) = check_text(text, "case.tex")
    shown = [row for row in report.rows if row.verdict in ("ok", "wrong", "unreadable")]
    return shown[0].verdict, shown[0].line - macros.count("\n"), shown[0].message


@pytest.mark.parametrize(
    "row",
    [
        r"\pd{L}{\bx} = (S + S\T)\bx",
        r"\Tr(S\T) = \Tr(S)",
        r"\pd L\bx = (S + S\T)\bx",
        r"\frac12\bx\T\bx = \frac{\bx\T\bx}2",
    ],
)
def test_macros_are_expanded(row: str) -> None:
    assert verdict(row) == ("ok", 3, "")


def test_a_false_row_is_shown_as_it_is_typed() -> None:
    kind, line, message = verdict(r"\pd{L}{\bx} = (S + S)\bx")
    assert (kind, line) == ("wrong", 3)
    assert r"\[ \pd{L}{\bx} = (S + S)\bx \]" in message


@pytest.mark.parametrize(
    ("row", "macros"),
    [
        (r"\bx\T\bx = \bx^\half\bx", MACROS),
        (r"\bx = \bx", MACROS + r"\renewcommand{\bx}{y}" + "\n"),
        (r"\by = \by", MACROS + r"{\newcommand{\by}{\bx}}" + "\n"),
        (r"\by = \by", MACROS + r"\newcommand{\by}{\bx = \bx}" + "\n"),
        (r"\by = \by", MACROS + r"\newcommand{\by}{\by}" + "\n"),
        (r"\bx = \bx", MACROS + r"\iffalse\fi" + "\n"),
    ],
    ids=["script", "defined again", "in a group", "a relation", "itself", "behind a condition"],
)
def test_what_tex_may_read_differently_is_unreadable(row: str, macros: str) -> None:
    assert verdict(row, macros)[0] == "unreadable"


PAPER = r"""\input{words}
\begin{derivation}{own} Let $S \in \R^{n \times n}$. \[ \Tr(S\T) = \Tr(S) \] \[ S\T = S^\top \] \end{derivation}
"""
WORDS = r"\newcommand{\R}{\mathbb{R}} \newcommand{\T}{^\top} \DeclareMathOperator{\Tr}{Tr}"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (WORDS, 0),
        (WORDS.replace(r"{^\top}", "{^2}"), 1),
        (WORDS + r"\renewcommand{\T}{^2}", 1),
        (WORDS + r"\renewcommand{\top}{2}", 1),
        (WORDS.replace(r"\newcommand{\R}{\mathbb{R}}", ""), 1),
    ],
    ids=["defined", "another meaning", "defined twice", "a word of the language", "missing"],
)
def test_macros_of_a_file_that_is_input_are_expanded_and_count_for_the_cache(
    words: str, status: int, tmp_path: Path
) -> None:
    paper, beside = tmp_path / "paper.tex", tmp_path / "words.tex"
    paper.write_text(PAPER, encoding="utf-8")
    cache = ["--cache", str(tmp_path / "cache.json")]
    beside.write_text(WORDS, encoding="utf-8")
    assert main([*cache, str(paper)]) == 0
    beside.write_text(words, encoding="utf-8")
    assert main([*cache, str(paper)]) == status
    paper.write_text(PAPER.replace(r"\input{words}", words), encoding="utf-8")
    assert main([*cache, str(paper)]) == status
    assert main(["--all", str(paper)]) == status


def test_macros_are_expanded_in_displays_outside_of_derivations(tmp_path: Path) -> None:
    paper = tmp_path / "paper.tex"
    text = WORDS + "\nLet $S \\in \\R^{n \\times n}$. \\[ \\Tr(S\\T) = \\Tr(S) \\] "
    paper.write_text(text, encoding="utf-8")
    assert main(["--all", str(paper)]) == 0
    paper.write_text(text + r"\[ S\T = S \]", encoding="utf-8")
    assert main(["--all", str(paper)]) == 1
