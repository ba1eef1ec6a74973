"""The table of small derivations: what is true passes, what is false is refused at its line."""

import pytest

from tests.report_src.derivations.cases import CASES, SHAPES, UNREADABLE
from tests.report_src.derivations.checked import checked, refused


@pytest.mark.parametrize(("setting", "true"), [case[1:3] for case in CASES], ids=[case[0] for case in CASES])
@pytest.mark.sampled(3)
def test_a_true_row_passes(setting: str, true: str) -> None:
    report = checked(setting, true)
    assert report.accepted, [row.message for row in report.rows]
    assert [row.verdict for row in report.rows if row.line == 4] == ["ok"]
    assert report.largest_error < 1e-30


@pytest.mark.parametrize(
    ("setting", "false"),
    [(case[1], case[3]) for case in CASES],
    ids=[f"{case[0]}: {case[4]}" for case in CASES],
)
@pytest.mark.sampled(6)
def test_a_false_row_is_refused_at_its_line(setting: str, false: str) -> None:
    found = refused(checked(setting, false))
    assert [(row.line, row.verdict) for row in found] == [(4, "wrong")], [row.message for row in found]


@pytest.mark.parametrize(
    ("setting", "row", "words"), [case[1:] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE]
)
def test_a_row_outside_the_language_is_unreadable_and_says_why(setting: str, row: str, words: str) -> None:
    report = checked(setting, row)
    first = next(found for found in report.rows if found.verdict == "unreadable")
    assert first.line == 4, [(found.verdict, found.message) for found in report.rows]
    assert words in first.message
    assert first.message.startswith(f"d.tex:4:{first.column}: ")
    assert "^" in first.message


@pytest.mark.parametrize(("setting", "row", "words"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES])
def test_shapes_that_disagree_are_named_in_the_authors_letters(setting: str, row: str, words: str) -> None:
    found = refused(checked(setting, row))
    assert [(row.line, row.verdict) for row in found] == [(4, "wrong")], [row.message for row in found]
    assert words in found[0].message


def test_the_table_has_forty_true_and_forty_false_derivations() -> None:
    assert len(CASES) >= 40
    assert len({name for name, *_ in CASES}) == len(CASES)
