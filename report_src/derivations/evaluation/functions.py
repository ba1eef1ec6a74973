"""The functions a declared g or ℓ may be: a pool of smooth functions with their first two derivatives.

No member is odd, even, monotone, bounded or idempotent together with all others, so that a claim that holds
for the whole pool leans on no such property. g' is written by hand here and tested against automatic
differentiation; a checker that differentiated everything could not tell g' from a slip in g'.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Elementwise = Callable[[Tensor], Tensor]
Triple = tuple[Elementwise, Elementwise, Elementwise]


def _sigmoid_slope(z: Tensor) -> Tensor:
    s = torch.sigmoid(z)
    return s * (1 - s)


def _sigmoid_curvature(z: Tensor) -> Tensor:
    s = torch.sigmoid(z)
    return s * (1 - s) * (1 - 2 * s)


def _tanh_slope(z: Tensor) -> Tensor:
    return 1 - torch.tanh(z) ** 2


def _tanh_curvature(z: Tensor) -> Tensor:
    t = torch.tanh(z)
    return -2 * t * (1 - t**2)


LOGISTIC: Triple = (torch.sigmoid, _sigmoid_slope, _sigmoid_curvature)
TANH: Triple = (torch.tanh, _tanh_slope, _tanh_curvature)
RELU: Triple = (torch.relu, lambda z: (z > 0).to(z.dtype), torch.zeros_like)
EXP: Triple = (torch.exp, torch.exp, torch.exp)
LOG: Triple = (torch.log, lambda z: 1 / z, lambda z: -1 / z**2)
SIGN: Triple = (torch.sign, torch.zeros_like, torch.zeros_like)

NAMED: dict[str, Triple] = {
    "logistic": LOGISTIC,
    "tanh": TANH,
    "relu": RELU,
    "exp": EXP,
    "log": LOG,
    "sign": SIGN,
}
KINKED = frozenset({"relu", "sign"})
"""Named functions that are not smooth at 0."""

SOFTPLUS_LINEAR = 40.0
"""Beyond it softplus is z itself: e^-40 is below float64's last digit, while PyTorch's own 20 leaves 2e-9."""
POOL: tuple[Triple, ...] = (
    LOGISTIC,
    (
        lambda z: torch.sin(1.3 * z) + 0.4 * z,
        lambda z: 1.3 * torch.cos(1.3 * z) + 0.4,
        lambda z: -1.69 * torch.sin(1.3 * z),
    ),
    (
        lambda z: torch.nn.functional.softplus(z, threshold=SOFTPLUS_LINEAR),
        torch.sigmoid,
        _sigmoid_slope,
    ),
    TANH,
    (lambda z: 0.3 * z**2 - 0.7 * z + 0.5, lambda z: 0.6 * z - 0.7, lambda z: torch.full_like(z, 0.6)),
    (
        lambda z: torch.exp(-0.5 * z**2) + 0.2 * z,
        lambda z: -z * torch.exp(-0.5 * z**2) + 0.2,
        lambda z: (z**2 - 1) * torch.exp(-0.5 * z**2),
    ),
    (lambda z: torch.exp(0.4 * z), lambda z: 0.4 * torch.exp(0.4 * z), lambda z: 0.16 * torch.exp(0.4 * z)),
    (
        lambda z: torch.sqrt(z**2 + 1) - 0.3 * z,
        lambda z: z / torch.sqrt(z**2 + 1) - 0.3,
        lambda z: (z**2 + 1) ** -1.5,
    ),
)
"""What a g : ℝ → ℝ is drawn from; eight members, so that eight instances meet all of them."""

Multivariate = Callable[[list[Tensor]], Tensor]


def _weights(like: Tensor, phase: float) -> Tensor:
    """Return weights in 0.5…1.5 that differ from entry to entry, of the last two axes' shape."""
    rows, columns = like.shape[-2:]
    return 1 + 0.5 * torch.sin(phase + torch.arange(1, rows * columns + 1, dtype=like.dtype)).reshape(rows, columns)


def _total(value: Tensor) -> Tensor:
    return value.sum(dim=(-2, -1), keepdim=True)


def _squares(arguments: list[Tensor]) -> Tensor:
    total, shift = _total(0 * arguments[0]), 0.0
    for position, value in enumerate(arguments):
        total = total + _total(_weights(value, position + 0.3) * (value - shift) ** 2)
        shift = 0.4 * (position + 1)
    first, last = arguments[0], arguments[-1]
    return total + _total(_weights(first, 2.0) * torch.sin(first)) * _total(_weights(last, 5.0) * last)


def _waves(arguments: list[Tensor]) -> Tensor:
    phases = [_total(_weights(value, 1.7 * (k + 1)) * value) for k, value in enumerate(arguments)]
    total = torch.sin(sum(phases[1:], 0.7 * phases[0])) + torch.exp(0.2 * torch.tanh(phases[0]))
    return total + _total(torch.tanh(_weights(arguments[0], 0.9) * arguments[0]) ** 2)


def _log_sum(arguments: list[Tensor]) -> Tensor:
    total = torch.zeros_like(_total(arguments[0]))
    for position, value in enumerate(arguments):
        total = total + torch.exp(_weights(value, position + 4.1) * torch.tanh(value)).sum(dim=(-2, -1), keepdim=True)
    first, last = arguments[0], arguments[-1]
    return torch.log(total) + 0.3 * _total(first) * torch.cos(_total(_weights(last, 3.3) * last))


MULTIVARIATE_POOL: tuple[Multivariate, ...] = (_squares, _waves, _log_sum)
"""What an ℓ : ℝ^k × ℝ^k → ℝ is drawn from; symmetric in nothing and additive in nothing."""


def summed_binary_cross_entropy(arguments: list[Tensor]) -> Tensor:
    """Return −Σ y log ŷ + (1 − y) log(1 − ŷ)."""
    p, y = arguments
    return -_total(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def cross_entropy(arguments: list[Tensor]) -> Tensor:
    """Return −Σ y log p of a probability vector p."""
    p, y = arguments
    return -_total(y * torch.log(p))


def squared_error(arguments: list[Tensor]) -> Tensor:
    """Return ½ ‖ŷ − y‖²."""
    p, y = arguments
    return 0.5 * _total((p - y) ** 2)


CONCRETE: dict[str, Triple | Multivariate] = {
    "sigmoid": LOGISTIC,
    "tanh": TANH,
    "relu": RELU,
    "summed_binary_cross_entropy": summed_binary_cross_entropy,
    "cross_entropy": cross_entropy,
    "squared_error": squared_error,
}
"""Functions that a binding table may name."""
