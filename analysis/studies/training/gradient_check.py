"""Our gradients against central differences and against PyTorch, in float64."""

import numpy as np

from analysis.network import mlp, torch_network
from analysis.network.mlp import Activation, Array, Params
from analysis.studies.training.record import GradientErrors

ROWS = 256  # rows of the check: enough for every unit to be both on and off, few enough for a kink to be missed
STEP = 1e-6  # of central differences, relative: truncation (1e-12) and cancellation (1e-10) are both small there
ATTEMPTS = 12  # at a kink-free stretch; after as many halvings cancellation is still below the tolerance
CENTRAL_TOLERANCE = 1e-6  # cancellation leaves 1e-10 to 1e-8; the test's defect of one part in 2000 is 5e-4
ROUNDING = 1e-15  # of a mean loss near 1, and of g' where a saturated unit's 1 - g is 0: some roundings of 2e-16
PYTORCH_TOLERANCE = 1e-10  # float64 rounds at 1e-16, times at most 1e4 terms of a sum, with two digits to spare


def check(points: tuple[Params, ...], X0: Array, labels: Array, activation: Activation) -> GradientErrors:
    """Return the largest relative errors over `points` (parameters); X0 (D, N), labels (N,).

    Raises ArithmeticError where one is above its tolerance: the report must not be built on wrong gradients.
    """
    X0 = X0.astype(np.float64)
    errors = np.zeros(3)
    for point in points:
        params = Params(*(array.astype(np.float64) for array in point))
        errors = np.maximum(errors, _errors(params, X0, labels, activation))
    central, pytorch, inputs = map(float, errors)
    if not (central < CENTRAL_TOLERANCE and max(pytorch, inputs) < PYTORCH_TOLERANCE):
        raise ArithmeticError(
            f"{activation.name}: gradients are off by {central:.1e} (central differences, at most "
            f"{CENTRAL_TOLERANCE:.0e}) or {max(pytorch, inputs):.1e} (PyTorch, at most {PYTORCH_TOLERANCE:.0e})"
        )
    return GradientErrors(central_differences=central, pytorch=pytorch)


def _errors(params: Params, X0: Array, labels: Array, activation: Activation) -> tuple[float, float, float]:
    kept = smooth_rows(params, X0, activation)
    X0, labels = X0[:, kept], labels[kept]
    K, N = params.b3.shape[0], X0.shape[1]
    Y = np.eye(K)[:, labels]  # (K, N)
    data = mlp.in_blocks(X0, Y)
    _, _, grads = mlp.gradients(params, data, activation, mlp.team_of(params, min(N, mlp.BLOCK_COLUMNS)))
    _, reference, reference_X0 = torch_network.loss_gradients(params, X0, labels, activation.name)
    return (
        max(projection_errors(params, grads, data, activation)),
        max(relative_error(*pair) for pair in zip(grads, reference, strict=True)),
        relative_error(mlp.input_gradient(params, X0, Y, activation), reference_X0),
    )


def smooth_rows(params: Params, X0: Array, activation: Activation) -> Array:
    """Return which rows have a gradient, (N,) bool: all but those on a kink, if any other is left.

    A row that switches every ReLU of a small first layer off meets the second at its bias, which begins at 0.
    """
    if activation is not mlp.RELU:
        return np.ones(X0.shape[1], dtype=bool)
    A1 = params.W1 @ X0 + params.b1  # (M1, N)
    A2 = params.W2 @ np.maximum(A1, 0) + params.b2  # (M2, N)
    smooth: Array = (A1 != 0).all(axis=0) & (A2 != 0).all(axis=0)
    return smooth if smooth.any() else ~smooth


def projection_errors(params: Params, grads: Params, data: mlp.Blocks, activation: Activation) -> list[float]:
    """Compare each gradient with central differences of the loss along one direction; one relative error per array.

    The direction is the gradient's own plus as long a random one: its projection is of the gradient's size, so that
    a relative error means what it says, and it has a part that a gradient of the wrong direction does not have.
    Where a ReLU switches between the two ends the loss has a kink there and no difference quotient is the gradient:
    another random part is drawn, and the step halved.
    """
    rng = np.random.default_rng(0)
    errors = []
    for index, grad in enumerate(grads):
        for attempt in range(ATTEMPTS):
            other = rng.standard_normal(grad.shape)
            direction = grad / (np.linalg.norm(grad) or 1.0) + other / np.linalg.norm(other)
            step = STEP * max(1.0, float(np.linalg.norm(params[index]))) / 2**attempt
            slope, smooth = _slope(params, index, direction, step, data, activation)
            if smooth:
                break
        projection = float(np.vdot(grad, direction))
        lost = ROUNDING / step / CENTRAL_TOLERANCE  # a slope below drowns in the cancellation of the losses
        errors.append(abs(slope - projection) / max(abs(projection), lost))
    return errors


def _slope(
    params: Params, index: int, direction: Array, step: float, data: mlp.Blocks, activation: Activation
) -> tuple[float, bool]:
    """Return the central difference of the loss, and whether every unit is on, or off, at both of its ends."""
    team = mlp.team_of(params, max(X0.shape[1] for X0, _ in data.blocks))
    (work,) = team.members
    losses, on = [], []
    for sign in (1, -1):
        moved = params._replace(**{Params._fields[index]: params[index] + sign * step * direction})
        losses.append(mlp.evaluate(moved, data, activation, team)[0])
        on.append(np.concatenate([work.X1 > 0, work.X2 > 0]))  # of the last block: a check has one
    return (losses[0] - losses[1]) / (2 * step), bool(np.array_equal(on[0], on[1]))


def relative_error(ours: Array, reference: Array) -> float:
    """Return the largest elementwise difference, relative to the largest reference.

    The denominator is floored where rounding alone would exceed PYTORCH_TOLERANCE.
    """
    return float(np.abs(ours - reference).max() / max(np.abs(reference).max(), ROUNDING / PYTORCH_TOLERANCE))
