"""TeX's SyncTeX file, pointed to the templates while TeX is still writing it.

    (1,204:4736286,9455616:…    a box of line 204 of the document
    (10003,17:4736286,9455616:… the same box, of line 17 of the template with the tag 10003

A record such as `(1,204:…` begins with the tag of an `Input:` line and a line of that file; `!123` counts the bytes
since the one before (J. Laurens, the manual page synctex.5).
"""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from report_src.system.files import write_whole

FIRST_TAG = 10_000  # of a template; TeX counts its files from 1
LEVEL = 1  # of compression: 0.01 s for thirty pages
PAUSE = 0.015  # seconds until TeX has written enough to look again
BUSY = "(busy)"  # ends the file's name while TeX writes it
# each begins with the end of the line before: a fixed letter is looked for several times as fast as a line's beginning
_RECORD = re.compile(rb"(\n[\[(vhxkg$r])(\d+,\d+)")
_INPUT = re.compile(rb"\nInput:(\d+):(.*)")
_ANCHOR = re.compile(rb"\n!\d+")


class Pointed:
    """The records of a SyncTeX file, with the tags and lines of templates in place of the document's."""

    def __init__(
        self, documents: Sequence[str], lines: Sequence[tuple[str, int]], paths: Mapping[str, str | Path]
    ) -> None:
        """Of a document that TeX may know by any of these names, whose lines come from these lines of templates.

        `paths` says where each template lies, and where a copy that TeX reads, by its file name, was copied from.
        """
        self.documents, self.lines, self.paths = documents, lines, paths
        self.tags = {name: FIRST_TAG + number for number, name in enumerate(dict.fromkeys(name for name, _ in lines))}
        self._begin()

    def _begin(self) -> None:
        self.read = 0  # bytes
        self._pieces: list[bytes] = []
        self._kept: list[bytes] = []  # `Input:` lines of other files
        self._moved: dict[bytes, bytes] = {}

    @contextlib.contextmanager
    def following(self, written: Path) -> Iterator[None]:
        """Read what another process writes to a file, while it does."""
        self._begin()
        busy, ended = written.with_name(f"{written.name}{BUSY}"), threading.Event()

        def follow() -> None:
            while not ended.is_set():
                with contextlib.suppress(OSError):  # not begun, or done
                    self.read_on(busy)
                ended.wait(PAUSE)

        reader = threading.Thread(target=follow)
        reader.start()
        try:
            yield
        finally:
            ended.set()
            reader.join()

    def read_on(self, written: Path, *, whole: bool = False) -> None:
        """Take the lines that have been written since; with `whole`, the last one too."""
        with written.open("rb") as file:
            file.seek(self.read)
            piece = file.read()
        piece = piece if whole else piece[: max(0, piece.rfind(b"\n"))]
        self.read += len(piece)
        for tag, path in _INPUT.findall(piece):
            name = Path(os.fsdecode(path)).name
            if name in self.documents:
                for number, (template, line) in enumerate(self.lines, start=1):
                    self._moved[b"%s,%d" % (tag, number)] = b"%d,%d" % (self.tags[template], line)
            else:
                self._kept.append(b"\nInput:%s:%s" % (tag, os.fsencode(self.paths.get(name, os.fsdecode(path)))))
        records = _RECORD.split(_INPUT.sub(b"", piece))  # text, kind, place, text, kind, place, …, text
        records[2::3] = [self._moved.get(place, place) for place in records[2::3]]
        self._pieces.append(b"".join(records))

    def text(self) -> bytes:
        """Return the file that was read, pointed to the templates."""
        head, mark, content = b"".join(self._pieces).partition(b"\nContent:")
        named = [b"\nInput:%d:%s" % (tag, os.fsencode(self.paths[name])) for name, tag in self.tags.items() if name]
        version, _, rest = head.partition(b"\n")
        head = version + b"".join(self._kept + named) + b"\n" + rest
        return head + mark + _anchored(content, len(head) + len(mark))

    def write(self, written: Path) -> None:
        """Write the file beside `written`, compressed, in its place; nothing where no line is mapped."""
        if written.is_file() and self.lines:
            self.read_on(written, whole=True)
            write_whole(written.with_name(f"{written.name}.gz"), gzip.compress(self.text(), LEVEL, mtime=0))
        written.unlink(missing_ok=True)


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
