r"""The sets in which words declare names, and the declarations in mathematics that say the same.

Let $A$ be an $m \times n$ matrix and $x$ an $n$-vector.        A \in \mathbb{R}^{m \times n}, x \in \mathbb{R}^{n}
Let $u$ and $v$ be unit vectors in $\mathbb{R}^d$.              u \in \mathbb{R}^d, v \in \mathbb{R}^d
where $c$ is a positive number                                 c \in \mathbb{R}_{>0}

What the words say beyond the set restricts nothing: a row below has to hold for all of it.
"""

from __future__ import annotations

import re

from report_src.derivations.words.array_words import MATRIX, SET, SETS, SIMPLEX
from report_src.derivations.words.assumptions import denied
from report_src.derivations.words.sentences import MATH, before, behind_list, end

_IS = re.compile(r"(?:be|is|are|denotes?) |(?=(?:an?|the) )")  # also in "and $x$ a vector in"
_STOPS = re.compile(r"\Z|[,;:)]|(?: (?:and|with|where|such that|so that|for|which|that|whose|of|as)\b)")
_OPENS = re.compile(
    r"\s*(?:(?:and|now|also|here|then|throughout|in what follows),? )?(?:we )?(?:let|suppose|assume|consider|take|fix"
    r"|given|where|with|here|for|throughout)\b|(?:[\s§,]|and\b)*\Z",
    re.IGNORECASE,
)
_LETTER = r"(?:[A-Za-z]|\\(?!in\b|to\b|mathbb\b)[A-Za-z]+(?:\s*\{\s*\\?[A-Za-z]+\s*\})?)"
_SCRIPT = r"(?:\s*[_^]\s*(?:\{[^{}]*\}|[A-Za-z0-9*]|\\(?:star|ast)))"
_NAMES = re.compile(rf"\s*{_LETTER}{_SCRIPT}*(?:\s*,\s*{_LETTER}{_SCRIPT}*)*\s*")
_SPACE = re.compile(r"\\mathbb\s*\{?\s*R\s*\}?\s*(?:\^.*)?|\\R\b.*", re.DOTALL)
_SIZE = re.compile(r"[A-Za-z0-9_{}\s+-]+")
_SIZES = re.compile(r"[A-Za-z0-9_{}\s+-]+\\times[A-Za-z0-9_{}\s+-]+")


def set_in_words(text: str, start: int, stop: int) -> str:
    r"""Return the set in which the words around inline names declare them, or nothing.

    "Let $A$ be an $n \times n$ matrix" -> `\mathbb{R}^{n \times n}`

    `start` and `stop` are the offsets of the mathematics with its dollars.
    """
    at, further = behind_list(text, stop)
    if not all(_NAMES.fullmatch(inside(one)) for one in (text[start:stop], *further)):
        return ""
    part = text[at : end(text, stop)]
    said = " ".join(MATH.sub("§", part).replace("~", " ").lower().split())
    verb = _IS.match(said)
    found = SET.match(said, verb.end()) if verb else None
    if verb is None or found is None or not _STOPS.match(said, found.end()):
        return ""
    if further and not verb[0].startswith(("be", "are")):
        return ""
    if not _OPENS.match(before(text, start)) or denied(text, start, stop):
        return ""
    kind = list(SETS.values())[int((found.lastgroup or "s0")[1:])]
    if kind.startswith("\\"):
        return kind
    number = said[: said.index("§", found.start())].count("§")
    return _space(inside(MATH.findall(part)[number]), kind)


def inside(mathematics: str) -> str:
    r"""Return inline mathematics without its delimiters: `$x$`, `\(x\)` -> `x`."""
    return mathematics.strip().strip("$").removeprefix("\\(").removesuffix("\\)").strip()


def _space(said: str, kind: str) -> str:
    r"""Return the set that a size or a set stands for: `n` of a vector -> `\mathbb{R}^{n}`; nothing for any other."""
    if kind == SIMPLEX:
        size = re.sub(r"\\mathbb\s*\{?\s*R\s*\}?\s*\^", "", said).strip().removeprefix("{").removesuffix("}")
        return f"\\Delta^{{{size}}}" if _SIZE.fullmatch(size) else ""
    if _SPACE.fullmatch(said):
        return said if ("\\times" in said) == (kind == MATRIX) else ""
    sizes = _SIZES if kind == MATRIX else _SIZE
    return f"\\mathbb{{R}}^{{{said}}}" if sizes.fullmatch(said) else ""
