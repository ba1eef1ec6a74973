"""SyncTeX through the templates: a place on a page leads to the line that an author typed, and back.

TeX writes which line of report.tex set which box. What editors and viewers read, report.synctex.gz, names the
templates' lines instead. The format is that of SyncTeX 1.x (J. Laurens, the manual page synctex.5): records such as
`(1,204:…` begin with a tag of an `Input:` line and a line of that file, and `!123` counts bytes since the one before.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from report_src.system.files import write_whole
from report_src.tex.source_map import DOCUMENT, PREAMBLE, LineMap

OPTION = "-synctex=-1"  # not compressed: it is read again at once
FIRST_TAG = 10_000  # of a template; TeX counts its files from 1
LEVEL = 1  # of compression: 0.02 s for thirty pages
_RECORD = re.compile(rb"^([\[(vhxkg$r])(\d+),(\d+)", re.MULTILINE)
_INPUT = re.compile(rb"^Input:(\d+):(.*)\n", re.MULTILINE)
_ANCHOR = re.compile(rb"^!\d+\n", re.MULTILINE)


def point_to_templates(folder: Path, name: str, told: str, line_map: LineMap, root: Path) -> None:
    """Write folder/name.synctex.gz from folder/name.synctex, which is removed; nothing where no line is mapped.

    `told` is the name under which TeX read the document, `root` the folder that the map's templates are relative to.
    """
    written = folder / f"{name}.synctex"
    if written.is_file() and line_map.lines:
        text = rewritten(written.read_bytes(), told, line_map, folder, root)
        write_whole(folder / f"{name}.synctex.gz", gzip.compress(text, LEVEL, mtime=0))
    written.unlink(missing_ok=True)


def rewritten(text: bytes, told: str, line_map: LineMap, folder: Path, root: Path) -> bytes:
    """Return a SyncTeX file whose records of the document name templates: `(1,204:` -> `(10003,17:`."""
    files = {int(tag): Path(path.decode("utf-8", "replace")).name for tag, path in _INPUT.findall(text)}
    documents = {str(tag).encode() for tag, file in files.items() if file in (told, DOCUMENT)}
    tags = {template: FIRST_TAG + number for number, template in enumerate(dict.fromkeys(n for n, _ in line_map.lines))}
    places = [b"%d,%d" % (tags[template], line) for template, line in line_map.lines]

    def moved(record: re.Match[bytes]) -> bytes:
        kind, tag, line = record.groups()
        number = int(line)
        if tag not in documents or not 1 <= number <= len(places):
            return record.group()
        return kind + places[number - 1]

    head, mark, content = text.partition(b"Content:\n")
    inputs = [b"Input:%d:%s\n" % (tag, str(root / template).encode()) for template, tag in tags.items() if template]
    kept = [b"Input:%s:%s\n" % found for found in _INPUT.findall(text) if found[0] not in documents]
    kept = [line.replace(str(folder / PREAMBLE).encode(), str(root / "templates" / PREAMBLE).encode()) for line in kept]
    head = _INPUT.sub(b"", head).replace(b"SyncTeX Version:1\n", b"SyncTeX Version:1\n" + b"".join(kept + inputs), 1)
    return head + mark + _anchored(_RECORD.sub(moved, _INPUT.sub(b"", content)), len(head) + len(mark))


def _anchored(content: bytes, before: int) -> bytes:
    """Return the records with each anchor counting the bytes since the one before it, `before` of them ahead."""
    pieces, found = _ANCHOR.split(content), []
    for number, piece in enumerate(pieces):
        found.append(piece)
        if number < len(pieces) - 1:
            anchor = b"!%d\n" % (before + len(piece))
            found.append(anchor)
            before = len(anchor)
    return b"".join(found)
