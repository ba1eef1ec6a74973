"""What loops or reaches out is stopped: templates in this process, TeX in its own."""

import contextlib
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from report_src.errors import BuildError, RenderError
from report_src.project import ROOT
from report_src.rendering import engine, source_marks
from report_src.system import limits
from report_src.tex import compile, file_access, process
from tests.marks import mostly_long
from tests.report_src.pdf_bytes import unpacked
from tests.report_src.tex.test_compile import FIGURE, compile_section

PROMISED = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
SECRET = b"SECRETWORD"
RARE = {"loops in loops", "a loop in a macro", "a macro that ends in itself", "a log without end",
        "a text that doubles", "a line without end", "a file that may be there", "the bytes of a file", "a pipe",
        "a picture", "a file above", "a hidden file"}  # fmt: skip


def some(table: Mapping[str, object]) -> list[object]:
    """Return the names of a table, the rarer of them for long runs."""
    return mostly_long(table, lambda name: name not in RARE)


LOOPS = {
    "a loop that prints nothing": (r"\BLOCK{for i in range(10**12)}\BLOCK{endfor}", "no end after 1 s"),
    "loops in loops": (r"\BLOCK{for i in range(10**6)}\BLOCK{for j in range(10**9)}\BLOCK{endfor}\BLOCK{endfor}",
                       "no end after 1 s"),
    "a loop that prints": (r"\BLOCK{for i in range(10**12)}x\BLOCK{endfor}", "grows beyond 100,000 characters"),
    "a loop in a macro": (r"\BLOCK{set x}\BLOCK{for i in range(10**12)}xxxxxxxx\BLOCK{endfor}\BLOCK{endset}",
                          "no end after 1 s|more memory is needed"),
    "a macro that calls itself": (r"\BLOCK{macro m(n)}\VAR{m(n)}\BLOCK{endmacro}\VAR{m(1)}", "recursion"),
    "a template that includes itself": (r"\BLOCK{include 'x.tex.j2'}", "recursion"),
    "a template that extends itself": (r"\BLOCK{extends 'x.tex.j2'}", "recursion"),
    "a template that imports itself": (r"\BLOCK{import 'x.tex.j2' as x}", "recursion"),
    "a loop that is recursive": (r"\BLOCK{for a in [1] recursive}\VAR{loop([1])}\BLOCK{endfor}", "recursion"),
    "a text of ten billion letters": (r'\VAR{"x" * 10**10}', "more memory is needed"),
    "a text that is centred": (r'\VAR{"x" | center(10**12)}', "more memory is needed"),
    "a list of a billion": (r"\BLOCK{set x = range(10**12) | list}", "more memory is needed"),
}  # fmt: skip


@pytest.mark.parametrize("name", some(LOOPS))
def test_a_template_that_loops_is_stopped_at_its_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, message = LOOPS[name]
    if "no end" in message:  # what ends by another bound keeps the seconds that it has on a slow machine
        monkeypatch.setattr(limits, "RENDER_SECONDS", 1)
    monkeypatch.setattr(limits, "RENDER_MEGABYTES", 256)
    monkeypatch.setattr(engine, "LARGEST_DOCUMENT", 100_000)
    (tmp_path / "report.tex.j2").write_text("Words.\n\\BLOCK{include 'x.tex.j2'}\n", encoding="utf-8")
    (tmp_path / "x.tex.j2").write_text(f"First.\n{text}\n", encoding="utf-8")
    before, begun = (resource.getrlimit(resource.RLIMIT_DATA), signal.getsignal(signal.SIGVTALRM)), time.monotonic()
    with pytest.raises(RenderError, match=f"x.tex.j2:[12]: .*({message})"), limits.bounded():
        engine.render_text(engine.environment(tmp_path), "report.tex.j2", {})
    assert time.monotonic() - begun < 120
    assert (resource.getrlimit(resource.RLIMIT_DATA), signal.getsignal(signal.SIGVTALRM)) == before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)


def test_an_ordinary_template_is_not_stopped(tmp_path: Path) -> None:
    (tmp_path / "x.tex.j2").write_text(r"\BLOCK{for i in range(1000)}x\BLOCK{endfor}", encoding="utf-8")
    with limits.bounded():
        text = engine.render_text(engine.environment(tmp_path), "x.tex.j2", {})
    assert source_marks.take_out(text)[0] == "x" * 1000


def test_the_bounds_are_those_that_are_promised() -> None:
    said = " ".join(PROMISED.split())
    assert f"after {limits.RENDER_SECONDS} seconds of the processor" in said
    assert f"beyond {limits.RENDER_MEGABYTES // 1024} GB" in said
    assert f"beyond {engine.LARGEST_DOCUMENT // 10**6} million characters" in said
    assert f"after {process.PASS_SECONDS // 60} minutes" in said
    assert f"{process.LARGEST_FILE} MB" in said


def test_tex_is_bound_in_time_and_size_and_has_no_shell() -> None:
    assert "-no-shell-escape" in process.OPTIONS
    environment = process.environment(0)
    assert (environment["openin_any"], environment["openout_any"]) == ("p", "p")
    assert limits.MEGABYTE == 2**20


NO_TEX = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")

TEX_LOOPS = {
    "a loop": r"\loop\iftrue\repeat",
    "a macro that ends in itself": r"\def\again{\again}\again",
    "pages without end": r"\loop x\newpage\iftrue\repeat",
    "a log without end": r"\loop\message{" + "x" * 70 + r"}\iftrue\repeat",
    "a file without end": r"\newwrite\w\immediate\openout\w=w.txt \loop\immediate\write\w{" + "x" * 70
                          + r"}\iftrue\repeat",
}  # fmt: skip
TEX_FULL = {
    "a macro that doubles": r"\def\again{\again\again}\again",
    "a text that doubles": r"\def\again{x}\loop\edef\again{\again\again}\iftrue\repeat",
    "a line without end": r"\setbox0\hbox{\loop x\iftrue\repeat}",
}


@NO_TEX
@pytest.mark.parametrize("name", some(TEX_LOOPS))
@pytest.mark.long
def test_tex_that_loops_is_stopped(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "PASS_SECONDS", 2)
    monkeypatch.setattr(process, "LARGEST_FILE", 2)
    begun = time.monotonic()
    stopped, too_large = r"03_x\.tex\.j2:3:\d+: TeX was stopped here, as it comes to no end", "no end after 2 s or 2 MB"
    with pytest.raises(compile.TexError, match=f"{stopped}|{too_large}"):
        compile_section(tmp_path, f"a\n\n{TEX_LOOPS[name]}\n")
    assert time.monotonic() - begun < 120
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "report-format.fmt"]
    assert not [path for path in written if path.stat().st_size > 2 * limits.MEGABYTE]


@NO_TEX
@pytest.mark.parametrize("name", some(TEX_FULL))
def test_tex_that_fills_its_memory_is_stopped_at_its_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(compile.TexError, match=r"templates/sections/03_x.tex.j2:3: TeX capacity exceeded"):
        compile_section(tmp_path, f"a\n\n{TEX_FULL[name]}\n")


READS = {
    "a file that is input": r"\input{FILE}",
    "a file that may be there": r"\InputIfFileExists{FILE}{}{}",
    "a file that is read line by line": "\\newread\\r\\openin\\r=FILE\n\\ifeof\\r\\else\\read\\r to\\x\\x\\fi",
    "the bytes of a file": r"\pdffiledump length 30 {FILE} \pdfmdfivesum file {FILE} \pdffilesize{FILE}",
    "a pipe": r'\input{|"cat FILE"}',
    "a picture": r"\pdfximage{FILE.pdf}\pdfrefximage\pdflastximage",
    "a picture of a folder above": r"\includegraphics{../outside.pdf}",
    "an attachment": r"\immediate\pdfobj stream file {FILE}\pdfrefobj\pdflastobj",
    "an attachment of a folder above": r"\immediate\pdfobj stream file {../outside}\pdfrefobj\pdflastobj",
}
WRITES = {
    "a file elsewhere": r"\newwrite\w\immediate\openout\w=FOLDER/written.tex",
    "a file above": r"\newwrite\w\immediate\openout\w=../written.tex",
    "a hidden file": r"\newwrite\w\immediate\openout\w=.written",
    "a shell": r"\immediate\write18{touch FOLDER/written-1 written-2}",
}


@NO_TEX
@pytest.mark.parametrize("name", some(READS))
@pytest.mark.sampled(3)
def test_tex_reads_below_its_folder_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(SECRET)
    (tmp_path / "outside.pdf").write_bytes(FIGURE.replace(b"0 0 9 9", b"0 0 77 88"))
    text = READS[name].replace("FILE", str(tmp_path / "outside"))
    try:
        pdf = compile_section(tmp_path, f"{text}\n").pdf
        file_access.check(pdf.parent, "report")
    except BuildError:
        assert not (tmp_path / "build/report.pdf").exists()
        return
    said = unpacked(pdf) + (tmp_path / "build/report.log").read_bytes()
    assert SECRET not in said
    assert SECRET.hex().upper().encode() not in said


@NO_TEX
@pytest.mark.parametrize("name", some(WRITES))
@pytest.mark.sampled(2)
def test_tex_writes_below_its_folder_alone(name: str, tmp_path: Path) -> None:
    with contextlib.suppress(compile.TexError):  # "I can't write on file"
        compile_section(tmp_path, WRITES[name].replace("FOLDER", str(tmp_path)) + "\n")
    assert not [path.name for path in tmp_path.rglob("*written*")]


@NO_TEX
def test_what_tex_reads_elsewhere_would_come_into_the_pdf(tmp_path: Path) -> None:
    """The attack is one: without the look at the record the file's bytes are in the PDF."""
    (tmp_path / "outside").write_bytes(SECRET)
    outcome = compile_section(tmp_path, READS["an attachment"].replace("FILE", str(tmp_path / "outside")) + "\n")
    assert SECRET in unpacked(outcome.pdf)
    with pytest.raises(BuildError, match=r"expected TeX to read only below the build folder, got .*/outside; "):
        file_access.check(outcome.pdf.parent, "report")


@pytest.mark.parametrize(
    ("path", "is_outside"),
    [
        ("report.aux", False),
        ("./figures/eda-classes.pdf", False),
        ("/usr/share/texlive/texmf-dist/tex/latex/base/article.cls", False),
        ("/var/lib/texmf/fonts/map/pdftex/updmap/pdftex.map", False),
        ("/home/me/.texlive2025/texmf-var/fonts/pk/x.pk", False),
        ("/etc/passwd", True),
        ("/etc/texmf", True),
        ("../texmf/../../etc/passwd", True),
        ("../outside.tex", True),
    ],
)
def test_what_lies_outside_is_known_by_its_path(path: str, is_outside: bool, tmp_path: Path) -> None:
    assert file_access.outside(Path(path), tmp_path) == is_outside


@pytest.mark.parametrize("name", file_access.OWN_TREES)
def test_a_tree_of_the_users_own_is_not_foreign(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, build = tmp_path / "my styles", tmp_path / "build"
    style = own / "tex/latex/mine.sty"
    monkeypatch.delenv(name, raising=False)
    assert file_access.outside(style, build)
    monkeypatch.setenv(name, str(own))
    assert not file_access.outside(style, build)
    assert file_access.outside(own / "../secret", build)


def test_a_lower_limit_of_the_shell_stays() -> None:
    script = (
        "import resource, subprocess; from report_src.system.limits import limits;"
        "resource.setrlimit(resource.RLIMIT_CPU, (50, 50)); resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20));"
        "print(subprocess.run(['sh', '-c', 'ulimit -t; ulimit -f'], preexec_fn=limits(600, 100), capture_output=True,"
        " text=True, check=True).stdout.split())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("['50', ")
