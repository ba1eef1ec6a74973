"""The derivations of the first report, as its templates hold them."""

from report_src.derivations.source.document import derivations
from report_src.project import ROOT

TEXTS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "templates").rglob("*.tex.j2"))]
SHIPPED = [found for text in TEXTS if "\\begin{derivation}" in text for found in derivations(text)]
