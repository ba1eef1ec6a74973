"""The figure of Question 2."""

from __future__ import annotations

import numpy as np

from analysis.plotting import style
from analysis.settings.schema import Settings
from analysis.studies.shared_bias.record import SharedBiasRecord
from analysis.studies.shared_bias.summary import extra_decrease, first_order, path_cosine
from analysis.study import Arrays


def plot_paths(record: SharedBiasRecord, arrays: Arrays, settings: Settings) -> style.Figure:
    """First step against the paths' cosine, and the curvature ratio along the shared arm."""
    figure, (left, right) = style.figure(1, 2, height=2.0)
    style.panel_letters((left, right))
    _draw_first_step(left, arrays, settings.shared_bias.learning_rate)
    _draw_curvature(right, arrays)
    return figure


def _draw_first_step(axes: style.Axes, arrays: Arrays, rate: float) -> None:
    products = arrays["path_products"]
    cosine = path_cosine(products)
    axes.axhline(0, color=style.GREY, linewidth=0.8)
    axes.axvline(0, color=style.GREY, linewidth=0.8)
    axes.scatter(cosine, first_order(products), s=26, facecolors="none", edgecolors=style.ORANGE, linewidths=1.0)
    axes.scatter(cosine, extra_decrease(arrays["loss"], products, rate), s=9, color=style.BLUE)
    axes.set_xlabel("cosine of the two path gradients at the start")
    axes.set_ylabel("extra decrease, first step")
    axes.text(0.03, 0.97, "first order", color=style.ORANGE, fontsize=8, transform=axes.transAxes, va="top")
    axes.text(0.03, 0.88, "measured", color=style.BLUE, fontsize=8, transform=axes.transAxes, va="top")


def _draw_curvature(axes: style.Axes, arrays: Arrays) -> None:
    iterations = arrays["snapshot_iterations"]
    ratio = arrays["shared_extremes"][:, :, 1] / arrays["block_extremes"][:, :, 1]  # (pair, snapshot)
    axes.plot(iterations, ratio.T, color=style.SKY, linewidth=0.6)
    axes.plot(iterations, np.median(ratio, axis=0), color=style.BLUE, linewidth=1.8)
    axes.axhline(2, color=style.VERMILION, linewidth=1.0)
    axes.axhline(1, color=style.GREY, linewidth=0.8)
    axes.set_xscale("symlog", linthresh=1, linscale=0.3)
    axes.set_xlim(0, iterations[-1])
    axes.set_ylim(min(0.8, float(ratio.min()) - 0.05), 2.2)
    axes.set_xlabel("iteration of the shared arm")
    axes.set_ylabel(r"$\lambda_{\max}(H_b)\,/\,\lambda_{\max}(H)$")
    axes.text(0.04, 0.87, "upper bound", color=style.VERMILION, fontsize=8, transform=axes.transAxes, va="bottom")
    axes.text(0.04, 0.82, "median", color=style.BLUE, fontsize=8, transform=axes.transAxes, va="top")
    axes.text(0.04, 0.73, "single pairs", color=style.SKY, fontsize=8, transform=axes.transAxes, va="top")


PLOTS = (plot_paths,)
