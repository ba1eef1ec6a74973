"""What an audit finds: each difference, what was compared, and the verdict of one PDF."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from report_src.submission.attached import Attached

KINDS = ("number", "sentence", "figure", "derivation", "claim")


class Finding(Struct, frozen=True):
    """A difference: its kind, what it is called (a key, a figure, a claim), its page, both values as text."""

    kind: str  # of KINDS
    name: str
    there: str  # in the PDF
    here: str  # built again
    page: int | None = None

    def __str__(self) -> str:
        """Return the line that a grader reads."""
        page = f" (page {self.page})" if self.page else ""
        return f"{self.kind} {self.name}{page}: {self.there} in the PDF, {self.here}"


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
