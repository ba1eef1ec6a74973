"""The text of a PDF's page with the place of every word, its marked numbers, and the contents of the document."""

import ctypes
import statistics
from collections.abc import Iterator, Sequence

import pypdfium2
import pypdfium2.raw as pdfium
from msgspec import Struct

LONGEST_NOTE = 4_000  # bytes of a marked number's note, in UTF-16
_HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-", "\xad": "-"})  # what pdfium gives for one that ends a line


class Word(Struct, frozen=True, array_like=True):
    """A word and where it begins and ends, in points from the page's left edge."""

    text: str
    left: float
    right: float


class Line(Struct, frozen=True, array_like=True):
    """Words on one line, in points from the page's upper edge."""

    top: float
    bottom: float
    words: list[Word]


class Number(Struct, frozen=True, array_like=True):
    """A computed number, in points from the page's upper left corner."""

    key: str
    left: float
    top: float
    right: float
    bottom: float


class Content(Struct, frozen=True):
    """What a page holds besides its picture."""

    lines: list[Line]
    numbers: list[Number]

    def number_at(self, x: float, y: float) -> Number | None:
        """Return the computed number at a point; None where there is none."""
        found = (one for one in self.numbers if one.left <= x <= one.right and one.top <= y <= one.bottom)
        return next(found, None)

    def word_at(self, x: float, y: float) -> str:
        """Return the word at a point; "" where there is none."""
        lines = (line for line in self.lines if line.top <= y <= line.bottom)
        return next((word.text for line in lines for word in line.words if word.left <= x <= word.right), "")


class Heading(Struct, frozen=True, array_like=True):
    """An entry of the contents: its depth (0 the outermost), title, page (from 1) and points from that page's top."""

    level: int
    title: str
    page: int
    top: float


class Letter(Struct, frozen=True):
    """A character and its box, in points from the page's upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def outline(document: pypdfium2.PdfDocument) -> list[Heading]:
    """Return the contents of a document, as its bookmarks have them."""
    found = []
    for bookmark in document.get_toc():
        destination = bookmark.get_dest()
        page = destination.get_index() if destination is not None else None
        if destination is not None and page is not None:
            _, view = destination.get_view()
            down = document.get_page_size(page)[1] - view[1] if len(view) > 1 and view[1] is not None else 0.0
            found.append(Heading(bookmark.level, bookmark.get_title(), page + 1, round(down, 2)))
    return found


def plain(page: pypdfium2.PdfPage) -> str:
    """Return the text of a page, with the line ends that pdfium sees."""
    return str(page.get_textpage().get_text_range()).translate(_HYPHENS)


def content(page: pypdfium2.PdfPage) -> Content:
    """Return the lines of a page and its marked numbers."""
    return Content([_line(words) for words in _lines(_words(page))], list(_numbers(page)))


def _letters(page: pypdfium2.PdfPage) -> Iterator[Letter]:
    """Yield the characters of a page in the order of its text; a blank, or the end of a line, has no box."""
    text, height, box = page.get_textpage(), page.get_height(), pdfium.FS_RECTF()
    for index in range(text.count_chars()):
        character = chr(pdfium.FPDFText_GetUnicode(text, index)).translate(_HYPHENS)
        if character.isspace() or not pdfium.FPDFText_GetLooseCharBox(text, index, box):
            yield Letter(character, 0, 0, 0, 0)
        else:
            yield Letter(character, box.left, height - box.top, box.right, height - box.bottom)


def _words(page: pypdfium2.PdfPage) -> Iterator[list[Letter]]:
    """Yield the letters of each word, and an empty list where a line ends."""
    word: list[Letter] = []
    for letter in _letters(page):
        if not letter.text.isspace():
            word.append(letter)
            continue
        if word:
            yield word
            word = []
        if letter.text == "\n":
            yield []
    if word:
        yield word


def _lines(words: Iterator[list[Letter]]) -> Iterator[list[list[Letter]]]:
    """Yield the words of each line; words that go back to the left begin a new one."""
    line: list[list[Letter]] = []
    for word in words:
        if line and (not word or word[0].left < line[-1][-1].left):
            yield line
            line = []
        if word:
            line.append(word)
    if line:
        yield line


def _line(words: Sequence[Sequence[Letter]]) -> Line:
    """Return a line; its height is that of most of its letters, which leaves indices and fractions out."""
    letters = [letter for word in words for letter in word]
    top = statistics.median(letter.top for letter in letters)
    bottom = statistics.median(letter.bottom for letter in letters)
    return Line(round(top, 2), round(bottom, 2), [_word(word) for word in words])


def _word(letters: Sequence[Letter]) -> Word:
    left, right = min(letter.left for letter in letters), max(letter.right for letter in letters)
    return Word("".join(letter.text for letter in letters), round(left, 2), round(right, 2))


def _numbers(page: pypdfium2.PdfPage) -> Iterator[Number]:
    r"""Yield the numbers that \result marks: an annotation whose note begins "key = value" lies over each."""
    height, box = page.get_height(), pdfium.FS_RECTF()
    note = ctypes.create_string_buffer(LONGEST_NOTE)
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_SQUARE:
            letters = ctypes.cast(note, ctypes.POINTER(pdfium.FPDF_WCHAR))
            length = pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", letters, LONGEST_NOTE)
            key, equals, _ = note.raw[: max(0, length - 2)].decode("utf-16-le", "replace").partition(" = ")
            if equals and pdfium.FPDFAnnot_GetRect(annotation, box):
                yield Number(key, box.left, height - box.top, box.right, height - box.bottom)
        pdfium.FPDFPage_CloseAnnot(annotation)
