"""Strategies that damage a file the way files are damaged: bytes, cells, quotes, lines, encodings."""

from collections.abc import Callable

from hypothesis import strategies as st

# what has broken readers before: numbers that are none, quotes, ends of lines, letters beyond ASCII, brackets
TOKENS = tuple(
    token.encode()
    for token in (
        "nan", "NaN", "inf", "-inf", "1e999", "-1", "1e-320", "0x10", "1_0", "9" * 400, "٣", "½", "−1", "", " ", "\t",
        ",", ",,", ";", '"', '""', "'", "'''", '"""', "\\", "\\u0000", "\n", "\r", "\r\n", "\n\n", "\0", "\x1a", "\x85",
        "\u2028", "\ufeff", "\u200f", "😀", "[", "]", "[[", "]]", "{", "}", "=", "#", ".", "true", "null",
        "2026-02-30", "07:32:00",
    )
)  # fmt: skip
RAW = (b"\xff", b"\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80")  # no UTF-8
ENCODINGS: tuple[Callable[[str], bytes], ...] = (
    lambda text: text.encode("utf-16"),
    lambda text: text.encode("utf-16-le"),
    lambda text: text.encode("utf-8-sig"),
    lambda text: text.encode("latin-1", "replace"),
    lambda text: text.encode("utf-32"),
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: text.replace("\n", "\r").encode(),
)
CHANGES = (1, 1, 1, 1, 2, 3)  # most files have one: behind the first fault nothing is read


@st.composite
def damaged(draw: st.DrawFn, whole: str) -> bytes:
    """Return the bytes of a text after one change or a few."""
    content = whole.encode()
    if draw(st.integers(0, 9)) == 9:
        content = draw(st.sampled_from(ENCODINGS))(whole)
    for _ in range(draw(st.sampled_from(CHANGES))):
        content = draw(st.sampled_from((digit, digit, exchanged, cells, lines, flipped, inserted, cut, repeated)))(
            draw, content
        )
    return content


def digit(draw: st.DrawFn, content: bytes) -> bytes:
    """Change one digit into another, which may well be valid."""
    places = [place for place, byte in enumerate(content) if chr(byte) in "0123456789"]
    if not places:
        return content
    place = draw(st.sampled_from(places))
    return content[:place] + str(draw(st.integers(0, 9))).encode() + content[place + 1 :]


def exchanged(draw: st.DrawFn, content: bytes) -> bytes:
    """Exchange two lines, or the text between two marks."""
    mark = draw(st.sampled_from((b"\n", b"\n", b",", b'"')))
    parts = content.split(mark)
    one, other = (draw(st.integers(0, len(parts) - 1)) for _ in range(2))
    parts[one], parts[other] = parts[other], parts[one]
    return mark.join(parts)


def flipped(draw: st.DrawFn, content: bytes) -> bytes:
    """Change one byte."""
    if not content:
        return content
    place = draw(st.integers(0, len(content) - 1))
    return content[:place] + bytes([draw(st.integers(0, 255))]) + content[place + 1 :]


def inserted(draw: st.DrawFn, content: bytes) -> bytes:
    """Put a token somewhere."""
    place = draw(st.integers(0, len(content)))
    return content[:place] + draw(st.sampled_from(TOKENS + RAW)) + content[place:]


def cut(draw: st.DrawFn, content: bytes) -> bytes:
    """Take a piece out."""
    place = draw(st.integers(0, len(content)))
    return content[:place] + content[place + draw(st.integers(1, 30)) :]


def repeated(draw: st.DrawFn, content: bytes) -> bytes:
    """Say a piece twice."""
    place = draw(st.integers(0, len(content)))
    end = place + draw(st.integers(1, 60))
    return content[:end] + content[place:end] + content[end:]


def cells(draw: st.DrawFn, content: bytes) -> bytes:
    """Replace, drop or double the text between two marks."""
    mark = draw(st.sampled_from((b",", b" = ", b'"')))
    parts = content.split(mark)
    place = draw(st.integers(0, len(parts) - 1))
    new = draw(st.sampled_from(([], [parts[place]] * 2, [draw(st.sampled_from(TOKENS + RAW))])))
    return mark.join([*parts[:place], *new, *parts[place + 1 :]])


def lines(draw: st.DrawFn, content: bytes) -> bytes:
    """Drop, double, cut short or move a line."""
    parts = content.split(b"\n")
    place, other = (draw(st.integers(0, len(parts) - 1)) for _ in range(2))
    line = parts[place]
    new = draw(st.sampled_from(([], [line] * 2, [line[: len(line) // 2]], [parts[other]])))
    return b"\n".join([*parts[:place], *new, *parts[place + 1 :]])
