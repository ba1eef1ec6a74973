"""A whole report, from its tables to the PDF: what a reader finds on its pages."""

import dataclasses
import json
import math
import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from report_src.numbers.printed_numbers import marks
from report_src.project import source_date_epoch
from report_src.prose import requirements
from report_src.tex import compile, source_map
from report_src.tex import log as texlog
from report_src.tex.speculative import Ahead
from tests.end_to_end import reports
from tests.end_to_end.clones import copied
from tests.end_to_end.reports import ROOT, Built, flat, make, text_of

SMALLEST = 7.9  # big points; a font of 8 TeX points has 7.97

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed"),
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils are not installed"),
]


@dataclasses.dataclass(frozen=True)
class Expected:
    """What a report has: a number, or the fewest where more may come."""

    pages: range  # a report with a section missing, or with a float a page, is outside
    requirements: int
    notes: int  # the fewest
    figures: int
    tables: int  # the fewest, in the body
    claims: int  # the fewest


SMALL = Expected(pages=range(4, 13), requirements=3, notes=11, figures=1, tables=1, claims=2)
WHOLE = Expected(pages=range(15, 61), requirements=69, notes=701, figures=12, tables=11, claims=31)
TOLERATED_WIDTH: dict[str, str] = {}  # line of a template that may be too wide -> reason


@pytest.fixture
def expected(report: Built) -> Expected:
    return WHOLE if report.studies is None else SMALL


def outline(pdf: Path) -> list[tuple[str, int]]:
    """Return (title, page from 0) of every bookmark, in order."""
    reader = PdfReader(pdf)

    def walk(items: list) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        for item in items:
            found += walk(item) if isinstance(item, list) else [(item.title, reader.get_destination_page_number(item))]
        return found

    return walk(reader.outline)


def test_the_report_has_its_pages(report: Built, expected: Expected) -> None:
    assert len(PdfReader(report.pdf).pages) in expected.pages


def test_nothing_is_left_open(report: Built) -> None:
    assert "??" not in report.text
    assert not re.search(r"\b(nan|(?<!-> )None|Undefined|StrictUndefined)\b", before_the_log(report.text))


def before_the_log(text: str) -> str:
    """Return the text before the AI log, whose words are the student's."""
    return text[: text.rindex("Use of generative AI")]


def test_every_font_is_embedded_and_none_is_a_bitmap(report: Built) -> None:
    done = subprocess.run(["pdffonts", str(report.pdf)], capture_output=True, text=True, check=True)
    rows = done.stdout.splitlines()[2:]
    assert len(rows) > 5
    for row in rows:
        embedded = row.split()[-5]
        assert "Type 3" not in row, row
        assert embedded == "yes", row


def test_the_properties_name_title_and_author(report: Built) -> None:
    found = PdfReader(report.pdf).metadata
    assert found is not None
    assert found.title == tomllib.loads(report.config.read_text(encoding="utf-8"))["report"]["title"]
    assert found.author == reports.AUTHOR


@pytest.mark.long
def test_every_part_of_the_first_report_has_a_bookmark(first_report: Built) -> None:
    titles = [title for title, _ in outline(first_report.pdf)]
    for part in ("Part A", "Part B (a)", "Part B (b)", "Part C (a)", "Part C (b)", "Part D", "Question 2"):
        assert any(part in title for title in titles), part


def test_every_section_has_a_bookmark_and_the_ai_log_is_the_last_one(report: Built) -> None:
    titles = [title for title, _ in outline(report.pdf)]
    document = (report.build / "report.tex").read_text(encoding="utf-8")
    sections = re.findall(r"^\\section\{([\w ]+)\}", document, re.M)
    assert len(sections) > 3
    assert [section for section in sections if not any(section in title for title in titles)] == []
    top = [title for title in titles if "generative AI" in title]
    last = max(position for position, title in enumerate(titles) if title in top)
    assert len(top) == 1
    assert all("Tool" in title for title in titles[last + 1 :])


def test_the_first_page_links_to_the_repository(report: Built) -> None:
    first = PdfReader(report.pdf).pages[0]
    links = [note.get_object().get("/A", {}).get("/URI") for note in first.get("/Annots", [])]
    assert reports.REPOSITORY in links
    assert reports.AUTHOR in flat(first.extract_text())
    assert reports.ROLL_NUMBER in first.extract_text()


def test_nothing_is_said_to_be_missing_or_simulated(report: Built) -> None:
    first = text_of(report.pdf, "-l", "1")
    assert "still to fill in" not in first
    assert "simulated" not in first


def squeezed(text: str) -> str:
    """Return text without its white space: lines of the log are broken where the page ends."""
    return re.sub(r"\s+", "", text)


def test_the_ai_log_is_printed_as_it_was_typed(report: Built) -> None:
    text = text_of(report.pdf, "-raw")  # in the order of typesetting: wide blanks are no columns
    log = squeezed(text[text.rindex("Use of generative AI") :])
    for line in (*reports.TEX_PROMPT.splitlines(), *reports.CODE_OUTPUT.splitlines()):
        assert squeezed(line) in log, line
    assert r"Tool_1\&100%$x$" in log
    assert r"Trying{to}break\TeX" in log
    assert reports.LONG_WORD in log


def test_what_no_font_has_is_shown_by_its_code_point(report: Built) -> None:
    log = squeezed(report.text[report.text.rindex("Use of generative AI") :])
    for shown in ("U+200F", "U+0007", "U+001B"):
        assert shown in log, shown
    assert "U+4E2D" in log or "中" in log  # as a Chinese font is installed or not


def test_emoji_and_other_scripts_are_printed(report: Built) -> None:
    log = squeezed(report.text[report.text.rindex("Use of generative AI") :])
    assert "face][woman][personalcomputer]" in log
    assert "שלום" in log


def test_the_ai_log_ran_nothing(report: Built) -> None:
    assert not [*report.build.rglob("owned"), *ROOT.glob("owned")]
    assert "root:x:0" not in report.text


def test_scans_stand_upright_in_the_report(report: Built) -> None:
    assert report.text.count("Hand-written page") == 3
    picture = np.asarray(Image.open(report.build / "work" / "scans" / "part_c-1.jpg").convert("RGB"))
    rows, columns = picture.shape[:2]
    assert rows > columns
    red = picture[..., 0].astype(int) - picture[..., 1]
    assert red[: rows // 2 - 5].min() > 150 > 50 > red[rows // 2 + 5 :].max()


def test_every_requirement_has_its_page(report: Built, expected: Expected) -> None:
    known = requirements.load(report.templates / "requirements.toml")
    aux = (report.build / "work" / "report.aux").read_text(encoding="utf-8", errors="replace")
    pages = dict(re.findall(r"\\newlabel\{req:([A-Z]+\d+)\}\{\{[^}]*\}\{(\d+)\}", aux))
    assert len(known) == expected.requirements
    assert set(pages) == {requirement.id for requirement in known}
    for requirement in known:
        page = pages[requirement.id]
        margin = re.findall(r"[A-Z]\d+", text_of(report.pdf, "-f", page, "-l", page))
        assert requirement.id in margin, f"{requirement.id} (page {page})"


def test_every_number_carries_a_note_with_its_key_value_meaning_and_source(report: Built, expected: Expected) -> None:
    document = (report.build / "report.tex").read_text(encoding="utf-8")
    read = {key for key, _ in marks(document)}
    notes = [
        str(annotation.get_object()["/Contents"])
        for page in PdfReader(report.pdf).pages
        for annotation in page.get("/Annots", [])
        if annotation.get_object()["/Subtype"] == "/Square"
    ]
    assert len(notes) >= expected.notes
    assert read == {note.split(" = ")[0] for note in notes}
    for note in notes:
        assert re.fullmatch(r"\S+ = \S+\n.*\n\S*", note), note


def test_figures_say_what_they_show_to_somebody_who_cannot_see_them(report: Built, expected: Expected) -> None:
    reader = PdfReader(report.pdf)
    spoken = b"".join(page.get_contents().get_data() for page in reader.pages)
    assert spoken.count(b"/Figure <</Alt") + spoken.count(b"/Figure << /Alt") == expected.figures
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"


def test_no_word_is_printed_below_eight_points(report: Built) -> None:
    small: list[str] = []

    def keep_small(text: str, page: list[float], line: list[float], _: object, size: float) -> None:
        printed = size * math.hypot(*(line[0] * page[k] + line[1] * page[k + 2] for k in (0, 1)))
        if printed < SMALLEST and re.search("[A-Za-z]{3}", text):  # an index or an exponent is no word
            small.append(f"{text.strip()}: {printed:.1f} pt")

    for page in PdfReader(report.pdf).pages:
        page.extract_text(visitor_text=keep_small)
    assert small == []


def test_metadata_names_the_document_and_each_attachments_relationship(report: Built) -> None:
    root = PdfReader(report.pdf).trailer["/Root"]
    metadata = ElementTree.fromstring(root["/Metadata"].get_object().get_data())
    assert "en-GB" in "".join(metadata.itertext())
    attached = {file["/F"]: file["/AFRelationship"] for file in (one.get_object() for one in root["/AF"])}
    assert attached["results.json"] == "/Data"
    assert set(attached.values()) == {"/Data", "/Source", "/Supplement"}
    assert list(attached) == list(PdfReader(report.pdf).attachments)


def test_the_pdf_holds_what_an_archive_asks_for(report: Built) -> None:
    """An identity, a meaning of colours, metadata that agree, printable notes, whole fonts; no validator is at hand."""
    reader = PdfReader(report.pdf)
    root, info = reader.trailer["/Root"], reader.metadata
    (intent,) = root["/OutputIntents"]
    assert intent["/DestOutputProfile"].get_object().get_data()[36:40] == b"acsp"  # the signature of an ICC profile
    assert len(reader.trailer["/ID"]) == 2
    said = set(ElementTree.fromstring(root["/Metadata"].get_object().get_data()).itertext())
    assert {info.title, info.author, info.subject, info.creator, info.producer} <= said
    notes = [one.get_object() for page in reader.pages for one in page.get("/Annots", [])]
    assert {note["/F"] for note in notes} == {4}  # printed, neither hidden nor unseen
    objects = [reader.get_object(number) for number in range(1, reader.trailer["/Size"])]
    fonts = [one for one in objects if isinstance(one, dict) and one.get("/Type") == "/FontDescriptor"]
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font) for font in fonts)
    assert not any("/CharSet" in font for font in fonts)  # a list of glyphs must be complete, or not be there


def test_no_digits_of_a_table_in_the_body_are_without_their_key(report: Built, expected: Expected) -> None:
    document = (report.build / "report.tex").read_text(encoding="utf-8")
    body = document[: document.index("\\appendix")]
    tables = re.findall(r"\\begin\{tabular\}.*?\\end\{tabular\}", body, re.DOTALL)
    assert len(tables) >= expected.tables
    for table in tables:
        bare = table
        for _, text in marks(table):
            bare = bare.replace(f"{{{text}}}", "", 1)
        assert not re.search(r"(?<![\w.{-])\d+\.\d", bare), bare


def test_no_line_is_too_wide(report: Built) -> None:
    work = report.build / "work"
    line_map = source_map.LineMap.read(work / "report.map.json")
    log = (work / "report.log").read_text(encoding="utf-8", errors="replace")
    found = [f"{line_map.place(problem)}: {problem.message}" for problem in texlog.overfull(log)]
    assert [line for line in found if not line.startswith(tuple(TOLERATED_WIDTH))] == []


def test_every_claim_of_the_report_is_recorded_with_its_branch(report: Built, expected: Expected) -> None:
    claims = json.loads((report.build / "claims.json").read_bytes())
    assert len(claims) >= expected.claims
    assert all(claim["branch"] >= 0 and claim["condition"] for claim in claims)


def compiled(folder: Path) -> bytes:
    """Run a bare `pdflatex report.tex` three times, as somebody without this program would."""
    for _ in range(3):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "report.tex"], cwd=folder, capture_output=True, check=False
        )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    return (folder / "report.pdf").read_bytes()


@pytest.mark.long
def test_a_bare_pdflatex_works_in_the_build_folder(made_clone: Built, tmp_path: Path) -> None:
    folder = tmp_path / "build"
    shutil.copytree(made_clone.build, folder, ignore=shutil.ignore_patterns("work", "report.pdf"))
    compiled(folder)
    assert flat(text_of(folder / "report.pdf")) == flat(made_clone.text)
    assert pictures(folder / "report.pdf", tmp_path / "plain") == pictures(made_clone.pdf, tmp_path / "ours")


def pictures(pdf: Path, folder: Path) -> list[bytes]:
    """Return the pages of a PDF as pictures in grey, 50 dots an inch."""
    folder.mkdir()
    subprocess.run(["pdftoppm", "-r", "50", "-gray", pdf, folder / "page"], check=True)
    return [path.read_bytes() for path in sorted(folder.iterdir())]


@pytest.mark.parametrize("share", [pytest.param(0.0, marks=pytest.mark.long), 0.4])
def test_told_bit_by_bit_tex_writes_the_same_bytes(report: Built, tmp_path: Path, share: float) -> None:
    folder = tmp_path / "work"
    shutil.copytree(report.build / "work", folder)
    text, epoch = (folder / "report.tex").read_bytes(), source_date_epoch(ROOT)
    waiting = Ahead()
    waiting.start(folder, "report", epoch, [text[: int(share * len(text))]])
    (one, _), *_ = waiting.waiting
    for length in range(0, len(text), 30_000):
        waiting.follow(text[:length])
    assert len(one.sent) > 0.9 * len(text) - 30_000
    (folder / "report.pdf").unlink()
    outcome = compile.compile_tex(folder, "report", epoch=epoch, root=report.templates.parent, ahead=waiting)
    assert (one.process.returncode, outcome.passes) == (0, 1)
    assert outcome.pdf.read_bytes() == report.pdf.read_bytes()


@pytest.mark.long
def test_the_bundle_compiles_in_an_empty_folder(made_clone: Built, tmp_path: Path) -> None:
    clone = copied(made_clone, tmp_path / "clone")
    assert clone.make("bundle").status == 0
    (bundle,) = clone.build.glob("*-bundle.zip")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "empty")
    compiled(tmp_path / "empty")
    assert flat(text_of(tmp_path / "empty/report.pdf")) == flat(made_clone.text)


@pytest.mark.long
def test_the_same_inputs_give_the_same_bytes_elsewhere(
    made_clone: Built, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clone = copied(made_clone, tmp_path_factory.mktemp("same") / "elsewhere")
    shutil.rmtree(clone.build)
    clone.report()
    for name in ("report.pdf", "results.json"):
        assert (clone.build / name).read_bytes() == (made_clone.build / name).read_bytes()


def test_a_second_make_does_nothing(report: Built) -> None:
    before = report.pdf.stat().st_mtime_ns
    again = make(report.config, report.build)
    assert again.status == 0
    assert again.said.splitlines() == [f"{report.pdf} is up to date"]
    assert report.pdf.stat().st_mtime_ns == before


def test_a_broken_table_is_one_line_and_the_last_good_report_stays(report: Built, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    shutil.copytree(report.config.parent, folder)
    table = folder / tomllib.loads(report.config.read_text(encoding="utf-8"))["data"]["train"]
    rows = table.read_text(encoding="utf-8").splitlines()
    rows[7] = rows[7].rsplit(",", 1)[0] + ",Palace"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    good = published(folder / "build")
    failed = make(folder / "report.toml", folder / "build")
    said = [line for line in failed.said.splitlines() if not re.match(r"(?!error)\w+: |  ", line)]
    assert failed.status == 2
    assert len(said) == 1
    assert said[0].startswith("error: ")
    assert f"{table.name}:8" in said[0]
    assert "Palace" in said[0]
    assert published(folder / "build") == good


def published(build: Path) -> dict[Path, bytes]:
    """Return the bytes of what a build has published."""
    names = ("report.pdf", "report.tex", "results.json", "claims.json")
    return {path: path.read_bytes() for path in (*map(build.joinpath, names), *(build / "results").glob("*.json"))}


@pytest.mark.parametrize("made_clone", ["small"], indirect=True)
def test_a_new_report_prints_its_table_figure_and_derivation_and_what_is_still_to_fill_in(made_clone: Built) -> None:
    text = flat(made_clone.text)
    for printed in ("Two species told apart by their leaves", "Table 1", "Figure 1", "The printed formula of logistic"):
        assert printed in text
    for said in ("DRAFT", "still to fill in: author", "roll_number", "repository", "AI declaration"):
        assert said in text
    assert "judging word" not in made_clone.said
    assert (made_clone.build / "figures/logistic-loss.pdf").is_file()


@pytest.mark.long
def test_a_report_with_placeholders_and_without_data_says_so_on_its_first_page(tmp_path: Path) -> None:
    (tmp_path / "report.toml").write_text(reports.shipped(**reports.BRIEF, row_limit="300"), encoding="utf-8")
    made = make(tmp_path / "report.toml", tmp_path / "build")
    assert made.status == 0, made.said
    first = flat(text_of(made.pdf, "-l", "1"))
    for said in ("DRAFT", "still to fill in: author", "still to fill in: roll_number", "still to fill in: repository"):
        assert said in first, said
    assert "still to fill in: AI declaration" in first
    assert "The data are simulated." in first
    assert "author still holds the placeholder" in made.said
    assert made.results["inputs"]["simulated"] is True
    assert "not declared yet" in made.text
