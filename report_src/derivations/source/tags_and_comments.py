"""What TeX does not read as text: Jinja tags, verbatim text and comments, blanked with every offset kept."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

# environments of the preamble's packages whose content is printed as typed
RAW = frozenset({"verbatim", "verbatim*", "lstlisting", "Verbatim", "Verbatim*", "minted"})
# commands whose argument is printed as typed
RAW_COMMANDS = frozenset(
    {"\\verb", "\\Verb", "\\lstinline", "\\mintinline", "\\url", "\\nolinkurl", "\\path", "\\href"}
)
JINJA = frozenset({"\\VAR", "\\BLOCK", "\\NOTE"})
_TAG = re.compile(r"\\(?:VAR|BLOCK|NOTE)\{")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[{}]", re.DOTALL)
_OPTIONS = r"(?:[ \t]*\[(?:[^][{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\])?"  # they are read: they may let formulas through
_MINTED = rf"mintinline{_OPTIONS}[ \t]*\{{[^{{}}\n]*\}}"
_RAW = re.compile(
    r"(?P<comment>%[^\n]*)"
    rf"|\\begin[ \t]*\n?[ \t]*\{{(?P<name>[vV]erbatim\*?|lstlisting|minted)\}}{_OPTIONS}(?![ \t]*\[)"
    r"(?P<body>.*?)\\end\{(?P=name)\}"
    rf"|\\(?:(?:[vV]erb|lstinline|url)\*?(?![A-Za-z]){_OPTIONS}|{_MINTED})"
    r"[ \t]*(?P<mark>[^\sA-Za-z*\[{])(?P<typed>[^\n]*?)(?P=mark)"
    rf"|\\(?:(?:Verb\*?|lstinline|url|nolinkurl|path|href)(?![A-Za-z]){_OPTIONS}|{_MINTED})"
    r"[ \t]*\{(?P<braced>(?:[^{}\n]|\{[^{}\n]*\})*)\}"
    r"|\\(?:[A-Za-z]+|.)",
    re.DOTALL,
)
_SHOWS = re.compile(r"\\begin\s*\{|\\\[|\$\$|\\displaystyle|\\ensuremath")


@functools.lru_cache(maxsize=128)
def tags(text: str) -> tuple[tuple[str, int, int], ...]:
    r"""Return the Jinja tags of a text: word, and the offsets of the content between its braces.

    `a \VAR{x} b` -> `(("\\VAR", 7, 8),)`. A brace in a string or a pair of braces does not end a tag; a `\NOTE` ends at
    its first brace, as Jinja ends a comment.
    """
    found, at = [], 0
    while tag := _TAG.search(text, at):
        stop = tag_end(text, tag.end())
        stop = len(text) if stop < 0 else stop
        found.append((tag.group()[:-1], tag.end(), stop))
        at = stop
    return tuple(found)


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
    pieces, before = [], 0
    for _, start, stop in tags(text):
        pieces += [text[before:start], spaces(text[start:stop])]
        before = stop
    return "".join([*pieces, text[before:]])


@functools.lru_cache(maxsize=128)
def masked(text: str) -> str:
    r"""Return a text with tags, comments and verbatim text blanked: `\verb|$| % x` -> `\verb| | %  `."""
    return _RAW.sub(_masked, without_tags(text))


def may_begin(text: str, environment: str) -> bool:
    r"""Whether a text has the letters of an environment's name outside of tags and comments, blanks aside.

    A quick look: `\begin{proof}`, "proof" and `the proof` are all true.
    """
    return environment in "".join(masked(text).split())


def _masked(found: re.Match[str]) -> str:
    if found.lastgroup is None:
        return found.group()  # a command
    if found["comment"] is not None:
        return "%" + " " * (len(found.group()) - 1)
    for part in ("body", "typed", "braced"):
        if found[part] is not None:
            return blanked(found.group(), found.start(part) - found.start(), found.end(part) - found.start())
    return found.group()


def swallowed(text: str) -> Iterator[tuple[int, int]]:
    """Yield the displays in comments that may be none: the percent sign is glued to a word, or in an argument."""
    bare = without_tags(text)
    for found in _RAW.finditer(bare):
        shows = _SHOWS.search(found["comment"] or "")
        if shows:
            before = found["comment"][: shows.start()]
            glued = not bare[: found.start()].endswith((" ", "\t", "\n")) and found.start() > 0
            if glued or before.count("}") > before.count("{"):
                yield found.start(), found.start() + shows.end()


def raw_bodies(text: str) -> Iterator[tuple[int, str]]:
    """Yield the content of each environment that is printed as typed, and where it begins."""
    return ((found.start("body"), found["body"]) for found in _RAW.finditer(without_tags(text)) if found["body"])


def blanked(text: str, start: int, stop: int) -> str:
    """Return a text with spaces between two offsets, where only line ends are kept."""
    return text[:start] + spaces(text[start:stop]) + text[stop:]


def spaces(text: str) -> str:
    """Return a text with spaces for all characters but line ends."""
    return "\n".join(" " * len(line) for line in text.split("\n"))
