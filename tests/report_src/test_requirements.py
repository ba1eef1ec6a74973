"""Each requirement has one place in the rendered document."""

import pytest

from report_src import requirements
from report_src.errors import RenderError
from report_src.render import TEMPLATES

ROWS = [requirements.Requirement("A1", "A", "a"), requirements.Requirement("A2", "A", "b")]


def test_the_list_has_every_demand_once():
    rows = requirements.load(TEMPLATES / "requirements.toml")
    assert len(rows) == 69
    assert len({row.id for row in rows}) == 69


def test_marks_with_and_without_a_sentence_count():
    requirements.check(ROWS, r"\answer{A1}{Yes.} text \answered{ A2 }")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (r"\answer{A1}{x}", "no place answers A2"),
        (r"\answer{A1,A2}{x}\answered{A2}", "A2 is marked twice"),
        (r"\answer{A1,A2,Z9}{x}", "Z9 names no requirement"),
    ],
)
def test_a_missing_doubled_or_unknown_mark_stops_the_build(document, words):
    with pytest.raises(RenderError, match=words):
        requirements.check(ROWS, document)
