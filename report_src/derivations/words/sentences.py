r"""The sentences of a masked text: its words, with § for inline mathematics and ¶ for the ends of displays.

Every offset is kept, and a text is read once: each formula asks for the words around it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

MATH = re.compile(r"(?<!\\)\$(?:[^$\\]|\\.)+\$|\\\(.*?\\\)", re.DOTALL)
_SHOWN = re.compile(
    r"\$\$.*?\$\$|(?<!\\)\\\[.*?\\\]"
    r"|\\begin\s*\{((?:equation|align|gather|multline|flalign|alignat|eqnarray)\*?)\}.*?\\end\s*\{\1\}",
    re.DOTALL,
)
_WORDS = re.compile(r"\\(?:short)?intertext\s*\{([^{}]*)\}")
_CITED = re.compile(r"\\(?:[cC]?ref|Cref|eqref|pageref|label|cite[a-z]*)\*?\s*(?:\[[^\]]*\])?\{[^{}]*\}")
_BREAK = re.compile(
    r"[.!?](?=\s|$)|\n[ \t]*\n|¶|\f|\\(?:item|par|\\)(?![A-Za-z])|\\(?:begin|end)\{[^{}]*\}(?:\{[^{}]*\})?"
)

REALS = r"(?:\\mathbb\s*\{?\s*R\s*\}?|\\R(?![A-Za-z]))"  # the real numbers as they are typed
REAL_SPACE = re.compile(rf"\s*{REALS}\s*(?:\^.*)?", re.DOTALL)  # R itself, or a power of it
HALF = re.compile(rf"{REALS}[^,]*_\s*\{{?\s*(?:>|\\geq?(?![A-Za-z])|\+)")  # those above 0, or not below

ORDERS = r"[<>]|\\(?:ne|neq|le|leq|ge|geq)(?![A-Za-z])"  # signs of a comparison that is no equation
EQUATES = r"=(?!\s*1\s*,)"  # an equation, and no range i = 1, …, n

# words that take back what a formula says
DENIALS = frozenset(
    {"not", "no", "never", "nor", "neither", "false", "wrong", "untrue", "cannot", "unless"}
    | {"except", "without", "nearly", "almost", "approximately", "about", "roughly", "hardly", "fails", "unequal"}
    | {"differs", "different", "isn't", "doesn't", "aren't", "incorrect", "invalid", "impossible", "mistaken"}
    | {"erroneous", "lie", "contradiction", "contradictory", "nonsense", "nowhere"}
    | {"seldom", "can't", "won't", "hasn't", "haven't", "wasn't", "weren't", "don't"}
    | {"didn't", "ain't", "isnt", "refuted", "disproved", "bogus", "absurd", "falsehood", "falsified", "dubious"}
    | {"questionable", "unproven", "unjustified", "wrongly", "falsely", "incorrectly", "erroneously", "mistakenly"}
    | {"counterexample", "erratum", "fallacy", "fallacious", "contradicts", "contrary"}
)


def plain(text: str) -> str:
    """Return the words of a text, with one sign for inline mathematics, at the offsets they have."""
    return _read(text)[0]


def before(text: str, start: int) -> str:
    """Return a sentence as far as an offset."""
    return plain(text)[begin(text, start) : start]


def behind(text: str, start: int) -> str:
    """Return what follows an offset in its sentence."""
    return plain(text)[start : end(text, start)]


def begin(text: str, place: int) -> int:
    """Return the offset at which the sentence of an offset begins."""
    _, _, ends = _read(text)
    return ends[bisect_right(ends, place) - 1]


def end(text: str, place: int) -> int:
    """Return the offset at which the sentence of an offset ends."""
    _, starts, _ = _read(text)
    return starts[bisect_left(starts, place)]


def since_display(text: str, place: int) -> int:
    """Return the offset at which the words before an offset begin behind the display above them, or 0 without one."""
    return plain(text).rfind("¶", 0, place) + 1


def behind_display(text: str, place: int) -> int:
    """Return the offset behind the display that begins at an offset, or 0 where it has no end."""
    words = plain(text)
    return words.find("¶", words.find("¶", place) + 1) + 1


def formula(text: str, place: int) -> str:
    """Return the inline mathematics at an offset."""
    rest = plain(text)[place + 1 : place + 200]
    return text[place : place + 1 + len(rest) - len(rest.lstrip())].strip()


def behind_list(text: str, stop: int) -> tuple[int, list[str]]:
    r"""Return where a list of formulas ends that goes on behind an offset, and its further formulas.

    Behind the first of "$x$, $y$ and $z$ are numbers": the offset of " are", and `$y$`, `$z$`.
    """
    found: list[str] = []
    while (joined := _JOINED.match(plain(text), stop)) is not None:
        found.append(formula(text, joined.end()))
        stop = joined.end() + len(found[-1])
    return stop, found


_JOINED = re.compile(r"(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?=§)")


def inside(mathematics: str) -> str:
    r"""Return inline mathematics without its delimiters: `$x$`, `\(x\)` -> `x`."""
    return mathematics.strip().strip("$").removeprefix("\\(").removesuffix("\\)").strip()


def each(text: str) -> list[tuple[int, int]]:
    """Return the offsets at which each sentence begins and ends."""
    _, starts, ends = _read(text)
    return list(zip(ends, starts, strict=True))


@lru_cache(maxsize=4)
def _read(text: str) -> tuple[str, list[int], list[int]]:
    """Return the words of a text, where its borders of sentences begin, and where they end."""
    words = _SHOWN.sub(_said, text)
    words = MATH.sub(lambda found: "§".ljust(len(found.group())), words)
    words = _CITED.sub(lambda found: " " * len(found.group()), words)
    borders = list(_BREAK.finditer(words))
    return words, [*(found.start() for found in borders), len(text)], [0, *(found.end() for found in borders)]


def _said(display: re.Match[str]) -> str:
    """Return a display without its formulas, as long as it is: the words between its rows stay."""
    kept = list(" " * len(display.group()))
    for found in _WORDS.finditer(display.group()):
        kept[found.start(1) : found.end(1)] = found[1]
        kept[found.start()] = kept[found.end() - 1] = "¶"
    kept[0] = kept[-1] = "¶"
    return "".join(kept)
