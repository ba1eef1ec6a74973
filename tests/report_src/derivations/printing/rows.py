"""Rows for the tests of the printed form: what is readable, what is refused, and LaTeX of a printed form."""

from collections.abc import Iterator

from report_src.derivations.printing.typed import Atom
from report_src.derivations.source.document import derivations
from report_src.project import ROOT
from tests.report_src.derivations.cases import CASES
from tests.report_src.derivations.checked import checked, derivation

SETTING = (
    r"Let $x, y, z, t \in \mathbb{R}$, $\mathbf{a}, \mathbf{b} \in \mathbb{R}^{d}$, $W \in \mathbb{R}^{m \times d}$, "
    r"$A \in \mathbb{R}^{d \times d}$ and $g : \mathbb{R} \to \mathbb{R}$."
)


def verdicts(row: str, setting: str = SETTING) -> tuple[str, str]:
    """Return the first refusal of a derivation with this display, and its message; or "accept"."""
    found = [found for found in checked(setting, row).rows if found.verdict in ("wrong", "unreadable")]
    return (found[0].verdict, found[0].message) if found else ("accept", "")


def statements(text: str) -> Iterator[str]:
    """Yield every statement of the displays of a text."""
    for found in derivations(text):
        for row in found.rows:
            yield from (segment.text for segment in row.segments if not row.inline)


def every_statement() -> list[str]:
    """Return the statements of the shipped derivations and of the table of cases, each once."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "templates").rglob("*.tex.j2"))]
    texts += [derivation(setting, true) for _, setting, true, *_ in CASES]
    return list(dict.fromkeys(statement for text in texts for statement in statements(text)))


def latex(row: list[Atom] | tuple[Atom, ...]) -> str:
    """Return LaTeX that prints a printed form."""
    return " ".join(_latex(atom) for atom in row)


_WRITTEN = {"‖": "\\|", "null": "", "double R": "\\mathbb{R}", "double 1": "\\mathbb{1}", ":=": "\\coloneqq"}


def _latex(atom: Atom) -> str:
    parts = "".join(f"{{{latex(part)}}}" for part in atom.parts)
    glyph = atom.glyph
    if glyph in _WRITTEN:
        glyph = _WRITTEN[glyph]
    elif glyph.startswith("bold "):
        glyph = f"\\mathbf{{{glyph[5:]}}}"
    elif glyph.startswith("upright "):
        glyph = f"\\mathrm{{{glyph[8:]}}}"
    elif len(glyph) > 1 and glyph[0].isalpha():
        glyph = f"\\mathrm{{{glyph}}}"
    primes = sum(other.glyph == "'" for other in atom.above)
    above = latex([other for other in atom.above if other.glyph != "'"])
    scripts = "'" * primes + (f"_{{{latex(atom.below)}}}" if atom.below else "") + (f"^{{{above}}}" if above else "")
    return f"{glyph}{parts}{scripts}"
