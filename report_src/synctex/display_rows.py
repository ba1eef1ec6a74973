r"""The rows of a displayed formula: TeX reads a display to its end, and names that line for every row of it."""

import re
from collections.abc import Sequence

_BEGIN = r"\\begin\{%s\*?\}"
_BEGIN_UNNAMED = r"(?<!\\)\\\[|\$\$"
_END = re.compile(r"\\end\{(align|alignat|flalign|gather|multline|equation|eqnarray|displaymath)\*?\}|\\\]|\$\$")
_TOKEN = re.compile(r"(?<!\\)%.*|\\begin\{|\\end\{|\\\\\*?(?:\[[^\]]*\])?")
FARTHEST = 100  # lines between the beginning and the end of a display


def rows(lines: Sequence[str], end: int) -> list[tuple[int, int]]:
    r"""Return (first, last) line, from 1, of each row of the display that ends on line `end`; [] where none does.

    ["\begin{align}", "a &= b \\", "c &= d \\", "  &= e", "\end{align}"], 5 -> [(2, 2), (3, 3), (4, 4)]
    """
    found = _END.search(lines[end - 1]) if 1 <= end <= len(lines) else None
    if found is None:
        return []
    opening = re.compile(_BEGIN % re.escape(found[1]) if found[1] else _BEGIN_UNNAMED)
    for begin in range(end, max(0, end - FARTHEST), -1):
        text = lines[begin - 1][: found.start()] if begin == end else lines[begin - 1]
        start = max((match.end() for match in opening.finditer(text)), default=None)
        if start is not None:
            inside = [*lines[begin - 1 : end - 1], lines[end - 1][: found.start()]]
            inside[0] = " " * start + inside[0][start:]
            return _split("\n".join(inside), begin)
    return []


def _split(text: str, first: int) -> list[tuple[int, int]]:
    r"""Return the lines of the pieces between \\ outside of environments within; `text` begins on line `first`."""
    found: list[tuple[int, int]] = []
    depth, start = 0, 0
    for token in [*_TOKEN.finditer(text), None]:
        depth += 0 if token is None else {r"\begin{": 1, r"\end{": -1}.get(token.group(), 0)
        if token is None or (token.group().startswith("\\\\") and depth == 0):
            piece = text[start : token.start() if token else len(text)]
            stripped = piece.strip()
            if stripped:
                begin = first + text.count("\n", 0, start + piece.index(stripped[0]))
                found.append((begin, begin + stripped.count("\n")))
            start = token.end() if token else len(text)
    return found
