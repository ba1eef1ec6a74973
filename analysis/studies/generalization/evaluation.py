"""Stage 2 of Part D: the test table is opened, once, and every frozen model is scored on it.

No test figure is compared with another here, and nothing is chosen.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.data import dataset
from analysis.data.dataset import Dataset
from analysis.network.mlp import Array
from analysis.settings.schema import Settings
from analysis.statistics import metrics
from analysis.studies.generalization.recipes import Model, Recipe
from analysis.studies.generalization.selection import Choice


@dataclasses.dataclass(frozen=True)
class TestScore:
    """One frozen model on the test table."""

    accuracy: float
    balanced_accuracy: float
    log_loss: float  # nats
    confusion: Array  # (K, K)


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """The test table and the scores of all that was frozen; `scores[recipe][r]` is replicate r."""

    test: Dataset
    scores: Mapping[Recipe, Sequence[TestScore]]
    checkpoint_accuracy: Sequence[float]
    majority_accuracy: float  # of always predicting the training table's largest class


def evaluate(choice: Choice, train: Dataset, settings: Settings, frozen: Path) -> Evaluation:
    """Open the test table and score every frozen model on it.

    Raises RuntimeError where `frozen` does not exist, or does not name a model that is to be scored.
    """
    models = [one.model for scored in choice.scored.values() for one in scored]
    test = dataset.read_test(settings, train, frozen)
    _assert_frozen([*models, *(one.model for one in choice.checkpoints)], frozen)
    scores = {
        recipe: [_score(one.model, test, len(settings.table.classes)) for one in scored]
        for recipe, scored in choice.scored.items()
    }
    along = [metrics.accuracy(one.model.predict(test.frame), test.labels) for one in choice.checkpoints]
    return Evaluation(test, scores, along, metrics.accuracy(choice.majority, test.labels))


def _score(model: Model, test: Dataset, classes: int) -> TestScore:
    log_probabilities = model.log_probabilities(test.frame)
    predicted = log_probabilities.argmax(axis=0)
    return TestScore(
        metrics.accuracy(predicted, test.labels),
        metrics.balanced_accuracy(predicted, test.labels, classes),
        metrics.log_loss(log_probabilities, test.labels),
        metrics.confusion(predicted, test.labels, classes),
    )


def _assert_frozen(models: Sequence[Model], frozen: Path) -> None:
    tree = json.loads(frozen.read_bytes())
    known = {entry["sha256"] for entry in (*tree["models"], *tree["checkpoints"])}
    for model in models:
        if model.digest() not in known:
            raise RuntimeError(f"{frozen} does not name the model {model.recipe} of replicate {model.replicate}")
