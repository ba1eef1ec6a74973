"""A number followed home (`make where Q=key`), and the keys of the results that no template reads."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from report_src.errors import BuildError
from report_src.numbers.origin import SUMMARY, computed_at
from report_src.numbers.provenance import Provenance
from report_src.numbers.values import any_index
from report_src.project import CLAIMS, READS, UNUSED, Project

SUGGESTED = 5  # nearest keys to an unknown one
MISSING = object()
LONGEST_VALUE = 200  # characters of a list's or a record's value that are shown


def unused_keys(project: Project) -> list[str]:
    """Return the keys that no template read when the report was last rendered."""
    path = project.work / UNUSED
    keys: list[str] = json.loads(path.read_bytes()) if path.exists() else []
    return keys


def summary(project: Project) -> str:
    """Say how many keys of the results no template reads."""
    number = len(unused_keys(project))
    return f"{number} keys of the results are read by no template (make unused lists them)"


def where(key: str, tree: Mapping[str, Any], work: Path, known: Provenance, root: Path) -> dict[str, list[str]]:
    """Return what there is to say of a key, in lines: value, meaning, field, what computes it, template lines, figures.

    `tree` holds the results and the settings, `work` what rendering left; `known` says what keys mean, `root` is the
    clone. BuildError (status 2) suggests the nearest keys to an unknown one.
    """
    value = value_of(key, tree)
    if value is MISSING:
        raise BuildError(f"unknown key '{key}'{nearest(key, dict(nodes(tree)))}", 2)
    study = key.split(".", 1)[0].split("[", 1)[0]
    declared = known.field(key, root)
    record = declared.rpartition(" ")[2].partition(".")[0]
    figures = sorted(path.name for path in (work / "figures").glob(f"{study}-*.pdf"))
    return {
        "key": [key],
        "value": [_shown(value)],
        "meaning": [known.meaning(key) or "(no description)"],
        "unit": [known.unit(key)],
        "field": [declared or "(none)"],
        "computed at": computed_at(key, known.folder(study), root, record) or [known.source(study)],
        "read at": readers(key, work) or ["(no template reads it)"],
        "claims": [f"{place} {name}" for place, name in _claims_on(key, work)] or ["(no claim rests on it)"],
        "figures": [", ".join(figures) or "(the study has none)"],
    }


def value_of(key: str, tree: Any) -> Any:
    """Return the value at a dotted key: `a.b[2].c`; MISSING where a tree has none."""
    value = tree
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", key):
        try:
            value = value[int(index)] if index else value[name]
        except (LookupError, TypeError):  # a name may have dots of its own
            return dict(nodes(tree)).get(key, MISSING)
    return value


def _claims_on(key: str, work: Path) -> list[tuple[str, str]]:
    """Return (template:line, name) of each claim whose conditions read the key, or one below it, when last rendered."""
    path = work / CLAIMS
    claims = msgspec.json.decode(path.read_bytes()) if path.exists() else []
    return [(f"templates/{claim['template']}:{claim['line']}", claim["id"]) for claim in claims
            if any(name == key or name.startswith((f"{key}.", f"{key}[")) for name in claim["values"])]  # fmt: skip


def readers(key: str, work: Path) -> list[str]:
    """Return template:line of every place that read the key, or one below it, when the report was last rendered."""
    reads = msgspec.json.decode((work / READS).read_bytes())
    wanted = any_index(key)
    below = (wanted + ".", wanted + "[")
    found = {tuple(place) for name, places in reads.items() if name == wanted or name.startswith(below)
             for place in places}  # fmt: skip
    return [f"templates/{template}:{line}" for template, line in sorted(found)]


def nearest(key: str, keys: Iterable[str]) -> str:
    """Return "; nearest: a, b" for an unknown key, those with the same last name first; the studies where none is."""
    known = sorted({any_index(name) if "[" not in key else name for name in keys})
    last = key.rpartition(".")[2]
    same_name = [name for name in known if name.rpartition(".")[2] == last]
    near = difflib.get_close_matches(key, same_name, n=SUGGESTED, cutoff=0.5)
    near += [name for name in difflib.get_close_matches(key, known, n=SUGGESTED, cutoff=0.5) if name not in near]
    if not near:
        return f"; keys begin with one of {', '.join(name for name in known if '.' not in name)}"
    return f"; nearest: {', '.join(near[:SUGGESTED])}"


def nodes(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted key, value) of every record, list and leaf of a tree."""
    if prefix:
        yield prefix, tree
    if isinstance(tree, Mapping):
        for name, branch in tree.items():
            yield from nodes(branch, f"{prefix}.{name}" if prefix else str(name))
    elif isinstance(tree, list | tuple):
        for index, branch in enumerate(tree):
            yield from nodes(branch, f"{prefix}[{index}]")


def unused(used: Iterable[str], tree: Any) -> list[str]:
    """Return the keys of the results that no template reads, indices as [].

    An item of a list counts as read with any other item; a summary over replicates counts as one key. The record of
    the inputs (files, versions) is the engine's and counts as read.
    """
    read = {any_index(key) for key in used}
    read |= {key.rpartition(".")[0] for key in read if key.rpartition(".")[2].split("[")[0] in SUMMARY}
    read |= {key.removesuffix("[]").rpartition(".")[0] for key in read if key.endswith(".replicates[]")}
    studies = {name: branch for name, branch in tree.items() if name != "inputs"}
    return sorted({any_index(key) for key in _countable(studies)} - read)


def _countable(tree: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(tree, Mapping) and set(tree) != SUMMARY:
        for name, branch in tree.items():
            yield from _countable(branch, f"{prefix}.{name}" if prefix else str(name))
    elif isinstance(tree, list | tuple):
        for branch in tree:
            yield from _countable(branch, f"{prefix}[]")
    else:
        yield prefix


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= LONGEST_VALUE:
        return text
    what = f"a record of {len(value)} fields" if isinstance(value, Mapping) else f"{len(value)} entries"
    return f"{text[:LONGEST_VALUE]}… ({what})"
