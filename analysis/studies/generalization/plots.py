"""Part D's figures: the story in three accuracies, the focus by class in both tables, confusions and the course."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from analysis.network.mlp import Array
from analysis.plotting import labels, style
from analysis.settings.schema import Settings
from analysis.studies.generalization.record import GeneralizationRecord, Scores
from analysis.study import Arrays

STORY_WIDTH, STORY_HEIGHT = 0.5, 50 / 25.4  # half the text block (80 mm), 50 mm high
CLASS_COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.VERMILION, style.PURPLE, style.SKY, style.GREY)
TRAINED_COLOUR, MITIGATED_COLOUR = style.VERMILION, style.BLUE
DARK_CELL = 0.55  # share of a row beyond which a cell of the confusion matrix is labelled in white


def plot_story(record: GeneralizationRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Draw accuracy on validation, on validation with the focus replaced, and on test, for both kinds of model."""
    figure, axes = style.figure(1, 1, width=STORY_WIDTH, height=STORY_HEIGHT)
    positions = np.arange(3)
    what = "suspect" if len(record.suspects) == 1 else "suspects" if record.suspects else "leading\nfeature"
    series: list[tuple[Scores, str, str, str]] = [(record, TRAINED_COLOUR, "all features", "o")]
    if record.mitigation_kind != "none":
        series.append((record.mitigated, MITIGATED_COLOUR, style.shorten(record.mitigation, 30), "s"))
    rows = [_three(scores) for scores, *_ in series]
    for index, ((_, colour, _label, marker), values) in enumerate(zip(series, rows, strict=True)):
        means = np.array([value.mean for value in values])
        ends = np.array([[v.mean - v.minimum for v in values], [v.maximum - v.mean for v in values]])
        axes.errorbar(positions, means, yerr=ends, color=colour, marker=marker, markersize=4, capsize=2, linewidth=1.0)
        for position, mean in enumerate(means):
            others = [other[position].mean for other in rows if other is not values]
            below = any(mean < other or (mean == other and index) for other in others)
            axes.annotate(
                f"{100 * mean:.0f}", (position, mean), (0, -6 if below else 6), textcoords="offset points",
                ha="center", va="top" if below else "bottom", fontsize=8, color=colour,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
    for index, (_, colour, label, _marker) in enumerate(series):
        axes.text(
            1.0, 1.0 + 0.105 * index, label, color=colour, fontsize=8, ha="right", va="bottom", transform=axes.transAxes
        )
    axes.axhline(record.majority_test_accuracy, color="black", linewidth=0.8, linestyle=":", zorder=1)
    axes.annotate(
        "largest\nclass",
        (-0.43, record.majority_test_accuracy),
        (0, -2),
        textcoords="offset points",
        fontsize=7,
        va="top",
    )
    axes.set_xticks(positions, ["validation", f"validation,\n{what} random", "test"])
    axes.set_xlim(-0.45, 2.35)
    _percent(axes, 0, 1.12)
    return figure


def _three(scores: Scores) -> list[Any]:
    return [scores.validation_accuracy, scores.uniform_accuracy, scores.test_accuracy]


def plot_suspect_by_class(record: GeneralizationRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Draw the focus's distribution within each class, training table above test table, same axes."""
    figure, panels = style.figure(2, 1, sharex=True, sharey=True, height=2.9)
    tables = (("train", arrays["focus_shares_train"]), ("test", arrays["focus_shares_test"]))
    for axes, (title, shares) in zip(panels, tables, strict=True):
        if record.focus_numerical:
            _densities(axes, arrays["focus_edges"], shares, settings)
        else:
            _bars(axes, shares, record.focus_categories, settings)
        axes.text(0.995, 0.97, title, transform=axes.transAxes, ha="right", va="top", fontsize=9)
    figure.supylabel("share of the class (%)", fontsize=9)
    _class_names(panels[0], settings.table.classes)
    column = settings.table.column(record.focus)
    unit = getattr(column, "unit", "")
    panels[1].set_xlabel(style.text(f"{record.focus} ({unit})" if unit else record.focus))
    if record.focus_numerical and getattr(column, "logarithmic", False):
        panels[1].set_xscale("symlog", linthresh=1)
    panels[0].set_ylim(0, None)
    return figure


def _densities(axes: Any, edges: Array, shares: Array, settings: Settings) -> None:
    for label in range(len(settings.table.classes)):
        colour = CLASS_COLOURS[label % len(CLASS_COLOURS)]
        axes.stairs(100 * shares[label], edges, color=colour, linewidth=1.2)
        axes.stairs(100 * shares[label], edges, color=colour, fill=True, alpha=0.12)


def _bars(axes: Any, shares: Array, categories: tuple[str, ...], settings: Settings) -> None:
    classes = len(settings.table.classes)
    positions, width = np.arange(len(categories)), 0.8 / classes
    for label in range(classes):
        offset = (label - (classes - 1) / 2) * width
        colour = CLASS_COLOURS[label % len(CLASS_COLOURS)]
        axes.bar(positions + offset, 100 * shares[label], width, color=colour)
    axes.set_xticks(positions, [style.shorten(name, 16) for name in categories])


def _class_names(axes: Any, classes: tuple[str, ...]) -> None:
    """Write the classes' names in their colours above the upper panel, in one line."""
    places = np.linspace(0, 1, len(classes) + 2)[1:-1]
    for label, (place, name) in enumerate(zip(places, classes, strict=True)):
        colour = CLASS_COLOURS[label % len(CLASS_COLOURS)]
        axes.text(
            place,
            1.03,
            style.shorten(name, 20),
            transform=axes.transAxes,
            color=colour,
            ha="center",
            va="bottom",
            fontsize=9,
        )


def plot_confusion(record: GeneralizationRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Draw the confusion matrices on validation and test, and accuracy along the iterations."""
    figure, panels = style.figure(1, 3, height=2.0, gridspec_kw={"width_ratios": (1, 1, 1.5)})
    names = [style.text(name) for name in labels.short_names(settings.table.classes, 9)]
    matrices = (("validation", record.confusion_validation), ("test", record.confusion_test))
    for axes, (title, counts) in zip(panels, matrices, strict=False):
        _matrix(axes, np.array(counts), names)
        axes.set_title(title, fontsize=9)
        axes.set_xlabel("predicted")
    panels[0].set_ylabel("label")
    panels[1].set_yticklabels([])
    _course(panels[2], arrays)
    return figure


def _matrix(axes: Any, counts: Array, names: list[str]) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.grid(False)
    for (row, column), share in np.ndenumerate(shares):
        colour = "white" if share > DARK_CELL else "black"
        axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=8, color=colour)
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0, pad=1)


def _course(axes: Any, arrays: Arrays) -> None:
    iterations = arrays["checkpoint_iterations"]
    lines = (("train", style.GREY, "-"), ("validation", style.BLUE, "--"), ("test", style.VERMILION, "-"))
    for name, colour, dash in lines:
        axes.plot(
            iterations, arrays[f"checkpoint_{name}_accuracy"], color=colour, linestyle=dash, marker=".", markersize=3
        )
    ends = {name: float(arrays[f"checkpoint_{name}_accuracy"][-1]) for name, *_ in lines}
    names = sorted(ends, key=lambda name: ends[name])
    placed = dict(zip(names, labels.apart([ends[name] for name in names], 0.075), strict=True))
    for name, colour, _ in lines:
        style.name_line(axes, float(iterations[-1]) * 1.15, placed[name], name, colour)
    axes.set_xscale("symlog", linthresh=1)
    axes.set_xlim(0, float(iterations[-1]))
    ticks = [0, *(10**power for power in range(9) if 10**power <= iterations[-1])]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("iteration")
    axes.set_ylabel("accuracy (%)")
    _percent(axes, 0, 1, label=False)


def _percent(axes: Any, low: float, high: float, label: bool = True) -> None:
    axes.set_ylim(low, high)
    axes.set_yticks(np.arange(0, 1.01, 0.2), [f"{tick:.0f}" for tick in np.arange(0, 101, 20)])
    if label:
        axes.set_ylabel("accuracy (%)")


PLOTS = (plot_story, plot_suspect_by_class, plot_confusion)
