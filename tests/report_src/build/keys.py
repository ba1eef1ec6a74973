"""A copy of a report and the engine, in which one file or setting after the other changes: which keys change with it.

What a module reaches is found here a second way, by the bytecode (modulefinder), where the project reads sources.
"""

import dataclasses
import shutil
from collections.abc import Iterator
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

import msgspec

from report_src.build import environment
from report_src.build.pipeline import steps
from report_src.build.step import Step, parts
from report_src.project import ROOT, Project
from report_src.system.import_graph import ImportIndex

ENGINE = ("analysis", "report_src", "templates", "pyproject.toml", "requirements.lock")


@dataclasses.dataclass(frozen=True)
class Keyed:
    """A report whose steps have keys; the code of its studies lies in the package `studies` or is the clone's."""

    project: Project
    steps: tuple[Step, ...]

    @property
    def modules(self) -> list[Path]:
        """Every module of the engine and of the report."""
        places = (self.project.root / "analysis", self.project.root / "report_src", self.project.home / "studies")
        return sorted(path for folder in places for path in folder.rglob("*.py"))


def copied(root: Path, *, report: str = "", data: tuple[str, ...]) -> Keyed:
    """Copy the engine and a report of this clone, which lies in the folder `report` of it, with tables of one row."""
    for name in ENGINE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, root / name)
    home = root / report
    if report:
        shutil.copytree(ROOT / report, home)
    else:
        shutil.copyfile(ROOT / "report.toml", root / "report.toml")
    for name in data:
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text("a,b\n1,2\n")
    studies = home / "studies" if report else None
    opened = environment.open_project(home / "report.toml", root / "build", None, root=root, studies=studies)
    return Keyed(opened, steps(opened.settings))


def index_of(of: Keyed) -> ImportIndex:
    """Return the imports of the modules, as the files are now."""
    return ImportIndex(of.project.root, of.project.work / "imports.json", of.project.code_folder)


def keys(of: Keyed, index: ImportIndex | None = None) -> dict[str, dict[str, str]]:
    """Return the parts of the key of every step; an `index` saves time where no file changes."""
    project, index = of.project, index or index_of(of)
    found = {step.name: parts(step, project, index) for step in of.steps}
    index.save()
    return found


def changed(before: dict[str, dict[str, str]], of: Keyed, index: ImportIndex | None = None) -> set[str]:
    """Return the steps whose keys are not what they were."""
    after = keys(of, index)
    return {name for name in before if before[name] != after[name]}


def grown(path: Path, before: dict[str, dict[str, str]], of: Keyed) -> set[str]:
    """Return the steps whose keys change when a line is added to a file; the file is put back."""
    content = path.read_bytes()
    path.write_bytes(content + b"\n# grown\n")
    try:
        return changed(before, of)
    finally:
        path.write_bytes(content)


def reached(of: Keyed, code: tuple[str, ...]) -> set[Path]:
    """Return the files of the project that some modules import, by their bytecode."""
    finder = ModuleFinder([str(of.project.root), str(of.project.home)])
    for module in code:
        finder.import_hook(module, None, ["*"])
    return {Path(str(found.__file__)) for found in finder.modules.values() if found.__file__}


def wrong_modules(of: Keyed, every: int) -> dict[str, tuple[set[str], set[str]]]:
    """Return, of every so-manyth module, the steps whose keys change and those that should, where the two differ."""
    expected: dict[Path, set[str]] = {}
    for step in of.steps:
        for path in reached(of, step.code):
            expected.setdefault(path, set()).add(step.name)
    before, different = keys(of), {}
    for path in of.modules[::every]:
        wanted = expected.get(path, set()) | {"render"}  # it prints excerpts of any module
        if path.parent.parent.name == "studies":
            wanted |= {"web"}  # it says which lines draw a figure
        if (got := grown(path, before, of)) != wanted:
            different[path.name] = (got, wanted)
    return different


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


def leaves(project: Project, scans: str) -> Iterator[tuple[str, str, Any]]:
    """Yield (section, field, the settings with that field changed) for every setting."""
    settings = project.settings
    for section in (*settings.visible, "ai"):
        record = getattr(settings, section)
        for field in record.__struct_fields__:
            new = msgspec.structs.replace(record, **{field: another(getattr(record, field))})
            own = {"own": {**settings.own, section: new}} if section in settings.own else {section: new}
            yield section, field, dataclasses.replace(settings, **own)
    yield "scans", scans, dataclasses.replace(settings, scans={**settings.scans, scans: ("x",)})


def wrong_settings(
    of: Keyed, sections: dict[str, set[str]], scans: str
) -> tuple[dict[str, tuple[set[str], set[str]]], int]:
    """Return the settings by which other steps' keys change than `sections` says, and how many there are.

    `sections` gives the steps of a setting ("data.train") or of a whole section; `scans` is a place for scans.
    """
    before, index, different, seen = keys(of), index_of(of), {}, 0
    for section, field, settings in leaves(of.project, scans):
        got = changed(
            before, dataclasses.replace(of, project=dataclasses.replace(of.project, settings=settings)), index
        )
        wanted = sections.get(f"{section}.{field}", sections[section])
        seen += 1
        if got != wanted:
            different[f"{section}.{field}"] = (got ^ wanted, got)
    return different, seen
