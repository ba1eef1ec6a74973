"""The derivations of the first report, as its templates hold them."""

from report_src.derivations.source.document import derivations
from report_src.project import ROOT

SHIPPED = [
    derivation
    for path in sorted((ROOT / "templates").rglob("*.tex.j2"))
    for derivation in derivations(path.read_text(encoding="utf-8"))
]
