"""What a command says is read by a person and by a program; both get the same."""

import json
import os
import sys
from pathlib import Path

import pytest

from analysis.errors import InputError
from report_src import __main__
from report_src.errors import BuildError
from report_src.findings import ROOT, Finding, Outcome, as_json, listed, parsed, relative_to_here


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("templates/a.tex.j2:6:48: no such key", ("templates/a.tex.j2", 6, 48), "no such key"),
        ("templates/a.tex.j2:6: a: b", ("templates/a.tex.j2", 6, None), "a: b"),
        ("templates/a.tex.j2:6", ("templates/a.tex.j2", 6, None), ""),
        ("analysis/a.py:7  x = 1", ("analysis/a.py", 7, None), "x = 1"),
        ("my reports/a.tex.j2:6: no", ("my reports/a.tex.j2", 6, None), "no"),
        ("report.toml: author is missing", ("report.toml", None, None), "author is missing"),
        ("unknown key 'a.b': nearest: a.c", ("", None, None), "unknown key 'a.b': nearest: a.c"),
        ("at 12:30: late", ("at 12", 30, None), "late"),
        ("it failed:\n  at line 3: no", ("", None, None), "it failed:\n  at line 3: no"),
    ],
)
def test_the_place_of_a_message_is_taken_apart(text: str, place: tuple[str, int, int], message: str) -> None:
    (found,) = parsed(text)
    assert ((found.file, found.line, found.column), found.message) == (place, message)


def test_each_place_of_a_message_is_a_finding_with_the_lines_below_it() -> None:
    text = "a.tex:1:2: one\n    typed line\nb.tex:3: two"
    found = parsed(text, "warning")
    assert [(each.place, each.message) for each in found] == [("a.tex:1:2", "one\n    typed line"), ("b.tex:3", "two")]
    assert {each.severity for each in found} == {"warning"}
    assert [str(each) for each in found] == ["a.tex:1:2: one\n    typed line", "b.tex:3: two"]
    assert listed(text) == "error: a.tex:1:2: one\n    typed line\nerror: b.tex:3: two"


def test_a_finding_names_in_json_what_it_knows_and_nothing_else() -> None:
    found = Finding("moved", "note", kind="number", name="a.b", old="1", new="2", page=3)
    tree = json.loads(as_json("diff", Outcome(1, [found]), "a\nb\n"))
    number = {
        "message": "moved",
        "severity": "note",
        "kind": "number",
        "name": "a.b",
        "old": "1",
        "new": "2",
        "page": 3,
    }
    assert tree == {"target": "diff", "status": 1, "findings": [number], "said": ["a", "b"]}


def stopping(*_: object) -> Outcome:
    print("half an answer")
    print("warning: report.toml: author is missing", file=sys.stderr)
    print("warning: report.toml: author is missing", file=sys.stderr)
    raise BuildError("two things:\n  a.tex:1: one\n  two", 2, ["a.tex:1: one", "two"])


def test_json_holds_errors_then_warnings_once_and_is_all_that_standard_output_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(__main__, "make", stopping)
    assert __main__.main(["check", "--json", f"--build={tmp_path}/build"]) == 2
    shown = capsys.readouterr()
    tree = json.loads(shown.out)
    assert (tree["target"], tree["status"], tree["said"]) == ("check", 2, ["half an answer"])
    assert [(each.get("file"), each["message"]) for each in tree["findings"]] == [
        ("a.tex", "one"), (None, "two"), ("report.toml", "author is missing"),
    ]  # fmt: skip
    assert [each.get("severity", "error") for each in tree["findings"]] == ["error", "error", "warning"]
    assert shown.err.startswith("warning: report.toml: author is missing\n")  # a person sees it all the same


@pytest.mark.parametrize("target", sorted({*__main__.TARGETS} - {"watch", "clean"}))
def test_every_command_ends_in_json_where_it_is_stopped(
    target: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert __main__.main([target, "--json"]) == 2  # no report.toml is here
    tree = json.loads(capsys.readouterr().out)
    assert tree["status"] == 2
    assert tree["findings"][0]["message"]


def test_a_mistake_in_a_file_that_only_a_command_reads_is_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> Outcome:
        raise InputError("templates/requirements.toml:5: expected valid TOML, got: invalid value", "mend it")

    monkeypatch.setattr(__main__, "make", broken)
    assert __main__.main(["new-text", "01", "--build", str(tmp_path / "b")]) == 2
    assert capsys.readouterr().err == (
        "error: templates/requirements.toml:5: expected valid TOML, got: invalid value; mend it\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["watch", "--port", "abc"], "error: PORT: expected a number from 0 to 65535, got 'abc'\n"),
        (["watch", "--port", "70000"], "error: PORT: expected a number from 0 to 65535, got '70000'\n"),
        (["diff", "--form", "x"], "error: FORM: invalid choice: 'x'"),
    ],
)
def test_a_word_behind_make_is_refused_by_the_name_that_was_typed(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        __main__.main(words)
    assert capsys.readouterr().err.startswith(said)


def test_files_of_a_report_in_a_folder_are_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mine = Path("reports/mine")
    (mine / "templates/sections").mkdir(parents=True)
    shown = relative_to_here(mine)
    assert shown("templates/sections/a.tex.j2:6:48: no key") == "reports/mine/templates/sections/a.tex.j2:6:48: no key"
    assert shown("first at studies/trees/study.py:3.") == "first at reports/mine/studies/trees/study.py:3."
    assert shown("make it in templates/ instead") == "make it in reports/mine/templates/ instead"
    preamble = os.path.relpath(ROOT / "templates/preamble.tex")
    assert shown("define it in templates/preamble.tex, or") == f"define it in {preamble}, or"
    for same in ("reports/mine/templates/a.tex.j2:6: x", "analysis/studies/eda/study.py:3", r"\input{templates/x}"):
        assert shown(same) == same
    (mine / "templates/preamble.tex").write_text("")
    assert shown("templates/preamble.tex:3: x") == "reports/mine/templates/preamble.tex:3: x"
    named = relative_to_here(mine, Path("elsewhere/studies"))
    assert named("studies/a.py:1: x") == "elsewhere/studies/a.py:1: x"


def test_files_of_the_report_in_the_current_folder_keep_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "templates").mkdir()
    assert relative_to_here(Path())("templates/a.tex.j2:6: x") == "templates/a.tex.j2:6: x"
