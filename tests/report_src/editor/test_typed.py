"""What stands at the cursor is known by the last build, and what may follow is proposed."""

import pytest

from report_src.editor.typed import Word, proposals, word_at
from report_src.numbers.formatting import FILTERS

RESULTS = {"fit": {"relu": {"loss": {"mean": 0.5}}, "rates": [{"rate": 0.1}, {"rate": 0.2}]}, "survey": {"rows": 7}}


def split(marked: str) -> tuple[str, int]:
    """Return a line without its ^, and where that stood."""
    return marked.replace("^", ""), marked.index("^")


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        (r"a \VAR{f^it.relu.loss.mean | decimal} b", Word("key", "fit")),
        (r"a \VAR{fit.relu.lo^ss.mean | decimal} b", Word("key", "fit.relu.loss")),
        (r"a \VAR{fit.relu.loss.mean^ | decimal} b", Word("key", "fit.relu.loss.mean")),
        (r"\VAR{fit.rates[1].ra^te | decimal}", Word("key", "fit.rates[1].rate")),
        (r"\VAR{survey.rows | cou^nt}", Word("style", "count")),
        (r"\VAR{survey.rows | dec^imal(3)}", Word("style", "decimal")),
        (r'\BLOCK{claim "x" if survey.ro^ws > 3}', Word("key", "survey.rows")),
        (r'\BLOCK{include "sections/01^_a.tex.j2"}', Word("template", "sections/01_a.tex.j2")),
        (r"\VAR{survey.rows | count} and survey.ro^ws", None),
        (r"survey.ro^ws", None),
        (r"\VAR{survey.ro^ow | count}", None),
        (r"\VAR{feature.na^me | text}", None),  # a loop's variable
        (r"\VAR{survey.rows | nosty^le}", None),
    ],
)
def test_the_word_at_the_cursor_is_a_key_a_style_a_template_or_nothing(marked: str, found: Word | None) -> None:
    assert word_at(*split(marked), RESULTS) == found


@pytest.mark.parametrize(
    ("marked", "names"),
    [
        (r"\VAR{^", ["fit", "survey"]),
        (r"\VAR{f^", ["fit", "survey"]),  # the editor filters
        (r"\VAR{fit.^", ["relu", "rates"]),
        (r"\VAR{fit.relu.loss.m^ | decimal}", ["mean"]),
        (r"\VAR{fit.rates[0].^", ["rate"]),
        (r'\BLOCK{claim "x" if survey.rows > 3 and survey.^', ["rows"]),
        (r"\VAR{fit.rates.^", []),
        (r"\VAR{unknown.^", []),
        (r"\VAR{survey.rows} fit.^", []),
        (r"fit.^", []),
    ],
)
def test_the_fields_of_a_record_are_proposed(marked: str, names: list[str]) -> None:
    found = proposals(*split(marked), RESULTS, str.upper)
    assert [each.name for each in found] == names
    assert all(each.meaning.endswith(each.name.upper()) for each in found)


@pytest.mark.parametrize("marked", [r"\VAR{survey.rows | ^", r"\VAR{survey.rows|c^", r"\VAR{survey.rows | cou^nt}"])
def test_behind_a_bar_every_style_is_proposed_with_what_it_prints(marked: str) -> None:
    found = {each.name: each for each in proposals(*split(marked), RESULTS, str.upper)}
    assert {*found} == {*FILTERS}
    assert found["decimal"].detail == "(digits)"
    assert found["count"].meaning == "41348 -> 41,348."
