"""The models of Part D: recipes, interventions on columns, training, predictions.

A *recipe* says what was done to the training fold; a *model* is a recipe trained on the fold of one replicate.
The network is always D-M1-M2-K with ReLU, at the rate and the iterations of the section on training.
"""

import dataclasses
import hashlib
from typing import Any, Literal

import msgspec
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from analysis.data import features
from analysis.data.features import Encoding
from analysis.network import descent, mlp, replicates
from analysis.network.mlp import Array, Params
from analysis.network.replicates import Fold, initial_params
from analysis.settings.schema import Numerical, Settings, Table
from analysis.statistics import boosting

Kind = Literal["none", "removed", "noise", "alone", "indicator", "complete_rows", "distinct_rows"]
Family = Literal["pytorch", "numpy", "boosting"]

ACTIVATION = "relu"
LARGEST_COLUMN = 1000  # a bound on draws of one purpose, so that no two purposes share a seed
SMALLEST_PROBABILITY = 1e-30  # the logarithm stays finite, in single precision too


class Recipe(msgspec.Struct, frozen=True):
    """A change of the training fold before a model is trained; `features` are removed, noised or kept."""

    kind: Kind = "none"
    family: Family = "numpy"
    features: tuple[str, ...] = ()
    probability: float = 0.0

    def dropped(self, table: Table) -> tuple[str, ...]:
        """Return the features that the model never sees."""
        if self.kind == "removed":
            return self.features
        return tuple(name for name in table.features if name not in self.features) if self.kind == "alone" else ()


@dataclasses.dataclass(frozen=True)
class Model:
    """A recipe trained on one replicate's training fold; `trained` is Params or a boosting classifier."""

    recipe: Recipe
    replicate: int
    encoding: Encoding
    trained: Any
    classes: int

    def log_probabilities(self, frame: pd.DataFrame) -> Array:
        """Return log p of every class for N rows, (K, N)."""
        X0 = self.encoding.transform(frame)
        if self.recipe.family == "pytorch":
            from analysis.network import torch_network  # the workers, which train with NumPy, need not load PyTorch

            return torch_network.log_probabilities(self.trained, X0, ACTIVATION)
        if self.recipe.family == "numpy":
            shares = mlp.probabilities(self.trained, X0, mlp.ACTIVATIONS[ACTIVATION])
        else:
            shares = np.zeros((self.classes, len(frame)))
            shares[self.trained.classes_] = self.trained.predict_proba(self.encoding.columns(X0)).T
        return np.log(np.maximum(shares, SMALLEST_PROBABILITY))

    def predict(self, frame: pd.DataFrame) -> Array:
        """Return the predicted classes of N rows, (N,)."""
        return self.log_probabilities(frame).argmax(axis=0)

    def digest(self) -> str:
        """Return the SHA-256 of the model's parameters."""
        if self.recipe.family == "boosting":
            nodes = [tree.nodes.tobytes() for rounds in self.trained._predictors for tree in rounds]
            return hashlib.sha256(b"".join(nodes)).hexdigest()
        return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in self.trained)).hexdigest()


def generator(settings: Settings, replicate: int, purpose: int, position: int = 0) -> np.random.Generator:
    """Return the generator of one purpose; each column has its own `position`."""
    return replicates.generator(settings, replicate, purpose * LARGEST_COLUMN + position)


def prepared(recipe: Recipe, folds: Fold, settings: Settings, replicate: int) -> tuple[pd.DataFrame, Array]:
    """Return the training fold's rows and labels after the recipe's intervention on rows and cells."""
    frame, labels = folds.train, folds.train_labels
    if recipe.kind == "complete_rows":
        kept = features.complete_rows(frame)
    elif recipe.kind == "distinct_rows":
        kept = distinct_rows(folds)
    else:
        kept = np.ones(len(labels), bool)
    if recipe.kind == "noise":
        frame = noised(frame, recipe, settings, replicate)
    return frame[kept].reset_index(drop=True), labels[kept]


def distinct_rows(folds: Fold) -> Array:
    """Return which training rows repeat neither an earlier training row nor a validation row (features and label)."""
    both = pd.concat([folds.validation, folds.train], ignore_index=True)
    both = both.assign(**{"": np.concatenate([folds.validation_labels, folds.train_labels])})
    return ~both.duplicated().to_numpy()[len(folds.validation) :]


def noised(frame: pd.DataFrame, recipe: Recipe, settings: Settings, replicate: int) -> pd.DataFrame:
    """Replace the recipe's features, each cell with its probability, by a draw uniform over the training range."""
    drawn = uniform(frame, frame, recipe.features, settings, replicate, purpose=3)
    for position, name in enumerate(recipe.features):
        rng = generator(settings, replicate, 4, position)
        drawn[name] = drawn[name].where(rng.random(len(frame)) < recipe.probability, frame[name])
    return drawn


def permuted(frame: pd.DataFrame, names: tuple[str, ...], settings: Settings, replicate: int) -> pd.DataFrame:
    """Return the rows with each column of `names` permuted over them, independently of the others."""
    columns = {
        name: frame[name].to_numpy()[generator(settings, replicate, 1, position).permutation(len(frame))]
        for position, name in enumerate(names)
    }
    return frame.assign(**columns)


def uniform(
    frame: pd.DataFrame,
    training: pd.DataFrame,
    names: tuple[str, ...],
    settings: Settings,
    replicate: int,
    purpose: int = 2,
) -> pd.DataFrame:
    """Return the rows with each column of `names` drawn uniformly over its range (its categories) in `training`."""
    columns: dict[str, Any] = {}
    for position, name in enumerate(names):
        rng = generator(settings, replicate, purpose, position)
        columns[name] = _draw(training[name].dropna(), settings.table.column(name), len(frame), rng)
    return frame.assign(**columns)


def _draw(observed: pd.Series, column: Any, rows: int, rng: np.random.Generator) -> Array:
    if not isinstance(column, Numerical):
        return rng.choice(np.array(sorted(observed.unique()), dtype=object), rows)
    low, high = float(observed.min()), float(observed.max())
    return (
        rng.integers(int(low), int(high), rows, endpoint=True) * 1.0 if column.integer else rng.uniform(low, high, rows)
    )


def train(recipe: Recipe, folds: Fold, settings: Settings, replicate: int, learning_rate: float) -> Model:
    """Train a recipe on one replicate's training fold."""
    frame, labels = prepared(recipe, folds, settings, replicate)
    strategy = recipe.kind if recipe.kind in features.STRATEGIES else "median_mode"
    encoding = features.fit(frame, settings.table, strategy=strategy, drop=recipe.dropped(settings.table))
    X0 = encoding.transform(frame)
    classes = len(settings.table.classes)
    if recipe.family == "boosting":
        trained: Any = HistGradientBoostingClassifier(
            **boosting.options(settings.run.boosting_rounds),
            categorical_features=encoding.categorical_columns,
            random_state=settings.run.seed,
        ).fit(encoding.columns(X0), labels)
    else:
        params = initial_params(settings, len(encoding.inputs), replicate, ACTIVATION)
        trained = descend(params, X0, features.one_hot(labels, classes), learning_rate, settings.run.iterations)
    return Model(recipe, replicate, encoding, trained, classes)


def descend(params: Params, X0: Array, Y: Array, learning_rate: float, iterations: int) -> Params:
    """Return the parameters after `iterations` updates of full-batch gradient descent; X0 (D, N), Y (K, N)."""
    run = descent.gradient_descent(
        params,
        mlp.in_blocks(X0, Y),
        None,
        mlp.ACTIVATIONS[ACTIVATION],
        learning_rate=learning_rate,
        iterations=iterations,
        score_from=iterations,
    )
    return run.params


def from_arrays(arrays: Any, replicate: int, folds: Fold, settings: Settings) -> Model:
    """Return the network in PyTorch that an earlier study trained on this replicate's training fold.

    Raises ValueError where its first layer has not one column for each input of the encoding.
    """
    encoding = features.fit(folds.train, settings.table)
    params = Params(*(arrays[f"model_{replicate}_{name}"] for name in Params._fields))
    if params.W1.shape[1] != len(encoding.inputs):
        raise ValueError(
            f"model_{replicate}_W1: expected {len(encoding.inputs)} inputs, got {params.W1.shape[1]}; "
            "run `make results`"
        )
    biases = [array.reshape(-1, 1) if array.ndim == 1 else array for array in params]
    return Model(Recipe(family="pytorch"), replicate, encoding, Params(*biases), len(settings.table.classes))
