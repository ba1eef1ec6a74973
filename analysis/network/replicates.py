"""A replicate: its two folds of the training table, encoded, and the parameters that its network starts from."""

from __future__ import annotations

import dataclasses

import numpy as np

from analysis.data import dataset, features
from analysis.network import mlp
from analysis.network.mlp import ACTIVATIONS, Array, Params
from analysis.settings.schema import Settings


@dataclasses.dataclass(frozen=True)
class Fold:
    """The two encoded folds of one replicate: X0 (D, N) float32, labels (N,)."""

    X_train: Array
    labels_train: Array
    X_validation: Array
    labels_validation: Array


def encode_replicates(settings: Settings) -> list[Fold]:
    """Split and encode the training table anew for each replicate; the encoding is fitted on its training fold."""
    data = dataset.read_train(settings)
    folds = []
    for replicate in range(settings.run.replicates):
        rows = dataset.split(data.labels, settings.run.validation_share, settings.run.seed + replicate)
        train, validation = data.frame.iloc[rows.train], data.frame.iloc[rows.validation]
        encoding = features.fit(train, settings.table)
        folds.append(
            Fold(
                encoding.transform(train),
                data.labels[rows.train],
                encoding.transform(validation),
                data.labels[rows.validation],
            )
        )
    return folds


def initial_params(settings: Settings, inputs: int, replicate: int, activation: str) -> Params:
    """Draw a replicate's initial parameters; they depend on seed, replicate and activation alone."""
    rng = np.random.default_rng([settings.run.seed, replicate, list(ACTIVATIONS).index(activation)])
    sizes = (inputs, *settings.run.hidden, len(settings.table.classes))
    return mlp.initialise(rng, sizes, ACTIVATIONS[activation])
