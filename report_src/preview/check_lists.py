"""What the checks of the last build found, as lists for the page beside the PDF."""

import json
from pathlib import Path
from typing import Any

from report_src.findings import Finding, parsed
from report_src.project import CLAIMS, DERIVATIONS, FINDINGS

Rows = list[dict[str, Any]]  # each with `found`, a Finding, and whether it is `doubtful`


def lists(work: Path, warnings: list[str]) -> list[tuple[str, Rows]]:
    """Return (title, rows) of what BUILD/work and the last build's warnings say; what is not there yet is empty."""
    findings = _read(work / FINDINGS, [])
    rest = [warning for warning in warnings if warning not in findings]
    return [
        ("Findings in the prose", [_warning(finding) for finding in findings]),
        ("Warnings", [_warning(warning) for warning in rest]),
        ("Derivations", [_derivation(row) for row in _read(work / DERIVATIONS, {"table": []})["table"]]),
        ("Claims", [_claim(claim) for claim in _read(work / CLAIMS, [])]),
    ]


def _read(path: Path, otherwise: Any) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return otherwise


def _warning(text: str) -> dict[str, Any]:
    return {"found": parsed(text, "warning")[0], "doubtful": True}


def _derivation(row: dict[str, Any]) -> dict[str, Any]:
    unchecked = row.get("unchecked", [])
    steps = row.get("steps", 0)
    verdict = f"{row['name']}: {steps} step{' holds' if steps == 1 else 's hold'}"
    text = "; ".join(
        [verdict]
        + [f"assumed: {latex}" for latex in row.get("assumptions", [])]
        + [f"not checked: {reason}" for reason in unchecked]
    )
    first = min((line for line, _ in row.get("checked", [])), default=None)
    found = Finding(text, "note", f"templates/{row['file']}" if "file" in row else "", first)
    return {"found": found, "doubtful": bool(unchecked)}


def _claim(claim: dict[str, Any]) -> dict[str, Any]:
    conditions = claim["conditions"]
    printed = conditions[claim["branch"]] if 0 <= claim["branch"] < len(conditions) else claim["condition"]
    noisy = claim["within_noise"]
    text = f"{claim['id']}: {printed}{' (by less than its noise)' if noisy else ''}"
    return {"found": Finding(text, "note", f"templates/{claim['template']}", claim["line"]), "doubtful": noisy}
