"""A SyncTeX file is pointed to the templates alike whether it is read at once or while it is written."""

import gzip
import threading
from pathlib import Path

import pytest

from report_src.synctex.pointing import BUSY, FIRST_TAG, Pointed

LINES = [("templates/a.tex.j2", 1), ("templates/b.tex.j2", 7), ("templates/b.tex.j2", 8)]
PATHS = {"templates/a.tex.j2": "/r/templates/a.tex.j2", "templates/b.tex.j2": Path("/r/templates/b.tex.j2")}
WRITTEN = """SyncTeX Version:1
Input:1:/w/stdin.tex
Input:2:/w/preamble.tex
Output:pdf
Content:
!72
{1
(1,2:10,20:30,40,0
x1,3:11,20
g2,5:12,20
Input:3:/w/report.aux
h3,1:1,1:1,1,1
(1,9:10,20:30,40,0
)
!86
}1
"""


def pointed() -> Pointed:
    return Pointed(["stdin.tex", "report.tex"], LINES, PATHS | {"preamble.tex": "/r/templates/preamble.tex"})


def test_records_of_the_document_name_lines_of_templates(tmp_path: Path) -> None:
    written = tmp_path / "report.synctex"
    written.write_text(WRITTEN)
    pointed().write(written)
    assert not written.exists()
    text = gzip.decompress((tmp_path / "report.synctex.gz").read_bytes()).decode()
    a, b = FIRST_TAG, FIRST_TAG + 1
    inputs = ["Input:2:/r/templates/preamble.tex", "Input:3:/w/report.aux"]
    inputs += [f"Input:{a}:/r/templates/a.tex.j2", f"Input:{b}:/r/templates/b.tex.j2"]
    head = ["SyncTeX Version:1", *inputs, "Output:pdf", "Content:"]
    assert text.splitlines()[: len(head)] == head
    rest = text.splitlines()[len(head) :]
    records = ["{1", f"({b},7:10,20:30,40,0", f"x{b},8:11,20", "g2,5:12,20", "h3,1:1,1:1,1,1"]
    records += ["(1,9:10,20:30,40,0", ")"]  # no line of the document
    first, second = (index for index, record in enumerate(rest) if record.startswith("!"))
    assert rest[first + 1 : second] == records
    assert int(rest[first][1:]) == len("\n".join(head) + "\n")
    assert int(rest[second][1:]) == len("\n".join([rest[first], *records]) + "\n")


@pytest.mark.parametrize("cuts", [[], [10, 50, 51, 100, 150, 199], list(range(1, len(WRITTEN)))])
def test_pieces_give_what_the_whole_gives(cuts: list[int], tmp_path: Path) -> None:
    written, whole, piecewise = tmp_path / "report.synctex", pointed(), pointed()
    for cut in [*cuts, len(WRITTEN)]:
        written.write_text(WRITTEN[:cut])
        piecewise.read_on(written)
    for one in (whole, piecewise):
        one.read_on(written, whole=True)
    assert piecewise.text() == whole.text()


def test_a_file_is_followed_under_the_name_that_it_has_while_it_is_written(tmp_path: Path) -> None:
    followed, whole, written = pointed(), pointed(), tmp_path / "report.synctex"
    busy = tmp_path / f"report.synctex{BUSY}"
    with followed.following(written):
        busy.write_text(WRITTEN[:120])
        for _ in range(200):
            if followed.read:
                break
            threading.Event().wait(0.01)
    assert 0 < followed.read <= 120
    written.write_text(WRITTEN)
    for one in (whole, followed):
        one.read_on(written, whole=True)
    assert followed.text() == whole.text()


def test_another_run_begins_anew(tmp_path: Path) -> None:
    twice, once, written = pointed(), pointed(), tmp_path / "report.synctex"
    (tmp_path / f"report.synctex{BUSY}").write_text(WRITTEN)
    for one in (twice, twice, once):
        with one.following(written):
            pass
        written.write_text(WRITTEN)
        one.read_on(written, whole=True)
    assert twice.text() == once.text()
