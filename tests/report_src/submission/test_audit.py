"""A PDF's numbers are rebuilt and compared: what was changed is named, and what keeps an audit from running too."""

import copy
import csv
import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct, defstruct
from pypdf import PdfReader, PdfWriter

from analysis import contract
from analysis.results.types import RoundingError
from report_src.__main__ import main
from report_src.build import runner
from report_src.build.profiles import Lender
from report_src.errors import BuildError
from report_src.numbers.printed_numbers import agrees, contradictions, marks, masked, readable
from report_src.numbers.provenance import Provenance
from report_src.numbers.results_diff import RELATIVE, SHARE_OF_STD, differences
from report_src.project import Project
from report_src.submission import attached, audit, audit_document, audit_folder, audit_marker, audit_pages
from report_src.submission.audit_finding import Compared
from tests.report_src import small_project

SUMMARY = {"mean": 0.8, "std": 0.01, "half_width": 0.09, "minimum": 0.79, "maximum": 0.81, "replicates": [0.79, 0.81]}
DATA = b"neighbourhood_group,room_type\nBronx,Private room\n"
DOCUMENT = r"""commit \texttt{abc123+}, \result{survey.rows}{6{,}000} rows
\begin{derivation}{square}
Let $x \in \mathbb{R}$.
\begin{align*}
  (x + 1)^2 &= x^2 + 2 x + 1
\end{align*}
\end{derivation}
"""
TREE: dict[str, Any] = {
    "inputs": {
        "simulated": False,
        "train": {"name": "data/train.csv", "sha256": hashlib.sha256(DATA).hexdigest(), "rows": 1},
        "test": {"name": "data/test.csv", "sha256": hashlib.sha256(DATA).hexdigest(), "rows": 1},
        "settings": {"run.profile": "quick", "run.seed": "600"},
        "python": "3.11.0",
        "packages": {"numpy": "1.0"},
        "processor": "Z80",
    },
    "fit": {"iterations": 60, "relu": {"validation_accuracy": SUMMARY}},
    "survey": {"imbalance_ratio": 8.7, "majority_class": "Moderate", "rows": 6000},
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the data and a report.toml, as a grader has them."""
    small_project.write_sources(tmp_path)
    for name in ("train.csv", "test.csv"):
        (tmp_path / "data" / name).write_bytes(DATA)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(audit_pages, "compare", lambda *what: Compared(pages={"survey.rows": 3}))
    monkeypatch.setattr(audit_document, "with_templates", lambda *what: Compared())
    return tmp_path


def pdf_of(tree: Any, path: Path, without: str = "", document: str = DOCUMENT) -> Path:
    """Write a PDF with the results attached."""
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    files = {
        "claims.json": b"[]",
        "results.json": json.dumps(tree).encode(),
        "report.toml": small_project.SETTINGS.encode(),
        "report.tex": document.encode(),
    }
    for name, content in files.items():
        if name != without:
            writer.add_attachment(name, content)
    buffer = io.BytesIO()
    writer.write(buffer)
    path.write_bytes(buffer.getvalue())
    return path


def rebuilt(tree: Any = TREE) -> Callable[[Project], dict[str, Any]]:
    return lambda project: copy.deepcopy(tree)


def audited(pdf: Path, rebuild: audit.Rebuild | None = None, pages: audit.Pages | None = None) -> audit.Audited:
    """Audit a PDF of the small project; its results are TREE unless something else rebuilds them."""
    return audit.audited(pdf, Path("report.toml"), Path("build"), rebuild or rebuilt(), pages, Path("studies"))


def changed(key: str, value: Any) -> dict[str, Any]:
    """Return TREE with another value at a dotted key."""
    tree = copy.deepcopy(TREE)
    *way, last = key.split(".")
    place: Any = tree
    for name in way:
        place = place[name]
    place[int(last) if isinstance(place, list) else last] = value
    return tree


def test_nothing_differs_in_a_pdf_that_was_left_alone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.reported(audited(pdf_of(TREE, root / "a.pdf"))).status == 0
    shown = capsys.readouterr().out
    assert "nothing differs" in shown
    assert "commit abc123+, Python 3.11.0, Z80" in shown
    assert "rebuilt from the same data at commit" in shown


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("fit.relu.validation_accuracy.mean", 0.9, "0.9 in the PDF, 0.8 rebuilt (may move by 0.0025)"),
        ("fit.relu.validation_accuracy.replicates.1", 0.91, "0.91 in the PDF, 0.81 rebuilt"),
        ("fit.iterations", 61, "61 in the PDF, 60 rebuilt"),
        ("survey.imbalance_ratio", 8.8, "8.8 in the PDF, 8.7 rebuilt"),
        ("survey.majority_class", "Luxury", "'Luxury' in the PDF, 'Moderate' rebuilt"),
        ("inputs.settings.run.seed", "601", "'601' in the PDF, '600' rebuilt"),
    ],
)
def test_a_number_that_was_changed_is_named_with_both_values(
    root: Path, capsys: pytest.CaptureFixture[str], key: str, value: Any, shown: str
) -> None:
    if key == "inputs.settings.run.seed":
        tree = copy.deepcopy(TREE)
        tree["inputs"]["settings"]["run.seed"] = value
    else:
        tree = changed(key, value)
    assert audit.reported(audited(pdf_of(tree, root / "a.pdf"))).status == 1
    line = next(line for line in capsys.readouterr().out.splitlines() if "differs: " in line)
    name = key.replace(".1", "[1]") if key.endswith(".1") else key
    assert line.startswith(f"  differs: number {name}: {shown}")


def test_one_changed_digit_in_the_attachment_names_its_key_alone(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = json.dumps(TREE).replace('"mean": 0.8', '"mean": 0.7')
    assert audit.reported(audited(pdf_of(json.loads(text), root / "a.pdf"))).status == 1
    found = [line for line in capsys.readouterr().out.splitlines() if "differs: " in line]
    assert len(found) == 1
    assert "fit.relu.validation_accuracy.mean" in found[0]


def test_a_number_that_was_changed_in_the_text_alone_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = pdf_of(TREE, root / "a.pdf", document=DOCUMENT.replace("6{,}000", "9{,}000"))
    assert audit.reported(audited(path)).status == 1
    assert "number survey.rows: 9,000 in the PDF, 6000 in the attached results" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "value", "verdict"),
    [
        (r"83.2\,\%", 0.8324, True),
        (r"83.3\,\%", 0.8324, False),
        (r"41{,}348", 41348, True),
        (r"41{,}349", 41348, False),
        (r"\ensuremath{-}0.41", -0.409, True),
        ("0.41", -0.409, False),
        (r"79.6\,\ensuremath{\pm}\,0.4\,\%", 0.796, True),
        (r"\ensuremath{1.2 \times 10^{-3}}", 0.00123, True),
        (r"\ensuremath{1.2 \times 10^{-4}}", 0.00123, False),
        (r"\ensuremath{<0.001}", 1e-9, True),
        (r"\ensuremath{<0.001}", 0.2, False),
        (r"\ensuremath{=0.021}", 0.0213, True),
        ("5.1 percentage points", 0.0512, True),
        ("five", 5, True),
        ("six", 5, False),
        ("third", 3, True),
        ("rows", 5, False),
        ("5", "text", False),
    ],
)
def test_a_printed_number_is_a_rounding_of_its_result(text: str, value: Any, verdict: bool) -> None:
    assert agrees(text, value) == verdict


def test_a_printed_number_is_told_as_a_reader_saw_it() -> None:
    assert readable(r"79.6\,\ensuremath{\pm}\,0.4\,\%") == "79.6 ± 0.4 %"
    assert readable(r"41{,}348") == "41,348"


def test_marks_are_read_to_their_closing_brace_and_their_keys_decoded() -> None:
    document = r"a \result{survey.a+002Db}{\ensuremath{1{,}2}} b \result{x}{}"
    assert list(marks(document)) == [("survey.a-b", r"\ensuremath{1{,}2}"), ("x", "")]
    spread = {"survey": {"a": {"mean": 0.796, "std": 0.004}}}
    assert list(contradictions(r"\result{survey.a.mean}{79.6\,\ensuremath{\pm}\,0.4\,\%}", spread)) == []
    assert len(list(contradictions(r"\result{survey.a.mean}{79.6\,\ensuremath{\pm}\,0.3\,\%}", spread))) == 1
    assert list(contradictions(r"\result{survey.none}{1}", {"survey": {"rows": 1}})) == [
        "survey.none: printed as 1, and the results have no such key"
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fit.relu.validation_accuracy.mean", 0.8 + 0.9 * SHARE_OF_STD * 0.01),
        ("fit.relu.validation_accuracy.replicates.0", 0.79 - 0.9 * SHARE_OF_STD * 0.01),
        ("survey.imbalance_ratio", 8.7 * (1 + 0.9 * RELATIVE)),
        ("inputs.python", "3.13.1"),
        ("inputs.packages.numpy", "2.0"),
        ("inputs.processor", "another"),
    ],
)
def test_what_another_processor_moves_does_not_differ(key: str, value: Any) -> None:
    assert list(differences(changed(key, value), TREE)) == []


@pytest.mark.parametrize(
    ("there", "here", "keys"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, ["b"]),
        ({"a": 1, "b": 2}, {"a": 1}, ["b"]),
        ({"inputs": {}}, {"inputs": {"processor": "Z80"}}, []),
        ({"a": [1, 2]}, {"a": [1]}, ["a.length"]),
        ({"a": float("nan")}, {"a": 1.0}, ["a"]),
        ({"a": True}, {"a": 1}, ["a"]),
        ({"a": None}, {"a": 0.5}, ["a"]),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": {"b": 1}}, {"a": 1}, ["a"]),
        ({"a": 1e-13}, {"a": 0.0}, []),
        ({"a": SUMMARY | {"std": 0.0}}, {"a": SUMMARY | {"std": 0.0, "mean": 0.81}}, ["a.mean"]),
        ({"a": SUMMARY | {"std": 9.0, "mean": 0.9}}, {"a": SUMMARY}, ["a.mean", "a.std"]),
        ({"a": SUMMARY | {"half_width": 0.12}}, {"a": SUMMARY}, ["a.half_width"]),
        ({"a": SUMMARY | {"half_width": 0.1}}, {"a": SUMMARY}, []),
        ({"a": SUMMARY | {"replicates": [0.79]}}, {"a": SUMMARY}, ["a.replicates.length"]),
    ],
)
def test_trees_that_differ_in_shape_or_kind_differ(there: Any, here: Any, keys: list[str]) -> None:
    assert [difference.key for difference in differences(there, here)] == keys


class Checked(Struct):
    rounding: RoundingError
    measured: float


def test_a_rounding_error_has_the_tolerance_that_its_field_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "results_type", lambda studies: defstruct("Results", [("fit", Checked)]))
    declared = Provenance({}, Path).tolerance
    there, here = {"fit": {"rounding": 6e-16, "measured": 1.0}}, {"fit": {"rounding": 2e-15, "measured": 1.0}}
    assert list(differences(there, here, declared)) == []
    there["fit"] = {"rounding": 1e-3, "measured": 2.0}
    assert [each.key for each in differences(there, here, declared)] == ["fit.rounding", "fit.measured"]


def refused(path: Path) -> str:
    with pytest.raises(BuildError) as error:
        audit.reported(audited(path))
    assert error.value.status == 2
    return str(error.value)


def test_missing_data_are_said_before_anything_is_built(root: Path) -> None:
    (root / "data/test.csv").unlink()
    assert "data/test.csv is missing; put the file with SHA-256" in refused(pdf_of(TREE, root / "a.pdf"))


def test_other_data_are_said_before_anything_is_built(root: Path) -> None:
    (root / "data/train.csv").write_bytes(b"other")
    assert "data/train.csv is another file" in refused(pdf_of(TREE, root / "a.pdf"))


@pytest.mark.parametrize("name", attached.ATTACHED)
def test_a_pdf_without_its_attachments_is_refused(root: Path, name: str) -> None:
    assert f"{name} is not attached" in refused(pdf_of(TREE, root / "a.pdf", without=name))


@pytest.mark.parametrize("tree", [[], {}, {"inputs": 1}, {"inputs": {}}, {"inputs": {"train": {"name": "a"}}}])
def test_attachments_that_make_no_sense_are_refused(root: Path, tree: Any) -> None:
    assert refused(pdf_of(tree, root / "a.pdf"))


def test_a_file_that_is_no_pdf_is_refused(root: Path) -> None:
    (root / "a.pdf").write_bytes(b"no PDF")
    assert "cannot be read as a PDF" in refused(root / "a.pdf")
    assert "expected a PDF, got no file" in refused(root / "absent.pdf")
    assert "expected a PDF, got a folder; type ALL=" in refused(root)


def test_a_draft_is_not_audited(root: Path) -> None:
    path = pdf_of(TREE, root / "a.pdf", document=DOCUMENT + "\n\\draftkeys\n")
    assert "is a draft" in refused(path)


@pytest.mark.parametrize("name", ["../outside/train.csv", "report.toml", "data/../data/train.csv"])
def test_no_path_in_a_pdf_leads_out_of_the_audits_folder(root: Path, name: str) -> None:
    inner = root / "inner"
    small_project.write_sources(inner)
    (root / "outside").mkdir()
    (root / "outside/train.csv").write_bytes(DATA)
    tree = copy.deepcopy(TREE)
    for which in ("train", "test"):
        tree["inputs"][which] = {"name": name, "sha256": hashlib.sha256((inner / name).read_bytes()).hexdigest()}
    before = (inner / "report.toml").read_bytes()
    folder = attached.lay_out(attached.read(pdf_of(tree, root / "a.pdf")), inner, root / "build")
    inputs = root / "build/work/inputs"
    assert Path(os.path.normpath(folder / name)).is_relative_to(inputs)
    assert (folder / name).is_file()
    assert (inner / "report.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["page.jpg", "../page.jpg", "a/../../../page.jpg", "../../report.toml"])
def test_no_scan_and_no_log_of_a_pdf_is_written_outside_of_the_audits_folder(root: Path, name: str) -> None:
    settings = f"[ai]\nlog = {json.dumps(name)}\n[scans]\npart_c = [{json.dumps(name)}]\n"
    attached_here = msgspec.structs.replace(
        attached.read(pdf_of({"inputs": {"simulated": True}}, root / "a.pdf")),
        settings=settings.encode(),
        ai_log=b"x",
        scans={"scans/part_c-1.jpg": b"y"},
    )
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    attached.lay_out(attached_here, root, root / "build")
    inputs = root / "build/work/inputs"
    assert {
        path: path.read_bytes() for path in root.rglob("*") if path.is_file() and inputs not in path.parents
    } == before
    assert b"x" in [path.read_bytes() for path in inputs.rglob("*") if path.is_file()]


def test_simulated_data_need_no_file(root: Path) -> None:
    tree = copy.deepcopy(TREE)
    tree["inputs"]["simulated"] = True
    (root / "data/train.csv").unlink()
    folder = attached.lay_out(attached.read(pdf_of(tree, root / "a.pdf")), root, root / "build")
    assert [path.name for path in folder.iterdir()] == ["report.toml"]


def test_results_are_rebuilt_in_the_profile_they_were_made_in_by_one_process(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def rebuild(project: Project) -> dict[str, Any]:
        seen.append((project.profile, project.settings.run.iterations, project.build))
        return TREE

    audit.reported(audited(pdf_of(TREE, root / "a.pdf"), rebuild))
    assert seen == [("quick", 60, Path("build/audit"))]
    monkeypatch.setenv("ANALYSIS_WORKERS", "7")
    with audit.one_worker():
        assert os.environ["ANALYSIS_WORKERS"] == "1"
    assert os.environ["ANALYSIS_WORKERS"] == "7"


def test_a_rebuild_that_fails_is_no_difference(root: Path) -> None:
    def rebuild(project: Project) -> dict[str, Any]:
        raise BuildError("training failed")

    with pytest.raises(BuildError, match="cannot be rebuilt: training failed") as error:
        audit.reported(audited(pdf_of(TREE, root / "a.pdf"), rebuild))
    assert error.value.status == 2


def test_a_small_project_is_rebuilt_and_its_tampered_number_found(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = runner.make

    def make(project: Project, target: str, *, lender: Lender | None = None) -> bool:
        return made(small_project.project(root), target, small_project.table())

    monkeypatch.setattr(runner, "make", make)
    project = small_project.project(root)
    tree = audit.build_results(project)
    assert tree["fit"] == [3, 601]
    tampered = {**tree, "fit": [3, 611]}
    (difference,) = differences(tampered, tree)
    assert (difference.key, *difference.described) == ("fit[1]", "611", "601 rebuilt")


def test_a_folder_of_pdfs_is_audited_each_by_itself(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = root / "handed-in"
    folder.mkdir()
    pdf_of(TREE, folder / "good.pdf")
    pdf_of(changed("survey.rows", 6001), folder / "wrong.PDF")
    monkeypatch.setattr(audit, "build_results", lambda project, lender: copy.deepcopy(TREE))
    monkeypatch.setattr("report_src.build.environment.check", lambda: None)
    assert main(["audit", "--all", str(folder), "--studies=studies"]) == 1
    (folder / "else.pdf").write_bytes(b"")
    assert main(["audit", "--all", str(folder), "--studies=studies"]) == 2
    *table, path, marker = capsys.readouterr().out.splitlines()[-6:]
    assert marker == str(Path("build/audit/audit.pdf"))
    assert [re.split(r"\s{2,}", line)[1] for line in table] == ["verdict", "not audited", "agrees", "DIFFERS"]
    rows = list(csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8"))))
    assert [(row["pdf"], row["verdict"], row["numbers"]) for row in rows] == [
        ("else.pdf", "not audited", ""), ("good.pdf", "agrees", "0"), ("wrong.PDF", "DIFFERS", "2")
    ]  # fmt: skip


def test_the_page_of_a_number_that_differs_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = pdf_of(changed("survey.rows", 6001), root / "a.pdf", document=DOCUMENT.replace("6{,}000", "6{,}001"))
    assert audit.reported(audited(path)).status == 1
    assert "differs: number survey.rows (page 3): 6001 in the PDF, 6000 rebuilt" in capsys.readouterr().out


def test_a_first_look_and_code_that_nobody_has_are_said_first(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit.reported(audited(pdf_of(TREE, root / "a.pdf")))
    _, second, third, *_ = capsys.readouterr().out.splitlines()
    assert "beware: profile quick, a first look: 60 iterations" in second
    assert "beware: commit abc123+: made by code that differs from that commit" in third


def test_what_could_not_be_compared_is_named_and_keeps_the_verdict_from_agrees(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def pages(*what: Any) -> Compared:
        return Compared(left_out=["the pages, which cannot be set again here"])

    path = pdf_of(TREE, root / "a.pdf")
    assert audit.reported(audited(path, pages=pages)).status == audit.PARTLY
    shown = capsys.readouterr().out
    assert "not compared: the pages, which cannot be set again here" in shown
    assert "agrees in part: nothing differs" in shown
    assert audit.reported(audited(pdf_of(TREE, path, "claims.json"))).status == audit.PARTLY
    assert "not compared: the claims, as no claims.json is attached" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("made", "ours", "said"),
    [
        ("abc123", "def456", "made at commit abc123, and this clone is at def456: only what the two share is compared. "
         "To compare all of it, type: git checkout abc123 && make audit PDF="),
        ("abc123", "def456+", "To compare all of it, commit your changes, then type: git checkout abc123"),
        ("abc123+", "def456", "made of code that no commit has; this clone is at def456, so only what the two share"),
    ],
)  # fmt: skip
def test_an_audit_at_another_commit_says_so_first_and_what_to_type(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, made: str, ours: str, said: str
) -> None:
    def pages(*what: Any) -> Compared:
        return Compared(left_out=["the pages, which cannot be set again here"])

    monkeypatch.setattr(audit, "commit", lambda root: ours)
    path = pdf_of(TREE, root / "a b.pdf", document=DOCUMENT.replace("abc123+", made))
    audit.reported(audited(path, pages=pages))
    first = capsys.readouterr().out.splitlines()[0]
    assert said in first
    assert not first.endswith(".pdf") or "PDF='" in first  # quoted for the shell
    audit.reported(audited(path))
    assert said not in capsys.readouterr().out  # all of it was compared


OWN = "The harbour was quiet that winter and nobody in the town had ever counted the boats that came back."
SHIPPED = "The figures were drawn again. "


def handed_in(name: str, text: str, seed: int, values: list[float]) -> audit.Audited:
    results = {"inputs": {"settings": {"run.seed": str(seed), "aside.rate": "0.5"}},
               "fit": {"accuracy": {"replicates": values}}}  # fmt: skip
    return audit.Audited(Path(name), 0, [], attached.Attached(results, b"", text))


def test_own_text_and_replicates_that_two_share_are_named() -> None:
    values = [0.1, 0.2, 0.3, 0.4, 0.5]
    shipped = audit_folder.shipped_runs(audit_folder.TEMPLATES)
    known = "We train networks with two hidden layers to name the class of a listing, and explain what they rest on."
    shipped |= audit_folder.runs(*audit_folder.blocks(known))
    one = handed_in("a.pdf", f"{OWN}\n\n{known}", 1, values)
    copied = handed_in("b.pdf", OWN.replace("quiet", r"\result{survey.rows}{6} quiet"), 2, values)
    other = handed_in("c.pdf", f"Other words.\n\n{known}", 1, values)
    found = audit_folder.sharing([one, copied], shipped)
    assert [names for _, names in found] == [["a.pdf", "b.pdf"]] * 2
    assert [what.split()[1] for what, _ in found] == ["text", "replicates"]
    assert audit_folder.sharing([one, other], shipped) == []  # shipped text, and one seed gives one result


def test_an_audit_of_nothing_says_what_to_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                               capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr("report_src.build.environment.check", lambda: None)
    assert main(["audit"]) == 2
    assert "make audit PDF=report.pdf" in capsys.readouterr().err
    assert main(["audit", "--all", str(tmp_path)]) == 2


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
@pytest.mark.parametrize("name", ["a_b & 100 %.pdf", r"\input{/etc/passwd}.pdf", "$x$ {.pdf", "α–中.pdf"])
@pytest.mark.sampled(4)
def test_the_markers_pdf_prints_names_and_lines_as_they_are(tmp_path: Path, name: str) -> None:
    line = r"  differs: sentence text (page 3): “\write18{x} 34.9 %” in the PDF, “_^&#” set again"
    each = audit.Audited(Path(name), 1, [line])
    rows = [audit_folder.row(each, audit.WORDS, frozenset(), [], [])]
    text = PdfReader(audit_marker.write([each], rows, tmp_path)).pages[0].extract_text()
    assert "write18" in text
    assert "34.9" in text
    assert "DIFFERS" in text
    assert "root:" not in text


def test_a_masked_document_has_no_text_of_a_marked_number_and_everything_else() -> None:
    document = r"\frac{1}{3} of \result{survey.rows}{6{,}000} and \result{a+005F.b}{\textbf{3}}, 6{,}000"
    assert masked(document) == r"\frac{1}{3} of \result{survey.rows}{} and \result{a+005F.b}{}, 6{,}000"
    assert masked("no number") == "no number"
