r"""Text in any script -> glyphs of a font, as the preamble's \otherglyph prints them.

    Жук  ->  \otherglyph{DejaVuSerif2}{65}{0416}…      (page of 256 glyphs, place in it, character that it shows)

HarfBuzz joins Arabic letters and composes those of Devanagari; TeX turns what runs from right to left, line by line.
"""

import itertools
import unicodedata
from collections.abc import Iterator
from typing import Any

from report_src.fonts.faces import Face, face_for

PAGE = 256  # glyphs that one TeX font can hold
JOINERS = "\u200c\u200d"  # between letters: do not join, do join
EMOJI, CJK_BEYOND = 0x1F000, 0x20000  # between them lie pictures, printed by name
PRESENTATION = "\ufe0e\ufe0f"  # choose how an emoji is drawn
NUMBERS = {"EN": "N", "AN": "N", "ET": "N"}
BETWEEN_DIGITS = ("CS", "ES")  # points, commas, signs
MIRRORED = {"(": ")", "{[}": "{]}", r"\{": r"\}", r"\textless{}": r"\textgreater{}", "«": "»", "‹": "›"}
MIRRORED |= {closing: opening for opening, closing in MIRRORED.items()}
LONGEST_WORD = 3  # letters of a Greek word; shorter ones are symbols of a formula


def words(text: str) -> Iterator[str]:
    """Yield the parts of a text that are set together: letters of one script, or a sign, with their marks."""
    for _, run in itertools.groupby(_keyed(text), key=lambda pair: pair[0]):
        yield "".join(character for _, character in run)


def _keyed(text: str) -> Iterator[tuple[object, str]]:
    key: object = None
    for place, character in enumerate(text):
        kind = unicodedata.category(character)[0]
        if kind == "L":
            key = script_of(character)
        elif (kind != "M" and character not in JOINERS) or key is None:
            key = place
        yield key, character


def script_of(letter: str) -> str:
    """Return the script of a letter, by its name: "á" -> "LATIN"."""
    return unicodedata.name(letter, str(ord(letter))).partition(" ")[0].partition("-")[0]


def glyphs(word: str, typewriter: bool = False) -> list[str]:
    """Return the LaTeX of each glyph of a word; [] where no font has one of its letters or it has no glyph.

    Glyphs come in the order in which the word is read, also where it is read from right to left.
    """
    word = "".join(character for character in word if character not in PRESENTATION)
    letters = "".join(character for character in word if character not in JOINERS)
    face = face_for(letters, typewriter) if letters else None
    return [] if face is None else _shaped(word, face)


def _shaped(word: str, face: Face) -> list[str]:
    """Return the LaTeX of each glyph of a word in one font."""
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(word)
    buffer.guess_segment_properties()
    uharfbuzz.shape(face.shaper, buffer, {"kern": False})
    found = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
    if buffer.direction == "rtl":
        found.reverse()
    ends = dict(itertools.pairwise([*sorted({info.cluster for info, _ in found}), len(word)]))
    made = []
    for start, group in itertools.groupby(found, key=lambda each: each[0].cluster):
        cluster, several = word[start : ends[start]], list(group)
        if buffer.direction == "rtl":
            several.reverse()  # within a cluster glyphs are in the order in which they are seen
        alone = len(several) == len(cluster) == 1
        latex = [_glyph(face, info.codepoint, at, cluster if alone else _own(face, info.codepoint, cluster))
                 for info, at in several]  # fmt: skip
        made.append(latex[0] if alone else _cluster(cluster, latex, turned=buffer.direction == "rtl"))
    return made


def _cluster(characters: str, latex: list[str], turned: bool) -> str:
    """Return the LaTeX of glyphs that show several characters together; PDF readers reorder right-to-left text."""
    code = (characters[::-1] if turned else characters).encode("utf-16-be").hex().upper()
    bookmark = "".join(rf'\unichar{{"{ord(character):04X}}}' for character in characters)
    return rf"\glyphcluster{{{code}}}{{{''.join(latex)}}}{{{bookmark}}}"


def _own(face: Face, glyph: int, cluster: str) -> str:
    """Return the character of a cluster that a glyph shows by itself; "" where it shows none."""
    return next((character for character in cluster if face.shaper.get_nominal_glyph(ord(character)) == glyph), "")


def _glyph(face: Face, glyph: int, at: Any, character: str) -> str:
    """Return the LaTeX of one glyph at its place, `at` in HarfBuzz's units; shifts are written in thousandths."""
    page, place = divmod(glyph, PAGE)
    body = f"{{{face.name}-{page}}}{{{place}}}{{{f'{ord(character):04X}' if character else ''}}}"
    shifts = (at.x_offset, at.y_offset, at.x_advance)
    if shifts == (0, 0, face.shaper.get_glyph_h_advance(glyph)):
        return rf"\otherglyph{body}"
    moved = "".join(f"{{{round(shift * 1000 / face.shaper.face.upem)}}}" for shift in shifts)
    return rf"\placedglyph{body}{moved}"


def printable(text: str) -> bool:
    """Whether a text is letters, marks and signs to be drawn: no control character, no emoji."""
    controls = any(unicodedata.category(character)[0] == "C" and character not in JOINERS for character in text)
    return not controls and not any(EMOJI <= ord(character) < CJK_BEYOND for character in text)


def reads_from_the_right(text: str) -> bool:
    """Whether the first letter of a text is of a script that is written from right to left."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def spoken_name(character: str) -> str:
    r"""Return an emoji or a sign without a glyph by its name: "😀" -> \charactername{grinning face}; "" for others."""
    name = unicodedata.name(character, "").lower()
    sign = unicodedata.category(character) in ("So", "Sk", "Sm")
    return rf"\charactername{{{name.replace('-', ' ')}}}" if name and sign else ""


def directed(parts: list[tuple[str, str]]) -> Iterator[str]:
    r"""Yield pieces of LaTeX, each given with the characters it prints, with what runs from right to left turned.

    "שלום 12" -> \beginR{}ש ל ו ם \beginL{}12\endL{}\endR{}
    """
    sides = _sides([characters for characters, _ in parts])
    base = "R" if reads_from_the_right("".join(characters for characters, _ in parts)) else "L"
    outer = [("R" if base == "R" or side == "R" or (side == "N" and before == "R") else "L")
             for side, before in zip(sides, ["L", *_carried(sides)], strict=False)]  # fmt: skip
    for turned, group in itertools.groupby(zip(outer, sides, parts, strict=True), key=lambda each: each[0]):
        if turned == "L":
            yield from (latex for *_, (_, latex) in group)
            continue
        yield r"\beginR{}"
        for inner, run in itertools.groupby(group, key=lambda each: each[1] == "R"):
            yield from itertools.chain(
                [] if inner else [r"\beginL{}"],
                (MIRRORED.get(latex, latex) if inner else latex for *_, (_, latex) in run),
                [] if inner else [r"\endL{}"],
            )
        yield r"\endR{}"


def _carried(sides: list[str]) -> Iterator[str]:
    """Yield for each place the last side that is not a number."""
    last = "L"
    for side in sides:
        last = side if side != "N" else last
        yield last


def _sides(texts: list[str]) -> list[str]:
    """Return for each text L, R or N (a number); what has no direction takes that of its neighbours, else the first."""
    kinds = {"L": "L", "R": "R", "AL": "R"} | NUMBERS
    strong = [next((kinds[b] for c in text if (b := unicodedata.bidirectional(c)) in kinds), "") for text in texts]
    for place in range(1, len(texts) - 1):
        inside = texts[place] and unicodedata.bidirectional(texts[place][0]) in BETWEEN_DIGITS
        if inside and strong[place - 1] == strong[place + 1] == "N":
            strong[place] = "N"
    base = "R" if reads_from_the_right("".join(texts)) else "L"
    before, after = base, [base] * len(strong)
    for place in range(len(strong) - 2, -1, -1):
        after[place] = strong[place + 1] or after[place + 1]
    for place, side in enumerate(strong):
        if not side:
            follows = "R" if after[place] == "N" and before == "R" else after[place]
            strong[place] = before if before == follows and before != "N" else base
        before = strong[place] if strong[place] != "N" else before
    return strong
