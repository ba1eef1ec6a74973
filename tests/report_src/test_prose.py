"""The lint of prose finds what judges outside a claim and what was typed by hand, and nothing else."""

import pytest

from report_src import prose
from report_src.render import TEMPLATES

WORDS = prose.judging_words(TEMPLATES / "judging_words.toml")


def found(source):
    return [(finding.line, finding.column, finding.text) for finding in prose.findings("t", source, WORDS)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ReLU is faster.", (1, 9, "faster")),
        ("x\nIt is Slightly odd.", (2, 7, "Slightly")),
        ("an accuracy of 83.2\\,\\% here", (1, 16, "83.2")),
        ("There are 12 inputs.", (1, 11, "12")),
        ("\\caption{The larger one.}", (1, 14, "larger")),
        ("\\reportfigure{a-1}{Here is the best.}", (1, 32, "best")),
        ("\\answer{A1}{There are 7 rows.}", (1, 23, "7")),
        ("\\BLOCK{if a > 1}It wins\\BLOCK{endif}", (1, 20, "wins")),
        ('\\BLOCK{claim "x" if a > b}\nIt has 41 rows.\n\\BLOCK{endclaim}', (2, 8, "41")),
    ],
)
def test_it_finds(source, expected):
    assert found(source) == [expected]


@pytest.mark.parametrize(
    "source",
    [
        '\\BLOCK{claim "x" if a > b}\nA is faster.\n\\BLOCK{otherwise}\nB is not slower.\n\\BLOCK{endclaim}',
        'A is \\BLOCK{say "x": "higher" if a > b otherwise "lower"} than B.',
        "the fraction stands in $\\frac{1}{N} \\le 2$ and \\[ 3 < 4 \\]",
        "\\begin{align} 2 &= 3 \\end{align}",
        "\\VAR{a.b | percent(2)} and \\cref{fig:a-1} and \\label{sec:b2}",
        "Section 2.8 of the book (Springer 2023), Question 2, in 2008",
        "\\NOTE{the best of 3}",
        "% the most common of 4",
        '\\NOTE{allow "most": a name of the course}\nthe most of it',
        "\\begin{tabular}{@{}l@{\\hspace{2em}}r@{}}\nname & b \\\\[2pt]\n\\end{tabular}",
        "\\setlength{\\tabcolsep}{4pt}\\parbox{0.92\\textwidth}{x}\\fontsize{6}{7.2}\\hyphenpenalty=10000 it",
        "the SHA-256 of it",
        "the Adam-like almost-surely",
    ],
)
def test_it_leaves_alone(source):
    assert found(source) == []


def test_an_allowance_without_a_reason_allows_nothing():
    assert found('\\NOTE{allow "most":  }\nthe most of it') == [(2, 5, "most")]


def test_a_finding_says_what_to_do():
    (finding,) = prose.findings("templates/a", "It is faster.", WORDS)
    assert str(finding).startswith("templates/a:1:7: judging word 'faster'; bind the sentence")
