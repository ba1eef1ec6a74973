"""A SyncTeX file leads from a point of a page to the line that was typed, and back."""

from pathlib import Path

import pytest

from report_src.synctex.reading import SP, Line, SyncTex

ROOT = Path("/root")


def sp(points: float) -> int:
    return round(points * SP)


def box(line: int, left: float, baseline: float, width: float, height: float, depth: float, *inside: str) -> str:
    """Return a box of the file 7 with records in it, in points."""
    numbers = f"{sp(left)},{sp(baseline)}:{sp(width)},{sp(height)},{sp(depth)}"
    return "\n".join([f"(7,{line}:{numbers}", *inside, ")"])


def glue(line: int, left: float, baseline: float, kind: str = "g") -> str:
    return f"{kind}7,{line}:{sp(left)},{sp(baseline)}"


# two pages; on the second a line of text from the lines 10 and 11 with a fraction of line 12 in it, and a display
SENTENCES = box(19, 50, 110, 400, 8, 2, glue(10, 80, 110), glue(10, 120, 110, "x"), glue(11, 150, 110),
                box(12, 200, 105, 20, 5, 1, glue(12, 210, 105, "k")), glue(11, 300, 110))  # fmt: skip
DISPLAY = box(30, 150, 200, 100, 10, 4, glue(30, 160, 200, "$"), glue(30, 240, 200, "$"))
TEXT = "\n".join([
    "SyncTeX Version:1", "Input:3:/usr/share/article.cls", "Input:7:/root/templates/a.tex.j2", "Content:",
    "{1", box(99, 0, 700, 500, 700, 0, box(5, 50, 90, 400, 8, 2, glue(5, 70, 90))), "}1",
    "{2", box(99, 0, 700, 500, 700, 0, SENTENCES, DISPLAY), "}2", "Postamble:", "",
])  # fmt: skip


def lines(page: int, x: float, y: float) -> list[int]:
    found = SyncTex(TEXT.encode(), ROOT).lines_at(page, x, y)
    assert all(line.file == "templates/a.tex.j2" for line in found)
    return [line.number for line in found]


@pytest.mark.parametrize(
    ("page", "x", "y", "first"),
    [
        (1, 60, 88, 5),
        (2, 60, 108, 10),  # the word before a blank is on the blank's line
        (2, 140, 108, 11),
        (2, 280, 108, 11),
        (2, 205, 103, 12),  # the innermost box
        (2, 200, 199, 30),
        (2, 20, 108, 10),  # beside the line
        (2, 100, 213, 30),  # just below the display
    ],
)
def test_a_point_leads_to_the_line_that_gave_what_is_there(page: int, x: float, y: float, first: int) -> None:
    assert lines(page, x, y)[0] == first


def test_a_word_at_the_border_of_two_lines_may_be_of_either() -> None:
    assert {*lines(2, 130, 108)} >= {10, 11}


@pytest.mark.parametrize(("page", "y"), [(2, 400), (1, 30), (3, 100), (0, 100)])
def test_where_nothing_is_printed_nothing_was_typed(page: int, y: float) -> None:
    assert lines(page, 100, y) == []


@pytest.mark.parametrize(
    ("line", "page", "down"), [(5, 1, 90), (10, 2, 110), (12, 2, 105), (13, 2, 200), (1, 1, 90), (99, 2, 200)]
)
def test_a_line_leads_to_its_first_print_or_to_that_of_the_next_line(line: int, page: int, down: float) -> None:
    found = SyncTex(TEXT.encode(), ROOT).position("templates/a.tex.j2", line)
    assert found is not None
    assert (found[0], round(found[1])) == (page, down)


def test_a_file_that_no_page_shows_has_no_position() -> None:
    assert SyncTex(TEXT.encode(), ROOT).position("templates/b.tex.j2", 1) is None
    assert SyncTex(b"", ROOT).position("templates/a.tex.j2", 1) is None
    assert SyncTex(b"", ROOT).lines_at(1, 10, 10) == []


def test_a_file_outside_of_the_project_keeps_its_path() -> None:
    elsewhere = TEXT.replace("/root/templates", "/other")
    assert SyncTex(elsewhere.encode(), ROOT).lines_at(1, 60, 88)[0] == Line("/other/a.tex.j2", 5)


def test_the_rows_of_a_display_are_counted_over_the_pages_that_it_is_on() -> None:
    def page(*rows: float) -> str:
        inside = "\n".join(box(8, 60, down, 300, 8, 2, box(8, 80, down, 20, 8, 2)) for down in rows)
        text = f"[7,8:0,{sp(700)}:{sp(500)},{sp(600)},0\n{box(3, 60, 50, 300, 8, 2)}\n{inside}\n]"
        head = f"[7,8:0,{sp(20)}:{sp(500)},{sp(20)},0\n{box(8, 60, 15, 300, 8, 2)}\n]"  # TeX was at line 8 then
        return f"[7,8:0,{sp(720)}:{sp(500)},{sp(720)},0\n{head}\n{text}\n]"

    text = f"Input:7:/root/a.tex\nContent:\n{{1\n{page(640, 670)}\n}}1\n{{2\n{page(80, 110, 140)}\n}}2\n"
    found = SyncTex(text.encode(), ROOT)
    line = Line("a.tex", 8)
    assert [found.row_at(1, line, 641), found.row_at(1, line, 668)] == [(0, 5), (1, 5)]
    assert [found.row_at(2, line, down) for down in (80, 108, 200)] == [(2, 5), (3, 5), (4, 5)]
    assert found.row_at(2, Line("a.tex", 99), 80)[1] == 0
