"""Question 2: the shared bias's gradient verified, and what sharing does to gradient descent in paired runs."""

from __future__ import annotations

import numpy as np

from analysis.compute.parallel import run_tasks
from analysis.compute.progress import Progress
from analysis.network import divergence
from analysis.plotting import style
from analysis.settings.schema import Settings, SharedBiasSettings
from analysis.studies.shared_bias.experiment import (
    ARMS,
    LOSS_SHARES,
    Course,
    Pair,
    extremes,
    make_pair,
    run_pair,
    snapshot_iterations,
    steps_to,
)
from analysis.studies.shared_bias.network import (
    CENTRAL_TOLERANCE,
    TORCH_TOLERANCE,
    Array,
    bias_hessian,
    central_difference,
    check,
    share_biases,
    shared_gradient,
)
from analysis.studies.shared_bias.record import GradientErrors, SharedBiasRecord
from analysis.studies.shared_bias.summary import extra_decrease, first_order, path_cosine, summarise
from analysis.study import Arrays, Inputs, Outcome


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Verify dL/db, run every pair and summarise; `inputs` is not read (the data are drawn here).

    Raises GradientError where dL/db or the Hessian differs from its reference by more than rounding.
    """
    chosen = settings.shared_bias
    example, errors = verify_example(chosen)
    tasks = [(chosen, index) for index in range(chosen.pairs)]
    with divergence.named(settings, ("shared_bias", "learning_rate")):
        courses: list[Course] = run_tasks(
            run_pair,
            tasks,
            stage="shared_bias: pairs",
            progress=progress,
            steps=[chosen.iterations] * len(tasks),
            rows=chosen.rows,
        )
    pairs = [make_pair(chosen, index) for index in range(chosen.pairs)]
    full, hessian_error = full_extremes(courses, pairs, progress)
    for pair in pairs:
        W, U, b, _ = pair.start
        errors = np.maximum(errors, gradient_errors(W, U, b, pair.X, pair.Y)[1])
    arrays = {**example, **collect(courses, chosen.iterations), "full_extremes": full}
    record = summarise(arrays, chosen, GradientErrors(float(errors[0]), float(errors[1]), hessian_error))
    return Outcome(record, arrays, len(ARMS) * chosen.pairs * chosen.iterations)


def verify_example(settings: SharedBiasSettings) -> tuple[dict[str, Array], Array]:
    """Draw one example and a network with b != 0; return the arrays with all three gradients, and both errors."""
    rng = np.random.default_rng([settings.seed, settings.pairs])  # the first seed that no pair uses
    d, m = settings.inputs, settings.units
    W, U = rng.standard_normal((m, d)) / np.sqrt(d), rng.standard_normal((m, m)) / np.sqrt(m)
    b, x = rng.standard_normal((m, 1)), rng.standard_normal((d, 1))
    y = np.eye(m)[:, [int(rng.integers(m))]]
    gradients, errors = gradient_errors(W, U, b, x, y)
    arrays = {"W": W, "U": U, "b": b[:, 0], "x": x[:, 0], "y": y[:, 0]}
    return {**arrays, **{f"db_{name}": value[:, 0] for name, value in gradients.items()}}, errors


def gradient_errors(W: Array, U: Array, b: Array, X: Array, Y: Array) -> tuple[dict[str, Array], Array]:
    """Return dL/db by NumPy, PyTorch and central differences, and the first's errors against the others."""
    from analysis.network import torch_network

    gradients = {
        "numpy": shared_gradient(W, U, b, X, Y),
        "torch": torch_network.shared_bias_gradient(W, U, b, X, Y),
        "central": central_difference(W, U, b, X, Y),
    }
    against_torch = check(gradients["numpy"], gradients["torch"], TORCH_TOLERANCE, "dL/db against PyTorch")
    against_central = check(gradients["numpy"], gradients["central"], CENTRAL_TOLERANCE, "dL/db, central differences")
    return gradients, np.array([against_torch, against_central])


def full_extremes(courses: list[Course], pairs: list[Pair], progress: Progress) -> tuple[Array, float]:
    """Return extreme eigenvalues of the full Hessian, (pair, snapshot, two biases | shared, 2), and our H's error."""
    from analysis.network import torch_network

    rows, error = [], 0.0
    for index, (course, pair) in enumerate(zip(courses, pairs, strict=True), start=1):
        for parameters in course.snapshot_parameters:
            full = torch_network.two_bias_hessian(*parameters, pair.X, pair.Y)
            biases = 2 * parameters.b1.size
            ours = bias_hessian(parameters, pair.X, pair.Y)
            error = max(error, check(ours, full[-biases:, -biases:], TORCH_TOLERANCE, "Hessian in (b1, b2)"))
            rows.append([extremes(full), extremes(share_biases(full, parameters.b1.size))])
        progress("shared_bias: full Hessians", index, len(pairs))
    return np.array(rows).reshape(len(pairs), -1, 2, 2), error


def collect(courses: list[Course], iterations: int) -> dict[str, Array]:
    """Return the per-pair values as arrays, pairs along the first axis."""
    names = [name for name in Course._fields if name != "snapshot_parameters"]
    arrays = {name: np.array([getattr(course, name) for course in courses]) for name in names}
    steps = [
        [[steps_to(curve, share * float(c.constant_loss)) for curve in c.loss] for share in LOSS_SHARES]
        for c in courses
    ]
    return {**arrays, "steps": np.array(steps), "snapshot_iterations": snapshot_iterations(iterations)}


def plot_paths(record: SharedBiasRecord, arrays: Arrays, settings: Settings) -> style.Figure:
    """First step against the paths' cosine, and the curvature ratio along the shared arm."""
    figure, (left, right) = style.figure(1, 2, height=2.0)
    style.panel_letters((left, right))
    _draw_first_step(left, arrays, settings.shared_bias.learning_rate)
    _draw_curvature(right, arrays)
    return figure


def _draw_first_step(axes: style.Axes, arrays: Arrays, rate: float) -> None:
    products = arrays["path_products"]
    cosine = path_cosine(products)
    axes.axhline(0, color=style.GREY, linewidth=0.8)
    axes.axvline(0, color=style.GREY, linewidth=0.8)
    axes.scatter(cosine, first_order(products), s=26, facecolors="none", edgecolors=style.ORANGE, linewidths=1.0)
    axes.scatter(cosine, extra_decrease(arrays["loss"], products, rate), s=9, color=style.BLUE)
    axes.set_xlabel("cosine of the two path gradients at the start")
    axes.set_ylabel("extra decrease, first step")
    axes.text(0.03, 0.97, "first order", color=style.ORANGE, fontsize=8, transform=axes.transAxes, va="top")
    axes.text(0.03, 0.88, "measured", color=style.BLUE, fontsize=8, transform=axes.transAxes, va="top")


def _draw_curvature(axes: style.Axes, arrays: Arrays) -> None:
    iterations = arrays["snapshot_iterations"]
    ratio = arrays["shared_extremes"][:, :, 1] / arrays["block_extremes"][:, :, 1]  # (pair, snapshot)
    axes.plot(iterations, ratio.T, color=style.SKY, linewidth=0.6)
    axes.plot(iterations, np.median(ratio, axis=0), color=style.BLUE, linewidth=1.8)
    axes.axhline(2, color=style.VERMILION, linewidth=1.0)
    axes.axhline(1, color=style.GREY, linewidth=0.8)
    axes.set_xscale("symlog", linthresh=1, linscale=0.3)
    axes.set_xlim(0, iterations[-1])
    axes.set_ylim(min(0.8, float(ratio.min()) - 0.05), 2.2)
    axes.set_xlabel("iteration of the shared arm")
    axes.set_ylabel(r"$\lambda_{\max}(H_b)\,/\,\lambda_{\max}(H)$")
    axes.text(0.04, 0.87, "upper bound", color=style.VERMILION, fontsize=8, transform=axes.transAxes, va="bottom")
    axes.text(0.04, 0.82, "median", color=style.BLUE, fontsize=8, transform=axes.transAxes, va="top")
    axes.text(0.04, 0.73, "single pairs", color=style.SKY, fontsize=8, transform=axes.transAxes, va="top")


PLOTS = (plot_paths,)
