"""The pages of a PDF: their pictures, drawn when they are asked for, their text and their marked numbers."""

import hashlib
import io
import threading
from pathlib import Path

import pypdfium2
from PIL.Image import Image

from report_src.preview import page_text

NARROWEST, WIDEST = 100, 3000  # pixels; a picture of any other width is refused
KEPT = 60  # pictures; about as many as two reports have pages
QUICK = 1  # of PNG's levels of compression: the picture travels no further than this machine


class PdfPages:
    """The pages of the PDF at `path` when it was last read; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Read the PDF where there is one."""
        self.path = path
        self.digest = ""  # of the PDF's bytes; "" before there is one
        self.sizes: list[tuple[float, float]] = []  # width and height of each page, in points
        self.outline: list[page_text.Heading] = []
        self._content, self._before = b"", b""  # the PDF, and that before it
        self._document: pypdfium2.PdfDocument | None = None
        self._pictures: dict[tuple[int, int], tuple[str, bytes]] = {}
        self._contents: dict[int, page_text.Content] = {}
        self._lock = threading.Lock()  # pdfium does one thing at a time
        self.read()

    def read(self) -> None:
        """Read the PDF again; if it is absent or cannot be read, the previous pages remain."""
        try:
            content = self.path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            if digest == self.digest:
                return
            with self._lock:
                document = pypdfium2.PdfDocument(content)
                sizes = [document.get_page_size(number) for number in range(len(document))]
                outline = page_text.outline(document)
        except (OSError, pypdfium2.PdfiumError):
            return
        with self._lock:
            self.digest, self.sizes, self.outline = digest, sizes, outline
            self._before, self._content = self._content, content
            self._pictures, self._contents = {}, {}
            before, self._document = self._document, document
            if before is not None:
                before.close()

    def picture(self, number: int, width: int) -> tuple[str, bytes]:
        """Return (hash, PNG) of page `number` (from 1), `width` pixels wide; LookupError without such a page."""
        if not NARROWEST <= width <= WIDEST:
            raise LookupError(f"width {width}: expected {NARROWEST} to {WIDEST} pixels")
        with self._lock:
            page = self._page(number)
            if (number, width) not in self._pictures:
                if len(self._pictures) >= KEPT:
                    self._pictures.pop(next(iter(self._pictures)))
                image = page.render(scale=width / self.sizes[number - 1][0]).to_pil()
                self._pictures[number, width] = hashlib.sha256(image.tobytes()).hexdigest(), png(image)
            return self._pictures[number, width]

    def content(self, number: int) -> page_text.Content:
        """Return the text and the marked numbers of page `number` (from 1); LookupError without such a page."""
        with self._lock:
            page = self._page(number)
            if number not in self._contents:
                self._contents[number] = page_text.content(page)
            return self._contents[number]

    def words(self) -> list[list[str]]:
        """Return the words of each page, as `content` splits them."""
        found = []
        for number in range(1, len(self.sizes) + 1):
            with self._lock:
                found.append(page_text.plain(self._page(number)).split())
        return found

    def thumbnails(self, scale: float, *, before: bool = False) -> list[Image]:
        """Return a grey picture of each page, in pixels of 1 / `scale` points, or of each page of the PDF `before`."""
        with self._lock:
            document = pypdfium2.PdfDocument(self._before if before else self._content)
        found = []
        for number in range(len(document)):
            with self._lock:  # let go between two pages: somebody may wait for a picture
                found.append(document[number].render(scale=scale, grayscale=True).to_pil())
        return found

    def _page(self, number: int) -> pypdfium2.PdfPage:
        if self._document is None or not 1 <= number <= len(self.sizes):
            raise LookupError(f"page {number}: there are {len(self.sizes)}")
        return self._document[number - 1]


def png(image: Image) -> bytes:
    """Return a picture as PNG."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=QUICK)
    return buffer.getvalue()
