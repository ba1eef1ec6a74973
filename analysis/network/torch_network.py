"""The same network in PyTorch: trained models of Parts C and D, and the independent check of our gradients.

Only this file and Question 2's check import torch (this one captum as well).
"""

import numpy as np
import torch
from torch import nn

from analysis.network.descent import TrainingDiverged, refuse_diverged
from analysis.network.mlp import Array, Params

torch.set_num_threads(1)

OUTPUTS = ("logit", "probability", "margin", "loss")
BLOCK_ROWS = 8000  # rows whose gradients are taken at a time: 1.5 times as fast as 33,000 at once, as it fits the cache
_ACTIVATIONS = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}


def build(params: Params, activation: str) -> nn.Sequential:
    """Return D-M1-M2-K as nn.Sequential with these parameters (of their precision); it yields logits (N, K)."""
    layers: list[nn.Module] = []
    dtype = torch.from_numpy(np.empty(0, params.W1.dtype)).dtype
    for W, b in zip(params[::2], params[1::2], strict=True):
        linear = nn.Linear(W.shape[1], W.shape[0], dtype=dtype)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(np.array(W)))
            linear.bias.copy_(torch.from_numpy(np.array(b[:, 0])))
        layers += [linear, _ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


def parameters(model: nn.Sequential) -> Params:
    """Return a model's parameters as NumPy arrays, biases as columns."""
    arrays: list[Array] = []
    for layer in model:
        if isinstance(layer, nn.Linear):
            arrays += [layer.weight.detach().numpy().copy(), layer.bias.detach().numpy()[:, None].copy()]
    return Params(*arrays)


def loss_gradients(params: Params, X0: Array, labels: Array, activation: str) -> tuple[float, Params, Array]:
    """Return mean cross-entropy, its gradients by autograd, and the per-example dL_n/dx_n (D, N)."""
    model = build(params, activation)
    X = _rows(X0).requires_grad_(True)
    loss = nn.functional.cross_entropy(model(X), torch.from_numpy(labels))
    loss.backward()
    grads: list[Array] = []
    for layer in model:
        if isinstance(layer, nn.Linear):
            assert layer.weight.grad is not None
            assert layer.bias.grad is not None
            grads += [layer.weight.grad.numpy().copy(), layer.bias.grad.numpy()[:, None].copy()]
    assert X.grad is not None
    return float(loss.detach()), Params(*grads), X.grad.numpy().T * X0.shape[1]


def train(
    params: Params, X0: Array, labels: Array, activation: str, *, learning_rate: float, iterations: int
) -> Params:
    """Return the parameters after full-batch gradient descent as by torch.optim.SGD.

    Raises TrainingDiverged if the loss blows up and stays so. The update is written out, as the first optimiser of a
    process loads PyTorch's compiler, which takes 2 s.
    """
    model = build(params, activation)
    X, y = _rows(X0), torch.from_numpy(labels)
    blocks = list(zip(X.split(BLOCK_ROWS), y.split(BLOCK_ROWS), strict=True))
    for t in range(iterations):
        model.zero_grad()
        loss = torch.zeros(())
        for rows, own in blocks:  # their gradients add up to the full batch's, before the one step
            part = nn.functional.cross_entropy(model(rows), own, reduction="sum") / len(y)
            part.backward()
            loss += part.detach()
        ends, what = t == iterations - 1, f"PyTorch, {activation}"
        refuse_diverged(float(loss), len(params.b3), what, learning_rate, t, at_the_end=ends)
        with torch.no_grad():
            for parameter in model.parameters():
                assert parameter.grad is not None
                parameter.add_(parameter.grad, alpha=-learning_rate)
    trained = parameters(model)
    if not all(np.isfinite(array).all() for array in trained):  # the last update has no loss of its own
        last = f"parameters that are not finite after {iterations} updates"
        raise TrainingDiverged(f"PyTorch, {activation} at learning rate {learning_rate:g}: {last}")
    return trained


def log_probabilities(params: Params, X0: Array, activation: str) -> Array:
    """Return log softmax of the logits, (K, N)."""
    with torch.no_grad():
        return nn.functional.log_softmax(build(params, activation)(_rows(X0)), dim=1).numpy().T.copy()


def input_gradients(params: Params, X0: Array, labels: Array, activation: str, output: str) -> Array:
    """Return the gradient of one output with respect to each example's input, (D, N).

    `output`: "logit" o_m and "probability" p_m of the winning class m, "margin" o_m minus the runner-up's
    logit (Section 2.8 of the book, our reading), or "loss", -log p of the label (Part C (a)).
    """
    X = _rows(X0).requires_grad_(True)
    scalar = _output(build(params, activation)(X), torch.from_numpy(labels), output).sum()
    (gradient,) = torch.autograd.grad(scalar, X)
    return gradient.numpy().T.copy()


def captum_saliency(params: Params, X0: Array, activation: str) -> Array:
    """Return Captum's Saliency of the winning logit without absolute values, (D, N), for comparison."""
    from captum.attr import Saliency

    model = build(params, activation)
    X = _rows(X0)
    with torch.no_grad():
        winner = model(X).argmax(dim=1)
    attribution = Saliency(model).attribute(X.requires_grad_(True), target=winner, abs=False)
    return attribution.detach().numpy().T.copy()


def _output(logits: torch.Tensor, labels: torch.Tensor, output: str) -> torch.Tensor:
    top = logits.topk(2, dim=1)
    winning, winner = top.values[:, 0], top.indices[:, :1]
    if output == "logit":
        return winning
    if output == "probability":
        return logits.softmax(dim=1).gather(1, winner)[:, 0]
    if output == "margin":
        return winning - top.values[:, 1]
    if output == "loss":
        return nn.functional.cross_entropy(logits, labels, reduction="none")
    raise ValueError(f"expected one of {OUTPUTS}, got {output!r}")


def _rows(X0: Array) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(X0.T))
