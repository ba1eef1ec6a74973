"""Results and templates -> BUILD/work/report.tex, with the way back from each of its lines to the template's."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from analysis.io.user_file import kept_bytes
from report_src.errors import RenderError
from report_src.findings import Finding
from report_src.fonts.pages import without_font, write_pages
from report_src.numbers import claim_records, engine_words
from report_src.numbers.lookup import unused
from report_src.numbers.printed_numbers import compared_otherwise, contradictions, marks, under_wrong_units
from report_src.numbers.provenance import provenance_of
from report_src.project import AI_LOG, CLAIMS, DOCUMENT, FINDINGS, READS, RESULTS, SOURCE_MAP, UNUSED, Project
from report_src.prose import allowances, bibliography, lint, requirements, unprinted
from report_src.prose import blocks as text_blocks
from report_src.prose.foreseen import remember
from report_src.prose.omissions import omissions, undeclared_use
from report_src.prose.printed_sentences import unlike_their_sentences
from report_src.prose.slips import slips
from report_src.rendering import ai_usage
from report_src.rendering.bytecode_cache import TemplateCache
from report_src.rendering.context import context_of, derivations
from report_src.rendering.engine import Environment, environment, render_text
from report_src.rendering.source_marks import claim_places, parts, take_out
from report_src.system.files import write_whole
from report_src.tex.source_map import PREAMBLE, place_of


def render(
    project: Project,
    on_text: Callable[[bytes], None] | None = None,
    on_document: Callable[[bytes], None] | None = None,
) -> list[str]:
    """Write the document, its source map and what it inputs below BUILD/work; return what the prose check found.

    `on_text` is called with the beginning of the document during rendering; the final text may differ. `on_document` is
    called with the document once it and what it inputs are written: a last check may still refuse it. Raises
    RenderError at a template's line, InputError for a mistake in a file that the user edits.
    """
    templates, scans_of = project.templates, project.work / ".prose.json"
    unprinted.refuse(templates, project.work / ".unprinted.json")
    found = lint.check(templates, scans_of)
    usage = ai_usage.load(project.ai_log)
    engine, rendered = _document(project, usage, found, on_text)
    document, places = take_out(rendered)
    typed = lint.typed_results(templates, document, scans_of)
    if typed:  # visible only in the finished text; rendered again, as the first page now reads DRAFT
        found = [*(finding for finding in found if finding.place not in {one.place for one in typed}), *typed]
        engine, rendered = _document(project, usage, found)
        document, places = take_out(rendered)
    if project.draft:
        document = ticked(document, places, derivations(project)["table"], templates)
    document = bibliography.printed(templates, document)
    findings, claims, results = [str(finding) for finding in found], _claims(engine), kept_bytes(project.results)
    findings += undeclared_use(places) if project.ai_log else []
    tree = json.loads(results)
    products = {
        FINDINGS: json.dumps(findings, indent=1).encode(),
        PREAMBLE: project.located(f"templates/{PREAMBLE}").read_bytes(),
        f"attachments/{AI_LOG}": ai_usage.as_toml(usage).encode(),
        f"attachments/{RESULTS}": results,
        "attachments/report.toml": kept_bytes(project.config),
        CLAIMS: claims,
        f"attachments/{CLAIMS}": claims,
        SOURCE_MAP: _source_map(places, rendered),
        READS: json.dumps(engine.ledger.places).encode(),
        UNUSED: json.dumps(unused(engine.ledger.used, tree), indent=1).encode(),
        f"{DOCUMENT}.tex": document.encode("utf-8"),
    }
    for name, product in products.items():
        write_whole(project.work / name, product)
    write_pages(document, project.work)
    if on_document is not None:
        on_document(products[f"{DOCUMENT}.tex"])
    asked = requirements.load(templates / "requirements.toml")
    requirements.check(asked, document, places)
    list(requirements.unmet(asked, project.settings))  # raises where a condition names no setting; handin judges
    unit = provenance_of(project).unit
    refuse_other_numbers(document, places, tree, engine.ledger.texts["numbers"], unit)
    read = sorted({f"templates/{name}" for name, _ in places if name})
    remember(project.work, {name: project.located(name).read_text(encoding="utf-8") for name in read})
    needless = allowances.needless(templates, lint.scans(templates, scans_of))
    slipped = slips(templates, project.work / ".slips.json")
    slipped += [*omissions(document, places), *unlike_their_sentences(document, places, tree)]
    return [*findings, *needless, *slipped, *without_font(document)]


def refuse_other_numbers(
    document: str,
    places: Sequence[tuple[str, int]],
    results: dict[str, Any],
    words: dict[str, Any],
    unit: Callable[[str], str],
) -> None:
    r"""Raise RenderError at a number that carries the key of a result and is no rounding of it, or has another unit.

    Or at two numbers that words compare otherwise than they are.

    Somebody typed `\result`: a number with its style is changed by no filter (formatting.refuse_styled).
    """
    for check, step in (
        (lambda text: contradictions(text, results, words), "; \\result is written by a style only"),
        (lambda text: under_wrong_units(text, unit, words), ""),
        (lambda text: compared_otherwise(text, results), "; correct the words, or choose them by a claim"),
    ):
        wrong = next(check(document), None)
        if wrong is None:
            continue
        key, lines = wrong.partition(": ")[0], document.split("\n")
        marked = (number for number, line in enumerate(lines) if any(known == key for known, _ in marks(line)))
        number = next((at for at in marked if wrong in check(lines[at])), 0)
        raise RenderError(f"{wrong}{step}", place_of(places, number))


def _document(
    project: Project,
    usage: ai_usage.AiUsage,
    findings: Sequence[Finding],
    on_text: Callable[[bytes], None] | None = None,
) -> tuple[Environment, str]:
    """Return the engine with what it read and decided, and the document, marked with the places it comes from."""
    tinted = text_blocks.shipped_hashes(project.templates) if project.draft else None
    cache = TemplateCache(project.work / ".templates", repr(tinted and sorted(tinted)))
    engine = environment(project.templates, cache=cache)
    engine.tinted, engine.code, engine.ledger.texts = tinted, project.code, engine_words.load(project.home)
    context = context_of(project, usage, engine) | {"findings": findings}
    text = render_text(engine, f"{DOCUMENT}.tex.j2", context, on_text)
    context["scans"].refuse_unprinted()
    return engine, text


def _claims(engine: Environment) -> bytes:
    """Return what claims.json holds."""
    claims = [claim_records.as_tree(claim) for claim in engine.claims]
    return msgspec.json.format(msgspec.json.encode(claims), indent=1)


def _source_map(places: Sequence[tuple[str, int]], rendered: str) -> bytes:
    """Return what report.map.json holds: where lines of the document and parts of them come from, where claims are."""
    lines = [[f"templates/{name}", number] for name, number in places]
    within = {
        line: [[at, f"templates/{name}", n] for at, name, n in pieces] for line, pieces in parts(rendered).items()
    }
    return json.dumps({"lines": lines, "parts": within, "claims": claim_places(rendered)}).encode()


def ticked(document: str, places: Sequence[tuple[str, int]], table: Sequence[dict[str, Any]], templates: Path) -> str:
    """Put a tick before each displayed row that the checker found true, where its file is still the one it read."""
    ticks = {
        (row["file"], line): column
        for row in table
        if hashlib.sha256((templates / row["file"]).read_bytes()).hexdigest() == row["digest"]
        for line, column in row["checked"]
    }
    lines = document.split("\n")
    for number, place in enumerate(places):
        if place in ticks:
            column = ticks[place] - 1
            lines[number] = f"{lines[number][:column]}\\rowtick{{}}{lines[number][column:]}"
    return "\n".join(lines)
