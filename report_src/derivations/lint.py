"""No derivative is displayed outside a derivation: ∂, ∇, δ and g' in display mathematics are refused there.

Inline mathematics is prose and may speak of derivatives, also inside ``algorithm`` environments, whose
displays would be refused like any other.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from report_src.derivations.messages import Text
from report_src.derivations.source import DISPLAYS, Tok, tokens

MORE_DISPLAYS = frozenset({"displaymath", "eqnarray", "eqnarray*", "math*", "dmath", "dmath*", "IEEEeqnarray"})
_REFUSED = {"\\partial": "∂", "∂": "∂", "\\nabla": "∇", "∇": "∇", "\\delta": "δ", "δ": "δ"}
_FUNCTION = re.compile(r"(?:g|\\sigma|f|\\phi|\\varphi)(?:_(?:\{[^{}]*\}|[^{}\s\\]))?\s*(?:'|′|\^\s*\{?\s*\\prime)")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A derivative that is displayed outside a derivation."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Return the message."""
        return self.message


def findings(path: Path) -> list[Finding]:
    """Return the places where a file displays ∂, ∇, δ or g' outside a ``derivation`` environment."""
    return findings_in(path.read_bytes().decode("utf-8", "replace"), str(path))


def findings_in(text: str, file: str = "") -> list[Finding]:
    """Return the findings of a text, each with file, line, column, the row and a caret."""
    shown = Text(text, file)
    found = []
    for start, stop in _displays(text):
        for begin, end, sign in _derivatives(text, start, stop):
            what = f"{sign} in displayed mathematics outside a derivation environment is not checked"
            message = shown.message(what, begin, end, "put the display into \\begin{derivation}{name}")
            line, column, _ = shown.place(begin)
            found.append(Finding(file=file, line=line, column=column, message=message))
    return found


def _displays(text: str) -> list[tuple[int, int]]:
    """Return the spans of displayed mathematics outside derivations."""
    toks, spans, index = tokens(text), [], 0
    while index < len(toks):
        word = toks[index].text
        name = _name(toks, index) if word == "\\begin" else ""
        if name == "derivation":
            index = _end(toks, index, name)
            continue
        if name in DISPLAYS | MORE_DISPLAYS:
            stop = _end(toks, index, name)
        elif word == "\\[":
            stop = _next(toks, index + 1, "\\]")
        elif word == "$" and index + 1 < len(toks) and toks[index + 1].text == "$":
            stop = _next(toks, index + 2, "$") + 1
        else:
            index += 1
            continue
        end = toks[stop].start if stop < len(toks) else len(text)
        spans.append((toks[index].start, end))
        index = stop + 1
    return spans


def _derivatives(text: str, start: int, stop: int) -> list[tuple[int, int, str]]:
    """Return the places of ∂, ∇, δ and g' in a span, in order; comments do not count."""
    blanked = re.sub(r"(?<!\\)%[^\n]*", lambda m: " " * len(m.group()), text[start:stop])
    found = [
        (start + tok.start, start + tok.end, _REFUSED[tok.text]) for tok in tokens(blanked) if tok.text in _REFUSED
    ]
    found += [(start + m.start(), start + m.end(), m.group()) for m in _FUNCTION.finditer(blanked)]
    return sorted(found)


def _name(toks: list[Tok], index: int) -> str:
    letters: list[str] = []
    for tok in toks[index + 2 : index + 40]:
        if tok.text == "}":
            return "".join(letters)
        letters.append(tok.text)
    return ""


def _end(toks: list[Tok], index: int, name: str) -> int:
    """Return the index of the \\end of the environment that begins at ``index``."""
    for stop in range(index + 1, len(toks)):
        if toks[stop].text == "\\end" and _name(toks, stop) == name:
            return stop
    return len(toks)


def _next(toks: list[Tok], index: int, word: str) -> int:
    return next((stop for stop in range(index, len(toks)) if toks[stop].text == word), len(toks))
