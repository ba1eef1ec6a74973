"""The audit of a folder as a PDF for markers: the table, then what differs in each report and what was not compared."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report_src.submission.audit_finding import Audited
from report_src.system.files import copy_whole
from report_src.tex import compile, file_access
from report_src.tex.escape import breakable

if TYPE_CHECKING:
    from pylatex import Document

NAME = "audit"
EPOCH = 1767225600  # 2026-01-01, as no commit dates a list of other people's reports
SHOWN = 600  # characters of a line
PACKAGES = ("textcomp", "longtable", "amssymb")
# letters without a glyph, as reports print them, and letters of fonts that this document does not load
CODE = r"""\newcommand{\codepoint}[1]{{\footnotesize\fbox{U+#1}}}
\newcommand{\otherglyph}[3]{\codepoint{#3}}
\newcommand{\placedglyph}[6]{\codepoint{#3}}
\newcommand{\glyphcluster}[3]{#2}
\newcommand{\charactername}[1]{[#1]}"""


def write(audits: Sequence[Audited], rows: Sequence[Mapping[str, Any]], folder: Path) -> Path:
    """Typeset the audit of a folder in `folder`, to which TeX is confined, and return its PDF."""
    work = folder / "marker"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / f"{NAME}.tex").write_text(document(audits, rows).dumps(), encoding="utf-8")
    made = compile.compile_tex(work, NAME, epoch=EPOCH, root=work)
    file_access.check(work, NAME)
    copy_whole(made.pdf, folder / f"{NAME}.pdf")
    return folder / f"{NAME}.pdf"


def document(audits: Sequence[Audited], rows: Sequence[Mapping[str, Any]]) -> Document:
    """Return the document: what comes from the PDFs is escaped, and none of it is a command."""
    from pylatex import Document, Itemize, LongTable, NoEscape, Package, Section

    def text(value: object) -> NoEscape:
        whole = str(value)
        return NoEscape(breakable(whole if len(whole) <= SHOWN else f"{whole[: SHOWN - 3]}..."))

    made = Document(
        document_options=["10pt", "a4paper"], lmodern=True, textcomp=False, page_numbers=False, microtype=False,
        geometry_options={"margin": "20mm", "landscape": True},
    )  # fmt: skip
    for name in PACKAGES:
        made.packages.append(Package(name))
    made.preamble.append(NoEscape(CODE))
    columns = [name for name in rows[0] if name != "shares_with"]
    with made.create(LongTable("p{4.5cm}p{2.4cm}" + "p{1.8cm}" * (len(columns) - 2))) as table:
        table.add_row([text(name.replace("_", " ")) for name in columns])
        table.add_hline()
        for row in rows:
            table.add_row([text(row[name]) for name in columns])
    for each, row in zip(audits, rows, strict=True):
        with made.create(Section(text(each.pdf.name), numbering=False)):
            shared = [f"shares text or replicates with {row['shares_with']}"] if row["shares_with"] else []
            with made.create(Itemize()) as items:
                for line in [*each.lines, *shared]:
                    items.add_item(text(line.strip()))
    return made
