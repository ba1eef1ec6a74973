"""Part of the study `eda`: its figures. They draw the record and the arrays and measure nothing."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import FuncFormatter, SymmetricalLogLocator

from analysis.plotting import style
from analysis.plotting.style import Axes, Figure
from analysis.settings.schema import Numerical, Settings
from analysis.studies.eda.record import CategoricalFeature, EdaRecord
from analysis.study import Arrays

PANELS_A_ROW = 3
MOST_CATEGORIES = 8  # drawn of a categorical feature; the figure says that the rest is left out


def class_colours(classes: int) -> list[tuple[float, ...]]:
    """Return one colour a class, from light to dark of one hue: classes differ in grey print, too."""
    from matplotlib import colormaps

    return [tuple(colormaps["cividis"](value)) for value in np.linspace(0.92, 0.05, classes)]


def plot_class_distribution(record: EdaRecord, arrays: Arrays, settings: Settings) -> Figure:
    """(a) Rows per class with the majority baseline; (b) missing cells per feature."""
    figure, (left, right) = style.figure(1, 2, height=1.55)
    shares = np.array([c.share for c in record.classes.by_class])
    left.bar(range(len(shares)), shares * 100, color=class_colours(len(shares)), edgecolor="0.3", linewidth=0.4)
    for position, c in enumerate(record.classes.by_class):
        left.annotate(
            f"{c.share * 100:.1f}%\n{c.rows:,}", (position, c.share * 100), (0, 1.5), textcoords="offset points",
            ha="center", va="bottom", fontsize=7.5, linespacing=1.15,
        )  # fmt: skip
    left.set_ylim(0, shares.max() * 150)
    left.set_xticks(range(len(shares)), [style.shorten(c.name, 12) for c in record.classes.by_class])
    left.set_ylabel("rows (%)")
    left.grid(axis="x", visible=False)
    gaps = record.gaps.by_feature[::-1]
    right.barh(range(len(gaps)), [g.share * 100 for g in gaps], color=[_verdict_colour(g.verdict) for g in gaps])
    for position, g in enumerate(gaps):
        label = f"{g.rows:,}" + (f", {g.verdict}" if g.rows else "")
        right.annotate(
            style.text(label), (g.share * 100, position), (3, 0), textcoords="offset points", va="center", fontsize=7.5
        )
    right.set_yticks(range(len(gaps)), [style.shorten(g.feature, 20) for g in gaps])
    right.set_xlim(0, max([g.share * 100 for g in gaps] + [0.1]) * 2.1)
    right.set_xlabel("missing cells (% of rows)")
    right.grid(axis="y", visible=False)
    style.panel_letters((left, right))
    return figure


def _verdict_colour(verdict: str) -> str:
    return style.VERMILION if verdict == "MAR-compatible" else style.SKY


def plot_features_by_class(record: EdaRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Each feature against the target: boxes by class for numbers, class shares by category."""
    names = settings.table.features
    rows = -(-len(names) // PANELS_A_ROW)
    columns = min(PANELS_A_ROW, len(names))
    figure, axes = style.figure(rows, columns, height=1.72 * rows, squeeze=False)
    colours = class_colours(len(record.classes.by_class))
    panels = list(axes.flat)
    for panel, described, boxes in zip(panels, settings.table.numerical, arrays["boxes"], strict=False):
        _boxes(panel, described, boxes, colours, [c.name for c in record.classes.by_class])
    for panel, feature in zip(panels[len(settings.table.numerical) :], record.features.categorical, strict=False):
        _shares(panel, feature, colours)
    for panel in panels[len(names) :]:
        panel.set_visible(False)
    for letter, panel, name in zip("abcdefghijklmnopqrstuvwxyz", panels, names, strict=False):
        panel.set_title(f"({letter}) {style.shorten(name, 26)}", loc="left", fontsize=8.5)
    if record.features.categorical:
        handles = [panels[0].bar(0, 0, color=colour, edgecolor="0.3", linewidth=0.4) for colour in colours]
        figure.legend(
            handles, [style.shorten(c.name, 16) for c in record.classes.by_class], loc="outside lower right",
            ncols=min(6, len(handles)), handlelength=1.0, columnspacing=1.2,
        )  # fmt: skip
    return figure


def _boxes(
    panel: Axes, described: Numerical, boxes: np.ndarray, colours: list[tuple[float, ...]], names: list[str]
) -> None:
    for position, (minimum, low, lower, median, upper, high, maximum) in enumerate(boxes):
        if np.isnan(median):
            continue
        panel.plot([position] * 2, [low, high], color="0.25", linewidth=0.8, zorder=2)
        panel.bar(
            position,
            upper - lower,
            bottom=lower,
            width=0.6,
            color=colours[position],
            edgecolor="0.3",
            linewidth=0.5,
            zorder=3,
        )
        panel.plot([position - 0.3, position + 0.3], [median] * 2, color=style.VERMILION, linewidth=1.4, zorder=4)
        panel.plot([position] * 2, [minimum, maximum], linestyle="", marker="_", markersize=6, color="0.25", zorder=2)
    if described.logarithmic:
        panel.set_yscale("symlog", linthresh=1, linscale=0.4)
        panel.yaxis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=1))
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        panel.set_ylim(bottom=min(0.0, np.nanmin(boxes)))
    panel.set_xticks(
        range(len(names)),
        [style.shorten(name, 12) for name in names],
        fontsize=7,
        rotation=18,
        ha="right",
        rotation_mode="anchor",
    )
    panel.set_ylabel(style.shorten(described.unit or described.name, 24), fontsize=8)
    panel.grid(axis="x", visible=False)


def _shares(panel: Axes, feature: CategoricalFeature, colours: list[tuple[float, ...]]) -> None:
    drawn = feature.categories[:MOST_CATEGORIES][::-1]
    left = np.zeros(len(drawn))
    for label, colour in enumerate(colours):
        widths = np.array([category.class_shares[label] for category in drawn]) * 100
        panel.barh(range(len(drawn)), widths, left=left, color=colour, edgecolor="0.3", linewidth=0.4, height=0.72)
        left += widths
    labels = [f"{style.shorten(category.name, 15)}\n({category.rows:,})" for category in drawn]
    panel.set_yticks(range(len(drawn)), labels, fontsize=6.5, linespacing=1.05)
    panel.set_xlim(0, 100)
    rest = len(feature.categories) - len(drawn)
    panel.set_xlabel("rows (%)" + (f"; {rest} rarer categories not drawn" if rest else ""), fontsize=8)
    panel.grid(axis="y", visible=False)


def plot_correlations(record: EdaRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Pearson's and Spearman's correlation of the numerical features, annotated."""
    names = settings.table.numerical_names
    figure, panels = style.figure(1, 2, height=0.8 + 0.28 * max(3, len(names)))
    labels = [style.shorten(name, 20) for name in names]
    for panel, method, title in zip(panels, ("pearson", "spearman"), ("Pearson", "Spearman"), strict=True):
        matrix = arrays[method]
        panel.grid(visible=False)
        panel.set_title(f"({'ab'[method == 'spearman']}) {title}", loc="left", fontsize=9)
        if not names:
            panel.text(0.5, 0.5, "no numerical feature", ha="center", va="center", transform=panel.transAxes)
            panel.set_axis_off()
            continue
        image = panel.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto")
        for row, column in np.ndindex(matrix.shape):
            value = matrix[row, column]
            panel.text(
                column, row, f"${value:.2f}$", ha="center", va="center", fontsize=8,
                color="white" if abs(value) > 0.6 else "black",
            )  # fmt: skip
        panel.set_xticks(range(len(names)), labels, fontsize=7, rotation=20, ha="right", rotation_mode="anchor")
        panel.set_yticks(range(len(names)), labels if panel is panels[0] else [""] * len(names), fontsize=7)
        panel.tick_params(length=0)
        panel.spines[:].set_visible(False)
    if names:
        bar = figure.colorbar(image, ax=list(panels), fraction=0.04, pad=0.01)
        bar.ax.tick_params(labelsize=7)
        bar.set_label("correlation", fontsize=8)
        bar.solids.set_rasterized(True)
    return figure
