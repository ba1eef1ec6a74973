"""Every module, setting, template and data file of the real project in turn: which keys change when it does.

What a module reaches is found here a second way, by the bytecode (modulefinder), where the project reads sources.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

import msgspec
import pytest

from report_src.build import environment, runner
from report_src.build.step import parts
from report_src.project import ROOT, Project
from report_src.system.import_graph import ImportIndex
from tests.marks import mostly_long
from tests.report_src import small_project
from tests.report_src.build.test_pipeline import edit
from tests.report_src.small_project import STEPS

NAMES = {step.name for step in STEPS}
ANALYSIS = {step.name for step in STEPS if step.analysis}
SOURCES = ("analysis", "report_src", "templates", "pyproject.toml", "requirements.lock", "report.toml")
ON_DATA = {"eda", "training", "gradient_flow", "attribution", "generalization"}
SECTIONS = {
    "report": {"render"},
    "data": {"results", "render"},
    "data.train": ON_DATA | {"results", "render"},
    "data.test": {"generalization", "results", "render"},
    "table": {*ANALYSIS, "results", "render"} - {"shared_bias", "shared_bias figures"},
    "run": {*ANALYSIS, "results", "render"} - {"shared_bias", "shared_bias figures"},
    "shared_bias": {"shared_bias", "shared_bias figures", "results", "render"},
    "ai": {"render"},
    "scans": {"render"},
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("project")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, root / name)
    (root / "data").mkdir()
    for name in ("train.csv", "test.csv"):
        (root / "data" / name).write_text("a,b\n1,2\n")
    opened = environment.open_project(root / "report.toml", root / "build", None, root=root)
    return dataclasses.replace(opened, root=root)


def keys(project: Project) -> dict[str, dict[str, str]]:
    index = ImportIndex(project.root, project.work / "imports.json")
    found = {step.name: parts(step, project, index) for step in STEPS}
    index.save()
    return found


def changed(before: dict[str, dict[str, str]], project: Project) -> set[str]:
    after = keys(project)
    return {name for name in before if before[name] != after[name]}


def reached(root: Path, code: tuple[str, ...]) -> set[str]:
    """Return the files of the project that some modules import, by their bytecode."""
    finder = ModuleFinder([str(root)])
    for module in code:
        finder.import_hook(module, None, ["*"])
    files = (Path(str(found.__file__)) for found in finder.modules.values() if found.__file__)
    return {path.relative_to(root).as_posix() for path in files}


def grown(path: Path, before: dict[str, dict[str, str]], project: Project) -> set[str]:
    """Return the steps whose keys change when a line is added to a file; the file is put back."""
    content = path.read_bytes()
    path.write_bytes(content + b"\n# grown\n")
    try:
        return changed(before, project)
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("every", mostly_long((12, 1), lambda every: every > 1))
def test_each_module_changes_the_keys_of_the_steps_that_reach_it_and_no_other(project: Project, every: int) -> None:
    expected: dict[str, set[str]] = {}
    for step in STEPS:
        for name in reached(project.root, step.code):
            expected.setdefault(name, set()).add(step.name)
    before, different = keys(project), {}
    modules = [path for folder in ("analysis", "report_src") for path in (project.root / folder).rglob("*.py")]
    for path in sorted(modules)[::every]:
        name = path.relative_to(project.root).as_posix()
        wanted = expected.get(name, set()) | {"render"}  # it prints excerpts of any module
        if (got := grown(path, before, project)) != wanted:
            different[name] = (got, wanted)
    assert not different
    assert len(modules) > 100


def test_each_grammar_changes_the_key_of_the_checker(project: Project) -> None:
    before, grammars = keys(project), sorted((project.root / "report_src").rglob("*.lark"))
    assert [path.name for path in grammars] == ["parser.lark"]
    assert all("verify" in grown(path, before, project) for path in grammars)


@pytest.mark.parametrize("every", mostly_long((8, 1), lambda every: every > 1))
def test_each_template_changes_the_keys_of_what_reads_templates(project: Project, every: int) -> None:
    before = keys(project)
    templates = sorted(path for path in (project.root / "templates").rglob("*") if path.is_file())
    assert len(templates) > 30
    assert all(grown(path, before, project) == {"verify", "render"} for path in templates[::every])


def test_each_data_file_changes_the_keys_of_what_reads_it(project: Project) -> None:
    before, data = keys(project), project.root / "data"
    assert grown(data / "train.csv", before, project) == ON_DATA
    assert grown(data / "test.csv", before, project) == {"generalization"}


def another(value: Any) -> Any:
    """Return a value of the same kind that differs."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
        case tuple() | list():
            return (*value, *value[-1:]) if value else ("x",)
        case _:
            return "x"


def leaves(project: Project) -> Iterator[tuple[str, str, Any]]:
    """Yield (section, field, the settings with that field changed) for every setting."""
    settings = project.settings
    for section in (*settings.visible, "ai"):
        record = getattr(settings, section)
        for field in record.__struct_fields__:
            new = msgspec.structs.replace(record, **{field: another(getattr(record, field))})
            own = {"own": {**settings.own, section: new}} if section in settings.own else {section: new}
            yield section, field, dataclasses.replace(settings, **own)
    yield "scans", "part_c", dataclasses.replace(settings, scans={**settings.scans, "part_c": ("x",)})


def test_each_setting_changes_the_keys_of_the_steps_that_declare_it(project: Project) -> None:
    before, different, seen = keys(project), {}, 0
    for section, field, settings in leaves(project):
        got = changed(before, dataclasses.replace(project, settings=settings))
        wanted = SECTIONS.get(f"{section}.{field}", SECTIONS[section])
        seen += 1
        if got != wanted:
            different[f"{section}.{field}"] = (got ^ wanted, got)
    assert not different
    assert seen > 40


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("analysis/studies/eda/study.py", "return", "return 0 +"), "eda render"),
        (("analysis/data/dataset.py", "", "# a word\n"), "eda training generalization render"),
        (("report.toml", 'author = "Your Name"', 'author = "A. Student"'), "render"),
        (
            ("report.toml", "learning_rate = 0.5", "learning_rate = 0.25"),
            "shared_bias shared_bias_figures results render",
        ),
        (("templates/report.tex.j2", "", "more "), "verify render"),
        (("data/test.csv", "", "# more\n"), "generalization"),
    ],
    ids=["module", "shared module", "setting of the page", "setting of a study", "template", "data"],
)
def test_an_edit_is_built_by_the_steps_that_rest_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], change, expected: str
) -> None:
    """Really built; what follows a step in the table runs where a product it reads came out otherwise."""
    small_project.write_sources(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    runner.make(small_project.project(tmp_path), "report", small_project.table())
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
