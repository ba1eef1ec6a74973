"""The map of the document's lines to those of the templates, kept in report.map.json: where TeX's messages lead."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from report_src.system.files import located
from report_src.tex.locate import Reading

PREAMBLE = "preamble.tex"  # copied unchanged: its lines are those of templates/preamble.tex
DOCUMENT = "report.tex"
_PLACE = re.compile(r"(?P<name>.*?):(?P<line>\d+)(?::\d+)?")
CONTEXT = (40, 20, 10, 5)  # letters before a token by which it is found in the typed line, the most first
_TAG = re.compile(r"\\(?:VAR|BLOCK|NOTE)\{")
# what a message quotes: 'a.key', `a label', \VAR{…}, \answer{Q1}; else the name of a mark, the first word
_QUOTED = re.compile(r"\\\w+\{[^{}]*\}|\\[A-Za-z@]+|(?<!\w)[`'\"]([^`'\"]+)['\"]|^(?:the mark )?(\w+\d+)(?= )")
LONGEST_LINE = 200  # characters of a typed line that are shown


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing the log complains of; `line` counts in the rendered file."""

    message: str
    file: str = DOCUMENT
    line: int | None = None
    read: tuple[Reading, ...] = ()  # what TeX was reading then
    column: int | None = None  # characters of the rendered line up to its end
    start: int | None = None  # of it in the rendered line, from 0; None: of the token that ends at `column`
    first: int | None = None  # of what is there twice: the line of the first one


def place_of(places: Sequence[tuple[str, int]], number: int) -> str:
    """Return the file and line that a line of the document, from 0, comes from: "templates/sections/1.tex.j2:4"."""
    template, line = places[number] if number < len(places) else (f"{DOCUMENT}.j2", 0)
    return f"templates/{template}:{line}"


@dataclasses.dataclass(frozen=True)
class LineMap:
    """Where each line of the rendered document comes from."""

    lines: Sequence[tuple[str, int]] = ()
    parts: Mapping[int, Sequence[tuple[int, str, int]]] = dataclasses.field(default_factory=dict)
    claims: Sequence[tuple[int, int, int, int, int]] = ()  # number, line, column, last line, last column

    @classmethod
    def read(cls, path: Path) -> LineMap:
        """Read report.map.json; without it nothing is mapped.

        {"lines": [[template, line], …], "parts": {line: [[from this column on, template, line], …]},
         "claims": [[number, line, column, last line, last column], …]}
        """
        try:
            tree = json.loads(path.read_bytes())
            parts = {int(number): pieces for number, pieces in tree.get("parts", {}).items()}
            claims = [(number, *place) for number, *place in tree.get("claims", ())]
            return cls([(str(name), int(line)) for name, line in tree["lines"]], parts, claims)
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
    """Return the line at "templates/sections/03_x.tex.j2:41" without its indent; "" where the file has no such line."""
    return shortened(whole_line(place, root).strip())


def whole_line(place: str, root: Path) -> str:
    """Return the line at "templates/sections/03_x.tex.j2:41" or "…:41:7"; "" where the file has no such line."""
    found = _PLACE.fullmatch(place)
    path = located(root, found["name"]) if found else root
    if found is None or not path.is_file():
        return ""
    typed = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return typed[int(found["line"]) - 1] if 1 <= int(found["line"]) <= len(typed) else ""


def with_column(place: str, column: int | None) -> str:
    """Return a place with its column, where that is known and not said already."""
    return place if column is None or re.search(r":\d+:\d+$", place) else f"{place}:{column}"


def in_typed(typed: str, rendered: str, start: int) -> int | None:
    r"""Return the column (from 1) of a typed line for a place (from 0) of the rendered one; None where it is unclear.

    In front of it may be values, which are tags in the typed line: ("\VAR{a} & b", "3 & b", 2) -> 9
    """
    if typed[: start + 1] == rendered[: start + 1]:
        return start + 1
    end = next((at for at in range(start + 1, len(rendered)) if not rendered[at].isalnum()), len(rendered))
    for length in CONTEXT:
        begin = max(0, start - length)
        piece = rendered[begin:end]
        if piece.strip() and typed.count(piece) == 1:
            return typed.index(piece) + start - begin + 1
    token = rendered[start:end]
    found = [match.start() for match in re.finditer(re.escape(token), typed)] if token.strip() else []
    before = rendered.count(token, 0, start)
    return found[before] + 1 if 0 < len(found) == rendered.count(token) else None


def of_message(typed: str, message: str) -> int | None:
    """Return the column (from 1) of a typed line that a message is about: of a tag, or of what the message quotes."""
    tags = [match.start() for match in _TAG.finditer(typed)]
    if len(tags) == 1:
        return tags[0] + 1
    for match in _QUOTED.finditer(message):
        name = match[1] or match[2] or match[0]
        whole = re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])" if name[:1] != "\\" else re.escape(name), typed)
        if whole:
            at = whole.start()
            inside = [tag for tag in tags if tag <= at]
            return (inside[-1] if inside and "}" not in typed[inside[-1] : at] else at) + 1
    return None


def with_line(message: str, place: str, root: Path) -> str:
    """Return a message and, below it, the line of its place; only the message where it quotes lines itself."""
    line = "" if "\n" in message else typed_line(place, root)
    return f"{message}\n    {line}" if line else message


def shortened(line: str) -> str:
    """Return a line cut to what a terminal shows well."""
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 2]} …"
