"""Scans come out of a PDF as they were put in, under the names that its report.toml gives them."""

import io
import tomllib

import numpy as np
import pypdfium2
from PIL import Image

from report_src.submission import audit_scans
from tests.end_to_end.reports import Built


def pages(content: bytes) -> list[np.ndarray]:
    """Return the pages of a PDF as pictures."""
    return [np.asarray(page.render(scale=1).to_pil().convert("L")) for page in pypdfium2.PdfDocument(content)]


def test_scans_come_out_of_a_report_as_they_were_put_in(report: Built) -> None:
    document = (report.build / "report.tex").read_text(encoding="utf-8")
    taken = audit_scans.take(report.pdf, document)
    assert taken["scans/part_c-1.jpg"] == (report.build / "scans/part_c-1.jpg").read_bytes()
    there = pages((report.config.parent / "pages.pdf").read_bytes())
    here = pages(taken["scans/question_2-1.pdf"])
    assert [page.shape for page in here] == [page.shape for page in there]
    assert all(np.array_equal(a, b) for a, b in zip(there, here, strict=True))
    settings = tomllib.loads(report.config.read_text(encoding="utf-8"))
    assert set(audit_scans.names(taken, settings)) == {"data/scans/page.jpg", "data/scans/pages.pdf"}


def test_a_document_with_other_pictures_than_its_pdf_gives_none(report: Built) -> None:
    document = (report.build / "report.tex").read_text(encoding="utf-8")
    assert audit_scans.take(report.pdf, document + "\\includegraphics{scans/part_c-2.jpg}") == {}


def test_a_photograph_is_a_jpeg_file(report: Built) -> None:
    taken = audit_scans.take(report.pdf, (report.build / "report.tex").read_text(encoding="utf-8"))
    assert Image.open(io.BytesIO(taken["scans/part_c-1.jpg"])).format == "JPEG"
