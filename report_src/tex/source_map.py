"""From a line of the rendered document to the line of the template that an author typed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from report_src.tex.locate import Reading

PREAMBLE = "preamble.tex"  # copied unchanged: its lines are those of templates/preamble.tex
DOCUMENT = "report.tex"
LONGEST_LINE = 200  # characters of a typed line that are shown


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing the log complains of; `line` counts in the rendered file."""

    message: str
    file: str = DOCUMENT
    line: int | None = None
    read: tuple[Reading, ...] = ()  # what TeX was reading then
    column: int | None = None  # of the rendered line, from 0


@dataclasses.dataclass(frozen=True)
class LineMap:
    """Where each line of the rendered document comes from."""

    lines: Sequence[tuple[str, int]] = ()
    parts: Mapping[int, Sequence[tuple[int, str, int]]] = dataclasses.field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> LineMap:
        """Read report.map.json; without it nothing is mapped.

        {"lines": [[template, line], …], "parts": {line: [[from this column on, template, line], …]}}
        """
        try:
            tree = json.loads(path.read_bytes())
            parts = {int(number): pieces for number, pieces in tree.get("parts", {}).items()}
            return cls([(str(name), int(line)) for name, line in tree["lines"]], parts)
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def place(self, problem: Problem) -> str:
        """Return "templates/sections/03_x.tex.j2:41", as near as is known."""
        if problem.line is None:
            return problem.file
        if problem.file == PREAMBLE:
            return f"templates/{PREAMBLE}:{problem.line}"
        if problem.file.endswith(DOCUMENT) and 1 <= problem.line <= len(self.lines):
            template, line = self.lines[problem.line - 1]
            for column, name, number in self.parts.get(problem.line, ()):
                if problem.column is not None and column < problem.column:
                    template, line = name, number
            return f"{template}:{line}"
        return f"{problem.file}:{problem.line}"


def preamble_of(folder: Path) -> list[str]:
    """Return the lines of the preamble that a document's folder holds; [] without one."""
    path = folder / PREAMBLE
    return path.read_text(encoding="utf-8", errors="replace").split("\n") if path.exists() else []


def typed_line(place: str, root: Path) -> str:
    """Return the line at "templates/sections/03_x.tex.j2:41" without its indent; "" where there is none."""
    name, _, line = place.rpartition(":")
    path = root / name
    if not line.isdigit() or not path.is_file():
        return ""
    typed = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return shortened(typed[int(line) - 1].strip()) if 1 <= int(line) <= len(typed) else ""


def with_line(message: str, place: str, root: Path) -> str:
    """Return a message and, below it, the line of its place; only the message where it quotes lines itself."""
    line = "" if "\n" in message else typed_line(place, root)
    return f"{message}\n    {line}" if line else message


def shortened(line: str) -> str:
    """Return a line cut to what a terminal shows well."""
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 2]} …"
