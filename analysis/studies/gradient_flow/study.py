"""Part B (b): how large the gradients of the two hidden layers are, and why, in the runs of Part B (a)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.compute.parallel import run_tasks
from analysis.compute.progress import Progress
from analysis.network.descent import SATURATED_BELOW
from analysis.network.mlp import ACTIVATIONS, Array, Params
from analysis.network.replicates import EncodedFold, encode_replicates
from analysis.results.types import Replicated, replicated
from analysis.settings.schema import Settings
from analysis.studies.gradient_flow import curvature
from analysis.studies.gradient_flow.factors import factors, probe_quantity, ratio
from analysis.studies.gradient_flow.record import Damping, Flow, GradientFlowRecord, Layers, Moment
from analysis.study_interface import Arrays, Inputs, Outcome

NAMED_ITERATIONS = (0, 10, 100)  # a table of a decade's steps; `report_at` and the last iteration join them
LAST = 100  # updates at the end of a run: enough to tell an oscillation from a drift
VANISHING_BELOW = 0.1  # a layer further down loses over nine tenths of the gradient: ten layers leave nothing


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Read the traces of the trained runs and measure at their ends; no network is trained here."""
    training, arrays = inputs.record("training"), inputs.arrays("training")
    folds = encode_replicates(settings)
    curvatures, dampings = measure(settings, folds, arrays, progress)
    at = arrays["probe_at"]
    over = ratio(arrays["relu_grad_abs_mean"][:, 0], arrays["sigmoid_grad_abs_mean"][:, 0])  # (R, T + 1)
    named = named_iterations(training.iterations, training.report_at)
    record = GradientFlowRecord(
        iterations=training.iterations,
        replicates=training.replicates,
        plotted_replicate=training.plotted_replicate,
        last=min(LAST, training.iterations),
        curvature_limit=2 / training.learning_rate,
        damping=tuple(
            Damping(variance, replicated(ratios))
            for variance, ratios in zip(curvature.VARIANCES, dampings.T, strict=True)
        ),
        vanishing_below=VANISHING_BELOW,
        saturated_below=SATURATED_BELOW,
        gradient_1_relu_over_sigmoid_at_start=replicated(over[:, 0]),
        gradient_1_relu_over_sigmoid_at_end=replicated(over[:, -1]),
        **{
            name: flow(at, Traces.of(arrays, name), named, curvatures[name], settings.run.hidden[0])
            for name in ACTIVATIONS
        },
    )
    kept = ("probe_at", *(f"{name}_{trace}" for name in ACTIVATIONS for trace in ("grad_abs_mean", "probes")))
    return Outcome(record, {name: arrays[name] for name in kept})


def measure(
    settings: Settings, folds: Sequence[EncodedFold], arrays: Arrays, progress: Progress
) -> tuple[dict[str, list[float]], Array]:
    """Return each activation's curvatures, one a replicate, and sigmoid's ratios at the start, (R, variances)."""
    cases = [(name, r) for name in ACTIVATIONS for r in range(len(folds))]
    params = {(name, r): Params(*(arrays[f"{name}_{r}_{letter}"] for letter in Params._fields)) for name, r in cases}
    found = run_tasks(
        curvature.curvature,
        [(settings, folds[r], r, name, params[name, r]) for name, r in cases],
        stage="gradient_flow: curvature",
        progress=progress,
        steps=[curvature.PRODUCTS] * len(cases),
        rows=len(folds[0].labels_train),
    )
    curvatures: dict[str, list[float]] = {name: [] for name in ACTIVATIONS}
    for (name, _), value in zip(cases, found, strict=True):
        curvatures[name].append(value)
    return curvatures, np.array([curvature.damping(settings, fold, r) for r, fold in enumerate(folds)])


def named_iterations(iterations: int, report_at: int) -> list[int]:
    """Return the iterations of the table, ascending: start, 10, 100, `report_at` and the end, as far as they exist."""
    return sorted({t for t in (*NAMED_ITERATIONS, report_at) if t <= iterations} | {iterations})


class Traces(NamedTuple):
    """The traces of one activation's runs."""

    loss: Array  # (R, T + 1)
    gradients: Array  # (R, 3, T + 1): mean |dL/dW|
    probes: Array  # (R, P, 8): Probe by Probe
    off: Array  # (R, P, M1 + M2) bool: units that are 0 on every training row

    @classmethod
    def of(cls, arrays: Arrays, name: str) -> Traces:
        """Return those of one activation."""
        return cls(*(arrays[f"{name}_{trace}"] for trace in ("loss", "grad_abs_mean", "probes", "off")))


def flow(at: Array, traces: Traces, named: Sequence[int], curvatures: Sequence[float], first_layer: int) -> Flow:
    """Summarise one activation; at: (P,) iterations of the probes; first_layer: units of the first hidden layer."""
    gradients, probes = traces.gradients, traces.probes
    moments = tuple(moment(t, int(np.flatnonzero(at == t)[0]), gradients, probes) for t in named)
    parts = factors(probes)
    growth = {name: replicated(ratio(values[:, -1], values[:, 0])) for name, values in parts.items()}
    ratios, late = parts["delta_ratio"], at > at[-1] - LAST
    one_class = probe_quantity(probes, "classes") == 1  # (R, P)
    of_gradients = ratio(gradients[:, 0], gradients[:, 1])  # (R, T + 1)
    return Flow(
        start=moments[0],
        end=moments[-1],
        moments=moments,
        ratio_growth=growth["delta_ratio"],
        weights_growth=growth["weights_factor"],
        activation_growth=growth["activation_factor"],
        smallest_ratio=replicated(ratios.min(axis=1)),
        largest_ratio=replicated(ratios.max(axis=1)),
        smallest_gradient_ratio=replicated(of_gradients.min(axis=1)),
        gradient_ratio_below=replicated((of_gradients < VANISHING_BELOW).sum(axis=1)),
        even_ratio=replicated(ratios[:, late & (at % 2 == 0)].mean(axis=1)),
        odd_ratio=replicated(ratios[:, late & (at % 2 == 1)].mean(axis=1)),
        last_ratio=replicated(ratios[:, late].mean(axis=1)),
        alternating=replicated(alternating(loss) for loss in traces.loss),
        loss_step=replicated(np.abs(np.diff(loss[-LAST - 1 :])).mean() for loss in traces.loss),
        one_class=replicated(one_class.sum(axis=1)),
        one_class_until=replicated(at[np.flatnonzero(row)[-1]] + 1 if row.any() else 0 for row in one_class),
        units_1=units(traces.off[..., :first_layer]),
        units_2=units(traces.off[..., first_layer:]),
        curvature=replicated(curvatures),
        first_layer_larger=replicated((gradients[:, 0] > gradients[:, 1]).mean(axis=1)),
        largest_gradient_1_at=replicated(gradients[:, 0].argmax(axis=1)),
    )


def alternating(loss: Array) -> float:
    """Return the share of the last updates, (T + 1,) losses, that turn the loss the other way than the one before."""
    signs = np.sign(np.diff(loss[-LAST - 2 :]))
    return float((signs[1:] * signs[:-1] < 0).mean())


def units(off: Array) -> Layers:
    """Summarise which units of a layer, (R, P, M) bool, are 0 on every training row."""
    once, end = off.any(axis=1), off[:, -1]
    counts = {"off_once": once, "off_at_end": end, "came_back": once & ~end}
    return Layers(**{name: replicated(which.sum(axis=1)) for name, which in counts.items()})


def moment(iteration: int, position: int, gradients: Array, probes: Array) -> Moment:
    """Return the numbers of one iteration; `position` is its place among the probes."""
    mean1, mean2 = gradients[:, 0, iteration], gradients[:, 1, iteration]
    of: dict[str, Replicated] = {
        name: replicated(probe_quantity(probes, name)[:, position])
        for name in ("delta1", "delta2", "slope1", "stuck1", "stuck2")
    }
    return Moment(
        iteration=iteration,
        gradient_1=replicated(mean1),
        gradient_2=replicated(mean2),
        gradient_ratio=replicated(ratio(mean1, mean2)),
        slope_1=of["slope1"],
        stuck_1=of["stuck1"],
        stuck_2=of["stuck2"],
        **{name: replicated(values[:, position]) for name, values in factors(probes).items()},
    )
