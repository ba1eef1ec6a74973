"""What changed between two reports is named, by kind; equal reports are said to be equal."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter

from report_src.comparison import compare, side, texts
from report_src.comparison.change import Change, Piece
from report_src.errors import BuildError
from tests.report_src import small_project

DOCUMENT = r"""commit \texttt{abc123}
\section{Training}\label{sec:training}
Sigmoid needs \result{training.iterations}{200} updates, and it is slow.% a comment

ReLU is quick.
\begin{derivation}{square}
Let $x \in \mathbb{R}$.
\begin{align*}
  (x + 1)^2 &= x^2 + 2 x + 1 \\
  x + x &= 2 x
\end{align*}
\end{derivation}
"""
TREE: dict[str, Any] = {
    "inputs": {"settings": {"run.seed": 1}, "train": {"sha256": "aa"}},
    "training": {
        "iterations": 200,
        "rate": 0.25,
        "accuracy": {
            "mean": 0.8,
            "std": 0.03,
            "half_width": 0.2,
            "minimum": 0.7,
            "maximum": 0.9,
            "replicates": [0.7, 0.9],
        },
    },
}
CLAIMS = [{"id": "speed", "branch": 0, "branches": 2, "conditions": ["a > b", "otherwise"], "printed": "It is ahead."}]


def report(
    folder: Path, tree: Any = TREE, document: str = DOCUMENT, claims: Any = CLAIMS, pages: int = 1, note: str = ""
) -> Path:
    """Write a PDF with these attachments; `note` is that of a number on its first page."""
    writer = PdfWriter()
    for number in range(pages):
        writer.add_blank_page(100 + number, 100)
    for name, content in {
        "claims.json": json.dumps(claims).encode(),
        "results.json": json.dumps(tree).encode(),
        "report.toml": small_project.SETTINGS.encode(),
        "report.tex": document.encode(),
    }.items():
        writer.add_attachment(name, content)
    folder.mkdir(parents=True)
    writer.write(folder / "report.pdf")
    return folder / "report.pdf"


def found(tmp_path: Path, **changed: Any) -> list[Change]:
    """Return the changes between the report and one in which something is changed."""
    paths = report(tmp_path / "old"), report(tmp_path / "new", **changed)
    sides = [side.side(str(path), Path("report.toml"), tmp_path / "build") for path in paths]
    return compare.changes(*sides)[0]


def tree_with(**values: Any) -> Any:
    tree = copy.deepcopy(TREE)
    tree["training"] |= values
    return tree


def test_equal_reports_are_said_to_be_equal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = report(tmp_path / "old"), report(tmp_path / "new")
    assert compare.run(str(old), str(new.parent), Path("report.toml"), tmp_path, "text").status == compare.EQUAL
    assert capsys.readouterr().out == f"{old} → {new.parent}: the two reports are equal\n"


def test_settings_data_and_commit_are_named_first(tmp_path: Path) -> None:
    tree = copy.deepcopy(TREE)
    tree["inputs"] = {"settings": {"run.seed": 2}, "train": {"sha256": "aa"}}
    changes = found(tmp_path, tree=tree, document=DOCUMENT.replace("abc123", "def456"))
    assert changes[:2] == [
        Change("setting", "commit", "abc123", "def456"),
        Change("setting", "settings.run.seed", "1", "2"),
    ]


def test_a_mean_that_moved_by_more_than_its_noise_is_named_in_units_of_it(tmp_path: Path) -> None:
    moved = {"mean": 0.9, "std": 0.04, "half_width": 0.3, "minimum": 0.8, "maximum": 1.0, "replicates": [0.8, 1.0]}
    assert found(tmp_path, tree=tree_with(accuracy=moved)) == [
        Change("number", "training.accuracy.mean", "0.8", "0.9", "2.0 times its noise")
    ]


def test_a_mean_that_moved_within_its_noise_is_counted_and_the_reports_are_not_equal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = {"mean": 0.83, "std": 0.03, "half_width": 0.2, "minimum": 0.7, "maximum": 0.9, "replicates": [0.76, 0.9]}
    old, new = report(tmp_path / "old"), report(tmp_path / "new", tree_with(accuracy=moved))
    assert compare.run(str(old), str(new), Path("report.toml"), tmp_path, "text").status == compare.DIFFERENT
    assert "1 number moved within their noise" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"iterations": 201}, ["training.iterations"]),
        ({"rate": 0.2501}, []),
        ({"rate": 0.26}, ["training.rate"]),
        ({"rate": None}, ["training.rate"]),
        ({"more": 1.5}, ["training.more"]),
    ],
)
def test_counts_are_compared_exactly_and_values_without_replicates_nearly(
    tmp_path: Path, values: dict[str, Any], names: list[str]
) -> None:
    assert [change.name for change in found(tmp_path, tree=tree_with(**values))] == names


def test_a_claim_that_took_another_branch_shows_both_sentences(tmp_path: Path) -> None:
    claims = [CLAIMS[0] | {"branch": 1, "printed": "It is behind."}, CLAIMS[0], CLAIMS[0] | {"id": "other"}]
    assert found(tmp_path, claims=claims) == [
        Change("claim", "speed", "It is ahead.", "It is behind.", "a > b → otherwise"),
        Change("claim", "speed (2)", None, "It is ahead.", "a > b"),
        Change("claim", "other", None, "It is ahead.", "a > b"),
    ]


def test_rows_of_derivations_are_compared(tmp_path: Path) -> None:
    document = DOCUMENT.replace("x + x &= 2 x", "x + x &= x \\cdot 2")
    (change,) = found(tmp_path, document=document)
    assert (change.kind, change.name) == ("derivation", "square")
    assert "2 x" in str(change.old)
    assert "cdot" in str(change.new)


def test_a_derivation_that_is_gone_is_gone_row_by_row(tmp_path: Path) -> None:
    document = DOCUMENT[: DOCUMENT.index("\\begin{derivation}")]
    assert [(change.kind, change.new) for change in found(tmp_path, document=document)] == [("derivation", None)] * 2


def test_words_that_differ_are_shown_under_their_heading(tmp_path: Path) -> None:
    (change,) = found(tmp_path, document=DOCUMENT.replace("it is slow", "it is very slow").replace("a comment", "x"))
    assert (change.kind, change.name) == ("text", "Training")
    assert [piece for piece in change.pieces if piece.sign != " "] == [Piece("+", "very")]


def test_a_renamed_heading_is_shown_as_it_is_printed(tmp_path: Path) -> None:
    (change,) = found(tmp_path, document=DOCUMENT.replace(r"\section{Training}", r"\section{Learning}"))
    assert [piece for piece in change.pieces if piece.sign != " "] == [Piece("-", "Training"), Piece("+", "Learning")]


def test_a_computed_number_is_no_word(tmp_path: Path) -> None:
    assert found(tmp_path, document=DOCUMENT.replace("{200}", "{201}")) == []


def test_paragraphs_that_came_and_went_are_shown_whole(tmp_path: Path) -> None:
    changes = found(tmp_path, document=DOCUMENT.replace("ReLU is quick.", "Nothing of the kind was measured."))
    assert [(change.old, change.new) for change in changes] == [
        (None, "Nothing of the kind was measured."),
        ("ReLU is quick.", None),
    ]


def test_long_runs_of_equal_words_are_shortened() -> None:
    words = [f"w{number}" for number in range(40)]
    shown = list(texts.pieces(words, [*words[:20], "new", *words[20:]]))
    assert shown[0].words == "… w14 w15 w16 w17 w18 w19"
    assert shown[1] == Piece("+", "new")


def test_pages_that_came_or_look_different_are_named(tmp_path: Path) -> None:
    changes = found(tmp_path, pages=2)
    assert [(change.kind, change.old, change.new) for change in changes] == [("page", None, "page 2")]
    assert changes[0].thumbnails[1].startswith("data:image/png;base64,")


def test_the_page_for_a_browser_escapes_what_it_shows_and_needs_no_other_file(tmp_path: Path) -> None:
    document = DOCUMENT.replace("ReLU is quick.", "ReLU <script>alert(1)</script> is quick.")
    old, new = report(tmp_path / "old"), report(tmp_path / "new", document=document, pages=2)
    assert compare.run(str(old), str(new), Path("report.toml"), tmp_path / "build", "html").status == compare.DIFFERENT
    page = (tmp_path / "build" / compare.PAGE).read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<img") == 1


def test_a_comment_lists_each_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = report(tmp_path / "old"), report(tmp_path / "new", tree_with(iterations=201))
    compare.run(str(old), str(new), Path("report.toml"), tmp_path, "markdown")
    assert "### Numbers\n\n- `` training.iterations: 200 → 201 ``\n" in capsys.readouterr().out


@pytest.mark.parametrize("what", [None, "", "nowhere.pdf", "0000000000000000000000000000000000000000"])
def test_what_is_no_report_is_refused(tmp_path: Path, what: str | None) -> None:
    old = report(tmp_path / "old")
    with pytest.raises(BuildError) as error:
        compare.run(str(old), what, Path("report.toml"), tmp_path, "text")
    assert error.value.status == 2


def test_a_pdf_of_another_program_is_refused(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10)
    document.save(tmp_path / "other.pdf")
    assert len(PdfReader(tmp_path / "other.pdf").pages) == 1
    with pytest.raises(BuildError, match="is not attached"):
        side.side(str(tmp_path / "other.pdf"), Path("report.toml"), tmp_path)


def test_a_commit_that_cannot_be_built_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 2, "", "error: report.toml:3: no such key\n")

    monkeypatch.setattr(side, "git", lambda *_: "1234567890abcdef")
    monkeypatch.setattr(side.subprocess, "run", fails)
    monkeypatch.setattr(side, "ROOT", tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "build" / "commits" / "1234567890" / "sources" / "data").mkdir(parents=True)
    with pytest.raises(BuildError, match=r"commit 1234567890 cannot be built here:\nerror: report.toml:3") as error:
        side.side("HEAD~1", tmp_path / "report.toml", tmp_path / "build")
    assert error.value.status == 2


def test_the_report_of_a_folder_is_built_at_a_commit_with_its_own_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def runs(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess([], 2, "", "error: stopped here\n")

    monkeypatch.setattr(side, "git", lambda *_: "1234567890abcdef")
    monkeypatch.setattr(side.subprocess, "run", runs)
    monkeypatch.setattr(side, "ROOT", tmp_path)
    mine = tmp_path / "reports/mine"
    (mine / "data").mkdir(parents=True)
    (mine / "data/t.csv").write_text("a\n1\n")
    with pytest.raises(BuildError, match="stopped here"):
        side.side("HEAD~1", mine / "report.toml", mine / "build")
    (command,) = commands
    assert command[command.index("--config") + 1] == "reports/mine/report.toml"
    linked = mine / "build/commits/1234567890/sources/reports/mine/data/t.csv"
    assert linked.resolve() == mine / "data/t.csv"


def test_no_commit_has_a_report_outside_of_the_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side, "git", lambda *_: "1234567890abcdef")
    with pytest.raises(BuildError, match="lies outside of this clone, so no commit of it holds that report"):
        side.side("HEAD~1", tmp_path / "report.toml", tmp_path / "build")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("\\hypersetup{pdfauthor=Z}\n\\begin{document}\n\\raggedright\\small Words.", "Words."),
        (r"\otherglyph{DejaVuSerif-0}{21}{0110}\placedglyph{F}{1}{1EB7}{0}{0}{0}ng", "Đặng"),
        (r"Words.\attachment{a.toml}{b/a.toml}{application/toml}{Source}{the log}", "Words."),
        (
            r"Code: \textcolor{shipped}{\href{https://a.b/c}{\texttt{a\allowbreak .b/\allowbreak c}}}",
            "Code: https://a.b/c a.b/c",
        ),
        (r"{\large A.~Student\qquad 7}", "A. Student 7"),
        (r"\placeholdermark{not declared yet}", "not declared yet"),
    ],
)
def test_words_are_compared_without_the_macros_that_set_their_looks(typed: str, words: str) -> None:
    assert " ".join(texts.blocks(typed)[0].words) == words
