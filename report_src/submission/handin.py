"""The strict end of the build: what may not be handed in is named, what may is written under its name."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path

from analysis.errors import InputError
from report_src.build.state import Memory
from report_src.errors import BuildError
from report_src.project import DERIVATIONS, FINDINGS, REPORT, Project
from report_src.prose import blocks as text_blocks
from report_src.prose import requirements
from report_src.rendering import ai_usage
from report_src.system.files import copy_whole, digest

SHOWN = 10  # findings of the prose check that are listed


def check_settings(project: Project) -> None:
    """BuildError (status 2) for what is seen before anything is built: placeholders, AI use, words not one's own."""
    refuse([*settings_problems(project), *own_words(project)])


def write(project: Project) -> Path:
    """Copy the report that was just built to BUILD/<roll number>_<assignment>.pdf; BuildError says what forbids it."""
    refuse(document_problems(project.work))
    report = project.settings.report
    target = project.build / f"{safe(report.roll_number)}_{safe(report.assignment)}.pdf"
    copy_whole(project.work / REPORT, target)
    memory = Memory(project.build)
    memory.published["handin"] = {target.name: digest(target)}
    memory.save()
    return target


def settings_problems(project: Project) -> list[str]:
    """Return what report.toml and the log of AI use still lack."""
    settings = project.settings
    found = [f'{project.config}: {key} still holds the placeholder; put your own into [report]'
             for key in settings.placeholders]  # fmt: skip
    if settings.simulated:
        found.append(f"the data are simulated; put the course's {settings.train_path.name} and "
                     f"{settings.test_path.name} into {settings.train_path.parent}")  # fmt: skip
    try:
        usage = ai_usage.load(project.ai_log)
    except InputError as error:
        return [*found, str(error)]
    if usage.used == "undeclared":
        log = settings.ai.log or 'data/ai_usage.toml, and name it: log = "data/ai_usage.toml" in [ai]'
        found.append(f'the use of AI is not declared; set used = "none" or used = "yes" in {log}')
    return found


def document_problems(work: Path) -> list[str]:
    """Return what the built report still has that a strict reader would object to."""
    findings = json.loads((work / FINDINGS).read_bytes())
    found = list(findings[:SHOWN])
    if len(findings) > SHOWN:
        found.append(f"and {len(findings) - SHOWN} more findings of the prose check; `make check` lists them")
    derivations = json.loads((work / DERIVATIONS).read_bytes())["table"]
    for row in derivations:
        found += [f"derivation {row['name']} has an unchecked row ({why}); write it so that the checker reads it"
                  for why in row["unchecked"]]  # fmt: skip
    if not derivations:
        found.append("no derivation was verified; type: make report")
    return found


def own_words(project: Project) -> list[str]:
    """Return what forbids it: no block that asks for the student's own thought was touched.

    Where some were, the others are named on stderr and nothing is forbidden.
    """
    if project.settings.report.example:
        print('note: report.toml says example = true, and page 1 reads "Example report"', file=sys.stderr)
        return []
    templates = project.templates
    rows = requirements.load(templates / "requirements.toml")
    topics = {row.own for row in rows if row.own}
    unchanged = text_blocks.unchanged_topics(text_blocks.all_blocks(templates), rows)
    named = [f"{topic}: {_places(blocks)}" for topic, blocks in unchanged.items()]
    if topics and set(unchanged) == topics:
        return ["not one answer that asks for your own thought is in your own words; rewrite at least one of:"
                + "".join(f"\n    {line}" for line in named)]  # fmt: skip
    for line in named:
        print(f"note: still as shipped: {line}", file=sys.stderr)
    return []


def _places(blocks: list[text_blocks.Block]) -> str:
    lines: dict[str, list[str]] = {}
    for block in blocks:
        lines.setdefault(block.template, []).append(str(block.line))
    return "; ".join(f"templates/{template}, line {', '.join(numbers)}" for template, numbers in lines.items())


def refuse(problems: list[str]) -> None:
    """BuildError with one line a problem, where there is any."""
    if problems:
        number = f"{len(problems)} things forbid it" if len(problems) > 1 else "one thing forbids it"
        raise BuildError("\n  ".join([f"nothing is handed in yet, {number}:", *problems]), 2)


def safe(text: str) -> str:
    """Return text as part of a file name: letters, digits, `-` and `_`; accents are dropped, the rest becomes `-`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-") or "report"
