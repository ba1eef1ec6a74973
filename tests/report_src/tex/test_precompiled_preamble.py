"""TeX begins behind a dumped preamble, perhaps ahead of its document; what comes out is that of a plain run."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from report_src.tex import compile, precompiled_preamble, process
from report_src.tex.speculative import Ahead
from tests.report_src.tex.test_compile import EPOCH, PREAMBLE, compile_section, write_document

SECTION = "Words, $x^2$, \\textbf{bold}.\n\\includegraphics{figures/dot.pdf}\n\\subsection{More}\n"


def text_and_pixels(pdf: Path) -> tuple[str, list[bytes]]:
    """Return what a PDF says, and its pages as pictures."""
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    pictures = pdf.with_suffix("") / "pages"
    pictures.mkdir(parents=True)
    subprocess.run(["pdftoppm", "-r", "60", pdf, pictures / "page"], check=True)
    return text, [path.read_bytes() for path in sorted(pictures.iterdir())]


def test_pages_behind_the_format_are_those_of_a_plain_run(tmp_path: Path) -> None:
    ours = compile_section(tmp_path, SECTION).pdf
    plain = tmp_path / "plain"
    shutil.copytree(tmp_path / "build", plain, ignore=shutil.ignore_patterns("report.pdf", "report-format*"))
    subprocess.run(["pdflatex", "-interaction=batchmode", "report.tex"], cwd=plain, check=True, capture_output=True)
    assert (tmp_path / "build/report-format.fmt").exists()
    assert text_and_pixels(ours) == text_and_pixels(plain / "report.pdf")


def test_a_run_started_ahead_gives_the_same_bytes(tmp_path: Path) -> None:
    first = compile_section(tmp_path, SECTION).pdf.read_bytes()
    ahead = Ahead()
    ahead.start(tmp_path / "build", "report", EPOCH)
    (waiting, _), *none = ahead.waiting
    assert not none
    folder = write_document(tmp_path, SECTION)
    outcome = compile.compile_tex(folder, "report", epoch=EPOCH, root=tmp_path, ahead=ahead)
    assert (outcome.pdf.read_bytes(), outcome.passes) == (first, 1)
    assert waiting.process.returncode == 0


@pytest.mark.long
def test_a_run_started_ahead_of_another_preamble_is_not_used(tmp_path: Path) -> None:
    compile_section(tmp_path, SECTION)
    ahead = Ahead()
    ahead.start(tmp_path / "build", "report", EPOCH)
    (waiting, _), *none = ahead.waiting
    assert not none
    folder = write_document(tmp_path, "\\newmacro\n")
    (folder / "preamble.tex").write_text(PREAMBLE + "\\newcommand{\\newmacro}{NEWTEXT}\n")
    pdf = compile.compile_tex(folder, "report", epoch=EPOCH, root=tmp_path, ahead=ahead).pdf
    assert "NEWTEXT" in text_and_pixels(pdf)[0]
    ahead.end()
    assert waiting.process.poll() is not None


def test_a_run_that_waits_ends_with_whoever_started_it(tmp_path: Path) -> None:
    folder = compile_section(tmp_path, SECTION).pdf.parent
    program = (
        "import sys, time; from pathlib import Path; from report_src.tex.speculative import Ahead\n"
        f"ahead = Ahead(); ahead.start(Path({str(folder)!r}), 'report', {EPOCH})\n"
        "print(ahead.waiting[0][0].process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    waiting = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and alive(waiting):
        time.sleep(0.02)
    assert not alive(waiting)


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False


def spoil_format(folder: Path) -> None:
    (folder / "report-format.fmt").write_bytes((folder / "report-format.fmt").read_bytes()[:-100])


def spoil_record(folder: Path) -> None:
    (folder / "report-format.json").write_text("{")


def change_preamble(folder: Path) -> None:
    (folder / "preamble.tex").write_text(PREAMBLE + "% a word\n")


@pytest.mark.parametrize("change", [spoil_format, spoil_record, change_preamble])
@pytest.mark.sampled(3)
def test_a_format_that_is_not_true_any_more_is_made_again(tmp_path: Path, change) -> None:
    folder = compile_section(tmp_path, SECTION).pdf.parent
    assert precompiled_preamble.ready(folder, "report") == "report-format"
    change(folder)
    assert precompiled_preamble.ready(folder, "report") is None
    assert precompiled_preamble.ensure(folder, "report", EPOCH) == "report-format"
    assert precompiled_preamble.ready(folder, "report") == "report-format"


def test_a_changed_package_renews_the_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = compile_section(tmp_path, SECTION).pdf.parent
    package = tmp_path / "package.sty"
    package.write_text("\\relax")
    before = precompiled_preamble.contents([str(package)])
    package.write_text("\\relax ")
    assert precompiled_preamble.contents([str(package)]) != before
    assert any(name.endswith("amsmath.sty") for name in precompiled_preamble.outside(folder, "report-format"))


@pytest.mark.long
def test_a_document_without_that_first_line_is_set_without_a_format(tmp_path: Path) -> None:
    folder = write_document(tmp_path, SECTION)
    document = folder / "report.tex"
    document.write_text("% a comment first\n" + document.read_text())
    assert precompiled_preamble.ensure(folder, "report", EPOCH) is None
    assert compile.compile_tex(folder, "report", epoch=EPOCH, root=tmp_path).pdf.exists()


def test_a_preamble_with_a_mistake_is_not_dumped(tmp_path: Path) -> None:
    folder = write_document(tmp_path, SECTION)
    (folder / "preamble.tex").write_text(PREAMBLE + "\\unknownmacro\n")
    assert precompiled_preamble.ensure(folder, "report", EPOCH) is None


@pytest.mark.long
def test_a_run_that_waits_fits_its_own_document_and_date_alone(tmp_path: Path) -> None:
    folder = write_document(tmp_path, SECTION)
    assert precompiled_preamble.ensure(folder, "report", EPOCH) == "report-format"
    waiting = process.start(folder, "report", EPOCH, form="report-format")
    assert waiting.fits(folder, "report", EPOCH)
    assert not waiting.fits(folder, "report", EPOCH + 1)
    waiting.end()
    assert not waiting.fits(folder, "report", EPOCH)
