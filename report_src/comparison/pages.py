"""Pages of two PDFs: which one became which, and whose picture changed."""

import base64
import difflib
import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image

from report_src.comparison.change import Change
from report_src.submission.audit_pages import TOLERANCE, apart, page_in_grey

WIDTH = 300  # pixels of a thumbnail


def pages(old: Path, new: Path) -> Iterator[Change]:
    """Yield the pages that came, went or look different; pages of the same words are the same page."""
    with pypdfium2.PdfDocument(old) as left, pypdfium2.PdfDocument(new) as right:
        there, here = _texts(left), _texts(right)
        for kind, a, b, c, d in difflib.SequenceMatcher(None, there, here, autojunk=False).get_opcodes():
            for number in range(max(b - a, d - c)):
                was, now = (a + number if a + number < b else None), (c + number if c + number < d else None)
                before, after = (
                    None if at is None else page_in_grey(document[at]) for document, at in ((left, was), (right, now))
                )
                if before is None or after is None:
                    yield _change(was, now, before, after, "")
                elif (moved := apart(before, after)) > TOLERANCE:
                    note = "the same words, another picture" if kind == "equal" else ""
                    yield _change(was, now, before, after, note or f"differs by {moved} of 255")


def _texts(document: pypdfium2.PdfDocument) -> list[str]:
    return [" ".join(document[number].get_textpage().get_text_range().split()) for number in range(len(document))]


def _change(
    was: int | None, now: int | None, before: Image.Image | None, after: Image.Image | None, note: str
) -> Change:
    name, *_ = [f"page {at + 1}" for at in (now, was) if at is not None]
    there, here = (None if at is None else f"page {at + 1}" for at in (was, now))
    pictures = tuple("" if picture is None else thumbnail(picture) for picture in (before, after))
    return Change("page", name, there, here, note=note, thumbnails=pictures)


def thumbnail(picture: Image.Image) -> str:
    """Return a small picture of a page as a data: address."""
    small = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
