"""A number in a heading is printed in its bookmark as a reader sees it: without its key."""

from pathlib import Path

from pypdf import PdfReader

from tests.report_src.tex.test_escape import text_of

BOOKMARKS = {  # what is typed in a heading -> its bookmark
    r"On \result{logistic.rows}{240} leaves": "On 240 leaves",
    r"At \result{fit.accuracy.mean}{83.2\,\%}": "At 83.2%",
    r"A change of \result{fit.change}{\ensuremath{-}0.4}": "A change of −0.4",
    r"\texttt{room\_type} and \result{eda.rows}{6{,}000} rows": "room_type and 6,000 rows",
}


def test_a_number_in_a_heading_stands_in_the_bookmark_without_its_key(tmp_path: Path) -> None:
    sections = "".join(f"\\section{{{typed}}}\nWords.\n\\clearpage\n" for typed in BOOKMARKS)
    for _ in range(2):  # the second pass reads the bookmarks that the first one wrote
        text_of(tmp_path, f"{sections}More.")
    titles = [item.title for item in PdfReader(tmp_path / "t.pdf").outline if not isinstance(item, list)]
    shown = [title.replace("\u2009", " ").replace("\u00a0", " ").replace("-", "−") for title in titles]
    assert shown == [f"{number} {bookmark}" for number, bookmark in enumerate(BOOKMARKS.values(), start=1)]
