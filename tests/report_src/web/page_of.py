"""A page of a few lines: a document, its source map and what the checker found, in a folder of its own."""

import dataclasses
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from report_src.project import ROOT
from report_src.web import page

FRONT = "\\input{preamble}\n\\pdfcatalog{/Lang (en-GB)}\n\\hypersetup{pdftitle={A page}}\n\\begin{document}\n"
TITLE = "Gaps & <gains>"


@dataclasses.dataclass
class Project:
    """What page.write asks of a project."""

    work: Path
    templates: Path
    epoch: int = 0
    code: Any = ROOT.joinpath
    home: Path = ROOT
    settings: Any = dataclasses.field(
        default_factory=lambda: SimpleNamespace(report=SimpleNamespace(title=TITLE), studies={})
    )


def page_of(folder: Path, text: str, *, claims: Any = (), places: Any = (), table: Any = (), preamble: str = "") -> str:
    """Return the page of a document with this text, whose line n comes of templates/a.tex.j2:n."""
    document = f"{FRONT}{text}\n\\end{{document}}\n"
    templates = folder / "templates"
    templates.mkdir(exist_ok=True)
    (templates / "a.tex.j2").write_text(document, encoding="utf-8")
    lines = [["templates/a.tex.j2", number] for number in range(1, document.count("\n") + 2)]
    shipped = (ROOT / "templates/preamble.tex").read_text(encoding="utf-8")
    files = {
        "report.tex": document,
        "preamble.tex": f"{shipped}\n{preamble}",
        "report.map.json": json.dumps({"lines": lines, "parts": {}, "claims": places}),
        "derivations.json": json.dumps({"table": table, "bindings": []}),
        "claims.json": json.dumps(claims),
    }
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    page.write(Project(folder, templates))  # type: ignore[arg-type]
    return (folder / "report.html").read_text(encoding="utf-8")
