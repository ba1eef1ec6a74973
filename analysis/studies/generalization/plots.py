"""Part D's figures: the story in three accuracies, the decision along the focus, confusions and the course."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from analysis.network.mlp import Array
from analysis.plotting import colours, labels, style
from analysis.settings.schema import Settings
from analysis.studies.generalization.record import GeneralizationRecord, Scores
from analysis.study_interface import Arrays

DARK_CELL = 0.55  # share of a row beyond which a cell of a confusion matrix is labelled in white
COURSE = {"train": (0, (4, 1.5)), "validation": "-", "test": (0, (1, 1))}  # lines of one model along the iterations
LABEL_DISTANCE = 0.1  # a line of 8 pt text, as a share of the height of an axis of accuracy
EDGE: Any = {"edgecolor": "0.3", "linewidth": 0.3}


def plot_story(record: GeneralizationRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Draw accuracy on validation, on validation with the focus replaced, and on test, for both kinds of model."""
    figure, axes = style.figure(height=2.3)
    drawn = style.shorten(" and ".join(record.focus_features), 30)
    series: list[tuple[Scores, str, str, str]] = [(record, colours.ALL_FEATURES, "every feature", "o")]
    if record.mitigation_kind != "none":
        series.append((record.mitigated, colours.MITIGATED, style.shorten(record.mitigation, 30), "s"))
    rows = [_three(scores) for scores, *_ in series]
    for index, ((_, colour, label, marker), values) in enumerate(zip(series, rows, strict=True)):
        means = np.array([value.mean for value in values])
        ends = np.array([[v.mean - v.minimum for v in values], [v.maximum - v.mean for v in values]])
        axes.errorbar(range(3), means, yerr=ends, color=colour, marker=marker, ms=5, capsize=3, ls="none", label=label)
        for position, mean in enumerate(means):
            others = [other[position].mean for other in rows if other is not values]
            below = any(mean < other < mean + LABEL_DISTANCE or (mean == other and index) for other in others)
            style.name_line(
                axes, position, mean, f"{100 * mean:.0f}", colour, xytext=(0, -6 if below else 6),
                textcoords="offset points", ha="center", va="top" if below else "bottom",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
    axes.axhline(record.majority_test_accuracy, color=colours.GREY, linewidth=0.8, linestyle=":", zorder=1)
    style.name_line(axes, 2.37, record.majority_test_accuracy, "majority class", colours.GREY)
    axes.set_xticks(range(3), ["validation", f"validation, {drawn} drawn at random", "test"])
    axes.set_xlim(-0.35, 2.35)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.97), ncols=2, labelcolor="linecolor")
    _percent(axes)
    axes.set_title("accuracy (%)")
    return figure


def _three(scores: Scores) -> list[Any]:
    return [scores.validation_accuracy, scores.uniform_accuracy, scores.test_accuracy]


def plot_suspect_by_class(record: GeneralizationRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Draw the classes along the focus: training rows, the network's probabilities, test rows, on one axis."""
    figure, panels = style.figure(3, 1, sharex=True, height=2.6, gridspec_kw={"height_ratios": (1, 1.2, 1)})
    shares = np.array([(one.share_train, one.share_test) for one in record.explanation.classes])  # (K, 2)
    stacks = (
        100 * arrays["focus_shares_train"] * shares[:, :1],
        100 * arrays["focus_probabilities"],
        100 * arrays["focus_shares_test"] * shares[:, 1:],
    )
    for axes, stack in zip(panels, stacks, strict=True):
        _stack(axes, stack, arrays["focus_edges"], settings.table.classes)
    column = settings.table.column(record.focus)
    if not record.focus_numerical:
        panels[2].set_xticks(range(len(record.focus_categories)), style.short_names(record.focus_categories, 16))
    elif getattr(column, "logarithmic", False):
        panels[2].set_xscale("symlog", linthresh=1)
    panels[1].set_ylim(0, 100)
    highest = max(float(stack.sum(axis=0).max()) for stack in stacks[::2])
    for axes in panels[::2]:
        axes.set_ylim(0, 1.05 * highest)
    style.panel_titles(panels, ("training rows (%)", "the network's mean probability (%)", "test rows (%)"))
    unit = getattr(column, "unit", "")
    panels[2].set_xlabel(style.text(f"{record.focus} ({unit})" if unit else record.focus))
    names = style.short_names(settings.table.classes, 16)
    panels[0].legend(
        panels[0].containers or panels[0].patches, names, loc="lower right", bbox_to_anchor=(1, 0.97),
        ncols=min(6, len(names)), handlelength=1.0, columnspacing=1.2,
    )  # fmt: skip
    return figure


def _stack(axes: Any, heights: Array, edges: Array, classes: Sequence[str]) -> None:
    """Draw `heights` (K, B) one class on another: steps on the bins of a number, bars at the categories."""
    below = np.zeros(heights.shape[1])
    for own, colour in zip(heights, colours.classes(len(classes)), strict=True):
        if len(edges):
            axes.stairs(below + own, edges, baseline=below, fill=True, facecolor=colour, **EDGE)
        else:
            axes.bar(range(len(own)), own, 0.7, bottom=below, color=colour, **EDGE)
        below = below + own
    if len(edges):
        axes.set_xlim(edges[0], edges[-1])


def plot_confusion(record: GeneralizationRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Draw three confusion matrices (validation, test, test with the mitigated model), and accuracy along training."""
    figure, panels = style.figure(1, 4, height=1.75, gridspec_kw={"width_ratios": (1, 1, 1, 1.35)})
    names = style.short_names(settings.table.classes, 9)
    matrices = [np.array(record.confusion_validation), np.array(record.confusion_test)]
    titles = ["validation", "test"]
    if record.mitigation_kind == "none":
        panels[2].set_visible(False)
    else:
        matrices.append(arrays["confusion_mitigated"])
        titles.append("test, mitigated")
    for axes, counts in zip(panels, matrices, strict=False):
        _matrix(axes, counts, names)
    for axes in panels[1:3]:
        axes.set_yticklabels([])
    style.panel_titles([*panels[: len(titles)], panels[3]], [*titles, "accuracy (%)"])
    _course(panels[3], arrays)
    return figure


def _matrix(axes: Any, counts: Array, names: list[str]) -> None:
    """Write the percentage of each row's label; a column has the first letter of its class, or its number."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap=colours.SHARES, vmin=0, vmax=1, aspect="auto")
    axes.grid(False)
    for (row, column), share in np.ndenumerate(shares):
        colour = "white" if share > DARK_CELL else colours.INK
        axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=style.SMALLEST, color=colour)
    letters = [name[:1] for name in names]
    one_each = len(set(letters)) == len(names)
    axes.set_xticks(range(len(names)), letters if one_each else range(1, len(names) + 1))
    axes.set_yticks(range(len(names)), names if one_each else [f"{name} {n}" for n, name in enumerate(names, 1)])
    axes.set_xlabel("predicted")
    axes.tick_params(length=0, pad=2)


def _course(axes: Any, arrays: Arrays) -> None:
    iterations, ends = arrays["checkpoint_iterations"], {}
    for name, dashes in COURSE.items():
        accuracy = arrays[f"checkpoint_{name}_accuracy"]
        axes.plot(iterations, accuracy, color=colours.ALL_FEATURES, linestyle=dashes)
        ends[name] = float(accuracy[-1])
    names = sorted(ends, key=lambda name: ends[name])
    heights = labels.apart([ends[name] for name in names], LABEL_DISTANCE)
    axes.set_xscale("symlog", linthresh=1)
    axes.set_xlim(0, float(iterations[-1]))
    for name, height in zip(names, heights, strict=True):
        label = "training" if name == "train" else name
        style.name_line(axes, 1.15 * float(iterations[-1]), height, label, colours.ALL_FEATURES)
    ticks = [0, *(10**power for power in range(9) if 10**power <= iterations[-1])]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("iteration")
    _percent(axes)


def _percent(axes: Any) -> None:
    axes.set_ylim(0, 1.05)
    axes.set_yticks(np.arange(0, 1.01, 0.2), [f"{tick:.0f}" for tick in np.arange(0, 101, 20)])


PLOTS = (plot_story, plot_suspect_by_class, plot_confusion)
