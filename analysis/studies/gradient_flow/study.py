"""Part B (b): how large the gradients of the two hidden layers are, and why, in the runs of Part B (a)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from analysis.compute.progress import Progress
from analysis.network.descent import SATURATED_BELOW, Probe
from analysis.network.mlp import ACTIVATIONS, Array
from analysis.plotting import style
from analysis.results.types import Replicated, replicated
from analysis.settings.schema import Settings
from analysis.studies.gradient_flow.record import Flow, GradientFlowRecord, Moment
from analysis.study import Arrays, Inputs, Outcome

NAMED_ITERATIONS = (0, 10, 100)  # a table of a decade's steps; `report_at` and the last iteration join them
VANISHING_BELOW = 0.1  # a layer further down loses over nine tenths of the gradient: ten layers leave nothing


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Read the traces of the trained runs; no network is trained here."""
    training, arrays = inputs.record("training"), inputs.arrays("training")
    progress("gradient_flow", 0, 1)
    plotted: int = training.plotted_replicate
    at = arrays["probe_at"]
    over = ratio(arrays["relu_grad_abs_mean"][:, 0], arrays["sigmoid_grad_abs_mean"][:, 0])  # (R, T + 1)
    named = named_iterations(training.iterations, training.report_at)
    record = GradientFlowRecord(
        iterations=training.iterations,
        replicates=training.replicates,
        plotted_replicate=plotted,
        probes=len(at),
        probed_each_until=int(at[np.flatnonzero(at == np.arange(len(at)))[-1]]),
        vanishing_below=VANISHING_BELOW,
        saturated_below=SATURATED_BELOW,
        gradient_1_relu_over_sigmoid_at_start=replicated(over[:, 0]),
        gradient_1_relu_over_sigmoid_at_end=replicated(over[:, -1]),
        gradient_1_relu_over_sigmoid=float(np.median(over[plotted])),
        **{
            name: flow(at, arrays[f"{name}_grad_abs_mean"], arrays[f"{name}_probes"], named, plotted)
            for name in ACTIVATIONS
        },
    )
    progress("gradient_flow", 1, 1)
    kept = ("probe_at", *(f"{name}_{trace}" for name in ACTIVATIONS for trace in ("grad_abs_mean", "probes")))
    return Outcome(record, {name: arrays[name] for name in kept})


def named_iterations(iterations: int, report_at: int) -> list[int]:
    """Return the iterations of the table, ascending: start, 10, 100, `report_at` and the end, as far as they exist."""
    return sorted({t for t in (*NAMED_ITERATIONS, report_at) if t <= iterations} | {iterations})


def column(probes: Array, name: str) -> Array:
    """Return one quantity of the probes (R, P, 7), (R, P)."""
    return probes[..., Probe._fields.index(name)]


def ratio(above: Array, below: Array) -> Array:
    """Return above / below, elementwise; 0 where both are 0 (every unit is dead and passes nothing on)."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def factors(probes: Array) -> dict[str, Array]:
    """Return |delta1|/|delta2| and its two factors, each (R, P): the first is the product of the others."""
    delta1, delta2, pulled_back = (column(probes, name) for name in ("delta1", "delta2", "pulled_back"))
    return {
        "delta_ratio": ratio(delta1, delta2),
        "weights_factor": ratio(pulled_back, delta2),
        "activation_factor": ratio(delta1, pulled_back),
    }


def flow(at: Array, gradients: Array, probes: Array, named: Sequence[int], plotted: int) -> Flow:
    """Summarise one activation.

    at: (P,) iterations of the probes; gradients: (R, 3, T + 1) mean |dL/dW|; probes: (R, P, 7).
    """
    moments = tuple(moment(t, int(np.flatnonzero(at == t)[0]), gradients, probes) for t in named)
    parts = factors(probes)
    growth = {name: replicated(ratio(values[:, -1], values[:, 0])) for name, values in parts.items()}
    change = [replicated(ratio(gradients[:, layer, -1], gradients[:, layer, 0])) for layer in (0, 1)]
    peaks = [replicated(gradients[:, layer].argmax(axis=1)) for layer in (0, 1)]
    return Flow(
        start=moments[0],
        end=moments[-1],
        moments=moments,
        ratio_growth=growth["delta_ratio"],
        weights_growth=growth["weights_factor"],
        activation_growth=growth["activation_factor"],
        smallest_ratio=replicated(parts["delta_ratio"].min(axis=1)),
        largest_ratio=replicated(parts["delta_ratio"].max(axis=1)),
        smallest_ratio_at=int(at[parts["delta_ratio"][plotted].argmin()]),
        first_layer_larger=replicated((gradients[:, 0] > gradients[:, 1]).mean(axis=1)),
        gradient_1_change=change[0],
        gradient_2_change=change[1],
        largest_gradient_1_at=peaks[0],
        largest_gradient_2_at=peaks[1],
    )


def moment(iteration: int, position: int, gradients: Array, probes: Array) -> Moment:
    """Return the numbers of one iteration; `position` is its place among the probes."""
    mean1, mean2 = gradients[:, 0, iteration], gradients[:, 1, iteration]
    of: dict[str, Replicated] = {
        name: replicated(column(probes, name)[:, position])
        for name in ("delta1", "delta2", "slope1", "slope2", "stuck1", "stuck2")
    }
    return Moment(
        iteration=iteration,
        gradient_1=replicated(mean1),
        gradient_2=replicated(mean2),
        gradient_ratio=replicated(ratio(mean1, mean2)),
        delta_1=of["delta1"],
        delta_2=of["delta2"],
        slope_1=of["slope1"],
        slope_2=of["slope2"],
        stuck_1=of["stuck1"],
        stuck_2=of["stuck2"],
        **{name: replicated(values[:, position]) for name, values in factors(probes).items()},
    )


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
    axes[0, 0].set_ylabel(r"mean $|\partial\mathcal{L}/\partial W^{(l)}|$")
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
