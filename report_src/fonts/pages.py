"""A page of 256 glyphs of any font as the three files that pdfTeX reads: metrics, encoding, outlines.

The outlines hold the glyphs that a document uses and no others; the same glyphs give the same bytes.
"""

import io
import re
import struct
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from report_src.fonts.faces import Face, installed, matplotlib_fonts, package_for
from report_src.fonts.shaping import PAGE
from report_src.system.files import write_whole

FOLDER = "fonts"  # below the document's
POINT = 1 << 20  # of TeX's metrics: 1 is the design size
DESIGN_SIZE = 10  # points
HEIGHT, DEPTH = 0.76, 0.22  # of every glyph as TeX places lines; drawn heights are the font's own
SHOWN = 5  # letters that a warning names
_CODES = re.compile(r"\\codepoint\{([0-9A-F]+)\}")
_USED = re.compile(r"\\(?:other|placed)glyph\{(\w+)-(\d+)\}\{(\d+)\}\{([0-9A-F]*)\}")


def write_pages(document: str, folder: Path) -> None:
    """Write the font files for every glyph that a document names below `folder`."""
    used: dict[tuple[str, int], dict[int, str]] = defaultdict(dict)
    for name, page, place, code in sorted(set(_USED.findall(document))):
        used[name, int(page)][int(place)] = code
    fonts = [f"{name}-{page}" for name, page in sorted(used)]
    for (name, page), codes in used.items():
        face = matplotlib_fonts().get(name) or installed()[name]
        for suffix, content in files_of(face, page, codes).items():
            write_whole(folder / FOLDER / f"{name}-{page}{suffix}", content)
    if fonts:
        lines = [f"{font} {font} <{FOLDER}/{font}.enc <{FOLDER}/{font}.ttf\n" for font in fonts]
        write_whole(folder / FOLDER / "fonts.map", "".join(lines).encode())


def without_font(document: str) -> Iterator[str]:
    """Yield a warning for the letters that no font of this machine has, with the package that has them."""
    letters = {chr(int(code, 16)) for code in _CODES.findall(document)}
    missing: dict[str, list[str]] = defaultdict(list)
    for letter in sorted(letter for letter in letters if unicodedata.category(letter)[0] in "LM"):
        missing[package_for(letter)].append(letter)
    for package, found in missing.items():
        shown = " ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")
        yield f"no font here has the letters {shown}: they are printed as codes; install {package} and build again"


def files_of(face: Face, page: int, codes: Mapping[int, str]) -> dict[str, bytes]:
    """Return ending -> content of the files of one page; `codes` are the code points that its places show, or "".

    A glyph's name says which character it shows ("u0416.g3", after the Adobe Glyph List), so that text is found.
    """
    names = {place: f"u{code}.g{place}" if code else f"part{place}" for place, code in sorted(codes.items())}
    encoding = "\n".join(f"/{names.get(place, '.notdef')}" for place in range(PAGE))
    return {
        ".tfm": metrics({place: width(face, page * PAGE + place) for place in names}),
        ".enc": f"/{face.name}-{page} [\n{encoding}\n] def\n".encode(),
        ".ttf": _outlines(face, page, names),
    }


def width(face: Face, glyph: int) -> float:
    """Return the advance width of a glyph, in units of the design size."""
    return float(face.shaper.get_glyph_h_advance(glyph) / face.shaper.face.upem)


def metrics(widths: dict[int, float]) -> bytes:
    """Return TeX's font metrics of characters with these widths; no ligature, no kerning (The TeXbook's TFM format)."""
    first, last = min(widths), max(widths)
    table = [0.0, *sorted({*widths.values()})]  # the first one says that there is no such character
    characters = b"".join(
        bytes((table.index(widths[code], 1), 0x11, 0, 0)) if code in widths else bytes(4)
        for code in range(first, last + 1)
    )
    header = struct.pack(">II", 0, DESIGN_SIZE * POINT)
    values = [*table, 0.0, HEIGHT, 0.0, DEPTH, 0.0]  # widths, heights, depths, italic corrections
    parameters = [0.0, 0.33, 0.16, 0.11, 0.43, 1.0, 0.11]  # slant, space, stretch, shrink, x-height, quad, extra space
    body = header + characters + b"".join(struct.pack(">i", round(v * POINT)) for v in (*values, *parameters))
    counts = (6 + len(body) // 4, 2, first, last, len(table), 2, 2, 1, 0, 0, 0, len(parameters))
    return struct.pack(">12H", *counts) + body


def _outlines(face: Face, page: int, names: dict[int, str]) -> bytes:
    """Return a TrueType font of the named glyphs, drawn from any kind of font."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    upem = face.shaper.face.upem
    drawn, advances = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (upem // 2, 0)}
    for place, name in names.items():
        pen = TTGlyphPen(None)
        face.shaper.draw_glyph_with_pen(page * PAGE + place, Cu2QuPen(pen, max_err=upem / 1000))
        drawn[name] = pen.glyph()
        advances[name] = (face.shaper.get_glyph_h_advance(page * PAGE + place), 0)
    made = FontBuilder(upem, isTTF=True)
    made.setupHead(unitsPerEm=upem, created=0, modified=0)
    made.setupGlyphOrder(list(drawn))
    made.setupCharacterMap({})
    made.setupGlyf(drawn)
    for name, glyph in drawn.items():
        advances[name] = (advances[name][0], getattr(glyph, "xMin", 0))
    made.setupHorizontalMetrics(advances)
    made.setupHorizontalHeader(ascent=round(HEIGHT * upem), descent=-round(DEPTH * upem))
    made.setupNameTable({"familyName": face.name, "styleName": "Regular", "psName": f"{face.name}-{page}"})
    made.setupOS2()
    made.setupPost()
    made.font.recalcTimestamp = False
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()
