"""How every figure looks: the document's letters and width, sizes and labels."""

import dataclasses
import functools
import io
import logging
import string
import unicodedata
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.plotting import colours, labels, scripts
from analysis.results.store import write_whole

logging.getLogger("fontTools").setLevel(logging.ERROR)  # the cm fonts carry 1904's clock and say so

TEXT_WIDTH = 165 / 25.4  # \textwidth of the report, inches
LINE_HEIGHT = 2.1  # height of a row of panels, inches
SMALLEST = 8.0  # points; a figure is printed at the size at which it was drawn
ACTIVATION_NAMES = {"sigmoid": "sigmoid", "relu": "ReLU"}

JOINERS = "\u200c\u200d"  # without a glyph, between letters of Persian or Devanagari; beside a code they join nothing
LETTERS = "Letters of the report"
STYLE: Any = {
    "font.family": [LETTERS, "STIXGeneral", "DejaVu Sans"],
    "mathtext.fontset": "cm",
    "axes.unicode_minus": True,  # the sign of the second family: that of mathematics is copied as another letter
    "pdf.fonttype": 42,
    "font.size": 9.0,
    "axes.titlesize": 9.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "figure.labelsize": 9.0,
    "xtick.labelsize": SMALLEST,
    "ytick.labelsize": SMALLEST,
    "legend.fontsize": SMALLEST,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.2,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 300,
}

# the font's file has another sign at the place of each of these: an accent, a Greek letter, a ligature
_MISPLACED = frozenset((*map(ord, '"<>\\^_`{|}~'), *range(0xA0, 0xC5), 0x2219))


@functools.cache
def _drawable() -> frozenset[int]:
    """Register Computer Modern without its misplaced characters; return the characters that can be drawn."""
    from fontTools.ttLib import TTFont

    font = TTFont(font_manager.findfont("cmr10"), recalcTimestamp=False)
    for table in font["cmap"].tables:
        table.cmap = {code: glyph for code, glyph in table.cmap.items() if code not in _MISPLACED}
    content, path = io.BytesIO(), Path(matplotlib.get_cachedir()) / "letters-of-the-report.ttf"
    font.save(content)
    write_whole(path, content.getvalue())
    known = font_manager.fontManager
    known.addfont(path)
    # its own name stays cmr10: by that matplotlib knows that minus and times are in another file
    known.ttflist[-1] = dataclasses.replace(known.ttflist[-1], name=LETTERS)
    others = (font_manager.get_font(font_manager.findfont(name)).get_charmap() for name in STYLE["font.family"])
    return frozenset().union(*others)


def figure(rows: int = 1, columns: int = 1, *, height: float | None = None, **options: Any) -> Any:
    """Return (figure, axes), as wide as the text and `height` inches high, in the report's style.

    `options` go to matplotlib's `Figure.subplots`. The style is set for good, as every figure here uses it.
    """
    _drawable()
    matplotlib.rcdefaults()  # a matplotlibrc of the user's own changes no figure
    matplotlib.rcParams.update(STYLE)
    size = (TEXT_WIDTH, height if height is not None else LINE_HEIGHT * rows)
    drawn = Figure(figsize=size)
    return drawn, drawn.subplots(rows, columns, **options)


def text(value: object) -> str:
    """Return a string that is drawn literally: `$` is a dollar sign, a character without a glyph becomes its code."""
    typed = unicodedata.normalize("NFC", str(value))
    drawn = list(map(_character, typed))
    own = [False, *map(str.__eq__, typed, drawn), False]  # of each character and its neighbours: no code stands for it
    kept = (one for at, one in enumerate(drawn) if one not in JOINERS or (own[at] and own[at + 2]))
    return "".join(kept).replace("$", r"\$")


def _character(character: str) -> str:
    if character.isspace():
        return " "
    mark = unicodedata.category(character).startswith("M")  # an accent that no letter has taken in
    own = ord(character) in _drawable() and not mark
    shown = character.isprintable() and (own or scripts.font_family_for(character))
    return character if shown or character in JOINERS else f"U+{ord(character):04X}"


def saved(drawn: Figure) -> bytes:
    """Return a figure as a PDF without dates, its letters of other scripts drawn by the system's fonts."""
    if scripts.used:
        families = [*STYLE["font.family"], *scripts.used]
        # matplotlib embeds outlines of both kinds as Type 3, those of TrueType only as Type 42
        matplotlib.rcParams.update({"font.family": families, "pdf.fonttype": 3})
        with warnings.catch_warnings(action="ignore"):  # the first pass, which makes the marks of the axes, lacks them
            drawn.draw_without_rendering()
        for one in drawn.findobj(Text):
            one.set_fontfamily(families)
    content = io.BytesIO()
    drawn.savefig(content, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return content.getvalue()


def shorten(value: object, limit: int = 24) -> str:
    """Return `text` of a value cut to `limit` characters."""
    plain = str(value)
    return text(plain if len(plain) <= limit else plain[: limit - 3] + "...")


def short_names(names: Sequence[str], limit: int) -> list[str]:
    """Return `text` of each name, of at most `limit` characters and different from the others."""
    return [text(name) for name in labels.short_names(names, limit)]


def name_line(axes: Axes, x: float, y: float, label: str, colour: str, **options: Any) -> None:
    """Write a line's name beside it, in its colour: a direct label in place of a legend."""
    drawn = {"fontsize": SMALLEST, "va": "center", "annotation_clip": False, **options}
    axes.annotate(label, (x, y), color=colours.for_type(colour), **drawn)


def panel_titles(panels: Iterable[Axes], titles: Iterable[str]) -> None:
    """Write a letter and a title above each panel, on the left: the name of its upright axis, which is not turned."""
    for letter, panel, title in zip(string.ascii_lowercase, panels, titles, strict=False):
        panel.set_title(f"({letter}) {title}")


def faults(drawn: Figure) -> list[str]:
    """Return what breaks the rules of type: a text below SMALLEST points, or one that is turned."""
    drawn.draw_without_rendering()
    return [
        f"{one.get_text()!r}: {one.get_fontsize():g} pt, turned by {one.get_rotation():g} degrees"
        for one in drawn.findobj(Text)
        if one.get_visible() and one.get_text() and (float(one.get_fontsize()) < SMALLEST or one.get_rotation())
    ]


__all__ = ["Axes", "Figure", "faults", "figure", "name_line", "panel_titles", "saved", "short_names", "shorten", "text"]
