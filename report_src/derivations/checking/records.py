"""What a check returns: frozen records that go to JSON and back."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from report_src.findings import Finding, parsed

# begins the message of an exception that nothing expected; the derivation, or the file, counts as refused
INTERNAL = "internal error of the checker"


class RowReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row: its place, its kind and its verdict.

    `verdict` is ok, wrong, unreadable, unchecked, definition, assumption, declaration or prose. `error` is the
    largest difference over all instances and entries, relative to the largest magnitude met (at least 1).
    `message` has several lines: what is wrong, the row as typed, a caret, and a suggestion.
    """

    line: int
    column: int
    file: str = ""
    source: str
    verdict: str
    error: float | None = None
    message: str = ""
    suggestion: str = ""
    reason: str = ""
    inline: bool = False


SEVERITIES = {"wrong": "error", "unreadable": "error", "unchecked": "warning"}  # of other verdicts: note


class Arrow(msgspec.Struct, frozen=True):
    """A quantity, what a definition computes from it, and the Jacobian of that step (may be empty); all LaTeX."""

    tail: str
    head: str
    jacobian: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A derivation: its rows, and what the appendix prints of it."""

    name: str
    file: str
    line: int
    rows: tuple[RowReport, ...]
    instances: int
    largest_error: float
    steps: int
    unchecked: tuple[tuple[int, str], ...]
    assumptions: tuple[tuple[int, str], ...] = ()  # line and LaTeX of what the text states as an assumption
    warnings: tuple[str, ...]
    arrows: tuple[Arrow, ...] = ()  # what its definitions compute from what
    digest: str = ""

    @property
    def accepted(self) -> bool:
        """Whether no row is wrong or unreadable."""
        return not any(row.verdict in ("wrong", "unreadable") for row in self.rows)


def finding(report: Report, row: RowReport, file: str = "") -> Finding:
    """Return what is said of a row, in the shape of every command's messages.

    `file` is the name of the text where the report was made of one without a file.
    """
    if row.verdict == "ok":
        message = f"holds: {report.instances} instances, difference {row.error or 0.0:.1e}"
    elif row.message:
        message = parsed(row.message)[0].message
    else:
        message = f"not checked: {row.reason}" if row.verdict == "unchecked" else row.verdict
    severity, place = SEVERITIES.get(row.verdict, "note"), file or row.file or report.file
    return Finding(message, severity, place, row.line, row.column, "derivation", report.name)


def repeated_names(reports: Iterable[Report]) -> list[str]:
    """Return a message for each derivation whose name an earlier one of the same report has, with both places."""
    first: dict[str, Report] = {}
    messages = []
    for report in reports:
        earlier = first.setdefault(report.name, report)
        if report.name and earlier is not report:
            messages.append(
                f"{report.file}:{report.line}: the derivation '{report.name}' has the name of the one at "
                f"{earlier.file}:{earlier.line}\n  hint: rename one of them; bindings and the appendix go by the name"
            )
    return messages


class SideBySide(msgspec.Struct, frozen=True, kw_only=True):
    """A printed formula on real arrays beside the gradients of other programs.

    `printed` and each of `references` are flat lists of the same length; `differences` has the largest
    absolute difference of each reference, divided by the largest magnitude of the formula (at least 1e-300).
    """

    derivation: str
    study: str
    formula: str
    line: int
    printed: tuple[float, ...]
    references: dict[str, tuple[float, ...]]
    differences: dict[str, float]
    tolerances: dict[str, float]
    accepted: bool
    message: str = ""
    on: str = ""  # what the arrays are, in LaTeX
