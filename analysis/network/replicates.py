"""Replicates: the two folds of the training table of each, encoded, its random numbers and initial parameters."""

import dataclasses

import numpy as np
import pandas as pd

from analysis.data import dataset, features
from analysis.data.dataset import Dataset
from analysis.data.features import Encoding
from analysis.network import mlp
from analysis.network.mlp import ACTIVATIONS, Array, Params
from analysis.settings.schema import Settings, Table

OTHER_DRAWS = len(ACTIVATIONS)  # third entry of the seed of all random numbers other than initial parameters


@dataclasses.dataclass(frozen=True)
class Fold:
    """The two folds of one replicate, as rows of the training table."""

    train: pd.DataFrame
    train_labels: Array
    validation: pd.DataFrame
    validation_labels: Array
    train_rows: Array  # positions of the training rows in the table
    validation_rows: Array


@dataclasses.dataclass(frozen=True)
class EncodedFold:
    """The two folds of one replicate, encoded as fitted on its training fold: X (D, N), labels (N,)."""

    encoding: Encoding
    X_train: Array
    labels_train: Array
    X_validation: Array
    labels_validation: Array


def fold(data: Dataset, settings: Settings, replicate: int) -> Fold:
    """Return the folds that every study uses for this replicate."""
    rows = dataset.split(data.labels, settings.run.validation_share, settings.run.seed + replicate)
    return Fold(
        data.frame.iloc[rows.train].reset_index(drop=True),
        data.labels[rows.train],
        data.frame.iloc[rows.validation].reset_index(drop=True),
        data.labels[rows.validation],
        rows.train,
        rows.validation,
    )


def encode(folds: Fold, table: Table, dtype: type = np.float32) -> EncodedFold:
    """Encode both folds with the encoding that is fitted on the training fold."""
    encoding = features.fit(folds.train, table)
    return EncodedFold(
        encoding,
        encoding.transform(folds.train, dtype),
        folds.train_labels,
        encoding.transform(folds.validation, dtype),
        folds.validation_labels,
    )


def encode_replicates(settings: Settings) -> list[EncodedFold]:
    """Split and encode the training table once for each replicate."""
    data = dataset.read_train(settings)
    return [encode(fold(data, settings, replicate), settings.table) for replicate in range(settings.run.replicates)]


def initial_params(settings: Settings, inputs: int, replicate: int, activation: str) -> Params:
    """Draw a replicate's initial parameters; they depend only on seed, replicate, activation and `inputs`."""
    rng = np.random.default_rng([settings.run.seed, replicate, list(ACTIVATIONS).index(activation)])
    sizes = (inputs, *settings.run.hidden, len(settings.table.classes))
    return mlp.initialise(rng, sizes, ACTIVATIONS[activation])


def generator(settings: Settings, replicate: int, *purpose: int) -> np.random.Generator:
    """Return a replicate's generator for one purpose, independent of the one of its initial parameters."""
    return np.random.default_rng([settings.run.seed, replicate, OTHER_DRAWS, *purpose])
