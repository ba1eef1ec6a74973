r"""Braces and environments of a TeX source, as typed: the first that is opened and never closed, or closed unopened.

TeX notices such a mistake at the end of the paragraph, of an environment around it or of the file; this module
finds where it was typed.
"""

import dataclasses
import re
from collections.abc import Iterator, Sequence

AS_IT_IS = ("lstlisting", "verbatim", "comment")  # their lines are not TeX
_TOKEN = re.compile(
    r"\\(?P<tag>begin|end)\s*\{(?P<name>[^{}\\]*)\}|\\verb\*?(?P<mark>[^a-zA-Z\s]).*?(?P=mark)|\\[a-zA-Z@]+|\\."
    r"|(?P<brace>[{}])|(?P<comment>%.*)"
)
_BRACE = re.compile(r"[{}]")


@dataclasses.dataclass(frozen=True)
class Fault:
    """What is wrong with the nesting, and the line (from 1) and the place on it (from 0) where that was typed."""

    message: str
    line: int
    start: int = 0


@dataclasses.dataclass(frozen=True)
class Opened:
    """An environment, or a brace (no name), that is open; `of` is the command right before a brace."""

    name: str
    line: int
    start: int
    of: str = ""


@dataclasses.dataclass(frozen=True)
class Token:
    """One token that opens or closes something: `begin`, `end`, `{` or `}`, the environment's name, its place."""

    kind: str
    name: str
    line: int
    start: int  # on its line, from 0; of a brace behind a command where that begins
    of: str = ""

    @property
    def opened(self) -> Opened:
        """Return what it opens."""
        return Opened(self.name, self.line, self.start, self.of)


def closing_brace(text: str, start: int) -> int:
    """Return the index of the brace that closes the group whose content begins at `start`, -1 where none does.

    `("a{b}c} d", 0)` -> 5
    """
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace.group() == "{" else -1
        if not depth:
            return brace.start()
    return -1


def tokens(lines: Sequence[str]) -> Iterator[Token]:
    """Yield what opens and closes, comments and listings aside."""
    hidden = ""
    for number, line in enumerate(lines, start=1):
        if not hidden and "\\" not in line and "{" not in line and "}" not in line:
            continue
        before = ""
        for match in _TOKEN.finditer(line):
            if hidden:
                if match["tag"] == "end" and match["name"] == hidden:
                    hidden = ""
            elif match["tag"]:
                if match["name"] in AS_IT_IS:
                    hidden = match["name"] if match["tag"] == "begin" else ""
                else:
                    yield Token(match["tag"], match["name"], number, match.start())
            elif match["brace"]:
                of = before if line.endswith(before, 0, match.start()) else ""
                yield Token(match["brace"], "", number, match.start() - len(of) * (match["brace"] == "{"), of)
            before = match.group() if match.group()[1:].isalpha() else ""


def first_fault(lines: Sequence[str]) -> Fault | None:
    """Return the first fault of a document, None where all is closed that was opened."""
    found = list(tokens(lines))
    opened: list[Opened] = []
    for index, token in enumerate(found):
        if token.kind in ("begin", "{"):
            opened.append(token.opened)
        elif opened and opened[-1].name == token.name and (token.kind == "end") == bool(opened[-1].name):
            opened.pop()
        else:
            return _fault(token, opened, found[index + 1 :])
    return _never_closed(opened[-1], "the end of the document") if opened else None


def first_brace(lines: Sequence[str]) -> Fault | None:
    """Return the first brace of a preamble that is at fault; its environments are split over definitions."""
    opened: list[Opened] = []
    for token in tokens(lines):
        if token.kind == "{":
            opened.append(token.opened)
        elif token.kind == "}" and opened:
            opened.pop()
        elif token.kind == "}":
            return _too_many(token)
    return _never_closed(opened[0], "the end of the preamble") if opened else None


def _fault(token: Token, opened: Sequence[Opened], rest: Sequence[Token]) -> Fault:
    """Return what is wrong where `token` does not close what was opened last."""
    names = [one.name for one in opened]
    if token.kind == "}":
        if "" in names and not _closed_later(names[-1], rest):
            return _never_closed(opened[-1], "}")
        return _too_many(token)
    if token.name in names:
        return _never_closed(opened[-1], f"\\end{{{token.name}}}")
    inner = next((one for one in reversed(opened) if one.name), None)
    if inner is None or inner.name == "document" or _closed_later(inner.name, rest):
        text = f"\\end{{{token.name}}} without its \\begin{{{token.name}}}: add that, or take the \\end out"
    else:
        text = f"\\begin{{{inner.name}}} is ended by \\end{{{token.name}}}: write \\end{{{inner.name}}}"
    return Fault(text, token.line, token.start)


def _closed_later(name: str, rest: Sequence[Token]) -> bool:
    """Whether an open environment is ended before another one of its name begins."""
    return next((token.kind == "end" for token in rest if token.name == name), False)


def _too_many(token: Token) -> Fault:
    text = "Too many }'s: nothing is open that this } could close; take it out"
    return Fault(text, token.line, token.start)


def _never_closed(one: Opened, by: str) -> Fault:
    if one.name:
        text = f"\\begin{{{one.name}}} is never closed: \\end{{{one.name}}} is missing before {by}"
        return Fault(text, one.line, one.start)
    what = f"{one.of}{{" if one.of else "a {"
    return Fault(f"{what} is never closed: its }} is missing", one.line, one.start)
