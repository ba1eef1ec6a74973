"""The bytes of a CSV file -> header and rows of text cells; an error of structure names its line.

Comma-separated UTF-8 with one header line, as RFC 4180 has it: quotes around a cell are optional, a line ends with
LF, CRLF or CR, a byte-order mark and blank lines at the end are passed over. Nothing here knows what a column means.
"""

import csv
import dataclasses
import hashlib
import io
import unicodedata
from collections.abc import Collection, Iterable
from pathlib import Path

from analysis.errors import InputError
from analysis.io import user_file

NEXT_STEP = "see data/README.md"
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars", ":": "colons", " ": "spaces"}
QUOTED_LINE = "the whole line is in quotes: take these out"
UNSEEN = "\u200b\u2060\ufeff"  # spaces without a width
SHOWN = 40  # characters of a cell that a message quotes


@dataclasses.dataclass(frozen=True)
class CsvFile:
    """A file whose rows all have as many cells as its header; `place` is how messages name it."""

    place: str
    sha256: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]  # on which line (from 1) each row begins

    def column(self, name: str) -> list[str]:
        """Return the cells of one column, unchanged."""
        index = self.header.index(name)
        return [row[index] for row in self.rows]

    def at(self, row: int) -> str:
        """Return the place of a row (from 0, below the header)."""
        return f"{self.place}:{self.lines[row]}"


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; InputError where it is absent, is not a regular file, or must not be read."""
    return user_file.read_bytes(path, "CSV file", NEXT_STEP)


def parse(content: bytes, place: str, names: Collection[str]) -> CsvFile:
    """Split a file's bytes into header and rows; `names`, the expected ones, tell which delimiter was meant.

    Raises InputError for undecodable bytes, NUL bytes, an empty file, a header without rows, another delimiter,
    a faulty quote, a row with more or fewer cells than the header and a cut-off last line.
    """
    rows, lines = _split(user_file.decode(content, place, NEXT_STEP, save_as="CSV UTF-8"), place)
    while rows and not "".join(rows[-1]).strip() and len(rows[-1]) < 2:
        rows.pop()
    if not rows:
        raise InputError(f"{place}: expected a header line and rows of data, got an empty file", NEXT_STEP)
    header = tuple(rows.pop(0))
    if not header:
        raise InputError(f"{place}:1: expected the header line, got an empty line", NEXT_STEP)
    if header[0].strip().startswith("sep="):
        raise InputError(
            f"{place}:1: expected the header line, got Excel's {quote(','.join(header))}", "take the line out"
        )
    if delimiter := _other_delimiter(header, set(names)):
        raise InputError(
            f"{place}:1: expected cells separated by commas, got {delimiter}",
            "save it as CSV with commas, and numbers with decimal points",
        )
    if len(header) == 1 and len(set(names) & set(header[0].split(","))) > 1:
        raise InputError(f"{place}:1: expected cells separated by commas, got one cell in quotes", QUOTED_LINE)
    if not rows:
        only = f"{place}: expected rows of data below the header, got only the header: {quote(','.join(header))}"
        raise InputError(only, NEXT_STEP)
    file = CsvFile(place, hashlib.sha256(content).hexdigest(), header, rows, lines[1 : len(rows) + 1])
    _check_widths(file, set(names))
    if list(header) in rows:
        again = f"{file.at(rows.index(list(header)))}: expected a row of data, got the header again"
        raise InputError(again, "the file holds two tables: give one of them")
    return file


def quote(cell: str) -> str:
    """Return a cell as a message shows it: in quotes, shortened, control characters escaped."""
    return repr(cell if len(cell) <= SHOWN else cell[: SHOWN - 1] + "…")


def listed(cells: Iterable[str]) -> str:
    """Return cells as a message shows them: "'a', 'b'"."""
    return ", ".join(map(quote, cells))


def plain(text: str) -> str:
    """Return a text by which names and categories are recognised: "Room\u00a0 Type" -> "room type"."""
    return " ".join(normal(text).replace("_", " ").casefold().split())


def normal(text: str) -> str:
    """Return a text in one Unicode form and with single spaces: what looks the same is the same."""
    visible = "".join(character for character in unicodedata.normalize("NFC", text) if character not in UNSEEN)
    return " ".join(visible.split())


def _split(text: str, place: str) -> tuple[list[list[str]], list[int]]:
    """Return all records, the header being the first, and the lines on which they begin."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines = [], [1]
    try:
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num + 1)
    except csv.Error as error:
        if "field larger" in str(error):
            raise InputError(
                f"{place}:{lines[-1]}: expected at most {csv.field_size_limit():,} characters in a cell, got more",
                "shorten it, or close the quote that stays open",
            ) from None
        raise InputError(
            f"{place}:{lines[-1]}: expected closed quotes, got a faulty or unclosed one ({error})",
            "close it, or write a quote inside a quoted cell twice",
        ) from None
    return rows, lines


def _other_delimiter(header: tuple[str, ...], names: set[str]) -> str | None:
    """Return the delimiter ("semicolons") that yields more of the expected names than commas do, else None."""
    line = ",".join(header)
    hits = {mark: len(names & {cell.strip("\"' ") for cell in line.split(mark)}) for mark in DELIMITERS}
    best = max(hits, key=lambda mark: hits[mark])
    return DELIMITERS[best] if hits[best] > max(1, len(names & set(header))) else None


def _check_widths(file: CsvFile, names: set[str]) -> None:
    width = len(file.header)
    expected = f"{width} cell{'s' * (width > 1)}"
    for index, row in enumerate(file.rows):
        if len(row) == width:
            continue
        got = f"{len(row)} cell{'s' if len(row) > 1 else ''}" if row else "an empty line"
        got += f" ({quote(row[0])})" if len(row) == 1 < width else ""
        if index == len(file.rows) - 1 and len(row) < width:
            cut_off = (
                f"{file.at(index)}: expected {expected}, got {got}: the last line is cut off, or is no row of data"
            )
            raise InputError(cut_off, "copy the whole file again, or take that line out")
        step = _width_step(row, width, is_header=len(names & set(row)) > len(names & set(file.header)))
        raise InputError(f"{file.at(index)}: expected {expected} as in the header, got {got}", step)


def _width_step(row: list[str], width: int, *, is_header: bool) -> str:
    """Return what to do about a row of another width than the header's."""
    if is_header:
        return "this line is the header: take out what is above it"
    if len(row) == 1 and row[0].count(",") + 1 == width:
        return QUOTED_LINE
    if len(row) > width:
        return "put quotes around a cell that holds a comma, and decimal points into numbers"
    return "take the line out if it is no row of data" if len(row) == 1 else NEXT_STEP
