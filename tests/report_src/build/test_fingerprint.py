"""Every module, setting, template and data file of a report in turn: which keys change when it does."""

import dataclasses
from pathlib import Path

import pytest

from report_src.build import runner
from tests.report_src import small_project
from tests.report_src.build.keys import Keyed, copied, grown, keys, wrong_modules, wrong_settings
from tests.report_src.build.test_pipeline import edit

STUDY = {"logistic", "logistic figures"}
EVERY = {*STUDY, "results", "render"}
SECTIONS = {
    "report": {"render"},
    "data": {"results", "render"},
    "data.train": {"logistic", "results", "render"},
    "table": EVERY,
    "run": {"render"},
    **dict.fromkeys(("run.seed", "run.row_limit", "run.validation_share"), EVERY),
    "logistic": EVERY,
    "ai": {"render"},
    "scans": {"render"},
}


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    return copied(tmp_path_factory.mktemp("starter"), report="starter", data=("data/leaves.csv",))


@pytest.mark.long
def test_each_module_changes_the_keys_of_the_steps_that_reach_it_and_no_other(starter: Keyed) -> None:
    assert wrong_modules(starter, every=60) == {}
    assert len(starter.modules) > 100


def test_each_module_of_a_study_changes_the_keys_of_its_steps(starter: Keyed) -> None:
    before, home = keys(starter), starter.project.home
    assert grown(home / "studies/logistic/study.py", before, starter) == {"logistic", "render", "web"}
    assert grown(home / "studies/logistic/plots.py", before, starter) == {"logistic figures", "render", "web"}
    assert grown(home / "studies/logistic/record.py", before, starter) == {*EVERY, "web"}


def test_each_grammar_changes_the_key_of_the_checker(starter: Keyed) -> None:
    before, grammars = keys(starter), sorted((starter.project.root / "report_src").rglob("*.lark"))
    assert [path.name for path in grammars] == ["parser.lark"]
    assert all("verify" in grown(path, before, starter) for path in grammars)


def test_each_template_changes_the_keys_of_what_reads_templates(starter: Keyed) -> None:
    before = keys(starter)
    templates = sorted(path for path in starter.project.templates.rglob("*") if path.is_file())
    assert len(templates) > 5
    assert all(grown(path, before, starter) == {"verify", "render"} for path in templates)


def test_each_data_file_changes_the_keys_of_what_reads_it(starter: Keyed) -> None:
    assert grown(starter.project.home / "data/leaves.csv", keys(starter), starter) == {"logistic"}


@pytest.mark.long
def test_each_setting_changes_the_keys_of_the_steps_that_declare_it(starter: Keyed) -> None:
    different, seen = wrong_settings(starter, SECTIONS, "part_c")
    assert different == {}
    assert seen > 30


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("studies/survey/study.py", "return", "return 0 +"), "survey render"),
        (("analysis/data/dataset.py", "", "# a word\n"), "survey fit trial render"),
        (("report.toml", 'author = "Your Name"', 'author = "A. Student"'), "render"),
        (("report.toml", "rate = 0.5", "rate = 0.25"), "aside aside_figures results render"),
        (("templates/report.tex.j2", "", "more "), "verify render"),
        (("data/test.csv", "", "# more\n"), "trial"),
    ],
    ids=["module", "shared module", "setting of the page", "setting of a study", "template", "data"],
)
@pytest.mark.sampled(6)
def test_an_edit_is_built_by_the_steps_that_rest_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], change, expected: str
) -> None:
    """Really built; what follows a step in the table runs where a product it reads came out otherwise."""
    small_project.write_sources(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    small_project.build(tmp_path)
    place, old, new = change
    edit(tmp_path / place, old, new)()
    said = runner.why(small_project.project(tmp_path), small_project.table())
    planned = {name.replace(" ", "_") for name, why in said if why and not why[0].startswith("may have to")}
    capsys.readouterr()
    runner.make(small_project.project(tmp_path), "report", small_project.table())
    ran = {line.split(":")[0].replace(" ", "_") for line in capsys.readouterr().err.splitlines() if ": done in" in line}
    assert planned == {*expected.split()}
    assert planned <= ran
    fresh = tmp_path / "fresh"
    runner.make(dataclasses.replace(small_project.project(tmp_path), build=fresh), "report", small_project.table())
    assert (fresh / "report.pdf").read_bytes() == (tmp_path / "build/report.pdf").read_bytes()
