"""The figures of Part B (b)."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from analysis.network.mlp import Array
from analysis.plotting import style
from analysis.settings.schema import Settings
from analysis.studies.gradient_flow.factors import column, factors
from analysis.studies.gradient_flow.record import GradientFlowRecord
from analysis.study import Arrays


def plot_magnitudes(record: GradientFlowRecord, arrays: Arrays, settings: Settings) -> Figure:
    """Mean |dL/dW| (above) and |delta| (below) of the hidden layers, sigmoid left, ReLU right."""
    figure, axes = style.figure(2, 2, height=3.0, sharex=True, sharey="row")
    replicate, last = record.plotted_replicate, record.iterations
    for panels, (name, colour) in zip(axes.T, style.ACTIVATION_COLOURS.items(), strict=True):
        probes = arrays[f"{name}_probes"][replicate]
        gradients = arrays[f"{name}_grad_abs_mean"][replicate]
        deltas = column(probes, "delta1"), column(probes, "delta2")
        lines = ((panels[0], np.arange(last + 1), gradients), (panels[1], arrays["probe_at"], deltas))
        for panel, at, (first, second, *_) in lines:
            panel.semilogy(at, first, color=colour)
            panel.semilogy(at, second, color=style.GREY)
            name_lines(panel, at, (first, second), (colour, style.GREY))
        panels[0].set_title(style.ACTIVATION_NAMES[name])
        panels[1].set(xlabel="iteration", xlim=(0, last))
    axes[0, 0].set_ylabel(r"mean $|\partial L/\partial W^{(l)}|$")
    axes[1, 0].set_ylabel(r"$\Vert\delta^{(l)}\Vert$")
    style.panel_letters(axes.flat)
    return figure


def name_lines(panel: style.Axes, at: Array, lines: tuple[Array, Array], colours: tuple[str, str]) -> None:
    """Name the layers at the right end, the upper line's name above it and the lower one's below."""
    first_above = lines[0][-1] >= lines[1][-1]
    for layer, (line, colour) in enumerate(zip(lines, colours, strict=True)):
        above = first_above if layer == 0 else not first_above
        panel.annotate(
            f"layer {layer + 1}", (at[-1], line[-1]), xytext=(-2, 6 if above else -7), textcoords="offset points",
            ha="right", va="bottom" if above else "top", color=colour, fontsize=8,
        )  # fmt: skip


def plot_ratio(record: GradientFlowRecord, arrays: Arrays, settings: Settings) -> Figure:
    """|delta1|/|delta2| and its two factors against the iterations; bands are the range over the replicates."""
    figure, axes = style.figure(1, 3, height=1.95, sharex=True, sharey=True)
    titles = {
        "delta_ratio": r"$\Vert\delta^{(1)}\Vert\,/\,\Vert\delta^{(2)}\Vert$",
        "weights_factor": r"weights: $\Vert W^{(2)\top}\delta^{(2)}\Vert\,/\,\Vert\delta^{(2)}\Vert$",
        "activation_factor": r"activation: $\Vert\delta^{(1)}\Vert\,/\,\Vert W^{(2)\top}\delta^{(2)}\Vert$",
    }
    at = arrays["probe_at"]
    for name, colour in style.ACTIVATION_COLOURS.items():
        parts = factors(arrays[f"{name}_probes"])
        for panel, (part, title) in zip(axes, titles.items(), strict=True):
            values = parts[part]
            panel.fill_between(at, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.2, linewidth=0)
            panel.plot(at, values[record.plotted_replicate], color=colour)
            panel.set(xlabel="iteration", yscale="log", xlim=(0, record.iterations))
            panel.set_title(title, fontsize=8)
            panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            panel.yaxis.set_major_formatter("{x:g}")
            panel.yaxis.set_minor_formatter(NullFormatter())
        label_line(axes[1], at, parts["weights_factor"][record.plotted_replicate], name)
        label_line(axes[2], at, parts["activation_factor"][record.plotted_replicate], name)
    low, high = axes[0].get_ylim()
    axes[0].set_ylim(low, 1.6 * high)  # room for the names
    return figure


def label_line(panel: style.Axes, at: Array, line: Array, name: str) -> None:
    """Write an activation's name above the right end of its line."""
    panel.annotate(
        style.ACTIVATION_NAMES[name], (at[-1], line[-1]), xytext=(-2, 4), textcoords="offset points",
        ha="right", va="bottom", color=style.ACTIVATION_COLOURS[name], fontsize=8,
    )  # fmt: skip


PLOTS = (plot_magnitudes, plot_ratio)
