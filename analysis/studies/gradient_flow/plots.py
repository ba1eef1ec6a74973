"""The figures of Part B (b); every line is a mean over pairs of probes, as a run may step back and forth."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from analysis.network.mlp import Array
from analysis.plotting import colours, style
from analysis.plotting.pairs import paired
from analysis.settings.schema import Settings
from analysis.studies.gradient_flow.factors import factors, probe_quantity
from analysis.studies.gradient_flow.record import GradientFlowRecord
from analysis.study_interface import Arrays

LAYERS = ("-", (0, (1, 1)))  # the line of the first hidden layer, of the second
FACTORS = {
    "delta_ratio": r"$\Vert\delta^{(1)}\Vert\,/\,\Vert\delta^{(2)}\Vert$",
    "weights_factor": "weights' factor",
    "activation_factor": "activation's factor",
}


def plot_magnitudes(record: GradientFlowRecord, arrays: Arrays, settings: Settings) -> style.Figure:
    """Mean |dL/dW| (above) and |delta| (below) of the hidden layers, sigmoid left, ReLU right."""
    figure, axes = style.figure(2, 2, height=2.75, sharex=True, sharey="row")
    replicate, last = record.plotted_replicate, record.iterations
    for panels, (name, colour) in zip(axes.T, colours.ACTIVATIONS.items(), strict=True):
        probes = arrays[f"{name}_probes"][replicate]
        gradients = arrays[f"{name}_grad_abs_mean"][replicate][:2]
        deltas = np.stack([probe_quantity(probes, "delta1"), probe_quantity(probes, "delta2")])
        for panel, at, lines in zip(
            panels, (np.arange(last + 1), arrays["probe_at"]), (gradients, deltas), strict=True
        ):
            for line, dashes in zip(paired(lines), LAYERS, strict=True):
                panel.semilogy(paired(at), line, color=colour, linestyle=dashes)
            _name_layers(panel, colour)
        panels[1].set(xlabel="iteration", xlim=(0, last))
    titles = (rf"{of}, {name}" for of in (r"mean $|\partial L/\partial W^{(l)}|$", r"$\Vert\delta^{(l)}\Vert$")
              for name in style.ACTIVATION_NAMES.values())  # fmt: skip
    style.panel_titles(axes.flat, titles)
    return figure


def _name_layers(panel: style.Axes, colour: str) -> None:
    """Name the layers at the right end, the upper line's name above it and the lower one's below."""
    first, second = (_end(panel, line) for line in panel.lines)
    for layer, (end, above) in enumerate(((first, first[1] >= second[1]), (second, first[1] < second[1]))):
        style.name_line(
            panel, end[0], end[1], f"layer {layer + 1}", colour, xytext=(-2, 5 if above else -5),
            textcoords="offset points", ha="right", va="bottom" if above else "top",
        )  # fmt: skip


def _end(panel: style.Axes, line: Line2D) -> tuple[float, float]:
    """Return where a line ends, on the lower edge if a logarithmic axis cannot show its last value."""
    x, y = (float(value) for value in np.asarray(line.get_xydata())[-1])
    low = float(panel.get_ylim()[0])
    return x, y if y > low else low


def plot_ratio(record: GradientFlowRecord, arrays: Arrays, settings: Settings) -> style.Figure:
    """|delta1|/|delta2| and its two factors against the iterations; bands are the range over the replicates."""
    figure, axes = style.figure(1, 3, height=1.9, sharex=True, sharey=True)
    middles = paired(arrays["probe_at"])
    for name, colour in colours.ACTIVATIONS.items():
        for panel, values in zip(axes, _of_factors(arrays[f"{name}_probes"]), strict=True):
            panel.fill_between(middles, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.25, linewidth=0)
            panel.plot(middles, values[record.plotted_replicate], color=colour)
            panel.set(xlabel="iteration", yscale="log", xlim=(0, record.iterations))
            panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            panel.yaxis.set_major_formatter("{x:g}")
            panel.yaxis.set_minor_formatter(NullFormatter())
            if panel is not axes[0]:
                _name_activation(panel, name, colour)
    style.panel_titles(axes, FACTORS.values())
    low, high = axes[0].get_ylim()
    axes[0].set_ylim(low, 1.6 * high)  # room for the names
    return figure


def _of_factors(probes: Array) -> list[Array]:
    """Return the ratio and its two factors, each (R, P - 1): means over pairs of successive probes."""
    parts = factors(probes)
    return [paired(parts[part]) for part in FACTORS]


def _name_activation(panel: style.Axes, name: str, colour: str) -> None:
    """Write an activation's name above the right end of the line that was drawn last."""
    x, y = _end(panel, panel.lines[-1])
    style.name_line(
        panel, x, y, style.ACTIVATION_NAMES[name], colour,
        xytext=(-2, 4), textcoords="offset points", ha="right", va="bottom",
    )  # fmt: skip


PLOTS = (plot_magnitudes, plot_ratio)
