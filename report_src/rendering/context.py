"""What templates may name: results, settings, claims, derivations, and the index of the numbers they printed."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from analysis import contract
from analysis.settings.schema import Settings
from report_src.numbers import provenance
from report_src.numbers.lookup import SETTINGS
from report_src.numbers.values import Ledger, wrap
from report_src.project import Project
from report_src.prose import blocks as text_blocks
from report_src.prose import requirements
from report_src.rendering import ai_usage, claim_records, scans
from report_src.rendering.engine import Environment
from report_src.tex.escape import Latex, tex

LONGEST_MEANING = 64  # characters of a meaning in the index of numbers

# what the computations and the document rest on directly; the lock file and results.json have the rest
PRINTED_PACKAGES = frozenset(
    ("numpy", "pandas", "scipy", "scikit-learn", "torch", "captum", "matplotlib", "joblib", "msgspec", "Jinja2", "lark")
)


def context_of(project: Project, engine: Environment) -> dict[str, Any]:
    """Return everything that a template may name."""
    settings = project.settings
    tree = msgspec.to_builtins(contract.load_results(project.results))
    context = {name: wrap(branch, name, engine.ledger) for name, branch in tree.items()}
    context["settings"] = wrap(settings_tree(settings), "settings", engine.ledger)
    usage = ai_usage.load(project.ai_log)
    context.update(
        draft=project.draft,
        ai=usage,
        placeholders=[*settings.placeholders, *(["AI declaration"] if usage.used == "undeclared" else [])],
        generator=_generator(project),
        repository=_link(settings.report.repository),
        commit=project.commit,
        chosen_settings=_chosen(context["inputs"].settings, lambda key: key.startswith(("run.", "shared_bias."))),
        chosen_packages=[
            ("Python", context["inputs"].python),
            *_chosen(context["inputs"].packages, lambda name: name in PRINTED_PACKAGES),
        ],
        numbers=lambda: _numbers(engine.ledger, project.root),
        claims=lambda: [claim_records.row(claim) for claim in engine.claims],
        requirements=requirements.load(project.templates / "requirements.toml"),
        scans=_scans(project),
        derivations=wrap(derivations(project), "derivations", engine.ledger),
    )
    return context


def _generator(project: Project) -> dict[str, Any]:
    """Return name and version of this generator, and how many of the templates' text blocks are as it ships them."""
    package = tomllib.loads((project.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    blocks, shipped = text_blocks.counts(project.templates, project.work / ".blocks.json")
    return {"name": package["name"], "version": package["version"], "blocks": blocks, "shipped": shipped}


def _chosen(rows: Any, wanted: Callable[[str], bool]) -> list[tuple[str, Any]]:
    return [(key, rows[key]) for key in rows if wanted(key)]


def settings_tree(settings: Settings) -> dict[str, Any]:
    """Return what templates see of report.toml."""
    tree = {part: msgspec.to_builtins(getattr(settings, part)) for part in SETTINGS}
    tree["table"]["features"] = list(settings.table.features)
    return tree


def _link(url: str) -> Latex:
    """Return the repository's link; other schemes than http and https are printed, not linked."""
    shown = tex(url)
    safe = url.startswith(("https://", "http://")) and all(c.isalnum() or c in "-._~:/?#[]@!&()*+,;=%" for c in url)
    if not safe:
        return Latex(rf"\texttt{{{shown}}}")
    target = url.replace("%", r"\%").replace("#", r"\#").replace("&", r"\&")
    return Latex(rf"\href{{{target}}}{{\texttt{{{shown}}}}}")


def _scans(project: Project) -> dict[str, Sequence[scans.Scan]]:
    settings = project.settings
    places = {"part_c": settings.scans.part_c, "question_2": settings.scans.question_2}
    return {place: scans.prepare(names, settings.folder, project.work, place) for place, names in places.items()}


def derivations(project: Project) -> dict[str, Any]:
    """Return what the checker found: `table`, one row a derivation, and `bindings`; empty where it has not run."""
    path = project.derivations
    return json.loads(path.read_bytes()) if path.exists() else {"table": [], "bindings": []}


def _numbers(ledger: Ledger, root: Path) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Return (study, source, families) of every number printed so far.

    A family has a `name` (key below its study, [] for an index), a `meaning` and `entries`: key, index, value.
    """
    groups: dict[str, dict[str, dict[str, Any]]] = {}
    for key, value in sorted(ledger.printed.items(), key=lambda item: _natural(item[0])):
        if key.startswith("derivations.bindings[") and ".rows[" in key:
            continue  # a table that shows nothing else prints them in full
        name = re.sub(r"\[\d+\]", "[]", key).split(".", 1)[-1]
        families = groups.setdefault(key.split(".", 1)[0], {})
        family = families.setdefault(name, {"name": name, "meaning": _short(provenance.meaning(key)), "entries": []})
        index = ",".join(re.findall(r"\[(\d+)\]", key))
        family["entries"].append({"key": key, "index": index, "value": _digits(value)})
    return [(study, provenance.source(study, root), list(families.values())) for study, families in groups.items()]


def _digits(value: float) -> str:
    """Return a value as the index prints it: whole numbers in full, others to ten digits."""
    return str(int(value)) if isinstance(value, int) else f"{float(value):.10g}"


def _short(meaning: str) -> str:
    """Cut a meaning to what one line of the index holds; results.json has its key in full, the contract its words."""
    return meaning if len(meaning) <= LONGEST_MEANING else meaning[: LONGEST_MEANING - 1].rsplit(" ", 1)[0] + " …"


def _natural(key: str) -> list[Any]:
    """Sort [2] before [10]."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", key)]
