"""What TeX does not read as text: Jinja tags, verbatim text and comments, blanked with every offset kept."""

from __future__ import annotations

import functools
import re

# environments of the preamble's packages whose content is printed as typed
RAW = frozenset({"verbatim", "verbatim*", "lstlisting"})
JINJA = frozenset({"\\VAR", "\\BLOCK", "\\NOTE"})
_TAG = re.compile(r"\\(?:VAR|BLOCK|NOTE)\{")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[{}]", re.DOTALL)
_RAW = re.compile(
    r"(?P<comment>%[^\n]*)"
    r"|\\begin[ \t]*\n?[ \t]*\{(?P<name>verbatim\*?|lstlisting)\}(?P<body>.*?)\\end\{(?P=name)\}"
    r"|\\(?:verb\*?|lstinline)(?![A-Za-z])(?P<mark>[^\sA-Za-z*\[{])(?P<typed>[^\n]*?)(?P=mark)"
    r"|\\(?:[A-Za-z]+|.)",
    re.DOTALL,
)


def tags(text: str) -> list[tuple[str, int, int]]:
    r"""Return the Jinja tags of a text: word, and the offsets of the content between its braces.

    `a \VAR{x} b` -> `[("\\VAR", 7, 8)]`. A brace in a string or a pair of braces does not end a tag; a `\NOTE` ends at
    its first brace, as Jinja ends a comment.
    """
    found, at = [], 0
    while tag := _TAG.search(text, at):
        stop = tag_end(text, tag.end())
        stop = len(text) if stop < 0 else stop
        found.append((tag.group()[:-1], tag.end(), stop))
        at = stop
    return found


def tag_end(text: str, start: int) -> int:
    r"""Return the index of the brace with which Jinja ends the tag whose content begins at `start`, -1 without one.

    `(r"\VAR{'}' ~ x} b", 5)` -> 13; `(r"\NOTE{a {b} c}", 6)` -> 10
    """
    if text.endswith("\\NOTE{", 0, start):
        return text.find("}", start)
    depth = 1
    for piece in _QUOTED.finditer(text, start):
        depth += (piece.group() == "{") - (piece.group() == "}")
        if depth == 0:
            return piece.start()
    return -1


@functools.lru_cache(maxsize=128)
def without_tags(text: str) -> str:
    r"""Return a text with the content of its Jinja tags blanked: `\VAR{a % b}` -> `\VAR{     }`."""
    for _, start, stop in tags(text):
        text = blanked(text, start, stop)
    return text


@functools.lru_cache(maxsize=128)
def masked(text: str) -> str:
    r"""Return a text with tags, comments and verbatim text blanked: `\verb|$| % x` -> `\verb| | %  `."""
    return _RAW.sub(_masked, without_tags(text))


def _masked(found: re.Match[str]) -> str:
    if found["comment"] is not None:
        return "%" + " " * (len(found.group()) - 1)
    for part in ("body", "typed"):
        if found[part] is not None:
            return blanked(found.group(), found.start(part) - found.start(), found.end(part) - found.start())
    return found.group()


def blanked(text: str, start: int, stop: int) -> str:
    """Return a text with spaces between two offsets, where only line ends are kept."""
    return text[:start] + spaces(text[start:stop]) + text[stop:]


def spaces(text: str) -> str:
    """Return a text with spaces for all characters but line ends."""
    return "\n".join(" " * len(line) for line in text.split("\n"))
