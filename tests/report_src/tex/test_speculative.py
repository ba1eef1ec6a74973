"""TeX receives the sure part of a document while the rest is written; the pages are those of a run that was not."""

import fcntl
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from report_src.rendering.source_marks import reported
from report_src.tex import compile, process, speculative
from report_src.tex.speculative import Ahead
from tests.report_src.tex.test_compile import EPOCH, FIGURE, compile_section, write_document

SECTION = (
    "Words, $x^2$, \\textbf{bold}.\n\\includegraphics{figures/dot.pdf}\n\\subsection{More}\n"
    "\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}\n\\clearpage\nA second page, see \\ref{first}.\n"
)
EDIT = ("A second page", "Another second page")
TEMPLATE = "templates/sections/03_x.tex.j2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The build folder of a document that TeX has set."""
    return compile_section(tmp_path, SECTION).pdf.parent


@pytest.fixture
def waiting() -> Iterator[Ahead]:
    """Runs that wait; whatever still waits at the end is ended."""
    runs = Ahead()
    yield runs
    runs.end()


def compiled(folder: Path, waiting: Ahead | None = None) -> compile.Outcome:
    return compile.compile_tex(folder, "report", epoch=EPOCH, root=folder.parent, ahead=waiting)


def edit(folder: Path, old: str, new: str) -> None:
    """Change the document and nothing else: what has been read of the figures stays true."""
    document = folder / "report.tex"
    assert old in document.read_text()
    document.write_text(document.read_text().replace(old, new))


def given_time(waiting: Ahead) -> None:
    """Wait until TeX has read what it received and asks for more: its pipe is empty and it sleeps."""
    (one, _), *_ = waiting.waiting
    state, left, deadline = "R", 1, time.monotonic() + 20
    while state != "S" or left:
        assert time.monotonic() < deadline
        time.sleep(0.02)
        left = int.from_bytes(fcntl.ioctl(one.pipe(), termios.FIONREAD, bytes(4)), sys.byteorder)
        state = Path(f"/proc/{one.process.pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.parametrize("lines", [1, 3, 7, 9, 12, 13])
@pytest.mark.sampled(6)
def test_wherever_it_stops_to_wait_the_bytes_are_those_of_a_plain_run(folder: Path, waiting: Ahead, lines: int) -> None:
    edit(folder, *EDIT)
    plain = compiled(folder).pdf.read_bytes()
    edit(folder, *reversed(EDIT))
    compiled(folder)
    written = b"".join((folder / "report.tex").read_bytes().splitlines(keepends=True)[:lines])
    waiting.start(folder, "report", EPOCH, [written])
    given_time(waiting)
    (one, _), *_ = waiting.waiting
    edit(folder, *EDIT)
    outcome = compiled(folder, waiting)
    assert (one.sent, one.process.returncode) == (written, 0)
    assert (outcome.pdf.read_bytes(), outcome.passes) == (plain, 1)
    assert not list(folder.glob(f"{process.OWN}*"))


@pytest.mark.long
def test_the_switch_starts_nothing_early_and_the_bytes_are_the_same(folder: Path, monkeypatch) -> None:
    pages = {}
    for switch in ("1", "0"):
        monkeypatch.setenv("SPECULATE", switch)
        waiting = Ahead()
        waiting.start(folder, "report", EPOCH, [(folder / "report.tex").read_bytes()[:300]])
        assert bool(waiting.waiting) == (switch == "1")
        pages[switch] = compiled(folder, waiting).pdf.read_bytes()
        waiting.end()
    assert pages["0"] == pages["1"]


def test_a_beginning_that_is_not_rendered_again_is_not_used(folder: Path, waiting: Ahead, tmp_path: Path) -> None:
    waiting.start(folder, "report", EPOCH, [(folder / "report.tex").read_bytes()[:300]])
    (one, _), *_ = waiting.waiting
    edit(folder, "Plain words", "Changed words")
    changed = compiled(folder, waiting).pdf.read_bytes()
    waiting.end()
    assert one.process.returncode != 0
    assert changed == compiled(folder).pdf.read_bytes()
    assert changed != compile_section(tmp_path, SECTION).pdf.read_bytes()


@pytest.mark.long
def test_of_several_that_wait_the_one_furthest_on_is_taken(folder: Path, waiting: Ahead) -> None:
    text = (folder / "report.tex").read_bytes()
    waiting.start(folder, "report", EPOCH, [b"", text[:200], text[:150], b"\\input{other}"])
    taken = waiting.take(folder, "report", EPOCH, text)
    assert taken is not None
    assert taken.sent == text[:200]
    assert sorted(one.sent for one, _ in waiting.waiting) == [b"", b"\\input{other}", text[:150]]
    waiting.start(folder, "report", EPOCH, [text[:150]], keep_only=True)
    assert [one.sent for one, _ in waiting.waiting] == [text[:150]]
    waiting.end()
    taken.end()


def test_a_mistake_made_because_it_was_early_is_not_believed(tmp_path: Path, waiting: Ahead) -> None:
    section = "\\input{extra}\n" + SECTION
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "extra.tex").write_text("Something extra.\n")
    folder = compile_section(tmp_path, section).pdf.parent
    plain = (folder / "report.pdf").read_bytes()
    (folder / "extra.tex").unlink()
    waiting.start(folder, "report", EPOCH, [(folder / "report.tex").read_bytes()[:-50]])
    (one, _), *_ = waiting.waiting
    one.process.wait(10)  # it ends by itself: there is no such file
    (folder / "extra.tex").write_text("Something extra.\n")
    assert compiled(folder, waiting).pdf.read_bytes() == plain


def test_a_run_that_failed_leaves_no_references_to_the_one_that_begins_again(folder: Path, waiting: Ahead) -> None:
    spoils = "\\immediate\\write\\csname @auxout\\endcsname{\\string\\spoilt}"
    edit(folder, "Words, ", f"{spoils}\\mistake Words, ")
    waiting.start(folder, "report", EPOCH, [(folder / "report.tex").read_bytes()[:200]])
    with pytest.raises(compile.TexError, match=r"^templates/sections/03_x\.tex\.j2:1:.* control sequence .mistake"):
        compiled(folder, waiting)


@pytest.mark.parametrize("change", ["figure", "new figure", "references", "preamble"])
@pytest.mark.sampled(2)
def test_what_was_read_too_early_is_not_used(folder: Path, waiting: Ahead, change: str) -> None:
    text = (folder / "report.tex").read_bytes()
    waiting.start(folder, "report", EPOCH, [text[:200]])
    if change == "figure":
        (folder / "figures/dot.pdf").write_bytes(FIGURE.replace(b"0 0 9 9", b"0 0 8 8"))
    elif change == "new figure":
        (folder / "figures/other.pdf").write_bytes(FIGURE)
    elif change == "references":
        (folder / "report.aux").write_text("\\relax\n")
    else:
        (folder / "preamble.tex").write_text("% another\n")
    assert waiting.take(folder, "report", EPOCH, text) is None


def test_where_references_have_not_settled_nothing_is_sent_ahead(folder: Path, waiting: Ahead) -> None:
    (folder / "report.settled").unlink()
    waiting.start(folder, "report", EPOCH, [(folder / "report.tex").read_bytes()[:200]])
    assert [one.sent for one, _ in waiting.waiting] == [b""]


def test_what_is_sure_of_a_document_ends_before_the_template_that_changed(tmp_path: Path) -> None:
    folder = write_document(tmp_path, SECTION)
    head = (folder / "report.tex").read_bytes().partition(b"Words, ")[0]
    assert speculative.beginning(folder, "report", {TEMPLATE}) == head
    assert speculative.beginning(folder, "report", {TEMPLATE, "templates/end.tex.j2"}) == head
    assert speculative.beginning(folder, "report", {"templates/report.tex.j2"}) == b""
    assert speculative.beginning(folder, "report", {TEMPLATE, "templates/unseen.tex.j2"}) == head


def test_nothing_is_sure_where_a_template_has_no_line_of_its_own(tmp_path: Path) -> None:
    folder = write_document(tmp_path, SECTION)
    assert speculative.beginning(folder, "report", {"templates/macros.j2"}) == b""


@pytest.mark.parametrize("name", ["scans/c-1.jpg", "attachments/results.json"])
def test_what_is_written_with_the_document_is_not_read_before(tmp_path: Path, name: str) -> None:
    folder = write_document(tmp_path, f"One.\n\\file{{{name}}}\nTwo.\n")
    text = (folder / "report.tex").read_bytes()
    assert speculative.beginning(folder, "report", {"templates/end.tex.j2"}) == text.partition(b"\\file")[0]


def test_a_document_is_followed_as_it_grows_but_not_into_what_is_not_whole(folder: Path, waiting: Ahead) -> None:
    text = (folder / "report.tex").read_bytes()
    waiting.start(folder, "report", EPOCH)
    (one, _), *_ = waiting.waiting
    waiting.follow(text[:120])
    waiting.follow(text[:200])
    waiting.follow(text[:200] + b"\\attachment{x}{attachments/x}")
    assert one.sent == text[:200] + b"\\attachment{x}{"


def test_a_document_whose_references_have_not_settled_is_not_followed(folder: Path, waiting: Ahead) -> None:
    (folder / "report.settled").unlink()
    waiting.start(folder, "report", EPOCH)
    waiting.follow((folder / "report.tex").read_bytes()[:200])
    assert [one.sent for one, _ in waiting.waiting] == [b""]


def test_what_is_reported_of_a_document_is_its_beginning_without_marks() -> None:
    texts: list[bytes] = []
    line = "\ue000a.tex.j2:1\ue001Words ünd more.\n"
    pieces = [line[:9], *[line[9:] + line[:9]] * 3000, line[9:]]
    assert "".join(reported(pieces, texts.append)) == line * 3001
    whole = "Words ünd more.\n".encode() * 3001
    assert len(texts) > 3
    assert all(whole.startswith(known) and known.endswith(b"\n") for known in texts)
    assert sorted(texts, key=len) == texts


@pytest.mark.long
def test_folders_of_runs_whose_build_was_killed_are_removed_and_those_of_others_kept(folder: Path) -> None:
    left = folder / f"{process.OWN}left"
    left.mkdir()
    (left / "report.log").write_text("half")
    other = Ahead()
    other.start(folder, "report", EPOCH)
    (one, _), *_ = other.waiting
    compiled(folder)
    assert not left.exists()
    assert one.own.exists()
    other.end()
    assert not one.own.exists()


@pytest.mark.long
def test_a_build_beside_a_run_that_waits_disturbs_neither(folder: Path, waiting: Ahead) -> None:
    first = (folder / "report.pdf").read_bytes()
    waiting.start(folder, "report", EPOCH, [speculative.beginning(folder, "report", {TEMPLATE})])
    (one, _), *_ = waiting.waiting
    edit(folder, *EDIT)
    assert compiled(folder).pdf.read_bytes() != first
    edit(folder, *reversed(EDIT))
    assert compiled(folder, waiting).pdf.read_bytes() == first
    assert one.process.returncode == 0


def test_the_log_names_the_document_and_not_the_folder_of_the_run(tmp_path: Path) -> None:
    folder = write_document(tmp_path, "One.\nThen \\foo here.\n")
    with pytest.raises(compile.TexError, match=r"03_x\.tex\.j2:2"):
        compiled(folder)
    for ending in ("log", "fls"):
        said = (folder / f"report.{ending}").read_text()
        assert process.OWN not in said
        assert process.STANDARD_INPUT not in said
    assert "report.tex:7: Undefined control sequence" in (folder / "report.log").read_text()


def test_nothing_is_sent_of_a_document_that_a_killed_build_moved_aside(tmp_path: Path) -> None:
    folder = write_document(tmp_path, SECTION)
    assert speculative.beginning(folder, "report", {TEMPLATE})
    (folder / "report.tex").unlink()
    assert speculative.beginning(folder, "report", {TEMPLATE}) == b""
    (folder / "report.settled").write_bytes(b"\xff")
    assert not speculative.settled(folder, "report")
