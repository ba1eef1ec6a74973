"""What a command reports, for a person and as JSON: findings, with files named as the current directory gives them."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

# "templates/a.tex.j2:6:48: " -> file, line, column; a message of no line may begin with its file: "report.toml: "
_PLACE = re.compile(
    r"(?P<file>[^\s:][^:\n]*?):(?P<line>\d+)(?::(?P<column>\d+))?(?:: |\s+|$)"
    r"|(?P<whole>[^\s:]+\.(?:toml|csv|j2|tex|txt|py|json|pdf)): "
)
# a file of a report as the engine names it: "templates/a.tex.j2", "studies/trees/study.py"
_OF_REPORT = re.compile(r"(?<![\w./{-])(?P<folder>templates|studies)/(?P<rest>[\w./-]*\w)?")
_OF_CLONE = re.compile(r"templates/(?:shared/.*|preamble\.tex|judging_words\.toml)")  # unless the report has its own
ROOT = Path(__file__).resolve().parent.parent
_FURTHER = re.compile(r"\n(?=[^\s:]+:\d+(?::\d+)?: )")


class Finding(Struct, frozen=True, omit_defaults=True):
    """A mistake, a warning, a difference or an answer, and where it is."""

    message: str
    severity: str = msgspec.field(default_factory=lambda: "error")  # or warning, or note; always written
    file: str = ""  # as it was typed, or below the project
    line: int | None = None  # from 1
    column: int | None = None  # from 1
    kind: str = ""  # of what is named: number, claim, derivation, figure, …; "" of a message
    name: str = ""  # a key, a claim's name, …
    old: str | None = None  # of a difference: what was expected, or was before
    new: str | None = None  # of a difference: what was found instead
    page: int | None = None  # of the PDF, from 1

    @property
    def place(self) -> str:
        """Return "file:line:column", as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)

    def __str__(self) -> str:
        """Return the line that a person reads."""
        return f"{self.place}: {self.message}" if self.file else self.message


def pieces(text: str) -> list[str]:
    """Return the messages of a text that names several places: each but the first begins a line with its place."""
    return _FURTHER.split(text)


def listed(text: str) -> str:
    """Return a message as a terminal shows it: "error: " before it, and before each further place that it names."""
    return "".join(f"error: {piece}\n" for piece in pieces(text)).removesuffix("\n")


def relative_to_here(report: Path, studies: Path | None = None) -> Callable[[str], str]:
    """Return a function that names a report's files in a text as the current directory does, for a folder `report`.

    `studies` is the folder of its studies where the command line names one.
    "templates/a.tex.j2:6: no key" -> "reports/mine/templates/a.tex.j2:6: no key"
    """
    if not (report / "templates").is_dir() or report.resolve() == Path.cwd():
        return str
    folders = {"templates": report, "studies": report if studies is None else studies.parent}

    def named(match: re.Match[str]) -> str:
        own = folders[match["folder"]] / match[0]
        of_clone = _OF_CLONE.fullmatch(match[0]) and not own.exists()
        path = os.path.relpath(ROOT / match[0]) if of_clone else str(own)
        return path if match["rest"] else f"{path}/"

    return lambda text: _OF_REPORT.sub(named, text)


def parsed(text: str, severity: str = "error") -> list[Finding]:
    """Return the findings of a message: `a.tex.j2:6:48: no such key` -> its file, line, column and the rest."""
    return [_parsed(piece, severity) for piece in pieces(text)]


def _parsed(text: str, severity: str) -> Finding:
    place = _PLACE.match(text)
    if place is None:
        return Finding(text, severity)
    file, line, column = place["file"] or place["whole"], place["line"], place["column"]
    return Finding(text[place.end() :], severity, file, int(line) if line else None, int(column) if column else None)


class Outcome(Struct):
    """The result of a command: exit status and findings."""

    status: int = 0
    findings: list[Finding] = []


def as_json(target: str, outcome: Outcome, said: str) -> str:
    """Return the result of a command for a program: its status, its findings, and the lines that it printed."""
    tree = {"target": target, **msgspec.structs.asdict(outcome), "said": said.splitlines()}
    return msgspec.json.format(msgspec.json.encode(tree), indent=1).decode()
