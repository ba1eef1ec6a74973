r"""The sets in which words declare names, and the declarations in mathematics that say the same.

Let $A$ be an $m \times n$ matrix and $x$ an $n$-vector.        A \in \mathbb{R}^{m \times n}, x \in \mathbb{R}^{n}
Let $u$ and $v$ be unit vectors in $\mathbb{R}^d$.              u \in \mathbb{R}^d, v \in \mathbb{R}^d
where $c$ is a positive number                                 c \in \mathbb{R}_{>0}

What the words say beyond the set restricts nothing: a row below has to hold for all of it.
"""

from __future__ import annotations

import re

from report_src.derivations.words.array_words import LETTERED, MATRIX, SET, SETS, SIMPLEX
from report_src.derivations.words.assumptions import denied, plainly_declares
from report_src.derivations.words.sentences import MATH, REAL_SPACE, REALS, before, behind_list, end, inside

_IS = re.compile(r"(?:be|is|are) |(?=(?:an?|the) )")  # also in "and $x$ a vector in"
# what may follow a set of numbers: nothing, or a further declaration
_ENDS = re.compile(
    r"\Z|[,;:)]?(?: and|,| with| such that| where)(?: that)? (?:let )?(?:both )?"
    r"(?:(?:the|an?|our|its) (?:[a-z-]+ ){1,3})?§"
)
_NAMED_ARRAY = re.compile(
    r"(?:matri(?:x|ces)|vectors?|functions?|maps?|operators?|points?|columns?|rows?|data)\s*\Z", re.I
)
_LETTER = r"(?:[A-Za-z]|\\(?!in\b|to\b|mathbb\b)[A-Za-z]+(?:\s*\{\s*\\?[A-Za-z]+\s*\})?)"
_SCRIPT = r"(?:\s*[_^]\s*(?:\{[^{}]*\}|[A-Za-z0-9*]|\\(?:star|ast)))"
_NAMES = re.compile(rf"\s*{_LETTER}{_SCRIPT}*(?:\s*,\s*{_LETTER}{_SCRIPT}*)*\s*")
_SIZE = re.compile(r"[A-Za-z0-9_{}\s+-]+")
_LETTERS = re.compile(r"[A-Za-z_{}\s+-][A-Za-z0-9_{}\s+-]*")  # of length 1 may say that the norm is 1
_DEEPER = re.compile(r"\{[^{}]*\}")
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
    if verb is None or found is None or not plainly_declares(text, start) or denied(text, start, stop):
        return ""
    several = further or "," in _DEEPER.sub("", inside(text[start:stop]))
    if (further and not verb[0].startswith(("be", "are"))) or (several and re.match(r"(?:both )?an? ", found[0])):
        return ""
    formulas = MATH.findall(part)
    if re.match(r"(?:,? and|,) §\W*\Z", said[found.end() :]) and "\\in" not in formulas[-1]:
        return ""  # "vectors in § and §": one for each
    kind = list(SETS.values())[int((found.lastgroup or "s0")[1:])]
    if kind.startswith("\\"):
        numbers = _ENDS.match(said, found.end()) and not _NAMED_ARRAY.search(before(text, start))
        return kind if numbers else ""
    number = said[: said.index("§", found.start())].count("§")
    return _space(inside(formulas[number]), kind)


def _space(said: str, kind: str) -> str:
    r"""Return the set that a size or a set stands for: `n` of a vector -> `\mathbb{R}^{n}`; nothing for any other."""
    if kind == SIMPLEX:
        size = re.sub(rf"{REALS}\s*\^", "", said).strip().removeprefix("{").removesuffix("}")
        return f"\\Delta^{{{size}}}" if _SIZE.fullmatch(size) else ""
    if REAL_SPACE.fullmatch(said):
        return said if ("\\times" in said) == (kind == MATRIX) else ""
    sizes = {MATRIX: _SIZES, LETTERED: _LETTERS}.get(kind, _SIZE)
    return f"\\mathbb{{R}}^{{{said}}}" if sizes.fullmatch(said) else ""
