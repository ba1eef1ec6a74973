"""Each requirement has one place in the rendered document."""

import re

import pytest

from report_src.errors import RenderError
from report_src.prose import requirements
from report_src.rendering.engine import TEMPLATES

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
        (r"\answer{A1}{x}", "no sentence answers this requirement:\n    A2: b\n"),
        ("x", "these requirements:\n    A1: a\n    A2: b\n"),
        (r"\answer{A1,A2}{x}\answered{A2}", "A2 is marked twice"),
        (r"\answer{A1,A2,Z9}{x}", "Z9 names no requirement"),
    ],
)
def test_a_missing_doubled_or_unknown_mark_stops_the_build(document, words):
    with pytest.raises(RenderError, match=words):
        requirements.check(ROWS, document)


@pytest.mark.parametrize("row", requirements.load(TEMPLATES / "requirements.toml"), ids=lambda row: row.id)
@pytest.mark.sampled(6)
def test_an_answer_taken_out_of_the_templates_breaks_the_build_with_the_requirements_text(row):
    rows = requirements.load(TEMPLATES / "requirements.toml")
    sources = [path.read_text("utf-8") for path in TEMPLATES.rglob("*.tex.j2")]
    given = [ids for source in sources for ids in re.findall(r'answers = "([A-Z0-9,]+)"', source)]
    marked = [*sources, *(rf"\answered{{{ids}}}" for ids in given)]  # a shared template is given its marks
    marks = [name for text in marked for name in requirements.answered(text)]
    document = "".join(rf"\answer{{{name}}}{{x}}" for name in dict.fromkeys(marks))
    requirements.check(rows, document)
    with pytest.raises(RenderError) as error:
        requirements.check(rows, document.replace(rf"\answer{{{row.id}}}{{x}}", ""))
    assert f"{row.id}: {row.text}" in str(error.value)
