"""Question 2's gradient and Hessian by PyTorch's autograd, the independent check of ours."""

import numpy as np
import torch
from torch import nn

from analysis.network.mlp import Array

torch.set_num_threads(1)


def shared_bias_gradient(W: Array, U: Array, b: Array, X: Array, Y: Array) -> Array:
    """Return dL/db, (m, 1), of Question 2's network by autograd; shapes as in `network`."""
    bias = torch.from_numpy(b).requires_grad_(True)
    output = torch.sigmoid(_question_2_logits(torch.from_numpy(W), torch.from_numpy(U), bias, bias, X))
    loss = nn.functional.binary_cross_entropy(output, torch.from_numpy(Y), reduction="sum") / X.shape[1]
    (gradient,) = torch.autograd.grad(loss, bias)
    return gradient.numpy().copy()


def two_bias_hessian(W: Array, U: Array, b1: Array, b2: Array, X: Array, Y: Array) -> Array:
    """Return the Hessian of Question 2's mean loss in all parameters, ordered W, U (row by row), b1, b2."""
    shapes = [array.shape for array in (W, U, b1, b2)]
    flat = torch.from_numpy(np.concatenate([array.ravel() for array in (W, U, b1, b2)]))
    targets = torch.from_numpy(Y)

    def loss(values: torch.Tensor) -> torch.Tensor:
        pieces = values.split([rows * columns for rows, columns in shapes])
        weights1, weights2, bias1, bias2 = (piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True))
        logits = _question_2_logits(weights1, weights2, bias1, bias2, X)
        return nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="sum") / X.shape[1]

    # torch.func.hessian gives the same and takes a second to import its compiler
    return torch.autograd.functional.hessian(loss, flat).numpy().copy()


def _question_2_logits(W: torch.Tensor, U: torch.Tensor, b1: torch.Tensor, b2: torch.Tensor, X: Array) -> torch.Tensor:
    return U @ torch.sigmoid(W @ torch.from_numpy(X) + b1) + b2
