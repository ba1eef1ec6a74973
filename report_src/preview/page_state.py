"""What the page shows: the state of the last build, the pages of the PDF, and what a click on them answers."""

import contextlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from report_src.findings import Finding, parsed
from report_src.preview.changed_words import Span, changed_pictures, changed_words
from report_src.preview.clicks import Card, answer, preload_sources
from report_src.preview.pdf_pages import PdfPages
from report_src.preview.places import EDITOR, Places
from report_src.project import ROOT, SYNCTEX, Project

HEARTBEAT_SECONDS = 15.0  # so that a browser that is gone is noticed
THUMBNAIL = 0.25  # pixels in a point: a changed curve is seen


class Preview:
    """The state of the last build, sent to every open page."""

    def __init__(self, pdf: Path, editor: str = EDITOR) -> None:
        """Show the PDF at `pdf`, which may not be there yet; `editor` is the form of addresses that open an editor."""
        self.pages, self.editor = PdfPages(pdf), editor
        self.places = Places(pdf.parent / SYNCTEX, ROOT, editor)
        self.project: Project | None = None
        self.changed = threading.Condition()
        self.number = 0
        self.listeners = 0
        self.state: dict[str, Any] = {"errors": [], "lists": []}
        self._looking = threading.Lock()
        self._words: tuple[str, list[list[str]]] = ("", [])  # of the PDF that was compared last, with its digest

    def show(self, *, project: Project | None = None, error: str | None = None, **state: Any) -> None:
        """Send every open page what to show; fields that are not given stay unchanged.

        After a build, what changed and where each row is printed follow when they are known.
        """
        self.project = project or self.project
        if error is not None:
            state["errors"] = [self._row({"found": found}) for found in (parsed(error) if error else [])]
        if "lists" in state:
            state["lists"] = [(title, [self._row(row) for row in rows]) for title, rows in state["lists"]]
        if state.get("status") != "building":
            before = self.pages.digest
            self.pages.read()
            if self.pages.digest != before and self.project is not None:
                home, find = self.project.home, self.project.found
                self.places = Places(self.pages.path.parent / SYNCTEX, home, self.editor, find)
        self._send(**state)
        if state.get("status") in ("good", "error"):
            threading.Thread(target=self.look, daemon=True).start()

    def after(self, number: int) -> tuple[int, str] | None:
        """Return (number, state as JSON) once there is a newer one than `number`; None after a while without one."""
        with self.changed:
            if self.number <= number:
                self.changed.wait(HEARTBEAT_SECONDS)
            return (self.number, json.dumps(self.state)) if self.number > number else None

    def at(self, page: int, x: float, y: float) -> Card | None:
        """Return the card of a point of a page; None where nothing was typed, LookupError without such a page."""
        content = self.pages.content(page)
        return answer(self.project, self.places, content, page, x, y) if self.project is not None else None

    def look(self) -> None:
        """Find what changed since the last PDF, and where each row is printed; send both if they still hold."""
        with self._looking:
            digest, places = self.pages.digest, self.places
            state: dict[str, Any] = {}
            try:
                if digest != self._words[0]:
                    words = self.pages.words()
                    state["changes"] = self._changes(self._words[1], words) if self._words[0] else []
                    self._words = digest, words
            except LookupError:  # another PDF came meanwhile, and will be looked at
                return
            with self.changed:
                for row in [*self.state["errors"], *(row for _, rows in self.state["lists"] for row in rows)]:
                    row["at"] = places.page(Finding("", file=row["file"], line=row["line"]))
            if self.pages.digest == digest:
                self._send(**state)
            self._prepare()

    def _prepare(self) -> None:
        """Read what the first click needs: the text of the pages, and the lines that compute the numbers."""
        with contextlib.suppress(LookupError):  # another PDF came meanwhile
            for number in range(1, len(self.pages.sizes) + 1):
                self.pages.content(number)
        if self.project is not None:
            preload_sources(self.project)

    def _send(self, **state: Any) -> None:
        with self.changed:
            self.number += 1
            pages = {"pdf": self.pages.digest, "pages": self.pages.sizes}
            self.state.update(state, **pages, outline=msgspec.to_builtins(self.pages.outline))
            self.changed.notify_all()

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row as the page shows it: its text, whether it is doubtful, its place and the link to that."""
        found: Finding = row["found"]
        return {
            "text": found.message,
            "place": found.place,
            "file": found.file,
            "line": found.line,
            "href": self.places.link(found),
            "doubtful": row.get("doubtful", True),
        }

    def _changes(self, old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[list[float]]:
        """Return page, left, top, right, bottom of what changed, in points: words of a line, else part of a picture."""
        found = [box for span in changed_words(old, new) for box in self._boxes(span)]
        if found:
            return found
        pictures = changed_pictures(self.pages.thumbnails(THUMBNAIL, before=True), self.pages.thumbnails(THUMBNAIL))
        return [[page, *(edge / THUMBNAIL for edge in box)] for page, box in pictures]

    def _boxes(self, span: Span) -> list[list[float]]:
        """Return a box for each line with words of a span; for words that were taken out, the box of the next word."""
        boxes, index = [], 0
        for line in self.pages.content(span.page).lines:
            words = [
                word
                for at, word in enumerate(line.words, start=index)
                if span.first <= at < max(span.stop, span.first + 1)
            ]
            index += len(line.words)
            if words:
                boxes.append([span.page, words[0].left, line.top, words[-1].right, line.bottom])
        return boxes
