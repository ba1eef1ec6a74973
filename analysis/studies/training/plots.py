"""The figure of Part B (a)."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from analysis.network.mlp import Array
from analysis.plotting import colours, style
from analysis.plotting.labels import apart
from analysis.plotting.pairs import paired
from analysis.settings.schema import Settings
from analysis.studies.training.record import TrainingRecord
from analysis.study_interface import Arrays

FIRST = 10  # updates that have a part of the broken axis to themselves: accuracy leaps in them
FOLDS = {"train": (0, (4, 1.5)), "validation": "-"}  # dashes of the lines
LABEL_DISTANCE = 0.13  # a line of 8 pt text, as a share of the height of a plot
SLANT: Any = {"marker": [(-0.6, -1), (0.6, 1)], "markersize": 6, "linestyle": "none", "color": "k", "mew": 0.6}


def plot_accuracy(record: TrainingRecord, arrays: Arrays, settings: Settings) -> style.Figure:
    """Accuracy (above) and training loss (below) of both activations; the axis is broken after FIRST iterations."""
    last, plotted = record.iterations, record.plotted_replicate
    figure, axes = style.figure(
        2, 2, height=3.2, sharex="col", gridspec_kw={"width_ratios": (1, 3.4), "height_ratios": (1.5, 1)}
    )
    broken = min(FIRST, last - 1)
    for part, (start, end) in enumerate(((0, broken), (broken, last))):
        accuracy, loss = axes[:, part]
        for name, colour in colours.ACTIVATIONS.items():
            for fold, dashes in FOLDS.items():
                trace = 100 * arrays[f"{name}_{fold}_accuracy"][plotted]
                _draw(accuracy, trace, start, end, color=colour, linestyle=dashes)
            _draw(loss, arrays[f"{name}_loss"][plotted], start, end, color=colour, linestyle=FOLDS["train"])
        accuracy.axhline(_majority(record), color=colours.GREY, linewidth=0.8, linestyle=":")
        accuracy.set_xlim(start, end)
    style.panel_titles((axes[0, 0], axes[1, 0]), ("accuracy (%)", "training loss (nats)"))
    for left, right in axes:
        _break(left, right)
    axes[1, 1].set_xlabel("iteration")
    _name_folds(axes[0, 1])
    _name_ends(axes[0, 1], {"majority class": (_majority(record), colours.GREY)} | _ends(axes[0, 1], slice(1, 4, 2)))
    _name_ends(axes[1, 1], _ends(axes[1, 1], slice(0, 2)))
    return figure


def _draw(axes: style.Axes, trace: Array, start: int, end: int, **look: Any) -> None:
    """Draw the first part of a trace unchanged, the rest as means over pairs of iterations in a band of both values."""
    shown = trace[start : end + 1]
    if start == 0:
        axes.plot(np.arange(end + 1), shown, **look)
        return
    middles = np.arange(start, end) + 0.5
    axes.plot(middles, paired(shown), **look)
    ends = np.minimum(shown[:-1], shown[1:]), np.maximum(shown[:-1], shown[1:])
    axes.fill_between(middles, *ends, color=look["color"], alpha=0.15, linewidth=0)


def _majority(record: TrainingRecord) -> float:
    return 100 * record.majority_validation_accuracy.replicates[record.plotted_replicate]


def _break(left: style.Axes, right: style.Axes) -> None:
    """Open the axis between two neighbours; their scales differ, so the right one shows its own numbers."""
    right.spines.left.set_visible(False)
    right.tick_params(axis="y", length=0)
    left.plot([1], [0], transform=left.transAxes, clip_on=False, **SLANT)
    right.plot([0], [0], transform=right.transAxes, clip_on=False, **SLANT)


def _ends(axes: style.Axes, lines: slice) -> dict[str, tuple[float, str]]:
    """Return where the line of each activation ends: name -> (height, colour)."""
    ends: Iterable[Array] = (np.asarray(line.get_ydata()) for line in axes.lines[lines])
    named = zip(colours.ACTIVATIONS.items(), ends, strict=True)
    return {style.ACTIVATION_NAMES[name]: (float(end[-1]), colour) for (name, colour), end in named}


def _name_ends(axes: style.Axes, ends: dict[str, tuple[float, str]]) -> None:
    """Write the names beside the right ends, as far apart as type needs."""
    low, high = axes.get_ylim()
    names = sorted(ends, key=lambda name: ends[name][0])
    heights = apart([ends[name][0] for name in names], LABEL_DISTANCE * (high - low))
    for name, height in zip(names, heights, strict=True):
        style.name_line(axes, 1.01 * axes.get_xlim()[1], height, name, ends[name][1])


def _name_folds(axes: style.Axes) -> None:
    handles = [axes.plot([], [], color=colours.INK, linestyle=dashes)[0] for dashes in FOLDS.values()]
    axes.legend(handles, ("training", "validation"), loc="lower right", bbox_to_anchor=(1, 0.97), ncols=2)


PLOTS = (plot_accuracy,)
