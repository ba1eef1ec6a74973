"""The answer of `make where` for a key, or for a number that was read on paper."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from report_src.errors import BuildError
from report_src.findings import Finding, parsed
from report_src.numbers.lookup import nodes, where
from report_src.numbers.printed_numbers import agrees, marks, readable
from report_src.numbers.provenance import provenance_of
from report_src.project import Project

NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?\s*%?")
SHOWN_KEYS = 20  # that hold a number


def answer(project: Project, key: str | None) -> list[Finding]:
    """Answer `make where Q=key` from the last build; raise BuildError without a build or such a key."""
    if not key:
        raise BuildError("which number? type: make where Q=generalization.test_accuracy", 2)
    try:
        tree = keyed_values(project)
        if NUMBER.fullmatch(key.strip()):
            return _by_value(key.strip(), tree, project.work)
        rows = where(key, tree, project.work, provenance_of(project), project.root)
        return [finding_of_answer(row, key, text) for row, texts in rows.items() for text in texts]
    except FileNotFoundError:
        raise BuildError(f"{project.build}: nothing is built here yet; type: make report", 2) from None


def keyed_values(project: Project) -> dict[str, Any]:
    """Return what the keys of the last build lead to: results, settings, verdicts on derivations."""
    tree: dict[str, Any] = msgspec.json.decode(project.results.read_bytes())
    if project.derivations.exists():
        tree["derivations"] = msgspec.json.decode(project.derivations.read_bytes())
    settings = project.settings
    tree["settings"] = {part: msgspec.to_builtins(getattr(settings, part)) for part in settings.visible}
    return tree


def finding_of_answer(row: str, key: str, text: str) -> Finding:
    """Return a line of an answer, with the place apart that it begins with."""
    (found,) = parsed(text, "note")
    return msgspec.structs.replace(found, kind=row, name=key)


def as_text(answers: Sequence[Finding]) -> str:
    """Return an answer as a terminal shows it: a column of what each line is, where it is known."""
    width = max(len(line.kind) for line in answers) + 2
    before, lines = "", []
    for line in answers:
        text = "  ".join(filter(None, [line.place, line.message]))
        lines.append(f"{line.kind if line.kind != before else '':<{width}}{text}" if line.kind else text)
        before = line.kind
    return "\n".join(lines)


def _by_value(number: str, tree: Mapping[str, Any], work: Path) -> list[Finding]:
    """Return the keys of a number that was read on paper; raise BuildError if there are none."""
    found = keys_of_value(number, tree, work / "report.tex")
    if not found:
        raise BuildError(f"no key has the value {number}; type its digits as printed, or a key", 2)
    more = [f"and {len(found) - SHOWN_KEYS} more"] if len(found) > SHOWN_KEYS else []
    return [Finding(line, "note") for line in [*found[:SHOWN_KEYS], *more]]


def keys_of_value(number: str, results: Mapping[str, Any], document: Path) -> list[str]:
    """Return the keys that print a number so, else those whose value it rounds.

    "34.9" -> ["generalization.test_accuracy.mean  printed as 34.9 ± 0.5 %"]
    """
    digits = re.sub(r"[,%\s+]", "", number)
    printed = marks(document.read_text(encoding="utf-8")) if document.exists() else ()
    found = [f"{key}  printed as {readable(text)}" for key, text in printed if _holds(digits, readable(text))]
    if not found:
        found = [f"{key}  {value!r}" for key, value in nodes(results) if _is_rounded(digits, value)]
    return list(dict.fromkeys(found))


def _holds(digits: str, text: str) -> bool:
    return digits in re.findall(r"-?\d+(?:\.\d+)?", text.replace(",", ""))


def _is_rounded(digits: str, value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and agrees(digits, value)
