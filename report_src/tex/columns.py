"""The column of a template's line in which a mistake was typed, where the message or what TeX had read leads to it."""

from __future__ import annotations

import re

CONTEXT = (40, 20, 10, 5)  # letters before a token by which it is found in the typed line, the most first
_TOKEN = re.compile(r"(?:\\[A-Za-z@]+\*?(?:\s*\{(?:[^{}]*\})?)?|\\.|[A-Za-z0-9./:-]{2,}|\S)\s*$")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_TAG = re.compile(r"\\(?:VAR|BLOCK|NOTE)\{")
# what a message quotes: 'a.key', `a label', \VAR{…}, \answer{Q1}; else the name of a mark, the first word
_QUOTED = re.compile(r"\\\w+\{[^{}]*\}|\\[A-Za-z@]+|(?<!\w)[`'\"]([^`'\"]+)['\"]|^(?:the mark )?(\w+\d+)(?= )")


def token_start(line: str, end: int, message: str) -> int:
    r"""Return where (from 0) the command, name or sign begins that ends at `end`: ("a \foo{b}", 9, "…") -> 2.

    Of a command that the message names it is the last one up to there: TeX may have looked beyond it.
    """
    named = _COMMAND.search(message)
    at = line.rfind(named[0], 0, end) if named else -1
    found = _TOKEN.search(line[:end])
    return at if at >= 0 else found.start() if found else max(end - 1, 0)


def in_typed(typed: str, rendered: str, start: int) -> int | None:
    r"""Return the column (from 1) of a typed line for a place (from 0) of the rendered one; None where it is unclear.

    In front of it may be values, which are tags in the typed line: ("\VAR{a} & b", "3 & b", 2) -> 9
    """
    if typed[: start + 1] == rendered[: start + 1]:
        return start + 1
    end = next((at for at in range(start + 1, len(rendered)) if not rendered[at].isalnum()), len(rendered))
    for length in CONTEXT:
        begin = max(0, start - length)
        piece = rendered[begin:end]
        if piece.strip() and typed.count(piece) == 1:
            return typed.index(piece) + start - begin + 1
    token = rendered[start:end]
    found = [match.start() for match in re.finditer(re.escape(token), typed)] if token.strip() else []
    before = rendered.count(token, 0, start)
    return found[before] + 1 if 0 < len(found) == rendered.count(token) else None


def of_message(typed: str, message: str) -> int | None:
    """Return the column (from 1) of a typed line that a message is about: of a tag, or of what the message quotes."""
    tags = [match.start() for match in _TAG.finditer(typed)]
    if len(tags) == 1:
        return tags[0] + 1
    for match in _QUOTED.finditer(message):
        name = match[1] or match[2] or match[0]
        whole = re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])" if name[:1] != "\\" else re.escape(name), typed)
        if whole:
            at = whole.start()
            inside = [tag for tag in tags if tag <= at]
            return (inside[-1] if inside and "}" not in typed[inside[-1] : at] else at) + 1
    return None
