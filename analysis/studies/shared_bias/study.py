"""Question 2: the shared bias's gradient verified, and the effect of sharing on gradient descent in paired runs."""

import numpy as np

from analysis.compute.parallel import run_tasks
from analysis.compute.progress import Progress
from analysis.network import divergence
from analysis.settings.schema import Settings
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
from analysis.studies.shared_bias.record import GradientErrors
from analysis.studies.shared_bias.settings import SharedBiasSettings
from analysis.studies.shared_bias.summary import summarise
from analysis.study_interface import Inputs, Outcome


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Verify dL/db, run every pair and summarise; `inputs` is not read (the data are drawn here).

    Raises GradientError where dL/db or the Hessian differs from its reference by more than rounding.
    """
    chosen = settings.shared_bias
    example, errors = verify_example(chosen)
    tasks = [(chosen, index) for index in range(chosen.pairs)]
    with divergence.as_settings_mistake(settings, ("shared_bias", "learning_rate")):
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
        errors = np.maximum(errors, _gradient_errors(W, U, b, pair.X, pair.Y)[1])
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
    gradients, errors = _gradient_errors(W, U, b, x, y)
    arrays = {"W": W, "U": U, "b": b[:, 0], "x": x[:, 0], "y": y[:, 0]}
    return {**arrays, **{f"db_{name}": value[:, 0] for name, value in gradients.items()}}, errors


def _gradient_errors(W: Array, U: Array, b: Array, X: Array, Y: Array) -> tuple[dict[str, Array], Array]:
    """Return dL/db by NumPy, PyTorch and central differences, and the first's errors against the others."""
    from analysis.studies.shared_bias import torch_check

    gradients = {
        "numpy": shared_gradient(W, U, b, X, Y),
        "torch": torch_check.shared_bias_gradient(W, U, b, X, Y),
        "central": central_difference(W, U, b, X, Y),
    }
    against_torch = check(gradients["numpy"], gradients["torch"], TORCH_TOLERANCE, "dL/db against PyTorch")
    against_central = check(gradients["numpy"], gradients["central"], CENTRAL_TOLERANCE, "dL/db, central differences")
    return gradients, np.array([against_torch, against_central])


def full_extremes(courses: list[Course], pairs: list[Pair], progress: Progress) -> tuple[Array, float]:
    """Return extreme eigenvalues of the full Hessian, (pair, snapshot, two biases | shared, 2), and our H's error."""
    from analysis.studies.shared_bias import torch_check

    rows, error = [], 0.0
    for index, (course, pair) in enumerate(zip(courses, pairs, strict=True), start=1):
        for parameters in course.snapshot_parameters:
            full = torch_check.two_bias_hessian(*parameters, pair.X, pair.Y)
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
