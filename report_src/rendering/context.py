"""What templates may name: results, settings, claims, derivations, and the notes on the numbers they printed."""

import json
import tomllib
from collections.abc import Callable
from typing import Any

import msgspec

from analysis import contract
from analysis.settings.schema import Settings
from report_src.numbers.provenance import Provenance, provenance_of
from report_src.numbers.values import Ledger, wrap
from report_src.project import Project
from report_src.prose import bibliography
from report_src.prose import blocks as text_blocks
from report_src.rendering import ai_usage, scans
from report_src.rendering.engine import Environment
from report_src.tex.escape import Latex, tex

# what the computations and the document rest on directly; the lock file and results.json have the rest
PRINTED_PACKAGES = frozenset(
    ("numpy", "pandas", "scipy", "scikit-learn", "torch", "captum", "matplotlib", "joblib", "msgspec", "Jinja2", "lark")
)


def context_of(project: Project, usage: ai_usage.AiUsage, engine: Environment) -> dict[str, Any]:
    """Return everything that a template may use; `usage` is the log of AI use."""
    settings, words = project.settings, engine.ledger.texts
    tree = msgspec.to_builtins(contract.load_results(project.results, settings.studies))
    context = {name: wrap(branch, name, engine.ledger) for name, branch in tree.items()}
    context["settings"] = wrap(settings_tree(settings), "settings", engine.ledger)
    context.update(
        draft=project.draft,
        ai=usage,
        placeholders=[*settings.placeholders, *(["AI declaration"] if usage.used == "undeclared" else [])],
        generator=_generator(project),
        repository=_link(settings.report.repository),
        commit=project.commit,
        data_files=[
            (role, inputs.name, inputs.rows, inputs.sha256[:24])
            for role, inputs in (("training", context["inputs"].train), ("test", context["inputs"].test))
            if inputs is not None
        ],
        chosen_settings=_chosen(context["inputs"].settings, lambda key: not key.startswith(("data.", "table."))),
        chosen_packages=[
            ("Python", context["inputs"].python),
            *_chosen(context["inputs"].packages, lambda name: name in PRINTED_PACKAGES),
        ],
        number_notes=lambda: _number_notes(engine.ledger, provenance_of(project)),
        scans=_scans(project),
        derivations=wrap(_with_programs(derivations(project), words), "derivations", engine.ledger),
        texts=words,
        references=bool(bibliography.entries_of(project.templates)),
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
    tree = {part: msgspec.to_builtins(getattr(settings, part)) for part in settings.visible}
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


def _scans(project: Project) -> scans.Scans:
    settings = project.settings
    return scans.Scans(
        {place: scans.prepare(names, settings.folder, project.work, place) for place, names in settings.scans.items()}
    )


def derivations(project: Project) -> dict[str, Any]:
    """Return what the checker found: `table`, one row a derivation, and `bindings`; empty where it has not run."""
    path = project.derivations
    return json.loads(path.read_bytes()) if path.exists() else {"table": [], "bindings": []}


def _with_programs(tree: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    """Return what the checker found, with the programs of each binding as a sentence names them."""
    programs = words["programs"]
    bindings = [
        {**bound, "programs": [programs.get(name, name) for name in bound["references"]]} for bound in tree["bindings"]
    ]
    return {**tree, "bindings": bindings}


def _number_notes(ledger: Ledger, known: Provenance) -> list[tuple[str, str]]:
    """Return (key, note) of every number printed so far; a note is key, value, meaning and source, a line each."""
    return [
        (key, f"{key} = {_digits(value)}\n{known.meaning(key)}\n{known.source(key.split('.', 1)[0])}")
        for key, value in ledger.printed.items()
    ]


def _digits(value: float) -> str:
    """Return a value as its note gives it: whole numbers in full, others to ten digits."""
    return str(int(value)) if isinstance(value, int) else f"{float(value):.10g}"
