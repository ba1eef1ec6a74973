"""Results and templates -> build/report.tex, with the way back from each of its lines to the template's."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tomllib
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jinja2
import msgspec

from analysis import contract
from analysis.results import store
from analysis.settings.load import load
from analysis.settings.schema import Settings
from report_src import (
    ai_usage,
    claim_records,
    excerpts,
    formatting,
    prose,
    provenance,
    requirements,
    scans,
    tag_faults,
    text_blocks,
)
from report_src.claims import Claim, Claims
from report_src.errors import RenderError
from report_src.escape import Latex, tex, verbatim
from report_src.source_lines import SourceLines, last_place, overheard, parts, take_out
from report_src.template_cache import TemplateCache
from report_src.values import Ledger, wrap
from report_src.where import unused

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
LONGEST_MEANING = 64  # characters of a meaning in the index of numbers
LARGEST_DOCUMENT = 50_000_000  # characters; a template that loops is stopped here

# what the computations and the document rest on directly; the lock file and results.json have the rest
PRINTED_PACKAGES = frozenset(
    ("numpy", "pandas", "scipy", "scikit-learn", "torch", "captum", "matplotlib", "joblib", "msgspec", "Jinja2", "lark")
)


class Environment(jinja2.Environment):
    """Jinja for LaTeX, with the ledger of keys read and the claims decided."""

    ledger: Ledger
    claims: list[Claim]
    source_of: dict[str | None, str]
    tinted: frozenset[str] | None  # hashes of the text blocks as shipped, where these are to be told apart


def environment(templates: Path = TEMPLATES, *, cache: jinja2.BytecodeCache | None = None) -> Environment:
    r"""Return the template engine: \VAR{…}, \BLOCK{…}, \NOTE{…}; undefined names and bare numbers are errors."""
    made = Environment(
        loader=jinja2.FileSystemLoader(templates),
        block_start_string=r"\BLOCK{",
        block_end_string="}",
        variable_start_string=r"\VAR{",
        variable_end_string="}",
        comment_start_string=r"\NOTE{",
        comment_end_string="}",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        finalize=formatting.finalize,
        autoescape=False,  # finalize escapes: it alone knows LaTeX from text
        extensions=[SourceLines, Claims],
        bytecode_cache=cache,
    )
    made.ledger, made.claims, made.source_of, made.tinted = Ledger(), [], {}, None
    made.filters.update(formatting.FILTERS)
    made.filters["verbatim"] = verbatim
    made.globals["code"] = lambda name: excerpts.code(ROOT, name)
    return made


def render(
    config: Path,
    build: Path,
    *,
    draft: bool = False,
    profile: str | None = None,
    heard: Callable[[bytes], None] | None = None,
) -> list[str]:
    """Write report.tex, report.map.json, claims.json, unused.json and what the document inputs, below `build`.

    Returns what the lint of prose found. `heard` is told the document's beginning while it is rendered: it may turn
    out otherwise. Raises RenderError at a template's line, InputError for a mistake in a file that the user edits.
    """
    settings = load(config, profile)
    scans_of = build / ".prose.json"
    found = prose.check(TEMPLATES, scans_of)
    engine, rendered = _document(settings, build, draft, found, heard)
    document, places = take_out(rendered)
    typed = prose.typed_results(TEMPLATES, document, scans_of)
    if typed:  # seen in the finished text alone; once more, so that the first page says DRAFT
        found = [*(finding for finding in found if finding.place not in {one.place for one in typed}), *typed]
        engine, rendered = _document(settings, build, draft, found)
        document, places = take_out(rendered)
    requirements.check(requirements.load(TEMPLATES / "requirements.toml"), document)
    if draft:
        document = ticked(document, places, _derivations(build)["table"])
    findings = [str(finding) for finding in found]
    store.write_whole(build / "findings.json", json.dumps(findings, indent=1).encode())
    claims = [claim_records.as_tree(claim) for claim in engine.claims]
    store.write_whole(build / "preamble.tex", (TEMPLATES / "preamble.tex").read_bytes())
    store.write_whole(build / "attachments" / "results.json", (build / "results.json").read_bytes())
    store.write_whole(build / "attachments" / "report.toml", config.read_bytes())
    store.write_whole(build / "claims.json", msgspec.json.format(msgspec.json.encode(claims), indent=1))
    lines = [[f"templates/{name}", number] for name, number in places]
    within = {
        line: [[at, f"templates/{name}", n] for at, name, n in pieces] for line, pieces in parts(rendered).items()
    }
    store.write_whole(build / "report.map.json", json.dumps({"lines": lines, "parts": within}).encode())
    unread = unused(engine.ledger.used, json.loads((build / "results.json").read_bytes()))
    store.write_whole(build / "reads.json", json.dumps(engine.ledger.places).encode())
    store.write_whole(build / "unused.json", json.dumps(unread, indent=1).encode())
    store.write_whole(build / "report.tex", document.encode("utf-8"))
    return findings


def _document(
    settings: Settings,
    build: Path,
    draft: bool,
    findings: Sequence[prose.Finding],
    heard: Callable[[bytes], None] | None = None,
) -> tuple[Environment, str]:
    """Return the engine with what it read and decided, and the document, marked with the places it comes from."""
    tinted = text_blocks.shipped_hashes(TEMPLATES) if draft else None
    engine = environment(cache=TemplateCache(build / ".templates", repr(tinted and sorted(tinted))))
    engine.tinted = tinted
    context = _context(engine, settings, build, draft) | {"findings": findings}
    return engine, render_text(engine, "report.tex.j2", context, heard)


def render_text(
    engine: Environment, name: str, context: dict[str, Any], heard: Callable[[bytes], None] | None = None
) -> str:
    """Render one template; every failure is a RenderError with the template's file and line."""
    pieces, size = [], 0
    try:
        rendered = engine.get_template(name).generate(context)
        for piece in rendered if heard is None else overheard(rendered, heard):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_DOCUMENT:
                grown = f"the document grows beyond {LARGEST_DOCUMENT:,} characters; does a loop end?"
                raise RenderError(grown, last_place(pieces))
    except RenderError as error:
        raise RenderError(error.message, error.place or _place(error)) from None
    except jinja2.TemplateError as error:
        message, place = tag_faults.told(error, engine, context)
        raise RenderError(message, place or _place(error)) from None
    except MemoryError as error:
        raise RenderError("more memory is needed than there is for it; does a loop end?", _place(error)) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise RenderError(f"{type(error).__name__}: {error}", _place(error)) from None
    return "".join(pieces)


def _place(error: BaseException) -> str:
    """Return template:line of the innermost template frame of a traceback."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.endswith(".j2"):
            path = Path(frame.filename)
            shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
            return f"{shown}:{frame.lineno}"
    return ""


def _context(engine: Environment, settings: Settings, build: Path, draft: bool) -> dict[str, Any]:
    """Everything a template may name."""
    tree = msgspec.to_builtins(contract.load_results(build / "results.json"))
    context = {name: wrap(branch, name, engine.ledger) for name, branch in tree.items()}
    context["settings"] = wrap(_settings_tree(settings), "settings", engine.ledger)
    usage = ai_usage.load(settings.folder / settings.ai.log if settings.ai.log else None)
    context.update(
        draft=draft,
        ai=usage,
        placeholders=[*settings.placeholders, *(["AI declaration"] if usage.used == "undeclared" else [])],
        generator=_generator(build),
        repository=_link(settings.report.repository),
        commit=commit(),
        chosen_settings=_chosen(context["inputs"].settings, lambda key: key.startswith(("run.", "shared_bias."))),
        chosen_packages=[
            ("Python", context["inputs"].python),
            *_chosen(context["inputs"].packages, lambda name: name in PRINTED_PACKAGES),
        ],
        numbers=lambda: _numbers(engine.ledger),
        claims=lambda: [claim_records.row(claim) for claim in engine.claims],
        requirements=requirements.load(TEMPLATES / "requirements.toml"),
        scans=_scans(settings, build),
        derivations=wrap(_derivations(build), "derivations", engine.ledger),
    )
    return context


def _generator(build: Path) -> dict[str, Any]:
    """Return name and version of this generator, and how many of the templates' text blocks are as it ships them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    blocks, shipped = text_blocks.counts(TEMPLATES, build / ".blocks.json")
    return {"name": project["name"], "version": project["version"], "blocks": blocks, "shipped": shipped}


def _chosen(rows: Any, wanted: Callable[[str], bool]) -> list[tuple[str, Any]]:
    return [(key, rows[key]) for key in rows if wanted(key)]


def _settings_tree(settings: Settings) -> dict[str, Any]:
    tree = {
        part: msgspec.to_builtins(getattr(settings, part)) for part in ("report", "data", "table", "run", "shared_bias")
    }
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


def commit() -> str:
    """Return the commit that this project is at, with "+" where files differ from it; "" outside a repository."""
    git = shutil.which("git")
    if not git:
        return ""
    done = subprocess.run(
        [git, "-C", str(ROOT), "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*"],
        capture_output=True, text=True, check=False, timeout=10,
    )  # fmt: skip
    return done.stdout.strip() if done.returncode == 0 else ""


def _scans(settings: Settings, build: Path) -> dict[str, Sequence[scans.Scan]]:
    places = {"part_c": settings.scans.part_c, "question_2": settings.scans.question_2}
    return {place: scans.prepare(names, settings.folder, build, place) for place, names in places.items()}


def ticked(document: str, places: Sequence[tuple[str, int]], table: Sequence[dict[str, Any]]) -> str:
    """Put a tick before each displayed row that the checker found true, where its file is still the one it read."""
    ticks = {
        (row["file"], line): column
        for row in table
        if hashlib.sha256((TEMPLATES / row["file"]).read_bytes()).hexdigest() == row["digest"]
        for line, column in row["checked"]
    }
    lines = document.split("\n")
    for number, place in enumerate(places):
        if place in ticks:
            column = ticks[place] - 1
            lines[number] = f"{lines[number][:column]}\\rowtick{{}}{lines[number][column:]}"
    return "\n".join(lines)


def _derivations(build: Path) -> dict[str, Any]:
    """Return what the checker found: `table`, one row a derivation, and `bindings`; empty where it has not run."""
    path = build / "derivations.json"
    return json.loads(path.read_bytes()) if path.exists() else {"table": [], "bindings": []}


def _numbers(ledger: Ledger) -> list[tuple[str, str, list[dict[str, Any]]]]:
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
    return [(study, provenance.source(study, ROOT), list(families.values())) for study, families in groups.items()]


def _digits(value: float) -> str:
    """Return a value as the index prints it: whole numbers in full, others to ten digits."""
    return str(int(value)) if isinstance(value, int) else f"{float(value):.10g}"


def _short(meaning: str) -> str:
    """Cut a meaning to what one line of the index holds; results.json has its key in full, the contract its words."""
    return meaning if len(meaning) <= LONGEST_MEANING else meaning[: LONGEST_MEANING - 1].rsplit(" ", 1)[0] + " …"


def _natural(key: str) -> list[Any]:
    """Sort [2] before [10]."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", key)]
