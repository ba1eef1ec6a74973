"""The column of a mistake: from what TeX had read, or from what a message quotes."""

import pytest

from report_src.tex.locate import Reading, Sources, Typed, token_start, typed
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
    ("template", "rendered", "sign", "column"),
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
    template: str, rendered: str, sign: str, column: int | None
) -> None:
    found = in_typed(template, rendered, rendered.rindex(sign))
    assert found == column


@pytest.mark.parametrize(
    ("template", "message", "column"),
    [
        (r"Of \VAR{a.rows | percnt} rows.", "unknown style 'percnt'", 4),
        (r"\VAR{a.rows | count} and \VAR{a.row | count}", "unknown key 'a.row'; nearest: a.rows", 26),
        (r"\VAR{a.rows | count} and \VAR{b.row | count}", "unknown key 'b.row'; nearest: b.rows", 26),
        (r"Words. \answer{Q9}{Head.}", "the mark Q9 names no requirement", 16),
        (r"\VAR{a | count} and \VAR{b | count}", "recursion without end", None),
        ("", "anything 'at all'", None),
    ],
)
def test_a_message_leads_to_what_it_names(template: str, message: str, column: int | None) -> None:
    assert of_message(template, message) == column


@pytest.mark.parametrize(
    ("defined", "line"),
    [("", 3), ("\\newcommand{\\mine}{the word csname}", 1)],  # LaTeX's own macro; one of the document
)
def test_words_of_a_macro_of_latex_are_not_taken_for_those_of_the_document(defined: str, line: int) -> None:
    lines = [f"A word: csname. {defined}", "Then", r"\[ \left( x \]"]
    name = "\\mine" if defined else "\\end"
    read = [Reading(name, r"\romannumeral\csname end#1\endcsname"), Reading("l.", r"\[\left(x\]")]
    assert typed(r"Missing \right. inserted", 3, read, Sources(lines)).line == line


def test_a_title_that_latex_keeps_in_a_macro_is_found_where_it_was_typed() -> None:
    read = [Reading("\\@title", "Bad\\foobar"), Reading("l.", "\\maketitle")]
    lines = ["\\title{Bad \\foobar}", "\\maketitle"]
    assert typed(r"Undefined control sequence \foobar", 2, read, Sources(lines)) == Typed(1, 18)


@pytest.mark.parametrize(
    ("document", "line", "column"),
    [
        (["\\caption{One.", "Number # two.", "Three.}"], 2, 8),  # TeX has read to the brace that ends the argument
        (["\\caption{One.", "Number \\# two % # x", "Three #.}"], 3, 7),  # neither a typed sign nor a comment is meant
        (["\\caption{Of #1.", "Two.}"], 2, None),  # a parameter of a macro: the place that TeX gives
    ],
)
def test_a_number_sign_in_an_argument_of_several_lines_is_named_where_it_was_typed(
    document: list[str], line: int, column: int | None
) -> None:
    message = "Illegal parameter number in definition of \\GetTitleStringResult"
    assert typed(message, len(document), (), Sources(document, [])) == Typed(line, column)
