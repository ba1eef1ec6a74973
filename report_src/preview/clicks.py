"""What the page answers to a click: a card with rows, and the place that an editor opens."""

import json
import re
from pathlib import Path
from typing import Any

from report_src.errors import BuildError
from report_src.findings import Finding, parsed
from report_src.numbers.answer import finding_of_answer, keyed_values
from report_src.numbers.figure_sources import figure_source
from report_src.numbers.lookup import where
from report_src.numbers.origin import parse_sources
from report_src.numbers.provenance import provenance_of
from report_src.preview.page_text import Content
from report_src.preview.places import Places
from report_src.project import DERIVATIONS, Project

SHOWN = ("value", "meaning", "unit", "computed at", "claims", "read at")  # of what is known of a number
SHOWN_PLACES = 6  # of one kind
_FIGURE = re.compile(r"\\(?:reportfigure|includegraphics)(?:\[[^\]]*\])?\{(?:figures/)?([\w-]+)(?:\.pdf)?\}")
_BRACE = re.compile(r"(?<!\\)[{}]")
LONGEST_CAPTION = 60  # lines of a template
_ROW_ENDS = re.compile(r"\\\\|\\begin\{|\\end\{")

Card = dict[str, Any]  # title, rows of (name, pieces with a text, its place and its address), and the address to open


def answer(project: Project, places: Places, content: Content, page: int, x: float, y: float) -> Card | None:
    """Return the card of a point of a page, in points from its upper left corner; None where nothing was typed."""
    number = content.number_at(x, y)
    typed = places.at(page, x, y, content.word_at(x, y))
    if number is not None:
        return number_card(project, places, number.key, typed)
    if typed is None:
        return None
    rows = [("typed at", [piece(places, typed)])]
    if source := figure_source(project, figure_at(places, typed)):
        drawn = [
            (term.lower(), [_said_of(places, line) for line in text.split("\n")])
            for term, text in source.rows()
            if text
        ]
        return {"title": f"figure of {source.study}", "rows": [*drawn, *rows], "opens": places.link(typed)}
    verdict = verdict_of(project.work, places, typed)
    if verdict:
        rows.append(("verdict", [{"text": verdict}]))
    return {"title": "", "rows": rows, "opens": places.link(typed)}


def number_card(project: Project, places: Places, key: str, typed: Finding | None) -> Card:
    """Return what is known of a number: unrounded value, meaning, unit, the line that computes it, claims on it."""
    try:
        found = where(key, keyed_values(project), project.work, provenance_of(project), project.root)
    except (BuildError, OSError, ValueError, KeyError) as error:
        return {"title": key, "rows": [("", [{"text": str(error)}])], "opens": ""}
    rows = [(name, _row_lines(places, name, key, found[name])) for name in SHOWN if any(found[name])]
    if typed is not None:
        rows.append(("printed at", [piece(places, typed)]))
    return {"title": key, "rows": rows, "opens": ""}


def figure_at(places: Places, typed: Finding) -> str:
    """Return the name of the figure whose command, caption or environment holds a line; "" elsewhere."""
    last = typed.line or 0
    below = 0  # braces that are open on the line, from where the command begins
    for line in range(last, max(0, last - LONGEST_CAPTION), -1):
        text = places.typed(typed.file, line)
        found = _FIGURE.search(text)
        if line < last:
            part = text[found.start() :] if found else text
            below += sum(1 if brace == "{" else -1 for brace in _BRACE.findall(part))
        if found and (line == last or below > 0 or "includegraphics" in found.group()):
            return found[1]
        if line < last and re.search(r"\\(?:begin|end)\{figure", text):
            return ""
    return ""


def _said_of(places: Places, line: str) -> dict[str, str]:
    """Return a line of a card, linked to the place that it begins with."""
    return piece(places, parsed(line, "note")[0])


def preload_sources(project: Project) -> None:
    """Read the sources of every study once, so that the first click on a number waits for none."""
    known = provenance_of(project)
    for study in project.settings.studies:
        if folder := known.folder(study):
            parse_sources(folder)


def _row_lines(places: Places, name: str, key: str, lines: list[str]) -> list[dict[str, str]]:
    """Return the lines of one row, each linked to the place that it begins with."""
    findings = [finding_of_answer(name, key, line) for line in lines[:SHOWN_PLACES]]
    pieces = [piece(places, found) for found in findings]
    return pieces + [{"text": f"and {len(lines) - SHOWN_PLACES} more"}] * (len(lines) > SHOWN_PLACES)


def piece(places: Places, found: Finding) -> dict[str, str]:
    """Return the text of a place, the place, and the address that opens it."""
    return {"text": found.message, "place": found.place, "href": places.link(found)}


def verdict_of(work: Path, places: Places, typed: Finding) -> str:
    """Return what the checker found of the row of a derivation that a place is in; "" outside of one."""
    path = work / DERIVATIONS
    table = json.loads(path.read_bytes())["table"] if path.exists() else []
    mine = [row for row in table if f"templates/{row.get('file')}" == typed.file]
    line = typed.line or 0
    rows = [(begin, column, "", row) for row in mine for begin, column in row["checked"]]
    rows += [(int(reason.split()[1].rstrip(":")), 1, reason.partition(": ")[2], row)
             for row in mine for reason in row["unchecked"]]  # fmt: skip
    above = [row for row in rows if row[0] <= line]
    if not above:
        return ""
    begin, column, reason, row = max(above, key=lambda found: found[:2])
    between = [
        places.typed(typed.file, begin)[column - 1 :],
        *(places.typed(typed.file, n) for n in range(begin + 1, line)),
    ]
    if begin != line and any(_ROW_ENDS.search(text) for text in between):
        return ""
    if reason:
        return f"not checked: {reason}"
    return f"holds in {row['name']}: {row['instances']} instances, largest error {row['largest_error']:.1e}"
