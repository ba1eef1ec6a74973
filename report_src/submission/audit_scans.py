"""Scans, which are built from nothing: an audit takes them from the PDF that it audits."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, NameObject, RectangleObject, StreamObject

from analysis.settings.load import SCANS

PICTURE = re.compile(
    r"\\reportfigure(?:\[[^\]]*\])?\{(?P<figure>[\w.-]+)\}"
    r"|\\includegraphics(?:\[(?:[^\]]*\bpage=(?P<page>\d+))?[^\]]*\])?\{(?P<path>[\w./-]+)\}"
)


def take(pdf: Path, document: str) -> dict[str, bytes]:
    """Return the scans of a PDF by the path that its document gives them: {"scans/part_c-1.jpg": b"…"}.

    TeX numbers pictures in the order in which the document first names them, so the n-th picture of the document is
    the n-th of the PDF. A photograph is a JPEG file inside the PDF; a page of a PDF is drawn again on a page of its
    size. Returns nothing where the PDF has another number of pictures than its document.
    """
    named = list(dict.fromkeys(pictures_of(document)))
    try:
        reader = PdfReader(pdf)
        placed = sorted(_placed(reader), key=lambda each: each[0])
        if len(placed) != len(named):
            return {}
        pages: dict[str, list[Any]] = {}
        for (path, _), (_, picture) in zip(named, placed, strict=True):
            if path.startswith("scans/"):
                pages.setdefault(path, []).append(picture)
        return {path: _content(pictures) for path, pictures in pages.items()}
    except (PyPdfError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def pictures_of(document: str) -> Iterator[tuple[str, int]]:
    """Yield (path, page) of each picture that a document includes, in order."""
    for found in PICTURE.finditer(document):
        yield found["path"] or f"figures/{found['figure']}.pdf", int(found["page"] or 1)


def names(scans: Mapping[str, bytes], settings: Mapping[str, Any]) -> dict[str, bytes]:
    """Return scans by the names that an attached report.toml gives them."""
    found: dict[str, bytes] = {}
    listed = settings.get("scans")
    for place, sources in listed.items() if isinstance(listed, dict) else ():
        for number, source in enumerate(sources if isinstance(sources, list) else (), start=1):
            content = scans.get(f"scans/{place}-{number}.pdf", scans.get(f"scans/{place}-{number}.jpg"))
            path = PurePosixPath(str(source))
            if content is not None:
                found[str(path if len(path.parts) > 1 else PurePosixPath(SCANS) / path)] = content
    return found


def _placed(reader: PdfReader) -> Iterator[tuple[int, Any]]:
    """Yield (number, picture) of each picture that TeX placed on a page."""
    seen = set()
    for page in reader.pages:
        for name, pointer in cast(Any, page["/Resources"]).get("/XObject", {}).items():
            if (number := int(re.sub(r"\D", "", name) or 0)) and number not in seen:
                seen.add(number)
                yield number, pointer.get_object()


def _content(pictures: Iterable[Any]) -> bytes:
    first, *others = pictures
    if first.get("/Filter") == "/DCTDecode":
        return bytes(first._data)
    writer = PdfWriter()
    for form in (first, *others):
        left, bottom, right, top = (float(side) for side in form["/BBox"])
        page = writer.add_blank_page(right - left, top - bottom)
        page.mediabox = RectangleObject((left, bottom, right, top))
        drawing = StreamObject()
        drawing.set_data(b"/Scan Do")
        objects = DictionaryObject({NameObject("/Scan"): writer._add_object(form.clone(writer))})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): objects})
        page[NameObject("/Contents")] = writer._add_object(drawing)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
