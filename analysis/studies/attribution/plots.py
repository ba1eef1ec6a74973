"""The figure of Part C (b)."""

import numpy as np
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from analysis.plotting import colours, style
from analysis.settings.schema import Settings
from analysis.studies.attribution.record import AttributionRecord
from analysis.study_interface import Arrays

PANELS = ("logit", "probability", "margin", "loss")  # the quantities that a feature is scored by
TICKS = (0.01, 0.03, 0.1, 0.3, 1)
AXIS_FLOOR = 0.01  # relative scores below are drawn there
ENDS = ("lowest", "highest")


def plot_ranking(record: AttributionRecord, arrays: Arrays, settings: Settings) -> style.Figure:
    """Draw every feature's score in each quantity, relative to the quantity's largest, with its range.

    The axis is logarithmic: equal distances are equal ratios, and the ranges of small scores can be seen.
    """
    heights = np.arange(len(record.ranking))[::-1]
    figure, axes = style.figure(1, len(PANELS), height=0.75 + 0.19 * len(heights), sharex=True, sharey=True)
    for panel, quantity in zip(axes, PANELS, strict=True):
        scores = [getattr(one, quantity) for one in record.ranking]
        largest = max(one.score for one in scores) or 1.0
        ends = [np.maximum([getattr(one, end) / largest for one in scores], AXIS_FLOOR) for end in ENDS]
        panel.hlines(heights, *ends, color=colours.INK, linewidth=1.4)
        panel.plot(np.maximum([one.relative for one in scores], AXIS_FLOOR), heights, "o", color=colours.INK, ms=4)
        panel.set_xscale("log")
        panel.xaxis.set_major_locator(FixedLocator(TICKS))
        panel.xaxis.set_major_formatter(FixedFormatter([f"{tick:g}" for tick in TICKS]))
        panel.xaxis.set_minor_locator(NullLocator())
        panel.set_ylim(-0.6, len(heights) - 0.4)
    style.panel_titles(axes, PANELS)
    axes[0].set_yticks(heights, style.short_names([one.feature for one in record.ranking], 24))
    figure.supxlabel("score relative to the largest of its quantity (logarithmic scale)")
    return figure


PLOTS = (plot_ranking,)
