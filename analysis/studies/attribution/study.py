"""Part C (b): which inputs move the trained networks, in PyTorch, by gradients of its outputs and of its loss.

Part B has trained the networks, that of one replicate by PyTorch as well, which is the one that is used and followed
here. PyTorch differentiates four quantities by the input on each replicate's training rows, and scores each feature.
One replicate is in `replicate`, what a score is in `scores`, the record is made in `summary`, and the row that
the appendix follows is in `walkthrough`.
"""

from typing import NamedTuple

import numpy as np

from analysis.compute.parallel import run_tasks
from analysis.compute.progress import Progress
from analysis.data import dataset
from analysis.data.dataset import Dataset
from analysis.data.features import Encoding, one_hot
from analysis.network import torch_network
from analysis.network.mlp import RELU, Array, Params, input_gradient
from analysis.network.replicates import EncodedFold, Fold, encode, fold
from analysis.settings.schema import Settings
from analysis.statistics import metrics
from analysis.studies.attribution import walkthrough
from analysis.studies.attribution.record import Checks, Listing
from analysis.studies.attribution.replicate import Replicate, attribute
from analysis.studies.attribution.summary import build_record
from analysis.study_interface import Inputs, Outcome

ATTRIBUTION_STEPS = 10  # scoring a network takes about as long as so many updates of one


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Attribute every replicate to its inputs, and follow one row of the one that PyTorch trained."""
    training, eda, arrays = inputs.record("training"), inputs.record("eda"), inputs.arrays("training")
    data, walked = dataset.read_train(settings), training.plotted_replicate
    tasks = []
    for r in range(settings.run.replicates):
        name = "pytorch" if r == walked else f"relu_{r}"
        tasks.append((data, settings, r, Params(*(arrays[f"{name}_{W}"] for W in Params._fields)), r == walked))
    steps = [ATTRIBUTION_STEPS] * len(tasks)
    stage = "attribution: networks in PyTorch"
    found = run_tasks(_replicate_of, tasks, stage=stage, progress=progress, steps=steps, rows=len(data.labels))
    replicates = [one for one, _ in found]
    (followed,) = (one for _, one in found if one is not None)
    record = build_record(settings, replicates, followed.encoding, training, eda, followed.checks, followed.listing)
    return Outcome(record, _collect_arrays(replicates, followed.params, followed.walk))


class Followed(NamedTuple):
    """What is done only with the replicate that PyTorch trained, in float64."""

    encoding: Encoding
    params: Params
    checks: Checks
    walk: walkthrough.Walk
    listing: Listing


def _replicate_of(
    data: Dataset, settings: Settings, replicate: int, trained: Params, walked: bool
) -> tuple[Replicate, Followed | None]:
    """Attribute one replicate; if it is the walked one, check its network and follow a row through it."""
    folds = fold(data, settings, replicate)
    found = attribute(trained, encode(folds, settings.table), len(settings.table.classes))
    return found, _walk_through(folds, settings, trained) if walked else None


def _walk_through(folds: Fold, settings: Settings, trained: Params) -> Followed:
    """Check a network's gradients and follow one of its rows."""
    encoded = encode(folds, settings.table, np.float64)
    params = Params(*(array.astype(np.float64) for array in trained))
    correct = torch_network.log_probabilities(params, encoded.X_train, "relu").argmax(axis=0) == encoded.labels_train
    walk, listing = walkthrough.follow(params, folds, encoded, correct, settings.table)
    checks = check(params, encoded, correct, len(settings.table.classes))
    return Followed(encoded.encoding, params, checks, walk, listing)


def check(params: Params, encoded: EncodedFold, correct: Array, classes: int) -> Checks:
    """Compare NumPy, PyTorch and Captum, and both sides of dL/dx = -(1/p_m) dp_m/dx, in float64.

    correct: (N,) bool, the rows on which the label is the winning class.
    """
    X, labels = encoded.X_train, encoded.labels_train
    by_torch = torch_network.input_gradients(params, X, labels, "relu", "loss")  # (D, N)
    by_numpy = input_gradient(params, X, one_hot(labels, classes, np.float64), RELU)
    logit = torch_network.input_gradients(params, X, labels, "relu", "logit")
    of_p = torch_network.input_gradients(params, X[:, correct], labels[correct], "relu", "probability")
    p = np.exp(torch_network.log_probabilities(params, X[:, correct], "relu").max(axis=0))  # (n,)
    return Checks(
        rows=len(labels),
        numpy_against_torch=metrics.relative_difference(by_numpy, by_torch),
        captum_against_torch=metrics.relative_difference(torch_network.captum_saliency(params, X, "relu"), logit),
        identity=metrics.relative_difference(-of_p / p, by_torch[:, correct]),
        identity_rows=int(correct.sum()),
    )


def _collect_arrays(replicates: list[Replicate], params: Params, walked: walkthrough.Walk) -> dict[str, np.ndarray]:
    """Return the arrays that later studies and the bindings of the derivations read.

    `model_<r>_W1` … of every replicate (biases as columns), accuracies (R,), scores (R, quantities, F); and of the
    walked replicate in float64 W1, b1 … (biases 1-D) with the vectors of the row that was followed.
    """
    arrays = {
        f"model_{r}_{name}": array
        for r, one in enumerate(replicates)
        for name, array in zip(Params._fields, one.params, strict=True)
    }
    for name in ("train_accuracy", "validation_accuracy", "scores"):
        arrays[name] = np.array([getattr(one, name) for one in replicates])
    for name, array in zip(Params._fields, params, strict=True):
        arrays[name] = array[:, 0] if name.startswith("b") else array
    return arrays | walked.arrays()
