"""What an audit finds: each difference, what was compared, and the verdict of one PDF."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from report_src.findings import Finding
from report_src.submission.attached import Attached

KINDS = ("number", "sentence", "figure", "derivation", "claim")


def difference(kind: str, name: str, old: str, new: str, page: int | None = None) -> Finding:
    """Return what differs: its kind, its name (a key, a figure, a claim), the PDF's value and that built again."""
    on_page = f" (page {page})" if page else ""
    message = f"{kind} {name}{on_page}: {old} in the PDF, {new}"
    return Finding(message, kind=kind, name=name, old=old, new=new, page=page)


class Compared(Struct):
    """What was compared, what could not be, and what differs."""

    findings: list[Finding] = []
    compared: list[str] = []  # "33 pages word by word"
    left_out: list[str] = []  # "the pages: …", with the reason
    pages: dict[str, int] = {}  # key -> the first page that prints it
    unchecked: int = 0  # rows of derivations that nobody checks

    def add(self, other: Compared) -> None:
        """Take over what another comparison found."""
        self.findings += other.findings
        self.compared += other.compared
        self.left_out += other.left_out
        self.pages = {**other.pages, **self.pages}
        self.unchecked += other.unchecked


class Audited(Struct):
    """One PDF's audit: its verdict, the lines that say why, and what the table of a folder counts."""

    pdf: Path
    status: int
    lines: list[str]
    attached: Attached | None = None
    compared: Compared = msgspec.field(default_factory=Compared)

    @property
    def findings(self) -> list[Finding]:
        """What differs, then what could not be compared, or why there is no audit; each with the PDF as its file."""
        found = [
            *self.compared.findings,
            *(Finding(f"not compared: {what}", "warning") for what in self.compared.left_out),
        ]
        if self.attached is None:
            found = [Finding(line.removeprefix(f"{self.pdf}: ")) for line in self.lines]
        return [msgspec.structs.replace(finding, file=str(self.pdf)) for finding in found]
