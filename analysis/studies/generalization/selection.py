"""Stage 1 of Part D, only on the training table: candidates, their scores on validation, and the choice.

Nothing here opens, knows or asks for the test table. What is chosen is written down by `freeze` before the
next stage starts.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from analysis.compute.parallel import run_tasks
from analysis.compute.progress import Progress
from analysis.data import features
from analysis.data.dataset import Dataset
from analysis.network import descent, mlp
from analysis.network.descent import TrainingDiverged
from analysis.network.mlp import Array, Params
from analysis.network.replicates import Fold, fold
from analysis.results import store
from analysis.settings.schema import Settings, Table
from analysis.statistics import metrics
from analysis.studies.generalization.recipes import (
    ACTIVATION,
    Model,
    Recipe,
    from_arrays,
    permuted,
    prepared,
    train,
    uniform,
)
from analysis.study_interface import Arrays

AS_TRAINED = Recipe(family="pytorch")  # the networks of the section on attribution, every feature, nothing done
NOISE_PROBABILITIES = (0.5,)  # half of a suspect's cells: it stays, and is worth less
BOOSTING_STEPS = 50  # one boosting run takes about as long as this many iterations of the network


@dataclasses.dataclass(frozen=True)
class Scored:
    """A model and how it did on the training table of its replicate; accuracies are fractions."""

    model: Model
    train_accuracy: float
    validation_accuracy: float
    permuted_accuracy: float  # validation with the focus permuted
    uniform_accuracy: float  # validation with the focus uniform over its training range
    validation_balanced_accuracy: float
    validation_log_loss: float  # nats
    validation_confusion: Array  # (K, K)
    train_rows: int  # rows trained on


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """The network after some updates."""

    iteration: int
    model: Model
    train_accuracy: float
    validation_accuracy: float


@dataclasses.dataclass(frozen=True)
class Choice:
    """All that was trained, and the mitigation that was chosen; `scored[recipe][r]` is replicate r."""

    suspects: tuple[str, ...]
    focus: tuple[str, ...]  # features that are permuted or redrawn: the suspects, else the leading feature
    learning_rate: float
    candidates: tuple[Recipe, ...]
    mitigation: Recipe
    scored: Mapping[Recipe, Sequence[Scored]]
    checkpoints: Sequence[Checkpoint]
    majority: int  # the largest class of the training table
    shown: int  # the replicate that figures of one run show: the one that PyTorch trained
    folds: Sequence[Fold]  # of the training table, one a replicate


def choose_on_training_data(
    train_set: Dataset,
    suspects: tuple[str, ...],
    leading: str,
    trained: Arrays,
    learning_rate: float,
    shown: int,
    settings: Settings,
    progress: Progress,
) -> Choice:
    """Train every recipe, score it on validation, choose the mitigation and train its remaining replicates.

    `suspects` (may be empty) and the `leading` feature are Part A's; `trained` holds the parameters of the networks in
    PyTorch, one a replicate, of which PyTorch trained that of replicate `shown`, and the checkpoints of Part B's ReLU
    runs.
    """
    run = settings.run
    focus = suspects or (leading,)
    candidates = candidate_recipes(suspects, settings.table)
    folds = [fold(train_set, settings, replicate) for replicate in range(run.replicates)]
    given = _score_given(folds, trained, focus, settings)
    first = min(run.intervention_replicates, run.replicates)
    ruling_out = ruling_out_recipes(train_set, focus, settings.table)
    others = [recipe for recipe in ruling_out if leaves_rows(recipe, folds[:first], settings)]
    retrained = [recipe for recipe in dict.fromkeys((*candidates, *others)) if recipe != AS_TRAINED]
    common = (settings, learning_rate, focus)
    jobs = [(recipe, r, folds[r], *common) for recipe in retrained for r in range(first)]
    stage = "generalization: interventions"
    rows, steps = len(train_set.labels), _steps(jobs, run)
    done = run_tasks(_train_and_score, jobs, stage=stage, progress=progress, steps=steps, rows=rows)
    scored: dict[Recipe, list[Scored]] = {AS_TRAINED: given}
    for (recipe, *_rest), result in zip(jobs, done, strict=True):
        scored.setdefault(recipe, []).append(result)
    mitigation = choose({recipe: scores(scored[recipe][:first]) for recipe in candidates})
    if mitigation != AS_TRAINED:
        rest = [(mitigation, r, folds[r], *common) for r in range(first, run.replicates)]
        weights = [run.iterations] * len(rest)
        stage = "generalization: mitigation"
        scored[mitigation] += run_tasks(
            _train_and_score, rest, stage=stage, progress=progress, steps=weights, rows=rows
        )
    along = checkpoints(folds[shown], settings, trained, shown)
    majority = int(np.bincount(train_set.labels).argmax())
    return Choice(suspects, focus, learning_rate, candidates, mitigation, scored, along, majority, shown, folds)


def candidate_recipes(suspects: tuple[str, ...], table: Table) -> tuple[Recipe, ...]:
    """Return the mitigations to compare: nothing; each suspect (all of them) removed; suspects noised."""
    removals: list[tuple[str, ...]] = [(name,) for name in suspects]
    if len(suspects) > 1:
        removals.append(suspects)
    removed = [Recipe("removed", features=names) for names in removals if len(names) < len(table.features)]
    noised = [Recipe("noise", features=suspects, probability=p) for p in NOISE_PROBABILITIES if suspects]
    return (AS_TRAINED, *removed, *noised)


def ruling_out_recipes(train_set: Dataset, focus: tuple[str, ...], table: Table) -> tuple[Recipe, ...]:
    """Return the interventions that test other explanations, as far as the table allows them."""
    recipes = []
    complete = features.complete_rows(train_set.frame)
    if complete.any() and not complete.all():
        recipes += [Recipe("indicator"), Recipe("complete_rows")]
    if train_set.frame.assign(**{"": train_set.labels}).duplicated().any():
        recipes.append(Recipe("distinct_rows"))
    if len(focus) < len(table.features):
        recipes.append(Recipe("alone", features=focus))
    recipes.append(Recipe(family="boosting"))
    removals = dict.fromkeys([focus, *((name,) for name in table.features)])
    recipes += [Recipe("removed", "boosting", names) for names in removals if len(names) < len(table.features)]
    return tuple(recipes)


def leaves_rows(recipe: Recipe, folds: Sequence[Fold], settings: Settings) -> bool:
    """Whether an intervention on rows leaves values of every feature to train on, in each replicate's training fold."""
    if recipe.kind not in ("complete_rows", "distinct_rows"):
        return True
    frames = (prepared(recipe, own, settings, replicate)[0] for replicate, own in enumerate(folds))
    return all(bool(frame.notna().any().all()) for frame in frames)


def choose(candidates: Mapping[Recipe, Sequence[float]]) -> Recipe:
    """Return the candidate whose smallest score is largest; the first of several that are equal."""
    return max(candidates, key=lambda recipe: min(candidates[recipe]))


def scores(scored: Sequence[Scored]) -> tuple[float, float, float]:
    """Return the mean accuracies on unchanged validation rows, with the focus permuted, and with it uniform."""
    rows = [(one.validation_accuracy, one.permuted_accuracy, one.uniform_accuracy) for one in scored]
    unchanged, with_permuted, with_uniform = np.mean(rows, axis=0)
    return float(unchanged), float(with_permuted), float(with_uniform)


def _train_and_score(
    recipe: Recipe,
    replicate: int,
    folds: Fold,
    settings: Settings,
    learning_rate: float,
    focus: tuple[str, ...],
) -> Scored:
    """Train one recipe on one replicate and score it on that replicate's validation fold."""
    try:
        model = train(recipe, folds, settings, replicate, learning_rate)
    except TrainingDiverged as error:
        done = " ".join((recipe.kind, *recipe.features))
        raise TrainingDiverged(f"{error}, intervention '{done}', replicate {replicate}") from None
    return score(model, folds, settings, focus)


def score(model: Model, folds: Fold, settings: Settings, focus: tuple[str, ...]) -> Scored:
    """Score a model on its folds: unchanged, with the focus permuted, with it uniform over its training range."""
    frame, labels, classes = folds.validation, folds.validation_labels, len(settings.table.classes)
    log_probabilities = model.log_probabilities(frame)
    predicted = log_probabilities.argmax(axis=0)
    shuffled = permuted(frame, focus, settings, model.replicate)
    drawn = uniform(frame, folds.train, focus, settings, model.replicate)
    trained_on, trained_labels = prepared(model.recipe, folds, settings, model.replicate)
    return Scored(
        model=model,
        train_accuracy=metrics.accuracy(model.predict(trained_on), trained_labels),
        validation_accuracy=metrics.accuracy(predicted, labels),
        permuted_accuracy=metrics.accuracy(model.predict(shuffled), labels),
        uniform_accuracy=metrics.accuracy(model.predict(drawn), labels),
        validation_balanced_accuracy=metrics.balanced_accuracy(predicted, labels, classes),
        validation_log_loss=metrics.log_loss(log_probabilities, labels),
        validation_confusion=metrics.confusion(predicted, labels, classes),
        train_rows=len(trained_labels),
    )


def checkpoints(folds: Fold, settings: Settings, trained: Arrays, replicate: int) -> list[Checkpoint]:
    """Score the course of one replicate's ReLU run of Part B, which starts and descends as a network here would."""
    classes = len(settings.table.classes)
    encoding = features.fit(folds.train, settings.table)
    rows = [(folds.train, folds.train_labels), (folds.validation, folds.validation_labels)]
    inputs = [(encoding.transform(frame), labels) for frame, labels in rows]
    course = [trained[f"{ACTIVATION}_{replicate}_checkpoints_{letter}"] for letter in Params._fields]
    found = []
    for iteration, *arrays in zip(descent.checkpoints(settings.run.iterations), *course, strict=True):
        params = Params(*arrays)
        training, validation = (
            metrics.accuracy(mlp.probabilities(params, X0, mlp.ACTIVATIONS[ACTIVATION]).argmax(axis=0), labels)
            for X0, labels in inputs
        )
        found.append(Checkpoint(iteration, Model(Recipe(), replicate, encoding, params, classes), training, validation))
    return found


def networks(choice: Choice) -> int:
    """Return how many networks were trained here: the recipes of NumPy."""
    return sum(len(scored) for recipe, scored in choice.scored.items() if recipe.family == "numpy")


def freeze(choice: Choice, train_set: Dataset, settings: Settings, path: Path) -> None:
    """Write down models, rates, seeds, scores and the chosen mitigation, whole or not at all."""
    models = [_entry(one) for scored in choice.scored.values() for one in scored]
    first = min(settings.run.intervention_replicates, settings.run.replicates)
    tree = {
        "training_data": {"name": train_set.name, "sha256": train_set.sha256, "rows": len(train_set.labels)},
        "suspects": choice.suspects,
        "focus": choice.focus,
        "activation": ACTIVATION,
        "settings": msgspec.to_builtins(settings.run),
        "learning_rate": choice.learning_rate,
        "candidates": [
            {**_recipe(recipe), "scores": scores(choice.scored[recipe][:first])} for recipe in choice.candidates
        ],
        "mitigation": _recipe(choice.mitigation),
        "models": models,
        "checkpoints": [{"iteration": one.iteration, "sha256": one.model.digest()} for one in choice.checkpoints],
    }
    store.write_whole(path, json.dumps(tree, indent=1).encode() + b"\n")


def _entry(one: Scored) -> dict[str, Any]:
    return {
        **_recipe(one.model.recipe),
        "replicate": one.model.replicate,
        "train_rows": one.train_rows,
        "validation_accuracy": one.validation_accuracy,
        "permuted_accuracy": one.permuted_accuracy,
        "uniform_accuracy": one.uniform_accuracy,
        "sha256": one.model.digest(),
    }


def _recipe(recipe: Recipe) -> dict[str, Any]:
    return dict(msgspec.to_builtins(recipe))


def _score_given(folds: Sequence[Fold], trained: Arrays, focus: tuple[str, ...], settings: Settings) -> list[Scored]:
    """Score the networks in PyTorch that earlier studies trained, one a replicate."""
    return [
        score(from_arrays(trained, replicate, own, settings), own, settings, focus)
        for replicate, own in enumerate(folds)
    ]


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function: a task that differs from its neighbours by its function, too."""
    return function(*arguments)


def _steps(jobs: Sequence[tuple[Any, ...]], run: Any) -> list[int]:
    return [BOOSTING_STEPS if job[0].family == "boosting" else run.iterations for job in jobs]
