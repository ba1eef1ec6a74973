"""Regular tables: PyLaTeX's rules and separators around our own formatted cells."""

import re

import pytest

from report_src.errors import RenderError
from report_src.numbers.values import Ledger, wrap
from report_src.project import ROOT
from report_src.rendering.engine import environment, render_text
from report_src.rendering.source_marks import take_out
from report_src.rendering.tables import table
from report_src.tex.escape import Latex

RECORDS = [
    {"name": "room_type", "rows": 1200, "score": {"mean": 0.25}},
    {"name": "beds", "rows": 3, "score": {"mean": -0.5}},
]
COLUMNS = [("feature", "l", "name", "name"), ("$n$", "r", "rows", "count"), ("score", "r", "score.mean", "decimal(1)")]


@pytest.fixture
def rows():
    return wrap(RECORDS, "study.rows", Ledger())


def rendered(tmp_path, source, **context):
    (tmp_path / "t.tex.j2").write_text(source, encoding="utf-8")
    return render_text(environment(tmp_path), "t.tex.j2", context)


def test_a_table_has_rules_a_head_and_a_line_a_row(rows):
    assert table(rows, COLUMNS).splitlines() == [
        r"\begin{tabular}{@{}lrr@{}}",
        r"\toprule",
        r"feature&$n$&score\\",
        r"\midrule",
        r"\texttt{room\_\allowbreak{}type}&\result{study.rows[0].rows}{1{,}200}&\result{study.rows[0].score.mean}{0.2}\\",
        r"\texttt{beds}&\result{study.rows[1].rows}{3}&\result{study.rows[1].score.mean}{\ensuremath{-}0.5}\\\bottomrule",
        r"\end{tabular}",
    ]


def test_no_line_is_empty_or_ends_in_a_comment_sign(rows):
    lines = table(rows, COLUMNS).split("\n")
    assert all(line and not line.endswith("%") for line in lines)


def test_a_table_is_latex_and_reads_its_keys(rows):
    made = table(rows, COLUMNS)
    assert isinstance(made, Latex)
    assert rows._ledger.printed.keys() >= {"study.rows[1].rows", "study.rows[0].score.mean"}


def test_tuples_are_rows_and_pairs_within_them_are_flattened():
    made = table([(("a", "b"), ("c", ""))], [("", "l", str(place), "text") for place in range(4)])
    assert "a&b&c&\\\\" in made
    assert "\\midrule" not in made


def test_text_in_a_cell_is_escaped():
    assert r"50\%&a\_b" in table([("50%", "a_b")], [("", "l", "0", "text"), ("", "l", "1", "text")])


def test_a_macro_writes_a_cell(tmp_path, rows):
    source = (
        r"\BLOCK{macro half(row)}\VAR{row.rows | count} of \VAR{row.name | name}\BLOCK{endmacro}"
        r'\VAR{table(rows, [("h", "l", half, "")])}'
    )
    assert r"\result{study.rows[1].rows}{3} of \texttt{beds}" in take_out(rendered(tmp_path, source, rows=rows))[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            r'table([("a", "b", "c")], [("", "l", "0", "text"), ("", "l", "1", "text")])',
            "row 1 .* has 3 cells",
        ),
        (
            r'table([("a",)], [("", "l", "0", "text"), ("", "l", "1", "text")])',
            "has 1 cells, expected 2",
        ),
        (
            r'table(rows, [("", "l", "nme", "name")])',
            r"unknown key .*nme'; nearest: study.rows\[0\].name",
        ),
        (r'table(rows, [("", "l", "rows", "cuont")])', "unknown style 'cuont' of a column"),
        (r'table(rows, [("", "l", "rows", "name(")])', r"unknown style 'name\(' of a column"),
        (r'table(rows, [("", "l", "rows")])', "a column is .heading, alignment, key, style., got 3 parts"),
        (r'table(rows, [("", "l", "score", "count")])', r"'study.rows\[0\].score' is a record, not a number"),
    ],
)
def test_a_mistake_is_named_at_the_line_of_the_template(tmp_path, rows, call, message):
    with pytest.raises(RenderError, match=message) as caught:
        rendered(tmp_path, "first line\n\\VAR{" + call + "}\n", rows=rows)
    assert caught.value.place.endswith("t.tex.j2:2")


def test_the_packages_that_a_table_needs_are_in_the_preamble():
    from pylatex import Tabular

    needed = {package.arguments._positional_args[0] for package in Tabular("lr", booktabs=True, width=2).packages}
    loaded = set(re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", (ROOT / "templates/preamble.tex").read_text()))
    assert "booktabs" in needed
    assert needed <= {name.strip() for names in loaded for name in names.split(",")}


def test_a_long_name_is_set_in_lines_and_a_short_one_is_not():
    rows = wrap([{"name": "od280_od315_of_diluted_wines", "rows": 1, "score": {"mean": 1.0}}], "study.rows", Ledger())
    assert r"\parbox[t]{9em}{\raggedright\strut \texttt{od280\_\allowbreak{}od315" in table(rows, COLUMNS)
    assert r"\parbox" not in table(wrap(RECORDS, "study.rows", Ledger()), COLUMNS)
