"""The first brace or environment that is opened and not closed, or closed and not opened, as it was typed."""

import pytest

from report_src.tex.balance import first_brace, first_fault

FAULTS = [
    ("\\textbf{a\nb", 1, "\\textbf{ is never closed"),
    ("a\n{\\bf b\n\\begin{x}\\end{x}", 2, "a { is never closed"),
    ("\\begin{x}\n\\textbf{a\n\\end{x}", 2, "\\textbf{ is never closed"),
    ("\\textbf{a \\emph{b}\nc", 1, "\\textbf{ is never closed"),
    ("a\nb} c", 2, "Too many }'s"),
    ("\\begin{x}\na} b\n\\end{x}", 2, "Too many }'s"),
    ("{a\n\\begin{x} b}\nc", 2, "\\begin{x} is never closed"),
    ("\\begin{x}\n\\begin{y}\n\\end{x}", 2, "\\begin{y} is never closed: \\end{y} is missing before \\end{x}"),
    ("\\begin{x}\n\\end{y}\n", 2, "\\begin{x} is ended by \\end{y}"),
    ("\\begin{document}\n\\end{y}\n\\end{document}", 2, "\\end{y} without its \\begin{y}"),
    ("\\begin{x}\n\\end{y}\n\\end{x}", 2, "\\end{y} without its \\begin{y}"),
    ("\\begin{x}\na", 1, "\\begin{x} is never closed"),
]
SOUND = [
    "\\begin{x}\\textbf{a} \\{ b \\} c % } {\n\\end{x}",
    "\\begin{lstlisting}\n{ } } \\begin{x}\n\\end{lstlisting}",
    "\\verb|}| and \\verb+{+",
    "{\\begin{x}{a}\\end{x}}\\\\{}",
]


@pytest.mark.parametrize(("text", "line", "says"), FAULTS)
def test_a_fault_is_named_at_the_line_where_it_was_typed(text: str, line: int, says: str) -> None:
    fault = first_fault(text.split("\n"))
    assert fault is not None
    assert fault.line == line
    assert fault.message.startswith(says)


@pytest.mark.parametrize("text", SOUND)
def test_what_is_closed_escaped_a_comment_or_a_listing_is_no_fault(text: str) -> None:
    assert first_fault(text.split("\n")) is None


def test_a_preamble_may_open_an_environment_in_one_definition_and_end_it_in_another() -> None:
    halves = "\\newenvironment{a}{\\begin{x}}{\\end{x}}\n\\newcommand{\\b}{\\end{y}}"
    assert first_brace(halves.split("\n")) is None
    fault = first_brace([*halves.split("\n"), "\\newcommand{\\c}{d"])
    assert fault is not None
    assert (fault.line, fault.message) == (3, "a { is never closed: its } is missing")
    assert first_brace(["a", "}"]) is not None
