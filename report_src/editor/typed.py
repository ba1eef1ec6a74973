"""What is at a place of a template, and what may be typed there."""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from report_src.derivations.source.tags_and_comments import tags
from report_src.numbers.formatting import FILTERS
from report_src.numbers.lookup import MISSING, value_of

_KEY = re.compile(r"[A-Za-z_]\w*(?:\.\w+|\[\d+\])*")
_STYLE = re.compile(r"\|\s*([A-Za-z_]\w*)")
_INCLUDED = re.compile(r"include\s+[\"']([^\"']+)[\"']")
_HALF_A_STYLE = re.compile(r"\|\s*\w*$")
_HALF_A_KEY = re.compile(r"((?:[A-Za-z_]\w*(?:\[\d+\])*\.)*)\w*$")
LONGEST = 60  # characters of a value beside its name


class Word(Struct, frozen=True):
    """What is at a place: a "key", a "style" or an included "template", and its name."""

    kind: str
    name: str


class Proposal(Struct, frozen=True):
    """Something that may be typed: its name, its value or form, and what it means."""

    name: str
    detail: str
    meaning: str


def word_at(line: str, column: int, results: Mapping[str, Any]) -> Word | None:
    """Return what is at a column (from 0) of a line; None outside of a tag, or where nothing is known of it.

    Of a key only the part up to the column is meant: `training` of `training.relu.loss` is the whole study.
    """
    begin = opened(line, column)
    if begin is None:
        return None
    for kind, pattern in (("style", _STYLE), ("template", _INCLUDED)):
        for found in pattern.finditer(line, begin):
            if found.start(1) <= column <= found.end(1) and (kind != "style" or found[1] in FILTERS):
                return Word(kind, found[1])
    for found in _KEY.finditer(line, begin):
        if found.start() <= column <= found.end():
            end = re.compile(r"\w*").match(line, column)
            key = line[found.start() : max(end.end() if end else 0, found.start() + 1)]
            return Word("key", key) if value_of(key, results) is not MISSING else None
    return None


def opened(line: str, column: int) -> int | None:
    r"""Return where the content of the \VAR or \BLOCK that a column is in begins; None outside of both."""
    before = (tag for tag in tags(line[:column]) if tag[0] != "\\NOTE")
    return next((begin for _, begin, end in before if end == column), None)


def proposals(line: str, column: int, results: Mapping[str, Any], meaning: Callable[[str], str]) -> list[Proposal]:
    """Return what may be typed at a column (from 0) of a line: styles behind a bar, else the fields of a record.

    `meaning` gives the description of a key.
    """
    begin = opened(line, column)
    if begin is None:
        return []
    before = line[begin:column]
    if _HALF_A_STYLE.search(before):
        return [Proposal(name, form(style), about(style)) for name, style in sorted(FILTERS.items())]
    path = _HALF_A_KEY.search(before)
    prefix = path[1] if path else ""
    record = value_of(prefix.rstrip("."), results) if prefix else results
    fields = record if isinstance(record, Mapping) else {}
    return [Proposal(name, short(value), meaning(prefix + name)) for name, value in fields.items()]


def about(style: Callable[..., Any]) -> str:
    """Return what a style prints: its docstring."""
    return inspect.getdoc(style) or ""


def form(style: Callable[..., Any]) -> str:
    """Return the arguments of a style as they are typed: `(digits=1)`; "" where it has none."""
    given = list(inspect.signature(style).parameters.values())[1:]
    return f"({', '.join(str(each).replace(': ', ' ').split(' ')[0] for each in given)})" if given else ""


def short(value: Any) -> str:
    """Return a value in a few letters; of a record or a list, how much it holds."""
    if isinstance(value, Mapping):
        return f"{len(value)} fields"
    if isinstance(value, list | tuple):
        return f"{len(value)} entries"
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"
