"""A place opens in the editor that was asked for; what no editor opens is refused."""

import gzip
from pathlib import Path

import pytest

from report_src.errors import BuildError
from report_src.findings import Finding
from report_src.preview.places import EDITOR, Places, checked_editor
from tests.report_src.synctex.test_reading import TEXT


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A template of forty lines whose tenth is wide, and a SyncTeX file that leads to it."""
    (tmp_path / "templates").mkdir()
    typed = [f"Line {number} here." for number in range(1, 41)]
    typed[9] = "  It begins with ten words."
    (tmp_path / "templates/a.tex.j2").write_text("\n".join(typed), encoding="utf-8")
    path = tmp_path / "report.synctex.gz"
    path.write_bytes(gzip.compress(TEXT.replace("/root", str(tmp_path.resolve())).encode()))
    return Places(path, tmp_path)


def test_the_word_gives_the_column(places: Places) -> None:
    found = places.at(2, 60, 108, "begins")
    assert found == Finding("It begins with ten words.", "note", "templates/a.tex.j2", 10, 6)


def test_the_word_decides_between_two_lines(places: Places) -> None:
    for word, line in (("words.", 10), ("11", 11)):
        found = places.at(2, 125, 108, word)
        assert found is not None
        assert found.line == line


def test_a_word_that_no_line_has_leaves_the_nearest_line(places: Places) -> None:
    found = places.at(2, 60, 108, "computed")
    assert found is not None
    assert (found.line, found.column) == (10, None)


def test_nothing_was_typed_in_a_margin_or_without_a_synctex_file(places: Places, tmp_path: Path) -> None:
    assert places.at(2, 60, 400, "") is None
    (tmp_path / "broken.synctex.gz").write_bytes(b"half of it")
    for name in ("none.synctex.gz", "broken.synctex.gz"):
        assert Places(tmp_path / name, tmp_path).at(2, 60, 108, "begins") is None


def test_a_finding_leads_to_its_page(places: Places) -> None:
    page = places.page(Finding("x", file="templates/a.tex.j2", line=10))
    assert page is not None
    assert (page[0], round(page[1])) == (2, 110)
    assert places.page(Finding("x", file="report.toml")) is None


@pytest.mark.parametrize(
    ("editor", "expected"),
    [
        (EDITOR, "vscode://file/{root}/my%20a%23.tex.j2:7:3"),
        ("txmt://open?url=file://{path}&line={line}", "txmt://open?url=file:///{root}/my%20a%23.tex.j2&line=7"),
        (
            "idea://open?file={path}&line={line}&column={column}",
            "idea://open?file=/{root}/my%20a%23.tex.j2&line=7&column=3",
        ),
        ("", ""),
    ],
)
def test_a_link_holds_path_line_and_column(tmp_path: Path, editor: str, expected: str) -> None:
    root = tmp_path.resolve().as_posix().lstrip("/")
    link = Places(tmp_path / "none", tmp_path, editor).link(Finding("x", file="my a#.tex.j2", line=7, column=3))
    assert link == expected.replace("{root}", root)


def test_a_finding_without_a_file_opens_nothing(tmp_path: Path) -> None:
    assert Places(tmp_path / "none", tmp_path).link(Finding("x")) == ""


def test_braces_in_the_name_of_a_file_are_no_place(tmp_path: Path) -> None:
    link = Places(tmp_path / "none", tmp_path).link(Finding("x", file="{line}.tex.j2", line=7))
    assert link.endswith("/%7Bline%7D.tex.j2:7:1")


@pytest.mark.parametrize(
    "typed", ["javascript:alert('{path}')", "JavaScript:{path}", "data:text/html,{path}", "code", "x://y"]
)
def test_what_opens_no_file_in_an_editor_is_refused(typed: str) -> None:
    with pytest.raises(BuildError, match="EDITOR_URL: expected an address such as vscode://file/") as refused:
        checked_editor(typed)
    assert refused.value.status == 2


def test_an_editor_is_chosen_or_switched_off() -> None:
    assert checked_editor("") == EDITOR
    assert checked_editor("none") == ""
    assert checked_editor("cursor://file/{path}:{line}") == "cursor://file/{path}:{line}"


def test_no_file_outside_of_the_project_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    root = tmp_path / "project"
    root.mkdir()
    assert Places(tmp_path / "none", root).typed("../secret", 1) == ""
    assert Places(tmp_path / "none", root).typed(str(tmp_path / "secret"), 1) == ""
