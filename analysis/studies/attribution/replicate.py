"""One replicate of Part C (b): its fold, its network in PyTorch, and the scores from that network's gradients."""

import dataclasses

import numpy as np

from analysis.network import torch_network
from analysis.network.mlp import Array, Params
from analysis.network.replicates import EncodedFold
from analysis.studies.attribution.scores import centred, row_scores, signed_means

QUANTITIES = torch_network.OUTPUTS  # logit, probability, margin: over correct rows; loss: over all rows
ON_ALL_ROWS = "loss"
CONFIDENT_ABOVE = 0.99  # beyond this winning probability, dp/dx is scaled down by at least 1 - p = .01


@dataclasses.dataclass(frozen=True)
class Replicate:
    """A trained network and its attribution: F features, D inputs, K classes."""

    params: Params
    train_accuracy: float
    validation_accuracy: float
    train_rows: int
    confident_share: float  # of the correct rows
    inputs: tuple[str, ...]  # D names
    scores: Array  # (quantities, F)
    signed: Array  # (K, D) mean signed derivative of the winning logit, categories relative; NaN: no correct row
    magnitude: Array  # (K, D) mean magnitude of the same
    wrong_loss_share: Array  # (F,) share of the loss score from misclassified rows
    confident_probability_share: Array  # (F,) share of the probability score from confident rows
    confident_logit_share: Array  # (F,)


def attribute(params: Params, fold: EncodedFold, classes: int) -> Replicate:
    """Score every feature by the gradients of a trained network on its training rows."""
    X, labels, encoding = fold.X_train, fold.labels_train, fold.encoding
    log_p = torch_network.log_probabilities(params, X, "relu")  # (K, N)
    winner = log_p.argmax(axis=0)
    correct = winner == labels
    confident = log_p.max(axis=0)[correct] > np.log(CONFIDENT_ABOVE)
    of_validation = torch_network.log_probabilities(params, fold.X_validation, "relu").argmax(axis=0)
    of_rows = {name: np.ones_like(correct) if name == ON_ALL_ROWS else correct for name in QUANTITIES}
    gradients = {
        name: torch_network.input_gradients(params, X[:, rows], labels[rows], "relu", name)
        for name, rows in of_rows.items()
    }
    by_row = {name: row_scores(G, encoding.groups, encoding.covariance) for name, G in gradients.items()}  # (F, n)
    categorical = [encoding.groups[name] for name in encoding.categories]
    signed, magnitude = signed_means(centred(gradients["logit"], categorical, X), winner[correct], classes)
    return Replicate(
        params=params,
        train_accuracy=float(correct.mean()),
        validation_accuracy=float((of_validation == fold.labels_validation).mean()),
        train_rows=len(labels),
        confident_share=float(confident.mean()),
        inputs=encoding.inputs,
        scores=np.array([by_row[name].mean(axis=1) for name in QUANTITIES]),
        signed=signed,
        magnitude=magnitude,
        wrong_loss_share=_share(by_row["loss"], ~correct),
        confident_probability_share=_share(by_row["probability"], confident),
        confident_logit_share=_share(by_row["logit"], confident),
    )


def _share(by_row: Array, of: Array) -> Array:
    """Return which share of each feature's total score the rows `of` carry, (F,); 0 where the total is 0."""
    total, part = by_row.sum(axis=1), by_row[:, of].sum(axis=1)
    return np.divide(part, total, out=np.zeros_like(total), where=total > 0)
