"""What stands at the cursor is known by the last build, and what may follow is proposed."""

from __future__ import annotations

import pytest

from report_src.editor.typed import Word, proposals, word_at
from report_src.numbers.formatting import FILTERS

RESULTS = {"training": {"relu": {"loss": {"mean": 0.5}}, "rates": [{"rate": 0.1}, {"rate": 0.2}]}, "eda": {"rows": 7}}


def split(marked: str) -> tuple[str, int]:
    """Return a line without its ^, and where that stood."""
    return marked.replace("^", ""), marked.index("^")


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        (r"a \VAR{train^ing.relu.loss.mean | decimal} b", Word("key", "training")),
        (r"a \VAR{training.relu.lo^ss.mean | decimal} b", Word("key", "training.relu.loss")),
        (r"a \VAR{training.relu.loss.mean^ | decimal} b", Word("key", "training.relu.loss.mean")),
        (r"\VAR{training.rates[1].ra^te | decimal}", Word("key", "training.rates[1].rate")),
        (r"\VAR{eda.rows | cou^nt}", Word("style", "count")),
        (r"\VAR{eda.rows | dec^imal(3)}", Word("style", "decimal")),
        (r'\BLOCK{claim "x" if eda.ro^ws > 3}', Word("key", "eda.rows")),
        (r'\BLOCK{include "sections/01^_a.tex.j2"}', Word("template", "sections/01_a.tex.j2")),
        (r"\VAR{eda.rows | count} and eda.ro^ws", None),
        (r"eda.ro^ws", None),
        (r"\VAR{eda.ro^ow | count}", None),
        (r"\VAR{feature.na^me | text}", None),  # a loop's variable
        (r"\VAR{eda.rows | nosty^le}", None),
    ],
)
def test_the_word_at_the_cursor_is_a_key_a_style_a_template_or_nothing(marked: str, found: Word | None) -> None:
    assert word_at(*split(marked), RESULTS) == found


@pytest.mark.parametrize(
    ("marked", "names"),
    [
        (r"\VAR{^", ["training", "eda"]),
        (r"\VAR{tr^", ["training", "eda"]),  # the editor filters
        (r"\VAR{training.^", ["relu", "rates"]),
        (r"\VAR{training.relu.loss.m^ | decimal}", ["mean"]),
        (r"\VAR{training.rates[0].^", ["rate"]),
        (r'\BLOCK{claim "x" if eda.rows > 3 and eda.^', ["rows"]),
        (r"\VAR{training.rates.^", []),
        (r"\VAR{unknown.^", []),
        (r"\VAR{eda.rows} training.^", []),
        (r"training.^", []),
    ],
)
def test_the_fields_of_a_record_are_proposed(marked: str, names: list[str]) -> None:
    found = proposals(*split(marked), RESULTS, str.upper)
    assert [each.name for each in found] == names
    assert all(each.meaning.endswith(each.name.upper()) for each in found)


@pytest.mark.parametrize("marked", [r"\VAR{eda.rows | ^", r"\VAR{eda.rows|c^", r"\VAR{eda.rows | cou^nt}"])
def test_behind_a_bar_every_style_is_proposed_with_what_it_prints(marked: str) -> None:
    found = {each.name: each for each in proposals(*split(marked), RESULTS, str.upper)}
    assert {*found} == {*FILTERS}
    assert found["decimal"].detail == "(digits)"
    assert found["count"].meaning == "41348 -> 41,348."
