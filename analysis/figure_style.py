"""How every figure looks: the document's letters and width, colours that colour-blind readers can tell apart."""

from __future__ import annotations

import logging
from typing import Any

import matplotlib

matplotlib.use("Agg")

from cycler import cycler
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

logging.getLogger("fontTools").setLevel(logging.ERROR)  # the cm fonts carry 1904's clock and say so

TEXT_WIDTH = 160 / 25.4  # \textwidth of the report, inches
LINE_HEIGHT = 2.1  # height of a row of panels, inches
# Okabe and Ito (2008), in the order we use them; black is for what all others are compared with
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#777777",
)  # fmt: skip
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, GREY)
ACTIVATION_COLOURS = {"sigmoid": ORANGE, "relu": BLUE}
ACTIVATION_NAMES = {"sigmoid": "sigmoid", "relu": "ReLU"}

STYLE: Any = {
    "font.family": ["cmr10", "STIXGeneral", "DejaVu Sans"],  # the first is TeX's Computer Modern
    "mathtext.fontset": "cm",
    "axes.formatter.use_mathtext": True,
    "axes.unicode_minus": False,
    "pdf.fonttype": 42,
    "font.size": 9.0,
    "axes.titlesize": 9.0,
    "axes.labelsize": 9.0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.prop_cycle": cycler(color=PALETTE),
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

# Computer Modern's Roman has other signs at the places of these; they are set in mathematics or worded
_REPLACED = {
    "$": r"\$", "_": r"$\_$", "<": r"$<$", ">": r"$>$", "|": r"$|$", "{": r"$\{$", "}": r"$\}$",
    "\\": r"$\backslash$", '"': "''", "~": r"$\sim$", "^": r"\^", "−": r"$-$", "–": "-", "—": "-",
}  # fmt: skip


def figure(rows: int = 1, columns: int = 1, *, width: float = 1.0, height: float | None = None, **options: Any) -> Any:
    """Return (figure, axes) of `width` text widths and `height` inches, in the report's style.

    `options` go to matplotlib's `subplots`. Draw under `with pyplot.rc_context(STYLE)` is not needed: the
    style is set for good, as every figure of this project uses it.
    """
    matplotlib.rcParams.update(STYLE)
    size = (TEXT_WIDTH * width, height if height is not None else LINE_HEIGHT * rows)
    return pyplot.subplots(rows, columns, figsize=size, **options)


def text(value: object) -> str:
    """Return a string that is drawn as it reads: no mathematics is started by a `$` of the data."""
    return "".join(_REPLACED.get(character, character) for character in str(value) if character.isprintable())


def shorten(value: object, limit: int = 24) -> str:
    """Return `text` of a value cut to `limit` characters."""
    plain = str(value)
    return text(plain if len(plain) <= limit else plain[: limit - 3] + "...")


def name_line(axes: Axes, x: float, y: float, label: str, colour: str, **options: Any) -> None:
    """Write a line's name beside it, in its colour: a direct label in place of a legend."""
    axes.annotate(label, (x, y), color=colour, fontsize=8, va="center", annotation_clip=False, **options)


def panel_letters(axes: Any) -> None:
    """Letter the panels a, b, c … at the top left."""
    for letter, panel in zip("abcdefghijklmnopqrstuvwxyz", axes, strict=False):
        panel.set_title(f"({letter})", loc="left", fontsize=9)


__all__ = ["Axes", "Figure", "figure", "name_line", "panel_letters", "shorten", "text"]
