"""What editors know agrees with what the commands print and the templates read."""

import json
import re
from pathlib import Path

import pytest

from report_src.derivations.checking.cache import check
from report_src.findings import listed
from report_src.numbers.formatting import FILTERS
from report_src.numbers.values import wrap
from report_src.project import ROOT
from report_src.rendering.engine import environment, render_text

TASKS = json.loads((ROOT / ".vscode/tasks.json").read_text(encoding="utf-8"))["tasks"]
SNIPPETS = json.loads((ROOT / ".vscode/report.code-snippets").read_text(encoding="utf-8"))
RUN = {"validation_accuracy": {"mean": 0.8}}
RESULTS = {"training": {"relu": RUN, "sigmoid": RUN}, "generalization": {"test_accuracy": {"mean": 0.35}}}


def inserted(name: str) -> str:
    """Return a snippet as it is inserted: each place to fill in has its first proposal."""
    text = "\n".join(SNIPPETS[name]["body"])
    text = re.sub(r"\$\{\d+\|([^,|]*(?:\([^)]*\))?)[^|]*\|\}", r"\1", text)
    while (filled := re.sub(r"\$\{\d+:((?:[^{}]|\{[^{}]*\})*)\}", r"\1", text)) != text:
        text = filled
    return text.replace("\\\\", "\\") if "\\\\" in text and name != "Derivation" else text


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task["label"])
def test_a_task_runs_a_target_and_its_matcher_finds_the_place_of_a_message(task: dict) -> None:
    target = task["command"].split()[1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    pattern = task["problemMatcher"]["pattern"]
    message = listed("templates/a.tex.j2:6:48: no such key\n  text\ntemplates/b.tex.j2:7: a brace is missing")
    found = [match for line in message.split("\n") if (match := re.match(pattern["regexp"], line))]
    places = [[match[pattern[name]] for name in ("severity", "file", "line", "column", "message")] for match in found]
    assert places == [
        ["error", "templates/a.tex.j2", "6", "48", "no such key"],
        ["error", "templates/b.tex.j2", "7", None, "a brace is missing"],
    ]


def test_a_derivation_from_its_snippet_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "d.tex"
    path.write_text(inserted("Derivation"), encoding="utf-8")
    (report,) = check([path])
    assert report.accepted, [row.message for row in report.rows]
    assert report.steps == 1


@pytest.mark.parametrize("name", ["Claim", "Number"])
def test_a_claim_and_a_number_from_their_snippets_are_rendered(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.tex.j2").write_text(inserted(name), encoding="utf-8")
    engine = environment(tmp_path)
    context = {study: wrap(record, study, engine.ledger) for study, record in RESULTS.items()}
    text = render_text(engine, "a.tex.j2", context)
    assert "The sentence that holds else." in text or "35.0" in text


def test_each_style_that_is_offered_is_one() -> None:
    offered = re.search(r"\|([^|]*)\|\}", SNIPPETS["Number"]["body"][0])
    assert offered is not None
    assert {style.partition("(")[0] for style in offered[1].split(",")} <= {*FILTERS}


@pytest.mark.parametrize(("name", "command"), [("Figure", "reportfigure"), ("Answer", "answer")])
def test_a_command_of_a_snippet_is_one_of_the_preamble(name: str, command: str) -> None:
    preamble = (ROOT / "templates/preamble.tex").read_text(encoding="utf-8")
    arguments = re.search(rf"\\newcommand\{{\\{command}\}}\[(\d)\](\[1\])?", preamble)
    assert arguments is not None
    given = len(re.findall(r"\{(?!\d)", re.sub(r"\$\{\d+:[^}]*\}", "x", SNIPPETS[name]["body"][0])))
    assert given == int(arguments[1]) - bool(arguments[2])
