"""What a command says is read by a person and by a program; both get the same."""

import json
import sys
from pathlib import Path

import pytest

from report_src import __main__
from report_src.errors import BuildError
from report_src.findings import Finding, Outcome, as_json, listed, parsed


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
