"""Derivations and text blocks of two reports, from the documents attached to them."""

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from report_src.comparison.change import Change, Piece
from report_src.comparison.side import Side
from report_src.derivations.source.document import derivations as derivations_of
from report_src.numbers.printed_numbers import masked, readable
from report_src.prose.comments import blank_comments

CONTEXT = 6  # words shown around words that differ
ALIKE = 0.5  # of the words of two blocks, from which on one is the other, edited
_DERIVATION = re.compile(r"\\begin\{derivation\}(?:\{([^{}]*)\})?.*?\\end\{derivation\}", re.DOTALL)
_NUMBER = re.compile(r"\\result\{[^{}]*\}\{\}")  # once masked
_HEADING = re.compile(r"\\(?:sub)*section\*?\{((?:[^{}]|\{[^{}]*\})*)\}")
_UNPRINTED = re.compile(
    r"\\(?:label|answered|vspace|numbernote)\*?\{[^{}]*\}(?:\{[^{}]*\})?|\\attachment(?:\{[^{}]*\}){5}"
)
_GLYPH = re.compile(r"\\(?:otherglyph(?=(?:\{[^{}]*\}){3})|placedglyph(?=(?:\{[^{}]*\}){6}))"
                    r"(?:\{[^{}]*\}){2}\{([0-9A-F]+)\}(?:\{[^{}]*\}){0,3}")  # fmt: skip
_LOOKS = re.compile(
    r"\\textcolor\{[^{}]*\}|\\(?:allowbreak|texttt|placeholdermark|[lL]arge|small|raggedright)(?![A-Za-z]) ?"
)
_LINK = re.compile(r"\\href\{([^{}]*)\}")
_SPACE = re.compile(r"\\q?quad(?![A-Za-z])|~")


class Block(NamedTuple):
    """A paragraph of a document: the heading that it is under, and its words, computed numbers masked."""

    heading: str
    words: tuple[str, ...]


def derivations(old: Side, new: Side) -> Iterator[Change]:
    """Yield the rows that were added, removed or changed, by derivation."""
    there, here = (
        {found[1] or "": found[0] for found in _DERIVATION.finditer(side.attached.document)} for side in (old, new)
    )
    for name in [*here, *(name for name in there if name not in here)]:
        was, now = there.get(name, ""), here.get(name, "")
        for row_before, row in _differing(_rows(was), _rows(now)) if was != now else ():
            yield Change("derivation", name, row_before, row)


def _rows(typed: str) -> list[str]:
    """Return the rows of a derivation as typed, white space aside."""
    rows = (row for each in derivations_of(typed) for row in each.rows if not row.inline)
    return [" ".join(typed[row.start : row.end].split()) for row in rows]


def _differing(there: Sequence[str], here: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Yield (old, new) of what differs in two lists: ["a", "b"], ["a", "c"] -> ("b", "c"); None where one has less."""
    for kind, a, b, c, d in difflib.SequenceMatcher(None, there, here, autojunk=False).get_opcodes():
        if kind != "equal":
            for number in range(max(b - a, d - c)):
                yield (there[a + number] if a + number < b else None, here[c + number] if c + number < d else None)


def texts(old: Side, new: Side) -> Iterator[Change]:
    """Yield the blocks of text whose words differ, by heading; a computed number is no word."""
    there, here = blocks(old.attached.document), blocks(new.attached.document)
    was, now = ([block.words for block in side] for side in (there, here))
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from _paired(there[a:b], here[c:d])


def _paired(there: list[Block], here: list[Block]) -> Iterator[Change]:
    """Yield the changes of a run of blocks: each new one is an edit of the first old one that is like it, or new."""
    left = list(there)
    for block in here:
        was = next((one for one in left if _likeness(one.words, block.words) >= ALIKE), None)
        if was is None:
            yield Change("text", block.heading, None, " ".join(block.words))
        else:
            for gone in left[: left.index(was)]:
                yield Change("text", gone.heading, " ".join(gone.words), None)
            left = left[left.index(was) + 1 :]
            yield Change("text", block.heading, pieces=tuple(pieces(was.words, block.words)))
    for gone in left:
        yield Change("text", gone.heading, " ".join(gone.words), None)


def _likeness(there: Sequence[str], here: Sequence[str]) -> float:
    return difflib.SequenceMatcher(None, there, here, autojunk=False).ratio()


def pieces(there: Sequence[str], here: Sequence[str]) -> Iterator[Piece]:
    """Yield two texts as one: a b c, a x c -> " a", "-b", "+x", " c"; long runs of equal words are shortened."""
    opcodes = difflib.SequenceMatcher(None, there, here, autojunk=False).get_opcodes()
    for place, (kind, a, b, c, d) in enumerate(opcodes):
        if kind == "equal":
            yield Piece(" ", _short(here[c:d], first=place == 0, last=place == len(opcodes) - 1))
            continue
        if b > a:
            yield Piece("-", " ".join(there[a:b]))
        if d > c:
            yield Piece("+", " ".join(here[c:d]))


def _short(words: Sequence[str], *, first: bool, last: bool) -> str:
    head, tail = ([] if first else words[:CONTEXT]), ([] if last else words[-CONTEXT:])
    if len(head) + len(tail) >= len(words):
        return " ".join(words)
    return " ".join([*head, "…", *tail])


def blocks(document: str) -> list[Block]:
    """Return the paragraphs of a document with the headings that they are under, derivations and looks left out.

    What is before \\begin{document} is on no page.
    """
    document = document.rpartition("\\begin{document}")[2]
    document = _GLYPH.sub(lambda match: chr(int(match[1], 16)), document)
    document = _DERIVATION.sub("\n\n", _NUMBER.sub("#", masked(document)))
    found, heading = [], "front matter"
    for paragraph in re.split(r"\n\s*\n|\\par\b|(?=\\(?:sub)*section\*?\{)", document):
        if title := _HEADING.match(paragraph):
            heading, paragraph = readable(title[1]), f"{title[1]}\n{paragraph[title.end() :]}"
        typed = _UNPRINTED.sub(" ", blank_comments(paragraph))
        words = tuple(readable(_SPACE.sub(" ", _LINK.sub(r"\1 ", _LOOKS.sub("", typed)))).split())
        if words:
            found.append(Block(heading, words))
    return found
