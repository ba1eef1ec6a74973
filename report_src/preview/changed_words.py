"""Where two builds of a PDF differ: new words or, if there are none, pictures."""

import difflib
from collections.abc import Iterator, Sequence

from msgspec import Struct
from PIL import ImageChops
from PIL.Image import Image

MOST = 200  # changes that are shown; where more differ, the report is another one
VISIBLE = 40  # of 255: a grey value that differs by less is not seen


class Span(Struct, frozen=True):
    """Words of one page, `first` up to before `stop`; equal where words were taken out in front of that word."""

    page: int  # from 1
    first: int
    stop: int


def changed_words(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[Span]:
    """Return the words of `new`, pages of words, that `old` does not have at that place of the text."""
    before, after = [word for page in old for word in page], [word for page in new for word in page]
    begin = _common(before, after)
    end = _common(before[begin:][::-1], after[begin:][::-1])
    changed = difflib.SequenceMatcher(None, before[begin : len(before) - end], after[begin : len(after) - end])
    spans = [
        span
        for kind, _, _, first, stop in changed.get_opcodes()
        if kind != "equal"
        for span in _on_pages(new, begin + first, begin + stop)
    ]
    return spans[:MOST]


def changed_pictures(old: Sequence[Image], new: Sequence[Image]) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """Yield (page, box in pixels) of each page that looks other than before; pages of another size are left out."""
    for number, (before, after) in enumerate(zip(old, new, strict=False), start=1):
        if before.size == after.size:
            box = ImageChops.difference(before, after).point(lambda value: 255 * (value > VISIBLE)).getbbox()
            if box:
                yield number, box


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (left, right) in pairs if left != right), min(len(one), len(other)))


def _on_pages(pages: Sequence[Sequence[str]], first: int, stop: int) -> Iterator[Span]:
    """Yield the words `first` up to before `stop` of the whole text, page by page."""
    begin = 0
    for number, words in enumerate(pages, start=1):
        end = begin + len(words)
        if (first < end and stop > begin) or (first == stop and begin <= first < end):
            yield Span(number, max(first, begin) - begin, min(stop, end) - begin)
        begin = end
