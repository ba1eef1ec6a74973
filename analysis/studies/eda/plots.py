"""Part of the study `eda`: its figures. They draw the record and the arrays and measure nothing."""

from typing import Any

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, SymmetricalLogLocator

from analysis.plotting import colours, style
from analysis.plotting.style import Axes, Figure
from analysis.settings.schema import Numerical, Settings
from analysis.studies.eda.record import CategoricalFeature, EdaRecord
from analysis.study_interface import Arrays

PANELS_A_ROW = 3
GAP_ROW = 0.16  # inches, a row of the bars of missing cells
MOST_CATEGORIES = 8  # drawn of a categorical feature; the figure says that the rest is left out
MOST_NAMES = 5  # names of features that fit beneath a matrix of correlations, side by side
MOST_CORRELATIONS = 15  # rows of that matrix in whose cells a number still fits
DARK_CORRELATION = 0.6  # magnitude from which a cell's number is white
EDGE: Any = {"edgecolor": "0.3", "linewidth": 0.4}


def plot_class_distribution(record: EdaRecord, arrays: Arrays, settings: Settings) -> Figure:
    """(a) Rows per class; (b) missing cells per feature, dark where they depend on other columns."""
    by_class, gaps = record.classes.by_class, record.gaps.by_feature[::-1]
    figure, (left, right) = style.figure(1, 2, height=max(1.5, 0.45 + GAP_ROW * len(gaps)))
    shares = [100 * c.share for c in by_class]
    left.bar(range(len(shares)), shares, color=colours.classes(len(shares)), **EDGE)
    for position, c in enumerate(by_class):
        _label_point(left, f"{100 * c.share:.1f}\n{c.rows:,}", (position, shares[position]), (0, 1.5), "center")
    left.set_ylim(0, 1.55 * max(shares))
    left.set_xticks(range(len(shares)), style.short_names([c.name for c in by_class], 12))
    left.grid(axis="x", visible=False)
    verdicts = [colours.INK if g.verdict == "MAR-compatible" else colours.PALE for g in gaps]
    right.barh(range(len(gaps)), [100 * g.share for g in gaps], color=verdicts)
    for position, g in enumerate(gaps):
        label = f"{g.rows:,}" + (f", {g.verdict}" if g.rows else "")
        _label_point(right, style.text(label), (100 * g.share, position), (3, 0), "left")
    right.set_yticks(range(len(gaps)), style.short_names([g.feature for g in gaps], 20))
    right.set_xlim(0, 2.1 * max([100 * g.share for g in gaps] + [0.1]))
    right.grid(axis="y", visible=False)
    style.panel_titles((left, right), ("rows (%, and number)", "missing cells (% of rows, and number)"))
    return figure


def _label_point(axes: Axes, label: str, place: tuple[float, float], offset: tuple[float, float], ha: str) -> None:
    va = "bottom" if ha == "center" else "center"
    axes.annotate(
        label, place, offset, textcoords="offset points", ha=ha, va=va, fontsize=style.SMALLEST, linespacing=1.1
    )


def plot_features_by_class(record: EdaRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Each feature against the target: boxes by class for numbers, class shares by category."""
    table, by_class = settings.table, record.classes.by_class
    rows = -(-len(table.features) // PANELS_A_ROW)
    figure, axes = style.figure(rows, min(PANELS_A_ROW, len(table.features)), height=1.45 * rows, squeeze=False)
    drawn_in, names = colours.classes(len(by_class)), style.short_names([c.name for c in by_class], 12)
    panels = list(axes.flat)
    for number, (described, boxes) in enumerate(zip(table.numerical, arrays["boxes"], strict=True)):
        _boxes(panels[number], described, boxes, drawn_in, names)
    for panel, feature in zip(panels[len(table.numerical) :], record.features.categorical, strict=False):
        _shares(panel, feature, drawn_in)
    for panel in panels[len(table.features) :]:
        panel.set_visible(False)
    style.panel_titles(panels, style.short_names(table.features, 26))
    if record.features.categorical:
        handles = [Patch(facecolor=colour, **EDGE) for colour in drawn_in]
        figure.legend(
            handles, style.short_names([c.name for c in by_class], 16), loc="outside lower right",
            ncols=min(6, len(handles)), handlelength=1.0, columnspacing=1.2,
        )  # fmt: skip
    return figure


def _boxes(panel: Axes, described: Numerical, boxes: np.ndarray, drawn_in: list[str], names: list[str]) -> None:
    """Draw one lying box a class, the first class on top."""
    for position, (minimum, low, lower, median, upper, high, maximum) in enumerate(boxes):
        if np.isnan(median):
            continue
        colour = drawn_in[position]
        panel.plot([low, high], [position] * 2, color=colours.INK, linewidth=0.8, zorder=2)
        panel.barh(position, upper - lower, left=lower, height=0.66, color=colour, zorder=3, **EDGE)
        panel.plot([median] * 2, [position - 0.33, position + 0.33], color=colours.on(colour), linewidth=1.6, zorder=4)
        panel.plot([minimum, maximum], [position] * 2, ls="", marker="|", ms=5, color=colours.INK, zorder=2)
    if described.logarithmic:
        panel.set_xscale("symlog", linthresh=1, linscale=0.4)
        panel.xaxis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=1))
        panel.set_xlim(left=min(0.0, np.nanmin(boxes)))
    else:
        panel.xaxis.set_major_locator(MaxNLocator(5))
    panel.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:,.5g}" if abs(value) < 1e5 else f"{value:.0e}")
    )
    panel.set_yticks(range(len(names)), names)
    panel.invert_yaxis()
    panel.set_xlabel(style.shorten(described.unit or described.name, 24), fontsize=style.SMALLEST)
    panel.grid(axis="y", visible=False)


def _shares(panel: Axes, feature: CategoricalFeature, drawn_in: list[str]) -> None:
    drawn = feature.categories[:MOST_CATEGORIES][::-1]
    left = np.zeros(len(drawn))
    for label, colour in enumerate(drawn_in):
        widths = np.array([category.class_shares[label] for category in drawn]) * 100
        panel.barh(range(len(drawn)), widths, left=left, color=colour, height=0.72, **EDGE)
        left += widths
    for position, category in enumerate(drawn):
        _label_point(panel, f"{category.rows:,}", (100, position), (2, 0), "left")
    panel.set_yticks(range(len(drawn)), style.short_names([category.name for category in drawn], 15))
    panel.set_xlim(0, 100)
    panel.set_xticks((0, 50, 100))
    rest = len(feature.categories) - len(drawn)
    panel.set_xlabel("rows (%)" + (f"; {rest} rarer not drawn" if rest else ""), fontsize=style.SMALLEST)
    panel.grid(axis="y", visible=False)


def plot_correlations(record: EdaRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Correlations of the numerical features in one matrix: Pearson's below the diagonal, Spearman's above it."""
    names = style.short_names(settings.table.numerical_names, 20)
    figure, panel = style.figure(height=0.55 + 0.24 * max(3, len(names)))
    panel.grid(visible=False)
    if not names:
        panel.text(0.5, 0.5, "no numerical feature", ha="center", va="center", transform=panel.transAxes)
        panel.set_axis_off()
        return figure
    lower = np.tri(len(names), k=-1, dtype=bool)
    matrix = np.where(lower, arrays["pearson"], arrays["spearman"])
    matrix = np.ma.array(matrix, mask=np.eye(len(names), dtype=bool))
    image = panel.imshow(matrix, cmap=colours.CORRELATIONS, vmin=-1, vmax=1, aspect="auto")
    for row, column in np.argwhere(~matrix.mask) if len(names) <= MOST_CORRELATIONS else ():
        value = matrix[row, column]
        colour = "white" if abs(value) > DARK_CORRELATION else colours.INK
        panel.text(
            column,
            row,
            f"{value:.2f}".replace("-", "\N{MINUS SIGN}"),
            ha="center",
            va="center",
            fontsize=style.SMALLEST,
            color=colour,
        )
    numbered = len(names) > MOST_NAMES
    panel.set_yticks(range(len(names)), [f"{name}  {n}" if numbered else name for n, name in enumerate(names, 1)])
    panel.set_xticks(range(len(names)), range(1, len(names) + 1) if numbered else names)
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=panel, fraction=0.03, pad=0.01, ticks=(-1, 0, 1))
    bar.solids.set_rasterized(True)
    panel.set_title("below the diagonal: Pearson; above: Spearman")
    return figure


PLOTS = (plot_class_distribution, plot_features_by_class, plot_correlations)
