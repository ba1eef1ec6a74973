"""The comparison of a row with what its tree prints; a row that was read as something else is refused."""

from __future__ import annotations

from functools import lru_cache

from report_src.derivations.printing.tree import printed
from report_src.derivations.printing.typed import Atom, Unprintable, typed
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.bars import separated
from report_src.derivations.syntax.parser import Statement, parse

_SHOWN = {"\\frac": "/", "\\odot": "⊙", "\\cdot": "·", "\\partial": "∂", "\\top": "⊤", "\\sum": "∑", "null": ""}
MAX_SHOWN = 80  # longest form of a row that a message prints


@lru_cache(maxsize=20_000)
def read_as_printed(text: str) -> Statement:
    """Return the tree of a statement; raise Unreadable where the tree prints something else."""
    text = separated(text)
    statement = parse(text)
    end = len(text.rstrip())
    try:
        row = typed(text)
    except Unprintable as problem:
        raise Unreadable(f"TeX cannot set this row: {problem}", 0, end) from None
    written = printed(statement)
    if row != written:
        message = f"this would be read as {shown(written)}; it prints {shown(row)}"
        raise Unreadable(message, 0, end, "write the brackets or the \\cdot that the meaning needs")
    return statement


def shown(row: list[Atom] | tuple[Atom, ...]) -> str:
    """Return a printed form in one line: W_{ij}^⊤."""
    text = "".join(_shown(atom) for atom in row)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _shown(atom: Atom) -> str:
    glyph = _SHOWN.get(atom.glyph, atom.glyph.lstrip("\\").removeprefix("bold ").removeprefix("upright "))
    if atom.glyph == "\\frac":
        glyph = f"({shown(atom.parts[0])})/({shown(atom.parts[1])})"
    elif atom.parts:
        glyph = f"{glyph}{{{shown(atom.parts[0])}}}"
    below = f"_{{{shown(atom.below)}}}" if atom.below else ""
    primes = sum(other.glyph == "'" for other in atom.above)
    rest = tuple(other for other in atom.above if other.glyph != "'")
    return glyph + "'" * primes + below + (f"^{{{shown(rest)}}}" if rest else "")
