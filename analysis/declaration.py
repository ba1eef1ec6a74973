"""What a study declares about itself: `STUDY = Study(__name__, …)` in its package; and the studies of a report.

The build's steps, the contract, the settings and the record of inputs are made from these declarations.
"""

import dataclasses
import difflib
import graphlib
import importlib
import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from msgspec import Struct

from analysis.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "analysis" / "studies"
FOLDER = "studies"  # the folder of a report's own studies, and their package


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A section of report.toml: fields with defaults and bounds."""

    def in_profile(self, profile: str) -> Self:
        """Return the section as a profile (quick, standard, full) has it: here, as it is written."""
        return self


@dataclasses.dataclass(frozen=True)
class Study:
    """A study: what it reads, what it makes, its settings.

    `package` is the `__name__` of the study's package, which holds `study.py` (run), `record.py` and, where there are
    figures, `plots.py`. The study's name is the last part: it begins the keys of its record. A setting is a section of
    report.toml ("run") or one of its entries ("data.train").
    """

    package: str
    record: str  # name of the class in record.py
    part: str = ""  # of the assignment: studies are listed in the order of their parts, and after what they read
    settings: tuple[str, ...] = ()
    data: tuple[str, ...] = ()  # of "train", "test"
    reads: tuple[str, ...] = ()  # studies whose record and arrays it reads
    makes: tuple[str, ...] = ()  # files besides record, arrays and figures
    section: type[Section] | None = None  # its own section of report.toml, of the study's name

    @property
    def name(self) -> str:
        """The name of the study: "analysis.studies.eda" -> "eda"."""
        return self.package.rpartition(".")[2]

    @property
    def plot_settings(self) -> tuple[str, ...]:
        """The settings that its plots may read: those of the study but for the data files."""
        return tuple(name for name in self.settings if not name.startswith("data"))

    @property
    def has_plots(self) -> bool:
        """Whether the study draws figures."""
        return any((Path(folder) / "plots.py").is_file() for folder in importlib.import_module(self.package).__path__)


def folder_of(report: Path, named: Path | None = None) -> Path:
    """Return the folder with the studies of the report whose report.toml lies in `report`.

    It is the one that is `named` on the command line, else the report's own, else the one of this clone. Raises
    InputError for a report outside of this clone with studies of its own: code runs only where it is named.
    """
    own = report / FOLDER
    if named is not None:
        if not named.is_dir() or named.resolve().name != FOLDER:
            raise InputError(f"STUDIES: expected a folder called '{FOLDER}', got '{named}'", "name it in full")
        return named.resolve()
    if not own.is_dir():
        return SHIPPED
    if not own.resolve().is_relative_to(ROOT):
        raise InputError(
            f"{own}: expected the code of a report outside of this clone to be named on the command line, got no name",
            f"type STUDIES={shlex.quote(str(own))} if you trust it, as it will run",
        )
    return own.resolve()


def studies_in(folder: Path) -> dict[str, Study]:
    """Return the studies of a folder by name, each after those that it reads.

    Raises InputError for a package without a declaration, and for studies that read one another or one that is not
    there.
    """
    package = _importable(folder)
    names = sorted(path.parent.name for path in folder.glob("*/__init__.py"))
    found = [_declared(f"{package}.{name}", folder / name) for name in names]
    return {study.name: study for study in in_order(found)}


def shipped() -> dict[str, Study]:
    """Return the studies of this clone."""
    return studies_in(SHIPPED)


def in_order(studies: Iterable[Study]) -> list[Study]:
    """Return the studies by their parts, each after those that it reads."""
    known = {study.name: study for study in studies}
    for study in known.values():
        for name in (name for name in study.reads if name not in known):
            near = difflib.get_close_matches(name, known, n=1) or sorted(known)
            raise InputError(f"{study.package}: reads '{name}', which is no study; nearest: {', '.join(near)}")
    sorter = graphlib.TopologicalSorter({study.name: study.reads for study in known.values()})
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        raise InputError(f"{FOLDER}: these studies read one another: {', '.join(error.args[1])}") from None
    ready, ordered = list(sorter.get_ready()), []
    while ready:
        first = min(ready, key=lambda name: (known[name].part, name))
        ready.remove(first)
        ordered.append(known[first])
        sorter.done(first)
        ready += sorter.get_ready()
    return ordered


def sections(studies: Mapping[str, Study]) -> dict[str, type[Section]]:
    """Return the sections of report.toml that the studies bring, by name."""
    return {name: study.section for name, study in studies.items() if study.section is not None}


def read_settings(studies: Mapping[str, Study]) -> tuple[str, ...]:
    """Return the settings that any of the studies declares, data files left out, in the order of the declarations."""
    return tuple(dict.fromkeys(name for study in studies.values() for name in study.plot_settings))


def _importable(folder: Path) -> str:
    """Return the package of a folder of studies; the parent of a report's own comes to the end of Python's path."""
    if folder == SHIPPED:
        return "analysis.studies"
    parent = str(folder.parent)
    if parent not in sys.path[-1:]:
        for name in [name for name in sys.modules if name.partition(".")[0] == FOLDER]:
            del sys.modules[name]
        if _mounted:
            sys.path.remove(_mounted.pop())
        sys.path.append(parent)
        _mounted.append(parent)
        importlib.invalidate_caches()
    return FOLDER


_mounted: list[str] = []  # the folder whose studies can be imported, besides those of this clone


def _declared(package: str, folder: Path) -> Study:
    """Return the declaration of one package."""
    try:
        module: Any = importlib.import_module(package)
    except Exception as error:
        raise InputError(f"{folder / '__init__.py'}: {type(error).__name__}: {error}", "correct the package") from None
    declared = getattr(module, "STUDY", None)
    if not isinstance(declared, Study):
        raise InputError(
            f"{folder / '__init__.py'}: expected STUDY = Study(__name__, …), got {declared!r}",
            "declare the study as docs/templates.md shows",
        )
    return declared
