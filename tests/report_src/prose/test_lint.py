"""The lint of prose finds what judges outside a claim and what was typed by hand, and nothing else."""

import shutil
from pathlib import Path

import pytest

from analysis.errors import InputError
from report_src.prose import allowances, lint
from report_src.rendering.engine import TEMPLATES

WORDS = lint.judging_words(TEMPLATES / "judging_words.toml")


def found(source):
    return [(finding.line, finding.column, finding.name) for finding in lint.findings("t", source, WORDS)]


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
        ("It is $83\\,\\%$ here.", (1, 8, "83\\,\\%")),
        ("We have $p < 0.001$.", (1, 10, "p < 0.001")),
        ("It passes \\texttt{0.83} here.", (1, 19, "0.83")),
        ("It names two thirds of them.", (1, 10, "two thirds")),
        ("A third of all is right.", (1, 1, "A third of")),
        ("It names four in five.", (1, 10, "four in five")),
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
        "the rate $\\eta = 0.5$, a share $p_k$ and $10\\,000$ of $p \\le 1$",
        "a third model, twice, no more than a quarter of it",
        "the Adam-like almost-surely",
    ],
)
def test_it_leaves_alone(source):
    assert found(source) == []


def test_an_allowance_without_a_reason_allows_nothing():
    for reason in ("  ", ".", "x"):
        assert found(f'\\NOTE{{allow "most": {reason}}}\nthe most of it') == [(2, 5, "most")]


def test_a_finding_says_what_to_do():
    (finding,) = lint.findings("templates/a", "It is faster.", WORDS)
    assert str(finding).startswith("templates/a:1:7: judging word 'faster'; bind the sentence")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("It reaches 83.2\\,\\% here.", [("83.2", "a.accuracy.mean")]),
        ('\\NOTE{allow "83.2": the year of the paper}\nIt reaches 83.2 here.', [("83.2", "a.accuracy.mean")]),
        ("It has 41,348 rows.", [("41,348", "a.rows")]),
        ("It moves by 0.4\\,\\% here.", [("0.4", "a.accuracy.mean")]),
        ("It reaches 83.2\\% here.", [("83.2\\%", "a.accuracy.mean")]),
        ("Two rises of 7\\% each.", [("7\\%", "a.rise")]),
        ("It moves by 0.4 points, at 7 places.", []),
        ("Of 512 and of 30\\% there are two keys.", []),
        ('\\NOTE{allow "3": sides of a triangle}\nIt has 3 sides.', []),
        ("It has 3 sides.", []),
        ('\\NOTE{allow "360": degrees of a circle}\nIt has 360 degrees.', []),
        ("Section 3 has $83.2$ and \\VAR{a.rows | count}.", []),
    ],
)
def test_a_typed_number_that_equals_a_computed_one_is_found_suppressed_or_not(tmp_path, source, expected):
    (tmp_path / "a.tex.j2").write_text(source, encoding="utf-8")
    (tmp_path / "judging_words.toml").write_text('words = ["faster"]', encoding="utf-8")
    accuracy = "\\result{a.accuracy.mean}{83.2\\,\\ensuremath{\\pm}\\,0.4\\,\\%}"
    document = f"{accuracy} \\result{{a.rows}}{{41{{,}}348}} \\result{{a.layers}}{{3}} \\result{{a.rise}}{{7\\,\\%}}"
    for key in ("a.one", "a.two"):
        document += rf" \result{{{key}}}{{512}} \result{{{key}}}{{30\,\%}}"
    found = lint.typed_results(tmp_path, document)
    assert [(finding.new, finding.name) for finding in found] == expected
    assert all("print it by that key" in str(finding) for finding in found)


def test_the_shipped_templates_have_no_finding_and_few_suppressions_each_of_them_needed():
    assert lint.check(TEMPLATES) == []
    assert allowances.needless(TEMPLATES, lint.scans(TEMPLATES)) == []
    sources = [path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.tex.j2")]
    assert 0 < sum(len(allowances.allowances(source)) for source in sources) < 30


def test_an_allowance_that_runs_over_two_lines_covers_the_one_below_its_end():
    assert found('\\NOTE{allow "most": a\nname}\nthe most of it') == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('\\NOTE{allow "most": a name}\nthe most of it', []),
        ("\\NOTE{allow the reader a pause}\nWords.", []),
        (
            'Words.\n \\NOTE{allow "most": a name}\nthe least',
            ['2:2: \\NOTE{allow "most": …} finds nothing to allow here;'],
        ),
        (
            '\\NOTE{allow "most": a name}\nWords\nof most',
            ['1:1: \\NOTE{allow "most": …} finds nothing to allow here; it is on line 3;'],
        ),
        ("\\NOTE{allow “most”: x}\nmost", ["1:1: \\NOTE{allow “most”: x … allows nothing;"]),
    ],
)
def test_an_allowance_that_suppresses_nothing_is_named(tmp_path, source, expected):
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "a.tex.j2").write_text(source, encoding="utf-8")
    shutil.copy(TEMPLATES / "judging_words.toml", folder)
    said = allowances.needless(folder, lint.scans(folder))
    assert len(said) == len(expected)
    assert all(line.startswith(f"templates/a.tex.j2:{begin}") for line, begin in zip(said, expected, strict=True))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x\n", r":1:2: expected valid TOML"),
        ("", r"words: expected a list of words in quotes, got none"),
        ("words = []\n", r":1: words: expected a list of words in quotes"),
        ('words = ["best", ""]\n', r":1: words: expected a list of words in quotes"),
        ("words = [3]\n", r":1: words: expected a list of words in quotes"),
    ],
)
def test_a_list_of_judging_words_that_is_none_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "judging_words.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        lint.judging_words(path)
