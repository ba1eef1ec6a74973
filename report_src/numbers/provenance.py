"""What a key means and where it is made: its field in the contract, its study's function."""

import dataclasses
import functools
import inspect
import itertools
import re
import sys
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from analysis import contract
from analysis.declaration import Study
from analysis.settings.schema import document_type
from report_src.numbers.values import any_index
from report_src.project import Project

UNITS = ("fraction", "count", "nats", "bits", "seconds", "megabytes", "percentage points")
_PART = re.compile(r"[^.\[\]]+|\[\d*\]")
_OTHER_SOURCES = {"settings": "report.toml", "derivations": "report_src/derivations", "inputs": "analysis/collect.py"}


class Provenance:
    """What the keys of a report mean, by the contract of its studies."""

    def __init__(self, studies: Mapping[str, Study], find: Callable[[str], Path]) -> None:
        """Read the contract of these studies; `find` gives the file of a path like "analysis/collect.py"."""
        self._studies, self._find = studies, find
        self._results, self._settings = contract.results_type(studies), document_type(studies)
        self._known: dict[str, str] = {}
        self._units: dict[str, str] = {}
        self._sources: dict[str, str] = {}

    def meaning(self, key: str) -> str:
        """Return the contract's description of a key: the description of the innermost described field on its path.

        A field of a shared type (`.std` of a summary over replicates) means what the summarised quantity means.
        """
        key = any_index(key)  # the items of a list mean the same
        if key not in self._known:
            self._known[key] = self._meaning(key)
        return self._known[key]

    def _meaning(self, key: str) -> str:
        study, *_ = key.split(".", 1)
        if study == "settings":
            return "a setting of report.toml"
        if study == "derivations":
            return "found by the checker of derivations"
        if key.endswith(".length"):
            return f"number of entries: {self.meaning(key.removesuffix('.length'))}"
        kind, found = self._root(key), []
        for part in _parts(key):
            kind = _hint(kind, part)
            found += _meanings(kind)[-1:]
        informative = [note for note in found if not _general(note)]
        return informative[-1] if informative else ""

    def unit(self, key: str) -> str:
        """Return the unit of a key's value, which ends the contract's description: "fraction", "nats", "in its unit".

        A whole number without one is a count, any other number has the unit 1; "" for anything else.
        """
        key = any_index(key)
        if key not in self._units:
            self._units[key] = self._unit(key)
        return self._units[key]

    def _unit(self, key: str) -> str:
        last = self.meaning(key).partition(";")[0].rpartition(", ")[2]
        if last in UNITS or last.endswith("unit") or last.startswith("logit per "):
            return last
        kind = self._root(key)
        for part in _parts(key):
            kind = _hint(kind, part)
        plain = _plain(kind)
        return {int: "count", float: "1"}.get(plain, "") if isinstance(plain, type) else ""

    def tolerance(self, key: str) -> float | None:
        """Return how far a key may move between two builds if its field declares that (`Meta(extra=…)`), else None."""
        declared, kind = None, self._root(key)
        for part in _parts(key):
            hint = _hint(kind, part)
            for note in _notes(hint):
                if isinstance(note, msgspec.Meta):
                    declared = (note.extra or {}).get("tolerance", declared)
            kind = hint
        return declared

    def field(self, key: str, root: Path) -> str:
        """Return file, line, class and name of the field of the contract that a key leads to: the last one on its path.

        The file is shown below `root` where it lies there.
        """
        kind, found = self._root(key), ""
        for part in _parts(key):
            kind = _plain(kind)
            if _has_fields(kind) and kind.__module__ != "analysis.results.types":
                found = _declared(kind, part, root) or found
            kind = _hint(kind, part)
        return found

    def source(self, study: str) -> str:
        """Return file and line of the study's `run`."""
        if study not in self._sources:
            self._sources[study] = self._source(study)
        return self._sources[study]

    def _source(self, study: str) -> str:
        if study not in self._studies:
            return _OTHER_SOURCES.get(study, "")
        shown = f"{self._shown(study)}/study.py"
        path = self._find(shown)
        if not path.exists():
            return ""
        text = path.read_text(encoding="utf-8")
        begins = re.search(r"^def run\(", text, re.MULTILINE)
        return f"{shown}:{text.count(chr(10), 0, begins.start()) + 1}" if begins else shown

    def folder(self, study: str) -> Path | None:
        """Return the folder of a study; None for another name."""
        return self._find(self._shown(study)) if study in self._studies else None

    def _shown(self, study: str) -> str:
        return self._studies[study].package.replace(".", "/")

    def _root(self, key: str) -> Any:
        return self._settings if key.startswith("settings.") else self._results


def provenance_of(project: Project) -> Provenance:
    """Return what the keys of a report mean."""
    return Provenance(project.settings.studies, project.code)


def _general(note: str) -> bool:
    """Whether a description is that of a shared type, such as Replicated, and not of the quantity."""
    shared = ("mean over replicates", "sample standard", "smallest over rep", "largest over rep", "the value of each")
    return note.startswith(shared) and ";" not in note


def _declared(kind: type, name: str, root: Path) -> str:
    """Return file, line, class and name of a field of a class or of those it inherits from; "" where it has none."""
    owners = [each for each in kind.__mro__ if name in inspect.get_annotations(each)]
    if not owners or getattr(sys.modules[owners[0].__module__], owners[0].__name__) is not owners[0]:
        return ""  # no field of that name, or a class that was made of the declarations
    owner = owners[0]
    lines, first = _source_lines(owner)
    offset = next((n for n, line in enumerate(lines) if re.match(rf"\s+{re.escape(name)}\s*:", line)), 0)
    path, below = Path(inspect.getfile(owner)), owner.__module__.replace(".", "/") + ".py"
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else below
    return f"{shown}:{first + offset} {kind.__name__}.{name}"


@functools.cache
def _source_lines(owner: type) -> tuple[list[str], int]:
    """Return the lines below the head of a class and the number of the first; they are those that were imported."""
    lines, _ = inspect.findsource(sys.modules[owner.__module__])
    head = re.compile(rf"class {owner.__name__}\b")  # inspect would parse the whole file for it
    first = next(number for number, line in enumerate(lines) if head.match(line))
    return list(itertools.takewhile(lambda line: not line.strip() or line[0].isspace(), lines[first + 1 :])), first + 2


def _parts(key: str) -> list[str]:
    parts: list[str] = _PART.findall(key)
    return parts[1:] if parts[:1] == ["settings"] else parts


def _has_fields(kind: Any) -> bool:
    return isinstance(kind, type) and (issubclass(kind, Struct) or dataclasses.is_dataclass(kind))


def _hint(kind: Any, part: str) -> Any:
    """Return the type one step further along a key, with its annotations."""
    kind = _plain(kind)
    if _has_fields(kind):
        return _hints(kind).get(part, Any)
    arguments = [argument for argument in typing.get_args(kind) if argument is not Ellipsis]
    return arguments[-1] if arguments else Any


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """Return the annotations of a class, evaluated once: a report asks for thousands of fields."""
    return typing.get_type_hints(kind, include_extras=True)


def _notes(hint: Any) -> tuple[Any, ...]:
    notes: tuple[Any, ...] = getattr(hint, "__metadata__", ())
    return notes


def _meanings(hint: Any) -> list[str]:
    """Return what annotations say of a field: Annotated[int, "rows"] and Meta(description="rows") -> ["rows"]."""
    described = [note.description if isinstance(note, msgspec.Meta) else note for note in _notes(hint)]
    return [text for text in described if isinstance(text, str)]


def _plain(kind: Any) -> Any:
    """Strip Annotated and Optional."""
    while True:
        if typing.get_origin(kind) is typing.Annotated:
            kind = typing.get_args(kind)[0]
        elif typing.get_origin(kind) in (typing.Union, types.UnionType):
            kind = next((a for a in typing.get_args(kind) if a is not type(None)), Any)
        else:
            return kind
