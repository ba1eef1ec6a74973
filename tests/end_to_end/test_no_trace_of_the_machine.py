"""What is handed on names neither the machine nor its user nor a folder of theirs."""

import getpass
import platform
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from tests.end_to_end.reports import ROOT, Built, make
from tests.report_src.pdf_bytes import unpacked

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed"),
]


def traces(built: Built) -> dict[str, bytes]:
    """Return what tells of the machine: where the clone, the build and the home lie, who built it, on which host."""
    host, user = platform.node(), getpass.getuser()
    private = {"clone": str(ROOT), "folder": str(built.config.parent), "build": str(built.build),
            "home": f"{Path.home()}/", "home of a user": f"/{user}/", "temporary folder": "/tmp/"}  # fmt: skip
    if len(host) > 4 and host != "localhost":
        private["host"] = host
    if len(user) > 4:  # "root" is a word of the report
        private["user"] = user
    return {name: text.encode() for name, text in private.items()}


def telling(content: bytes, wanted: Mapping[str, bytes]) -> list[str]:
    """Return which of the traces bytes hold."""
    return [name for name, trace in wanted.items() if trace in content]


def read(pdf: Path) -> bytes:
    """Return all bytes of a PDF, unpacked, with its own title and author as they are read."""
    return unpacked(pdf) + str(dict(PdfReader(pdf).metadata or {})).encode()


@pytest.fixture
def products(report: Built) -> dict[str, bytes]:
    """What is handed on of a report: the PDF, its source, its results, its figures, the bundle."""
    bundled = make(report.config, report.build, "bundle")
    assert bundled.status == 0, bundled.said
    (archive,) = report.build.glob("*-bundle.zip")
    content = {"report.pdf": read(report.pdf), archive.name: archive.read_bytes()}
    content |= {name: (report.build / name).read_bytes() for name in ("report.tex", "results.json", "preamble.tex")}
    content |= {f"figure {path.name}": read(path) for path in (report.build / "figures").glob("*.pdf")}
    with zipfile.ZipFile(archive) as bundle:
        content |= {f"bundle: {name}": bundle.read(name) for name in bundle.namelist()}
    return content


def test_no_product_names_the_machine_its_user_or_a_folder(report: Built, products: dict[str, bytes]) -> None:
    wanted = traces(report)
    assert {name: found for name, content in products.items() if (found := telling(content, wanted))} == {}
    assert len(products) > 20
    assert b"SHA-256" in products["report.tex"]


def test_a_trace_is_seen_wherever_it_is_planted(report: Built, tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=report.pdf)
    writer.add_attachment("x.txt", f"made in {ROOT}".encode())
    writer.add_metadata({"/Title": f"{report.config.parent} ☺"})
    writer.write(tmp_path / "planted.pdf")
    found = telling(read(tmp_path / "planted.pdf"), traces(report))
    assert {"clone", "folder"} <= {*found}
