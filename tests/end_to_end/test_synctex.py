"""A place on a page leads to the template's line that was typed there, and a line to its place, by Debian's synctex."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from tests.end_to_end.reports import Built

SYNCTEX = "synctex"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which(SYNCTEX) is None, reason="synctex is not installed"),
]

# what is looked for: words as a page prints them -> template, and words of the line that was typed
WHOLE = {
    "a paragraph": ("rests on one training table", "sections/09_limitations.tex.j2", "rests on one training table"),
    # TeX knows the line on which an argument ends
    "a caption": ("class shares within each category", "sections/02_eda.tex.j2", "class shares within each category"),
    "a row of an included derivation": ("The chain rule adds", "derivations/shared-bias.tex.j2", "The chain rule adds"),
    "a claim's printed branch": ("rows for each row of", "sections/02_eda.tex.j2", "rows for each row of"),
}
SMALL = {
    "a paragraph": ("Each feature is scaled", "sections/1_model.tex.j2", "Each feature is scaled"),
    "a caption": ("Training loss before each", "sections/2_results.tex.j2", "Training loss before each"),
    "a row of an included derivation": ("rows are the columns", "derivations/logistic.tex.j2", "rows are the columns"),
    "a claim's printed branch": ("share of the commonest", "sections/2_results.tex.j2", "share of the commonest"),
}


def places(report: Built) -> dict[str, tuple[str, str, str]]:
    """Return what is looked for in a report."""
    return WHOLE if report.studies is None else SMALL


def found(pdf: Path, words: str) -> tuple[int, float, float]:
    """Return page (from 1), x and y (points from the upper left corner) in the middle of words."""
    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            searcher = text.search(words)
            if match := searcher.get_next():
                left, bottom, right, top = text.get_charbox(match[0] + match[1] // 2)
                return number + 1, (left + right) / 2, page.get_height() - (bottom + top) / 2
    raise AssertionError(f"no page has the words '{words}'")


def asked(*arguments: str) -> str:
    return subprocess.run([SYNCTEX, *arguments], capture_output=True, text=True, check=True).stdout


def edit(pdf: Path, page: int, x: float, y: float) -> tuple[str, int]:
    """Return the file and the line that a place on a page leads to."""
    said = asked("edit", "-o", f"{page}:{x}:{y}:{pdf}")
    return re.findall(r"^Input:(.*)$", said, re.M)[0], int(re.findall(r"^Line:(\d+)$", said, re.M)[0])


@pytest.mark.parametrize("place", WHOLE)
def test_a_place_on_a_page_leads_to_the_line_that_was_typed(report: Built, place: str) -> None:
    words, template, typed = places(report)[place]
    file, line = edit(report.pdf, *found(report.pdf, words))
    assert Path(file) == report.templates / template
    lines = Path(file).read_text(encoding="utf-8").split("\n")
    assert any(typed in text for text in lines[max(0, line - 2) : line + 1]), f"line {line}: {lines[line - 1]}"


@pytest.mark.parametrize("place", WHOLE)
def test_a_line_that_was_typed_leads_to_its_page(report: Built, place: str) -> None:
    words, template, typed = places(report)[place]
    path = report.templates / template
    line = next(n for n, text in enumerate(path.read_text(encoding="utf-8").split("\n"), 1) if typed in text)
    said = asked("view", "-i", f"{line}:1:{path}", "-o", str(report.pdf))
    assert found(report.pdf, words)[0] in map(int, re.findall(r"^Page:(\d+)$", said, re.M))


def test_a_cell_of_a_table_leads_to_the_table_in_its_template(report: Built) -> None:
    cell = "distinct" if report.studies is None else report.results["logistic"]["weights"][1]["feature"]
    page, x, y = found(report.pdf, cell)
    file, line = edit(report.pdf, page, x, y)
    assert Path(file) == report.templates / places(report)["a caption"][1]
    assert line > 1


def test_no_record_of_the_document_itself_is_left(report: Built) -> None:
    text = gzip.decompress((report.build / "report.synctex.gz").read_bytes()).decode()
    assert "stdin.tex" not in text
    assert f"{report.templates}/{places(report)['a caption'][1]}" in text
    offset, before = 0, 0
    for number, record in enumerate(text.encode().splitlines(keepends=True)):
        if record.startswith(b"!"):
            assert int(record[1:]) == offset - before, f"record {number}"
            before = offset
        offset += len(record)
