"""Pages of a PDF as pictures, drawn when they are asked for."""

from __future__ import annotations

import hashlib
import io
import threading
from pathlib import Path

import pypdfium2

NARROWEST, WIDEST = 100, 3000  # pixels; a picture of any other width is refused
KEPT = 60  # pictures; about as many as two reports have pages
QUICK = 1  # of PNG's levels of compression: the picture travels no further than this machine


class PageImages:
    """The pages of the PDF at `path` when it was last read; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Read the PDF where there is one."""
        self.path = path
        self.digest = ""  # of the PDF's bytes; "" before there is one
        self.sizes: list[tuple[float, float]] = []  # width and height of each page, in points
        self._document: pypdfium2.PdfDocument | None = None
        self._pictures: dict[tuple[int, int], tuple[str, bytes]] = {}
        self._lock = threading.Lock()  # pdfium draws one page at a time
        self.read()

    def read(self) -> None:
        """Read the PDF again; if it is absent or cannot be read, the previous pages remain."""
        try:
            content = self.path.read_bytes()
            document = pypdfium2.PdfDocument(content)
            sizes = [document.get_page_size(number) for number in range(len(document))]
        except (OSError, pypdfium2.PdfiumError):
            return
        with self._lock:
            self.digest, self.sizes, self._pictures = hashlib.sha256(content).hexdigest(), sizes, {}
            before, self._document = self._document, document
            if before is not None:
                before.close()

    def picture(self, number: int, width: int) -> tuple[str, bytes]:
        """Return (hash, PNG) of page `number` (from 1), `width` pixels wide; LookupError without such a page."""
        if not NARROWEST <= width <= WIDEST:
            raise LookupError(f"width {width}: expected {NARROWEST} to {WIDEST} pixels")
        with self._lock:
            if self._document is None or not 1 <= number <= len(self.sizes):
                raise LookupError(f"page {number}: there are {len(self.sizes)}")
            if (number, width) not in self._pictures:
                if len(self._pictures) >= KEPT:
                    self._pictures.pop(next(iter(self._pictures)))
                self._pictures[number, width] = self._draw(number, width)
            return self._pictures[number, width]

    def _draw(self, number: int, width: int) -> tuple[str, bytes]:
        assert self._document is not None
        page = self._document[number - 1]
        image = page.render(scale=width / self.sizes[number - 1][0]).to_pil()
        page.close()
        etag = hashlib.sha256(image.tobytes()).hexdigest()
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=QUICK)
        return etag, buffer.getvalue()
