"""Macros of the author: what is expanded, with which places in messages, and what is left unread."""

import pytest

from report_src.derivations import check_text

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
