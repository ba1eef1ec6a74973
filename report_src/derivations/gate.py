"""The gate of the build: every derivation of the templates is accepted, or there is no report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from report_src.derivations.cache import check
from report_src.derivations.records import Report
from report_src.errors import RenderError

SHOWN = 5  # refused rows that are printed in full


class Row(Struct, frozen=True):
    """One derivation, for the appendix."""

    name: str
    steps: int
    instances: int
    largest_error: float
    unchecked: list[str]


class Summary(Struct, frozen=True):
    """What the appendix prints: a row a derivation, and the printed formulas bound to real arrays."""

    table: list[Row]
    bindings: list[dict[str, Any]]
    warnings: list[str]

    def as_json(self) -> bytes:
        """Return the summary as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def verify(templates: Path, build: Path, *, cache: Path | None) -> Summary:
    """Check every derivation of `templates`; RenderError shows the refused rows with their messages."""
    paths = sorted(path for path in templates.rglob("*.tex.j2") if "\\begin{derivation}" in path.read_text("utf-8"))
    reports = check(paths, cache=cache)
    refused = [row for report in reports for row in report.rows if row.verdict in ("wrong", "unreadable")]
    if refused:
        more = [f"and {len(refused) - SHOWN} more refused rows"] if len(refused) > SHOWN else []
        raise RenderError("\n".join([row.message for row in refused[:SHOWN]] + more))
    return Summary(
        table=[_row(report) for report in reports],
        bindings=[],
        warnings=[warning for report in reports for warning in report.warnings],
    )


def _row(report: Report) -> Row:
    return Row(
        name=report.name,
        steps=report.steps,
        instances=report.instances,
        largest_error=report.largest_error,
        unchecked=[f"line {line}: {reason}" for line, reason in report.unchecked],
    )
