"""The document as it will be rendered, foreseen where an edit changed the words of a template and none of its tags.

    the last document and its line map, the templates before and now -> the document with the edited lines in place

A guess: whoever uses it compares it with what is rendered.
"""

import re
from collections.abc import Callable, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from report_src.derivations.source.tags_and_comments import tags
from report_src.system.cache_file import keep, recalled
from report_src.tex.source_map import LineMap
from report_src.tex.speculative import RENDERED

TAG = "\0"  # stands for what a tag prints
COUNTED = "generator."  # begins the names of what an edit of any words may change: the blocks that are as shipped
TYPED = ".typed.json"  # the texts of the templates that the last document was rendered from, beside it

Edit = tuple[str, str]  # a line of a template before and now, with TAG for each tag


class Foreseen(NamedTuple):
    """The last document with the edited lines, as far as it is known."""

    uncounted: bytes = b""  # before the first line that counts the blocks that are as shipped
    whole: bytes = b""  # with such lines as they were


class Typed(NamedTuple):
    """The templates of the last document, and those that were edited since."""

    before: Mapping[str, str]  # text by name
    texts: Mapping[str, Edit]  # of each edited one, before and now


def remember(folder: Path, templates: Mapping[str, str]) -> None:
    """Keep the texts, by name, of the templates of the document that was rendered to `folder`."""
    keep(folder / TYPED, dict(templates))


def looked_through(folder: Path, find: Callable[[str], Path]) -> Typed:
    """Return what was typed before, for the document in `folder`, and now; `find` gives the file of a template."""
    before = recalled(folder / TYPED, dict[str, str]) or {}
    now = {template: typed(find(template)) for template in before}
    return Typed(
        before, {template: (text, now[template]) for template, text in before.items() if now[template] != text}
    )


def foreseen(folder: Path, name: str, templates: Typed) -> Foreseen:
    """Return the last folder/name.tex with the lines in which templates were edited, as far as it is known.

    The text ends before a line whose tags have changed, before lines that were put in or taken out, and before what is
    not written ahead of the document. It is empty where no template was edited.
    """
    document = folder / f"{name}.tex"
    before, edits = templates.before, {template: edited(*both) for template, both in templates.texts.items()}
    if not edits or not document.is_file():
        return Foreseen()
    counted = {
        (template, number)
        for template, text in before.items()
        for number, line in enumerate(text.split("\n"), start=1)
        if COUNTED in line
    }
    found: list[bytes] = []
    first_count = None
    places = LineMap.read(folder / f"{name}.map.json").lines
    for line, (template, number) in zip(document.read_bytes().splitlines(keepends=True), places, strict=False):
        if number in edits.get(template, {}):
            line = _reworded(line.decode(), edits[template][number]).encode()
        if not line or any(early in line for early in RENDERED):
            break
        if first_count is None and (template, number) in counted:
            first_count = len(found)
        found.append(line)
    return Foreseen(b"".join(found[:first_count]), b"".join(found))


def typed(path: Path) -> str:
    """Return the text of a template; nothing of one that is gone."""
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def edited(before: str, now: str) -> dict[int, Edit | None]:
    r"""Return which lines, from 1, differ between two versions of a template, None where a tag differs.

    From the first difference on, None, where the versions have not the same number of lines.
    `("a \VAR{x}", "b \VAR{x}")` -> `{1: ("a <TAG>", "b <TAG>")}`
    """
    pairs = list(enumerate(zip_longest(before.split("\n"), now.split("\n")), start=1))
    differing = [number for number, (old, new) in pairs if old != new]
    old, new = (_without_content(text).split("\n") for text in (before, now))
    if len(old) != len(new):
        return dict.fromkeys(range(differing[0], len(pairs) + 1))
    kept = [number for number in differing if old[number - 1] != new[number - 1]]
    of_tags = _tag_texts(before) == _tag_texts(now)
    return {number: (old[number - 1], new[number - 1]) if of_tags and number in kept else None for number in differing}


def _tag_texts(text: str) -> list[str]:
    """Return the contents of a template's tags, in order."""
    return [text[start:stop] for _, start, stop in tags(text)]


def _without_content(text: str) -> str:
    r"""Return a template with TAG for each line of a tag: `a \VAR{x} b` -> `a <TAG> b`."""
    for word, start, stop in reversed(tags(text)):
        lines = text[start:stop].count("\n") + 1
        text = text[: start - len(word) - 1] + "\n".join([TAG] * lines) + text[stop + 1 :]
    return text


def _reworded(line: str, edit: Edit | None) -> str:
    """Return a line of the document with the words of its template as they are now; "" where it is not known."""
    if edit is None:
        return ""
    old, new = (text.split(TAG) for text in edit)
    printed = re.fullmatch("(.*?)".join(map(re.escape, old)), line.rstrip("\n"))
    if printed is None or len(old) != len(new):
        return ""
    return "".join(word + tag for word, tag in zip_longest(new, printed.groups(), fillvalue="")) + "\n"
