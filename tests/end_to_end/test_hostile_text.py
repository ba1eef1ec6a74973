"""Whatever a text says, in whichever field: it is printed as it reads or refused with a message, never acted on."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from analysis.errors import InputError
from analysis.io.csv_file import normal
from analysis.plotting import style
from analysis.plotting.style import figure, text
from report_src import __main__
from report_src.system.processes import listen
from report_src.tex import compile
from tests.end_to_end import front_door, hostile
from tests.end_to_end.hostile import CANARY, CELLS, FIELDS, PAYLOADS, diagonal, filled, harmless, refused
from tests.end_to_end.reports import ROOT, Built, lend_caches, text_of, two_pages
from tests.marks import mostly_long

EVERYDAY = 21  # of the builds: what the small report holds each time
DRAWN = 5  # of so many builds one has its figures on its pages
PASSWORDS = Path("/etc/passwd").read_text(encoding="utf-8").split("\n", 1)[0]
NOT_MESSAGES = ("one megabyte", "one megabyte of braces")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed"),
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils are not installed"),
]


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The command line in this process; yields the programs that it starts."""
    seen: set[str] = set()

    class Noted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, command: Any, *rest: Any, **options: Any) -> None:
            seen.add(Path(command[0]).name if not options.get("shell") else "a shell")
            super().__init__(command, *rest, **options)

    compile_tex = compile.compile_tex
    front_door.without_processes(monkeypatch)
    monkeypatch.setattr(compile, "compile_tex", compile_tex)
    monkeypatch.setattr(subprocess, "Popen", Noted)
    return iter([seen]).__next__()


def test_texts_of_the_small_report_are_printed_as_they_read_and_never_acted_on(
    tmp_path: Path, programs: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {field: filled(field, name) for field, name in diagonal(EVERYDAY).items() if field in hostile.OF_SMALL}
    config, build = hostile.write_small(tmp_path / "small", texts)
    status = __main__.main(["report", f"--config={config}", f"--build={build}", f"--studies={config.parent}/studies"])
    shown = [text for field, text in texts.items() if field in hostile.PRINTED_BY_SMALL]
    check(status, tmp_path, capsys, programs, config, build, texts, shown)


@pytest.mark.long
@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_texts_are_printed_as_they_read_and_never_acted_on(
    number: int, tmp_path: Path, small_project: Built, programs: set[str], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if number % DRAWN:  # every figure is drawn; writing it takes a third of a build
        monkeypatch.setattr(style, "saved", lambda drawn: two_pages())
    texts = {field: filled(field, payload) for field, payload in diagonal(number).items()}
    config, build = hostile.write_project(tmp_path, texts)
    lend_caches(small_project, build)
    status = __main__.main(["report", f"--config={config}", f"--build={build}"])
    shown = [text for field, text in texts.items() if field not in hostile.ON_NO_PAGE]
    check(status, tmp_path, capsys, programs, config, build, texts, shown)


def check(
    status: int, folder: Path, capsys: pytest.CaptureFixture[str], programs: set[str], config: Path, build: Path,
    texts: Mapping[str, str], shown: Iterable[str],
) -> None:  # fmt: skip
    """AssertionError where a build acted on a text, or does not print one of `shown` as it reads."""
    printed = capsys.readouterr()
    assert status == 0, printed.err
    assert harmless(printed.out + printed.err)
    assert programs <= {"pdflatex", "git"}
    assert not made_by_a_text(folder)
    pages = [text_of(build / "report.pdf"), text_of(build / "report.pdf", "-raw")]
    assert [lost for text in shown for lost in hostile.missing(text, pages)] == []
    assert foreign(build, pages) == []
    check_outside_of_the_pages(build / "report.pdf", config, {**hostile.ORDINARY, **texts})


def made_by_a_text(folder: Path) -> list[str]:
    """Return the files that a text would have made, had it been acted on."""
    nearby = (*folder.rglob(f"{CANARY}*"), *Path.cwd().glob(f"{CANARY}*"), *ROOT.glob(f"{CANARY}*"))
    return [str(path) for path in nearby if path.is_file()]


def foreign(build: Path, pages: list[str]) -> list[str]:
    """Return where the contents of a file of the system stand."""
    written = (path for path in build.rglob("*") if path.suffix in (".tex", ".log", ".json", ".aux") and path.is_file())
    texts = {str(path): path.read_text(encoding="utf-8", errors="replace") for path in written}
    return [name for name, said in {**texts, "pages": "".join(pages)}.items() if PASSWORDS in said]


def check_outside_of_the_pages(pdf: Path, config: Path, texts: dict[str, str]) -> None:
    """Assert that the PDF's own title, its links and its attachments are what was written, and that it has no more."""
    reader = PdfReader(pdf)
    metadata = reader.metadata
    assert metadata is not None
    wanted = (texts["title"], texts["author"], f"{texts['course']}, {texts['assignment']}")
    assert [metadata.title, metadata.author, metadata.subject] == [
        unicodedata.normalize("NFC", each) for each in wanted
    ]
    links = [str(link["/A"].get("/URI", "")) for page in reader.pages for mark in page.get("/Annots", ())
             if "/A" in (link := mark.get_object())]  # fmt: skip
    kinds = {str(link["/A"]["/S"]) for page in reader.pages for mark in page.get("/Annots", ())
             if "/A" in (link := mark.get_object())}  # fmt: skip
    assert kinds <= {"/GoTo", "/URI"}
    assert all(link.startswith(("http://", "https://")) for link in links if link)
    if texts["repository"] == hostile.ORDINARY["repository"]:
        assert texts["repository"] in links
    root = reader.trailer["/Root"]
    assert "/JavaScript" not in str(root.get("/Names", ""))
    assert reader.attachments["report.toml"][0] == config.read_bytes()
    results = json.loads(reader.attachments["results.json"][0])
    name = texts["numerical"] if "logistic" in results else normal(texts["category"])  # a cell, read as one line
    assert name in json.dumps(results, ensure_ascii=False) or json.dumps(name)[1:-1] in json.dumps(results)


def test_every_text_meets_every_field_once() -> None:
    met = [cell for number in range(len(PAYLOADS)) for cell in diagonal(number).items()]
    assert len(met) == len(set(met))
    assert set(met) | {cell for cell in CELLS if refused(*cell)} == set(CELLS)
    assert len(PAYLOADS) >= len(FIELDS)  # so that no build has a text twice


@pytest.mark.parametrize(
    "payload", mostly_long(PAYLOADS, [*PAYLOADS][4::18].__contains__)
)  # fmt: skip
@pytest.mark.sampled(3)
def test_what_is_refused_is_refused_with_one_message(
    payload: str, tmp_path: Path, programs: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for field in FIELDS:
        if (field, payload) in hostile.IMPOSSIBLE:
            continue
        config, build = hostile.write_project(tmp_path / field, {field: filled(field, payload)})
        if not refused(field, payload):
            hostile.read(config, tmp_path / field)
            continue
        if field in ("picture", "pages") and filled(field, payload).isprintable():
            with pytest.raises(InputError) as raised:  # found where it is printed, after every study
                hostile.read(config, tmp_path / field)
            said = f"error: {raised.value}\n"
        else:
            assert __main__.main(["report", f"--config={config}", f"--build={build}"]) == 2
            said = capsys.readouterr().err
        # a table is read by a study, whose beginning is told first
        lines = [line for line in said.splitlines() if not line.endswith(": it has not run yet")]
        assert [line.split(":")[0] for line in lines] == ["error"]
        assert harmless(said)
        assert len(said) < 2000
        assert not (build / "report.pdf").exists()
    assert not made_by_a_text(tmp_path)
    assert not programs - {"git"}


def test_figures_draw_texts_as_they_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    texts = [each + "z" for name, each in PAYLOADS.items() if name not in NOT_MESSAGES]
    drawing, axes = figure(height=8.0)
    for height, each in enumerate(texts):
        axes.text(0, height / len(texts), text(each), fontsize=4)
    axes.set_xlabel(r"$10^{-1} \times 2$")
    drawing.savefig(tmp_path / "drawn.pdf")
    assert "dummy symbol" not in caplog.text
    lines = {letters(line) for line in text_of(tmp_path / "drawn.pdf", "-raw").splitlines()}
    assert [each for each in texts if letters(text(each).replace(r"\$", "$")) not in lines] == []


def letters(line: str) -> str:
    """Return the letters of a line: in order, but where some go from right to left or are read twice."""
    plain = hostile.squashed(line)
    return plain if line.isascii() else "".join(sorted({c for c in plain if c.isprintable()}))


@pytest.mark.parametrize("argument", ["--config={}.toml", "--build={}", "--port={}"])
def test_no_escape_sequence_of_a_name_reaches_the_terminal(
    argument: str, tmp_path: Path, programs: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    config, build = hostile.write_project(tmp_path, {})
    name = "\x1b]0;owned\x07\u202ex\udcff"  # the last one is a byte that is no UTF-8
    base = [f"--config={config}", f"--build={build}", "where", "key"]
    with contextlib.suppress(SystemExit):  # of a word that cannot be read
        assert __main__.main([*base, argument.format(name)]) == 2
    printed = capsys.readouterr()
    assert r"\x1b]0;owned\x07\u202ex\udcff" in printed.err
    assert harmless(printed.out + printed.err)


def test_no_escape_sequence_of_a_table_is_in_a_message(tmp_path: Path) -> None:
    escape = "\x1b[2J\x9b31m"
    config, _ = hostile.write_project(tmp_path, {"numerical": escape})
    rows = [line.split(",") for line in (tmp_path / "test.csv").read_text(encoding="utf-8").splitlines()]
    (tmp_path / "test.csv").write_text("\n".join(",".join([*row[1:], row[0]]) for row in rows), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        hostile.read(config, tmp_path)
    assert str(raised.value).count(r"\x1b[2J\x9b31m") == 2
    assert harmless(str(raised.value))


def test_no_escape_sequence_of_a_study_is_in_the_log_or_passed_on() -> None:
    log, lines = io.StringIO(), list[str]()
    listen(["a\033[2J\n"], log, lines.append)
    assert lines == ["a\\x1b[2J\n"]
    assert harmless(log.getvalue())


def test_a_text_that_was_acted_on_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / f"{CANARY}-1").touch()
    (tmp_path / "x.log").write_text(PASSWORDS, encoding="utf-8")
    assert len(made_by_a_text(tmp_path)) == 1
    assert foreign(tmp_path, []) == [str(tmp_path / "x.log")]
    assert hostile.missing(r"\input{x}", ["\\input{y}"])
    assert hostile.missing("a\0b", ["ab"])
    assert not hostile.missing("a\0b", ["U+0000 a b"])
    assert [harmless(said) for said in ("\x1b[31m", "\u202e", "é\n")] == [False, False, True]


def test_a_shell_would_be_noted(programs: set[str]) -> None:
    subprocess.run("true", shell=True, check=True)
    assert programs == {"a shell"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of one's own, so that what a text makes is seen."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert os.getcwd() == str(folder)
