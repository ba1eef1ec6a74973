"""The column of a mistake: from what TeX had read, or from what a message quotes."""

import pytest

from report_src.tex.locate import token_start
from report_src.tex.source_map import in_typed, of_message


@pytest.mark.parametrize(
    ("line", "end", "message", "start"),
    [
        (r"Then \foo here", 9, r"Undefined control sequence \foo", 5),
        ("this & that", 6, "Misplaced alignment tab character &", 5),
        ("an index x_1", 11, "Missing $ inserted", 10),
        (r"\item lost", 7, r"Lonely \item", 0),  # TeX has looked beyond it
        ("", 0, "anything", 0),
    ],
)
def test_the_token_begins_where_it_was_typed(line: str, end: int, message: str, start: int) -> None:
    assert token_start(line, end, message) == start


@pytest.mark.parametrize(
    ("typed", "rendered", "sign", "column"),
    [
        (r"Of \VAR{a.rows | count} rows & more.", r"Of \result{a.rows}{240} rows & more.", "&", 30),
        ("Rows & more.", "Rows & more.", "&", 6),
        (r"\VAR{a} & \VAR{b} & c", "3 & 4 & c", "&", 19),  # the second of two
        (r"\VAR{a}", "3 & 4", "&", None),
        (r"\VAR{a} & \VAR{b}", "3 & 4 & 5", "&", None),
        (r"\VAR{a} & \VAR{b} & c", "3 & 4 & 5 & c", "&", None),  # a value has such a sign
    ],
)
def test_a_place_of_the_document_is_found_in_the_line_with_tags(
    typed: str, rendered: str, sign: str, column: int | None
) -> None:
    found = in_typed(typed, rendered, rendered.rindex(sign))
    assert found == column


@pytest.mark.parametrize(
    ("typed", "message", "column"),
    [
        (r"Of \VAR{a.rows | percnt} rows.", "unknown style 'percnt'", 4),
        (r"\VAR{a.rows | count} and \VAR{a.row | count}", "unknown key 'a.row'; nearest: a.rows", 26),
        (r"\VAR{a.rows | count} and \VAR{b.row | count}", "unknown key 'b.row'; nearest: b.rows", 26),
        (r"Words. \answer{Q9}{Head.}", "the mark Q9 names no requirement", 16),
        (r"\VAR{a | count} and \VAR{b | count}", "recursion without end", None),
        ("", "anything 'at all'", None),
    ],
)
def test_a_message_leads_to_what_it_names(typed: str, message: str, column: int | None) -> None:
    assert of_message(typed, message) == column
