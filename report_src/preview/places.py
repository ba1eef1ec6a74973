"""Where what a page shows was typed, and the address that opens it in an editor."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from report_src.errors import BuildError
from report_src.findings import Finding
from report_src.project import ROOT
from report_src.synctex.display_rows import rows
from report_src.synctex.reading import Line, SyncTex

EDITOR = "vscode://file/{path}:{line}:{column}"
NONE = "none"  # opens nothing
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_RUN_BY_THE_BROWSER = re.compile(r"(?:javascript|data|vbscript|blob):", re.IGNORECASE)


def checked_editor(typed: str) -> str:
    """Return the form of addresses that open an editor, EDITOR where nothing was typed, "" for none.

    BuildError (status 2) where it names no file, or is something that the browser would run itself.
    """
    if typed == NONE:
        return ""
    address = typed or EDITOR
    if not _SCHEME.match(address) or _RUN_BY_THE_BROWSER.match(address) or "{path}" not in address:
        raise BuildError(f"EDITOR_URL: expected an address such as {EDITOR}, or {NONE}, got '{typed}'", 2)
    return address


class Places:
    """The places of one build: templates below `root`, pages of the PDF beside the SyncTeX file `path`."""

    def __init__(self, path: Path, root: Path, editor: str = EDITOR, find: Callable[[str], Path] | None = None) -> None:
        """Read the SyncTeX file; where there is none, nothing is found on a page.

        `find` gives the file of a name that a message has; without it names are below `root`.
        """
        self.root, self.editor = root, editor
        self._find = find or (lambda name: root / name)
        try:
            text = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, gzip.BadGzipFile):
            text = b""
        self._synctex = SyncTex(text, root.resolve())

    def at(self, page: int, x: float, y: float, word: str) -> Finding | None:
        """Return where what is at a point of a page was typed, with the line as its message; None in a margin.

        The word there decides between the lines that may have given it, and gives the column.
        """
        lines = [line for line in self._synctex.lines_at(page, x, y) if line.file]
        lines = (self._row(page, lines[0], y) if lines else []) + lines
        for line in lines:
            typed = self.typed(line.file, line.number)
            column = typed.find(word) + 1 if word else 0
            if column:
                return Finding(typed.strip(), "note", line.file, line.number, column)
        if not lines:
            return None
        return Finding(self.typed(lines[0].file, lines[0].number).strip(), "note", lines[0].file, lines[0].number)

    def _row(self, page: int, line: Line, y: float) -> list[Line]:
        """Return the lines of the row of a display at a height of a page; [] where `line` ends no display."""
        found = rows(self._lines(line.file), line.number)
        if not found:
            return []
        index, number = self._synctex.row_at(page, line, y)
        first, last = found[index] if number == len(found) else (found[0][0], found[0][0])
        return [Line(line.file, typed) for typed in range(first, last + 1)]

    def typed(self, file: str, line: int) -> str:
        """Return a line of a file of the project; "" where there is none."""
        lines = self._lines(file)
        return lines[line - 1] if 1 <= line <= len(lines) else ""

    def _lines(self, file: str) -> list[str]:
        path = self._find(file).resolve()
        if not (path.is_relative_to(self.root.resolve()) or path.is_relative_to(ROOT)) or not path.is_file():
            return []
        return path.read_text(encoding="utf-8", errors="replace").split("\n")

    def page(self, found: Finding) -> tuple[int, float] | None:
        """Return (page, points from its top) of the first print of a finding's line; None where none is printed."""
        return self._synctex.position(found.file, found.line) if found.file and found.line else None

    def link(self, found: Finding) -> str:
        """Return the address that opens a finding's place in an editor; "" where it has none or nothing is opened."""
        if not found.file or not self.editor:
            return ""
        named = self._find(found.file)
        existing = named if named.exists() else Path(found.file)  # as it was typed, like CONFIG=mine/report.toml
        path = quote((existing if existing.exists() else named).resolve().as_posix(), safe="/:")
        parts = {
            "/{path}": f"/{path.lstrip('/')}",
            "{path}": path,
            "{line}": str(found.line or 1),
            "{column}": str(found.column or 1),
        }
        return re.sub(r"(?<!/)/\{path\}|\{path\}|\{(?:line|column)\}", lambda part: parts[part.group()], self.editor)
