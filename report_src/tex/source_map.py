"""The map of the document's lines to those of the templates, kept in report.map.json: where TeX's messages lead."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from report_src.system.files import located, write_whole
from report_src.tex.locate import Reading

PREAMBLE = "preamble.tex"  # copied unchanged: its lines are those of templates/preamble.tex
DOCUMENT = "report.tex"
# SyncTeX 1.x (J. Laurens, the manual page synctex.5): records such as `(1,204:…` begin with the tag of an `Input:` line
# and a line of that file; `!123` counts the bytes since the one before.
FIRST_TAG = 10_000  # of a template; TeX counts its files from 1
LEVEL = 1  # of compression: 0.02 s for thirty pages
# each begins with the end of the line before: a fixed letter is looked for several times as fast as a line's beginning
_RECORD = re.compile(rb"(\n[\[(vhxkg$r])(\d+,\d+)")
_INPUT = re.compile(rb"\nInput:(\d+):(.*)")
_ANCHOR = re.compile(rb"\n!\d+")
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


def point_to_templates(folder: Path, name: str, input_name: str, line_map: LineMap, root: Path) -> None:
    """Write folder/name.synctex.gz from folder/name.synctex, which is removed; nothing where no line is mapped.

    `input_name` is the document's name for TeX, `root` the folder that the map's templates are relative to.
    """
    written = folder / f"{name}.synctex"
    if written.is_file() and line_map.lines:
        text = rewritten(written.read_bytes(), input_name, line_map, folder, root)
        write_whole(folder / f"{name}.synctex.gz", gzip.compress(text, LEVEL, mtime=0))
    written.unlink(missing_ok=True)


def rewritten(text: bytes, input_name: str, line_map: LineMap, folder: Path, root: Path) -> bytes:
    """Return a SyncTeX file whose records of the document name templates: `(1,204:` -> `(10003,17:`."""
    named = _INPUT.findall(text)
    files = {tag: Path(path.decode("utf-8", "replace")).name for tag, path in named}
    documents = {tag for tag, file in files.items() if file in (input_name, DOCUMENT)}
    tags = {template: FIRST_TAG + number for number, template in enumerate(dict.fromkeys(n for n, _ in line_map.lines))}
    moved = {
        b"%s,%d" % (document, number): b"%d,%d" % (tags[template], line)
        for document in documents
        for number, (template, line) in enumerate(line_map.lines, start=1)
    }
    head, mark, content = text.partition(b"\nContent:")
    records = _RECORD.split(_INPUT.sub(b"", content))  # text, kind, place, text, kind, place, …, text
    records[2::3] = [moved.get(place, place) for place in records[2::3]]
    inputs = [
        b"\nInput:%d:%s" % (tag, str(located(root, template)).encode()) for template, tag in tags.items() if template
    ]
    kept = [b"\nInput:%s:%s" % found for found in named if found[0] not in documents]
    kept = [
        line.replace(str(folder / PREAMBLE).encode(), str(located(root, f"templates/{PREAMBLE}")).encode())
        for line in kept
    ]
    head = _INPUT.sub(b"", head).replace(b"SyncTeX Version:1", b"SyncTeX Version:1" + b"".join(kept + inputs), 1)
    return head + mark + _anchored(b"".join(records), len(head) + len(mark))


def _anchored(content: bytes, before: int) -> bytes:
    """Return the records with each anchor counting the bytes since the one before it, `before` of them ahead."""
    pieces, found = _ANCHOR.split(content), []
    for number, piece in enumerate(pieces):
        found.append(piece)
        if number < len(pieces) - 1:
            anchor = b"\n!%d" % (before + len(piece) + 1)
            found.append(anchor)
            before = len(anchor) - 1
    return b"".join(found)
