"""Part B (b): how large the gradients of the two hidden layers are, and why, in the runs of Part B (a)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.compute.progress import Progress
from analysis.network.descent import SATURATED_BELOW
from analysis.network.mlp import ACTIVATIONS, Array
from analysis.results.types import Replicated, replicated
from analysis.settings.schema import Settings
from analysis.studies.gradient_flow.factors import column, factors, ratio
from analysis.studies.gradient_flow.record import Flow, GradientFlowRecord, Moment
from analysis.study import Inputs, Outcome

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


def flow(at: Array, gradients: Array, probes: Array, named: Sequence[int], plotted: int) -> Flow:
    """Summarise one activation.

    at: (P,) iterations of the probes; gradients: (R, 3, T + 1) mean |dL/dW|; probes: (R, P, 7).
    """
    moments = tuple(moment(t, int(np.flatnonzero(at == t)[0]), gradients, probes) for t in named)
    parts = factors(probes)
    growth = {name: replicated(ratio(values[:, -1], values[:, 0])) for name, values in parts.items()}
    return Flow(
        start=moments[0],
        end=moments[-1],
        moments=moments,
        ratio_growth=growth["delta_ratio"],
        weights_growth=growth["weights_factor"],
        activation_growth=growth["activation_factor"],
        smallest_ratio=replicated(parts["delta_ratio"].min(axis=1)),
        largest_ratio=replicated(parts["delta_ratio"].max(axis=1)),
        first_layer_larger=replicated((gradients[:, 0] > gradients[:, 1]).mean(axis=1)),
        largest_gradient_1_at=replicated(gradients[:, 0].argmax(axis=1)),
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
        slope_1=of["slope1"],
        slope_2=of["slope2"],
        stuck_1=of["stuck1"],
        stuck_2=of["stuck2"],
        **{name: replicated(values[:, position]) for name, values in factors(probes).items()},
    )
