"""The document that an edit of words will give is foreseen line by line; a wrong guess costs no page."""

from pathlib import Path

import pytest

from report_src.prose import foreseen
from report_src.tex import compile
from report_src.tex.speculative import Ahead
from tests.report_src.tex.test_compile import EPOCH, compile_section, write_document

TEMPLATE = "templates/sections/03_x.tex.j2"
SECTION = "First words.\nThen 12 of 34 rows.\nLast words.\n"
TYPED = 'First words.\nThen \\VAR{rows | count} of \\VAR{"}"} rows.\nLast words.\n'


def guess(folder: Path, typed: str, *, whole: bool = True) -> bytes:
    """Return what is foreseen of the document where its template now holds `typed`."""
    edited = folder / "edited.tex.j2"
    edited.write_text(typed)
    found = foreseen.foreseen(folder, "report", foreseen.looked_through(folder, {TEMPLATE: edited}.__getitem__))
    return found.whole if whole else found.uncounted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a document whose section was rendered from TYPED."""
    made = write_document(tmp_path, SECTION)
    foreseen.remember(made, {TEMPLATE: TYPED})
    return made


@pytest.mark.parametrize(
    ("old", "new"),
    [("First words", "Other words"), ("Then ", "So "), (" of ", " out of "), ("rows.", "rows, 100\\,\\% of them.")],
)
def test_edited_words_are_in_their_place_in_the_whole_document(folder: Path, old: str, new: str) -> None:
    before = (folder / "report.tex").read_bytes()
    assert guess(folder, TYPED.replace(old, new)) == before.replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("old", "new", "until"),
    [
        ("rows | count", "rows | words", b"Then "),
        ("\\VAR{rows | count}", "twelve", b"Then "),
        ("First", "New line.\nFirst", b"First "),
        ("Last words.\n", "", b"Last "),
        ("Then ", "\\BLOCK{if x}\nThen ", b"Then "),
    ],
)
def test_what_a_tag_or_the_number_of_lines_decides_is_left_open(folder: Path, old: str, new: str, until: bytes) -> None:
    assert guess(folder, TYPED.replace(old, new)) == (folder / "report.tex").read_bytes().partition(until)[0]


def test_a_line_that_counts_the_blocks_of_text_is_left_open(folder: Path) -> None:
    foreseen.remember(folder, {TEMPLATE: TYPED.replace("rows | count", "generator.shipped | index")})
    edited = TYPED.replace("rows | count", "generator.shipped | index").replace("First words", "Other words")
    now = (folder / "report.tex").read_bytes().replace(b"First words", b"Other words")
    assert guess(folder, edited, whole=False) == now.partition(b"Then ")[0]
    assert guess(folder, edited) == now


def test_a_line_that_was_rendered_otherwise_than_typed_is_left_open(folder: Path) -> None:
    foreseen.remember(folder, {TEMPLATE: TYPED.replace("First words.", "\\VAR{a}First \\VAR{b}few words.")})
    edited = TYPED.replace("First words.", "\\VAR{a}First \\VAR{b}many words.")
    assert guess(folder, edited) == (folder / "report.tex").read_bytes().partition(b"First ")[0]


def test_nothing_is_foreseen_of_a_template_whose_text_is_not_known(folder: Path) -> None:
    (folder / foreseen.TYPED).unlink()
    assert guess(folder, TYPED.replace("First", "Other")) == b""


def test_nothing_is_foreseen_where_no_template_was_edited(folder: Path) -> None:
    assert guess(folder, TYPED) == b""
    (folder / "report.tex").unlink()
    assert guess(folder, TYPED) == b""


@pytest.mark.parametrize("rendered", ["Other words", "Unforeseen words"])
@pytest.mark.sampled(2)
def test_the_pages_are_those_of_a_plain_run_whether_the_guess_is_right_or_wrong(tmp_path: Path, rendered: str) -> None:
    folder = compile_section(tmp_path, SECTION).pdf.parent
    foreseen.remember(folder, {TEMPLATE: TYPED})
    further = guess(folder, TYPED.replace("First words", "Other words"))
    ahead, beginning = Ahead(), further.partition(b"Other ")[0]
    ahead.start(folder, "report", EPOCH, [b"", beginning])  # as `make watch` leaves them
    ahead.start(folder, "report", EPOCH, [])
    ahead.follow(further)
    assert [one.sent for one, _ in ahead.waiting] == [b"", further]

    document = folder / "report.tex"
    document.write_text(document.read_text().replace("First words", rendered))
    known = document.read_bytes().partition(b"Then")[0]
    ahead.follow(known)
    expected = [b"", further] if rendered == "Other words" else [known, further]
    assert [one.sent for one, _ in ahead.waiting] == expected
    pages = compile.compile_tex(folder, "report", epoch=EPOCH, root=tmp_path, ahead=ahead).pdf.read_bytes()
    ahead.end()
    assert pages == compile.compile_tex(folder, "report", epoch=EPOCH, root=tmp_path).pdf.read_bytes()


def test_where_all_that_was_sent_is_wrong_another_tex_begins_at_once(tmp_path: Path) -> None:
    folder = compile_section(tmp_path, SECTION).pdf.parent
    foreseen.remember(folder, {TEMPLATE: TYPED})
    further = guess(folder, TYPED.replace("First words", "Other words"))
    ahead = Ahead()
    ahead.start(folder, "report", EPOCH)
    ahead.follow(further)
    ((wrong, _),) = ahead.waiting
    known = further.partition(b"Other ")[0]
    ahead.follow(known)
    assert [one for one, _ in ahead.waiting] == [wrong]
    ahead.follow(known + b"Unforeseen words.\n")
    ((other, _),) = ahead.waiting
    assert (other.sent, wrong.process.poll() is None) == (known + b"Unforeseen words.\n", False)
    ahead.end()
