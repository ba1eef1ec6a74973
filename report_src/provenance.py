"""Every printed number followed home: its key, its meaning, its exact value, its study, its template line."""

from __future__ import annotations

import ast
import difflib
import json
import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from analysis import results
from report_src.errors import RenderError

_PART = re.compile(r"[^.\[\]]+|\[\d+\]")
_PRINTED = re.compile(r"\\result\{([^{}]+)\}")
_OTHER_SOURCES = {"settings": "report.toml", "derivations": "report_src/derivations", "inputs": "analysis/join.py"}


class Origin(Struct, frozen=True):
    """Where a number comes from."""

    key: str
    meaning: str
    value: Any
    study: str
    source: str  # "analysis/eda.py:41", the study's run()


def origin(key: str, value: Any, root: Path) -> Origin:
    """Return the origin of one key of the results or the settings."""
    study = key.split(".", 1)[0]
    return Origin(key, meaning(key), value, study, source(study, root))


def meaning(key: str) -> str:
    """Return what the contract says of a key: the description of the innermost described field on its way."""
    study, *_ = key.split(".", 1)
    if study == "settings":
        return "a setting of report.toml"
    if study == "derivations":
        return "found by the checker of derivations"
    if key.endswith(".length"):
        return f"number of entries: {meaning(key.removesuffix('.length'))}"
    kind: Any = results.Results
    found: list[str] = []
    for part in _PART.findall(key):
        kind, note = _step(kind, part)
        if note:
            found.append(note)
    informative = [note for note in found if not _general(note)]
    return informative[-1] if informative else ""


def _general(note: str) -> bool:
    """Whether a description is that of a shared type, such as Replicated, and says nothing of the quantity."""
    return note.startswith(("mean over replicates", "sample standard", "smallest over rep", "largest over rep")) and (
        ";" not in note
    )


def _step(kind: Any, part: str) -> tuple[Any, str]:
    """Return (type, description) one step further along a key."""
    kind = _plain(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        hint = typing.get_type_hints(kind, include_extras=True).get(part, Any)
        notes = [
            m.description for m in getattr(hint, "__metadata__", ()) if isinstance(m, msgspec.Meta) and m.description
        ]
        return hint, notes[-1] if notes else ""
    arguments = [argument for argument in typing.get_args(kind) if argument is not Ellipsis]
    return (arguments[-1] if arguments else Any), ""


def _plain(kind: Any) -> Any:
    """Strip Annotated and Optional."""
    while True:
        if typing.get_origin(kind) is typing.Annotated:
            kind = typing.get_args(kind)[0]
        elif typing.get_origin(kind) in (typing.Union, types.UnionType):
            kind = next((a for a in typing.get_args(kind) if a is not type(None)), Any)
        else:
            return kind


def source(study: str, root: Path) -> str:
    """Return file and line of the study's `run`."""
    path = root / "analysis" / f"{study}.py"
    if not path.exists():
        return {"settings": "report.toml", "derivations": "report_src/derivations", "inputs": "analysis/join.py"}.get(
            study, ""
        )
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == "run":
            return f"{path.relative_to(root).as_posix()}:{node.lineno}"
    return path.relative_to(root).as_posix()


def printed(document: str) -> Iterator[tuple[str, int]]:
    """Yield (key, line) of every number printed in a rendered document, keys as TeX carries them."""
    for number, line in enumerate(document.split("\n"), start=1):
        for key in _PRINTED.findall(line):
            yield key, number


def where(key: str, build: Path, root: Path) -> str:
    """Return the lines that answer `make where Q=key`; RenderError suggests the nearest keys to an unknown one."""
    tree = json.loads((build / "results.json").read_bytes())
    values = dict(results.leaves(tree))
    values.update({f"{branch}": None for branch in _branches(tree)})
    if key not in values:
        near = difflib.get_close_matches(key, list(values), n=5, cutoff=0.4)
        raise RenderError(f"unknown key '{key}'; nearest: {', '.join(near) or 'none'}")
    document = (build / "report.tex").read_text(encoding="utf-8")
    lines = json.loads((build / "report.map.json").read_bytes())["lines"]
    inside = (key + ".", key + "[")
    places = sorted(
        {f"{lines[n - 1][0]}:{lines[n - 1][1]}" for k, n in printed(document) if k == key or k.startswith(inside)}
    )
    study = key.split(".", 1)[0]
    figures = sorted(path.name for path in (build / "figures").glob(f"{study}-*.pdf"))
    rows = [
        ("key", key),
        ("value", json.dumps(values[key]) if values[key] is not None else "a record"),
        ("meaning", meaning(key)),
        ("record", f"analysis/results/{study}.py"),
        ("function", source(study, root)),
        ("printed at", "\n            ".join(places) or "nowhere: no template prints it"),
        ("figures", ", ".join(figures) or "none"),
    ]
    return "\n".join(f"{name:<12}{text}" for name, text in rows)


def _branches(tree: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(tree, dict | list):
        if prefix:
            yield prefix
        items = tree.items() if isinstance(tree, dict) else ((f"[{i}]", branch) for i, branch in enumerate(tree))
        for name, branch in items:
            yield from _branches(branch, prefix + name if str(name).startswith("[") else f"{prefix}.{name}".lstrip("."))


def unused(used: set[str], tree: Any) -> list[str]:
    """Return the keys of the results that no template reads (an item of a read list counts as read)."""
    flat = {re.sub(r"\[\d+\]", "[]", key) for key in used}
    return sorted({re.sub(r"\[\d+\]", "[]", key) for key, _ in results.leaves(tree)} - flat)
