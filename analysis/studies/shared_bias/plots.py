"""The figure of Question 2."""

import numpy as np

from analysis.plotting import colours, style
from analysis.settings.schema import Settings
from analysis.studies.shared_bias.record import SharedBiasRecord
from analysis.studies.shared_bias.summary import extra_decrease, first_order, path_cosine
from analysis.study_interface import Arrays


def plot_paths(record: SharedBiasRecord, arrays: Arrays, settings: Settings) -> style.Figure:
    """First step against the paths' cosine, and the curvature ratio along the shared arm."""
    figure, (left, right) = style.figure(1, 2, height=1.65)
    _draw_first_step(left, arrays, settings.shared_bias.learning_rate)
    _draw_curvature(right, arrays)
    style.panel_titles((left, right), ("extra decrease, first step", "largest curvature, shared over independent"))
    return figure


def _draw_first_step(axes: style.Axes, arrays: Arrays, rate: float) -> None:
    products = arrays["path_products"]
    cosine = path_cosine(products)
    axes.axhline(0, color=colours.GREY, linewidth=0.8)
    axes.axvline(0, color=colours.GREY, linewidth=0.8)
    axes.scatter(cosine, first_order(products), s=28, facecolors="none", edgecolors=colours.GREY, label="first order")
    axes.scatter(cosine, extra_decrease(arrays["loss"], products, rate), s=9, color=colours.INK, label="measured")
    axes.set_xlabel("cosine of the two path gradients at the start")
    axes.legend(loc="upper left", handletextpad=0)


def _draw_curvature(axes: style.Axes, arrays: Arrays) -> None:
    iterations = arrays["snapshot_iterations"]
    ratio = arrays["shared_extremes"][:, :, 1] / arrays["block_extremes"][:, :, 1]  # (pair, snapshot)
    single = axes.plot(iterations, ratio.T, color=colours.PALE, linewidth=0.6)[0]
    (median,) = axes.plot(iterations, np.median(ratio, axis=0), color=colours.INK, linewidth=1.8)
    bound = axes.axhline(2, color=colours.INK, linewidth=1.0, linestyle="--")
    axes.axhline(1, color=colours.GREY, linewidth=0.8)
    axes.set_xscale("symlog", linthresh=1, linscale=0.3)
    axes.set_xlim(0, iterations[-1])
    axes.set_ylim(min(0.8, float(ratio.min()) - 0.05), 2.6)
    axes.set_xlabel("iteration of the shared run")
    axes.legend(
        (bound, median, single), ("upper bound", "median", "single pairs"), loc="upper center", ncols=3,
        handlelength=1.6, columnspacing=1.4,
    )  # fmt: skip


PLOTS = (plot_paths,)
