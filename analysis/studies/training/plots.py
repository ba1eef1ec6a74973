"""The figure of Part B (a)."""

from __future__ import annotations

from matplotlib.figure import Figure

from analysis.plotting import style
from analysis.plotting.labels import apart
from analysis.settings.schema import Settings
from analysis.studies.training.record import TrainingRecord
from analysis.study import Arrays

LABEL_DISTANCE = 0.058  # a line of 8 pt text, as a share of the height of the plot


def plot_accuracy(record: TrainingRecord, arrays: Arrays, settings: Settings) -> Figure:
    """The single plot: training and validation accuracy of both activations against the iterations."""
    figure, axes = style.figure(height=2.9)
    ends = []
    for name, colour in style.ACTIVATION_COLOURS.items():
        for fold, width, alpha in (("training", 2.6, 0.35), ("validation", 0.8, 1.0)):
            key = f"{name}_{'train' if fold == 'training' else fold}_accuracy"
            trace = 100 * arrays[key][record.plotted_replicate]
            axes.plot(trace, color=colour, linewidth=width, alpha=alpha)
            ends.append((float(trace[-1]), f"{style.ACTIVATION_NAMES[name]}, {fold}", colour, alpha))
    majority = 100 * record.majority_validation_accuracy.replicates[record.plotted_replicate]
    axes.axhline(majority, color=style.GREY, linewidth=0.8, linestyle=":")
    ends.append((majority, "largest class alone", style.GREY, 1.0))
    axes.set(xlabel="iteration", ylabel="accuracy (%)", xlim=(0, record.iterations))
    low, high = axes.get_ylim()
    ends.sort()
    heights = apart([end[0] for end in ends], LABEL_DISTANCE * (high - low))
    for height, (_, label, colour, alpha) in zip(heights, ends, strict=True):
        shade = max(alpha, 0.6)  # pale lines have pale names, but legible ones
        style.name_line(axes, 1.015 * record.iterations, height, label, colour, alpha=shade)
    return figure


PLOTS = (plot_accuracy,)
