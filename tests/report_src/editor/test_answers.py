"""What the language server answers of a report that is a folder of its own."""

from pathlib import Path

from report_src.build.environment import open_project
from report_src.editor.answers import Answers
from report_src.project import ROOT


def test_a_report_without_judging_words_of_its_own_has_those_of_the_clone(tmp_path: Path) -> None:
    project = open_project(ROOT / "tests/reports/regularisation/report.toml", tmp_path, None)
    assert not (project.templates / "judging_words.toml").exists()
    found = Answers(project).verdicts("Weight decay is better.\n", "templates/a.tex.j2")
    assert [each.name for each in found] == ["better"]
