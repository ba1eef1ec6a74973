"""TeX is run until references settle; its complaints name the template's line."""

import json
import signal
import subprocess
import zipfile
from pathlib import Path

import pytest

from report_src.errors import BuildError
from report_src.submission.bundle import recorded_inputs, zipped
from report_src.tex import compile, process, source_map
from report_src.tex import log as texlog
from tests.report_src.tex.formats import lend

EPOCH = 1_700_000_000
PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern,amsmath,graphicx,array,hyperref}
\pdfinfoomitdate=1 \pdftrailerid{} \pdfsuppressptexinfo=-1
"""
FIRST = r"""\begin{document}
\tableofcontents
\section{First}\label{first}
Plain words, see \ref{second}.
"""
LAST = "\\section{Second}\\label{second}\nMore words, see \\ref{first}.\n\\end{document}\n"
FIGURE = rb"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>>> endobj
trailer <</Root 1 0 R>>
"""


def write_document(root: Path, section: str) -> Path:
    """Write a document whose middle is the template templates/sections/03_x.tex.j2; return its folder."""
    folder = root / "build"
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    (root / "templates/sections").mkdir(parents=True, exist_ok=True)
    (root / "templates/sections/03_x.tex.j2").write_text(section, encoding="utf-8")
    (folder / "preamble.tex").write_text(PREAMBLE, encoding="utf-8")
    if not (folder / "figures/dot.pdf").exists():
        (folder / "figures/dot.pdf").write_bytes(FIGURE)
    pieces = [("report.tex.j2", "\\input{preamble}\n" + FIRST), ("sections/03_x.tex.j2", section), ("end.tex.j2", LAST)]
    lines = [[f"templates/{name}", n] for name, text in pieces for n in range(1, text.count("\n") + 1)]
    (folder / "report.tex").write_text("".join(text for _, text in pieces), encoding="utf-8")
    (folder / "report.map.json").write_text(json.dumps({"lines": lines}))
    return folder


def compile_section(root: Path, section: str) -> compile.Outcome:
    folder = write_document(root, section)
    lend(folder)
    return compile.compile_tex(folder, "report", epoch=EPOCH, root=root)


MISTAKES = [
    ("unknown macro", "One line.\nThen \\foo here.\n", "2:6", r"Undefined control sequence \foo"),
    ("unknown environment", "\\begin{nowhere}\nx\n\\end{nowhere}\n", "1:8", "Environment nowhere undefined"),
    ("missing brace", "Text.\n\\textbf{bold and\nmore text.\n\nNext paragraph.\n", "2:1", r"\textbf{ is never closed"),
    ("missing brace in a heading", "\n\\subsection{A title\n\nWords.\n", "2:1", r"\subsection{ is never closed"),
    ("brace too many", "Words.\nToo many} braces.\n", "2:9", "Too many }'s"),
    ("missing dollar", "Words and\nan index x_1 in text.\n\nMore.\n", "2:11", "Missing $ inserted"),
    (
        "one dollar before a figure",
        "Words.\nA price in $ and\nmore.\n\\begin{figure}[htbp]\nx\n\\end{figure}\n",
        "2:12",
        "Missing $ inserted",
    ),
    ("ampersand outside align", "Words\nthis & that.\n", "2:6", "Misplaced alignment tab character &"),
    ("blank line in align", "\\begin{align}\na &= b \\\\\n\nc &= d\n\\end{align}\n", "3", "a blank line is inside"),
    (
        "mismatched end",
        "\\begin{itemize}\n\\item a\n\\end{enumerate}\n",
        "3:1",
        r"\begin{itemize} is ended by \end{enumerate}",
    ),
    (
        "environment never ended",
        "Words.\n\\begin{itemize}\n\\item a\n\nb\n",
        "2:1",
        r"\begin{itemize} is never closed",
    ),
    ("missing figure", "Words.\n\\includegraphics{figures/none.pdf}\n", "2:18", "File `figures/none.pdf' not found"),
    ("unicode in text", "Words.\nSnow \u2603 falls.\n", "2:6", "Unicode character \u2603 (U+2603)"),
    (
        "extra alignment tab",
        "\\begin{tabular}{cc}\na & b \\\\\na & b & c \\\\\n\\end{tabular}\n",
        "3:7",
        "Extra alignment tab",
    ),
    ("item outside a list", "Words.\n\\item lost\n", "2:1", "Lonely \\item"),
    ("double superscript", "Words.\n$x^2^3$\n", "2:5", "Double superscript"),
    ("unclosed group", "Words.\n{\\bfseries bold for ever\n", "2:1", "never closed"),
    ("missing \\right", "Words.\n\\[ \\left( x \\]\n", "2:13", "Missing \\right: "),
    ("undefined reference", "Words.\nSee \\ref{nowhere}.\n", "2:10", "Reference `nowhere' is undefined"),
    ("undefined citation", "Words.\nSee \\cite{nobody}.\n", "2:11", "Citation `nobody' is undefined"),
    ("label twice", "\\label{first}\n", "1:8", "another name (the first is at templates/report.tex.j2:4)"),
]


@pytest.mark.parametrize(("section", "at", "message"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
@pytest.mark.sampled(8)
def test_a_mistake_is_named_at_its_line_and_column(tmp_path: Path, section: str, at: str, message: str) -> None:
    with pytest.raises(compile.TexError) as refused:
        compile_section(tmp_path, section)
    first = str(refused.value).splitlines()[0]
    assert first.startswith(f"templates/sections/03_x.tex.j2:{at}: ")
    assert message in first
    assert refused.value.status == 2
    assert section.splitlines()[int(at.partition(":")[0]) - 1].strip() in str(refused.value)


def test_a_mistake_in_the_preamble_is_named_there(tmp_path: Path) -> None:
    folder = write_document(tmp_path, "")
    (folder / "preamble.tex").write_text(PREAMBLE + "\\unknownmacro\n")
    with pytest.raises(compile.TexError, match=r"^templates/preamble\.tex:6: Undefined control sequence .unknownmacro"):
        compile.compile_tex(folder, "report", epoch=EPOCH, root=tmp_path)


def test_a_correct_document_compiles_without_a_word(tmp_path: Path) -> None:
    outcome = compile_section(tmp_path, "Fine words.\n")
    assert outcome.warnings == ()
    assert outcome.pdf.read_bytes().startswith(b"%PDF")
    assert 2 <= outcome.passes <= 4


def test_a_sentence_changed_needs_one_pass(tmp_path: Path) -> None:
    compile_section(tmp_path, "Fine words.\n")
    assert compile_section(tmp_path, "Finer words.\n").passes == 1


def test_a_half_written_auxiliary_file_is_not_believed(tmp_path: Path) -> None:
    compile_section(tmp_path, "Fine words.\n")
    aux = tmp_path / "build/report.aux"
    aux.write_bytes(aux.read_bytes()[:-20])
    assert compile_section(tmp_path, "Fine words.\n").passes >= 2


def test_an_overfull_line_is_a_warning_with_place_and_size(tmp_path: Path) -> None:
    outcome = compile_section(tmp_path, "Words.\n\n\\noindent\\rule{500pt}{1pt}\n\nWords.\n")
    (warning,) = outcome.warnings
    assert warning.startswith("templates/sections/03_x.tex.j2:3: ")
    assert "pt too wide" in warning


def test_an_overfull_line_within_the_tolerance_is_no_warning() -> None:
    log = "Overfull \\hbox (1.99pt too wide) detected at line 4\nOverfull \\hbox (2.1pt too wide) detected at line 9"
    assert texlog.overfull(log) == [source_map.Problem("2.1 pt too wide", line=9)]


def test_a_character_without_a_glyph_is_an_error() -> None:
    log = 'Missing character: There is no \xe9 ("E9) in font cmr10!\nMissing character: There is no , in font nullfont!'
    assert [problem.message for problem in texlog.unsettled(log)] == [
        "the character \xe9 is not in the font cmr10 and would be lost"
    ]


@pytest.mark.parametrize(
    "attack",
    [
        r"\input{/etc/passwd}",
        r"\input{../outside}",
        r"\newwrite\w\immediate\openout\w=../written.tex",
    ],
)
@pytest.mark.sampled(3)
def test_tex_stays_in_its_folder(tmp_path: Path, attack: str) -> None:
    (tmp_path / "outside.tex").write_text("SECRET")
    with pytest.raises(compile.TexError):
        compile_section(tmp_path, attack + "\n")
    assert not (tmp_path / "written.tex").exists()


def test_tex_has_no_shell(tmp_path: Path) -> None:
    compile_section(tmp_path, r"Words.\immediate\write18{touch ran}" + "\n")
    assert not (tmp_path / "build/ran").exists()


@pytest.mark.parametrize("interrupts", [signal.SIG_DFL, signal.SIG_IGN], ids=["at hand", "in the background"])
@pytest.mark.sampled(2)
def test_a_document_that_loops_is_stopped_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interrupts: signal.Handlers
) -> None:
    monkeypatch.setattr(process, "PASS_SECONDS", 3)  # on a busy machine too it has come to the loop by then
    before = signal.signal(signal.SIGINT, interrupts)
    try:
        with pytest.raises(compile.TexError) as failed:
            compile_section(tmp_path, "Words.\n\\loop\\iftrue\\repeat\nMore.\n")
    finally:
        signal.signal(signal.SIGINT, before)
    place, _, message = str(failed.value).partition(": ")
    assert place == "templates/sections/03_x.tex.j2:2:13"
    assert message.startswith("TeX was stopped here, as it comes to no end: does a loop end?")


def test_references_that_never_settle_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile, "MOST_PASSES", 3)
    growing = "\\makeatletter\\@ifundefined{turn}{\\def\\turn{0}}{}\\count0=\\turn\\advance\\count0 by 1\n"
    growing += "\\immediate\\write\\@auxout{\\string\\gdef\\string\\turn{\\number\\count0}}\\count0=1\\makeatother\n"
    with pytest.raises(compile.TexError, match="still move"):
        compile_section(tmp_path, growing)


def test_missing_tex_is_named_with_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=r"pdflatex is not installed; type: python3 bootstrap\.py tex"):
        compile_section(tmp_path, "Words.\n")


def test_the_same_document_gives_the_same_bytes_in_another_folder(tmp_path: Path) -> None:
    section = "\\includegraphics{figures/dot.pdf}\n\\subsection{Words}\n"
    pdfs = [compile_section(tmp_path / name, section).pdf.read_bytes() for name in ("one", "two/deep er")]
    assert pdfs[0] == pdfs[1]
    assert str(tmp_path).encode() not in pdfs[0]


def test_a_bundle_compiles_in_an_empty_folder_and_is_the_same_every_time(tmp_path: Path) -> None:
    compile_section(tmp_path, "\\includegraphics{figures/dot.pdf}\n")
    names = recorded_inputs(tmp_path / "build", "report")
    assert names == ["figures/dot.pdf", "preamble.tex", "report.tex"]
    archive = tmp_path / "bundle.zip"
    archive.write_bytes(zipped(tmp_path / "build", names))
    assert archive.read_bytes() == zipped(tmp_path / "build", names)
    empty = tmp_path / "empty"
    zipfile.ZipFile(archive).extractall(empty)
    for _ in range(2):
        done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "report.tex"], cwd=empty, capture_output=True)
        assert done.returncode == 0
    assert (empty / "report.pdf").stat().st_size > 1000
    assert sorted(path.name for path in empty.glob("*.tex")) == [
        "report.tex"
    ]  # so Overleaf takes no other for the main one
    assert b"\\documentclass" in (empty / "report.tex").read_bytes()
    assert b"\\ifdefined\\pdfoutput" in (empty / "report.tex").read_bytes()


def test_a_paragraph_names_the_very_line_that_is_too_wide(tmp_path: Path) -> None:
    section = f"Words of the first line.\nThen {'unbreakable' * 9} here.\nThe paragraph goes on to its end.\n"
    (warning,) = compile_section(tmp_path, section).warnings
    assert warning.startswith("templates/sections/03_x.tex.j2:2: ")
