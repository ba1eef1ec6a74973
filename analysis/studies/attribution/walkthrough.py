"""One training row followed through the network: forward pass, the deltas, and dL/dx in three ways.

Everything is float64. The row is chosen by a rule, not by eye: among the correctly classified training rows
(those without a gap, where there are any) the one whose loss is nearest to their median, passing over rows
where a step of the central differences would switch a ReLU on or off, as the derivative jumps there.
"""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.data.features import Encoding, complete_rows
from analysis.network import torch_network
from analysis.network.mlp import RELU, Array, Params, input_gradient
from analysis.network.replicates import EncodedFold, Fold
from analysis.settings.schema import Numerical, Table
from analysis.studies.attribution.record import Listing, ListingInput, ListingScore, RawValue, Vector
from analysis.studies.attribution.scores import row_scores

STEP = 1e-5  # central differences: error about STEP^2 from the third derivative, 1e-16 / STEP from rounding
SHOWN = 4  # entries of a hidden layer's vector that are shown


@dataclasses.dataclass(frozen=True)
class Walk:
    """The vectors of one row, all float64."""

    x0: Array  # (D,)
    y: Array  # (K,) one-hot
    a1: Array  # (M1,)
    x1: Array  # (M1,)
    a2: Array  # (M2,)
    x2: Array  # (M2,)
    a3: Array  # (K,)
    p: Array  # (K,)
    delta3: Array  # (K,)
    delta2: Array  # (M2,)
    delta1: Array  # (M1,)
    dx_numpy: Array  # (D,)
    dx_torch: Array  # (D,)
    dx_central: Array  # (D,)
    do_torch: Array  # (D,), the winning logit's

    def arrays(self) -> dict[str, Array]:
        """Return the vectors by name."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


def follow(params: Params, folds: Fold, encoded: EncodedFold, correct: Array, table: Table) -> tuple[Walk, Listing]:
    """Choose the row, follow it through the network and describe it; float64 throughout. correct: (N,) bool."""
    complete = complete_rows(folds.train)
    column = choose(params, encoded.X_train, encoded.labels_train, correct, complete)
    walked = walk(params, encoded.X_train[:, column], int(encoded.labels_train[column]))
    cells = folds.train.iloc[column]
    return walked, describe(walked, cells, int(folds.train_rows[column]) + 1, table, encoded.encoding)


def choose(params: Params, X0: Array, labels: Array, correct: Array, complete: Array) -> int:
    """Return the column of X0 (D, N) that the rule above chooses; params and X0 are float64.

    labels: (N,); correct: (N,) bool; complete: (N,) bool, rows without a gap.
    """
    pool = np.flatnonzero(correct & complete) if (correct & complete).any() else np.flatnonzero(correct)
    if not len(pool):
        raise ValueError("expected a correctly classified training row, got none")
    log_p = torch_network.log_probabilities(params, X0[:, pool], "relu")  # (K, n)
    losses = -log_p[labels[pool], np.arange(len(pool))]
    nearest = pool[np.argsort(np.abs(losses - np.median(losses)), kind="stable")]
    for column in nearest:
        if not _crosses_kink(params, X0[:, column]):
            return int(column)
    return int(nearest[0])  # every row sits on a kink: backpropagation is still shown


def walk(params: Params, x0: Array, label: int) -> Walk:
    """Carry x0 (D,) through the network and its loss back to the input, float64."""
    W1, b1, W2, b2, W3, b3 = params
    y = np.eye(len(b3))[label]
    a1 = W1 @ x0 + b1[:, 0]  # (M1,)
    x1 = np.maximum(a1, 0)
    a2 = W2 @ x1 + b2[:, 0]  # (M2,)
    x2 = np.maximum(a2, 0)
    a3 = W3 @ x2 + b3[:, 0]  # (K,)
    exponentials = np.exp(a3 - a3.max())
    p = exponentials / exponentials.sum()
    delta3 = p - y
    delta2 = (W3.T @ delta3) * (a2 > 0)  # (M2,)
    delta1 = (W2.T @ delta2) * (a1 > 0)  # (M1,)
    X, labels = x0[:, None], np.array([label])
    return Walk(
        x0, y, a1, x1, a2, x2, a3, p, delta3, delta2, delta1,
        dx_numpy=input_gradient(params, X, y[:, None], RELU)[:, 0],
        dx_torch=torch_network.input_gradients(params, X, labels, "relu", "loss")[:, 0],
        dx_central=central_differences(params, x0, label),
        do_torch=torch_network.input_gradients(params, X, labels, "relu", "logit")[:, 0],
    )  # fmt: skip


def central_differences(params: Params, x0: Array, label: int) -> Array:
    """Return (L(x + h e_i) - L(x - h e_i)) / 2h, h = STEP, for every input, (D,), from forward passes only."""
    losses = -torch_network.log_probabilities(params, _probes(x0), "relu")[label]  # (2 D,)
    return (losses[: len(x0)] - losses[len(x0) :]) / (2 * STEP)


def describe(walked: Walk, cells: pd.Series, row: int, table: Table, encoding: Encoding) -> Listing:
    """Return the record of one walked row: `cells` as the table holds them, `row` its position from 1."""
    label = int(walked.y.argmax())
    loss, logit = (
        row_scores(g[:, None], encoding.groups, encoding.covariance)[:, 0] for g in (walked.dx_numpy, walked.do_torch)
    )
    order = np.argsort(-loss, kind="stable")
    names = list(encoding.groups)
    return Listing(
        row=row,
        label=table.classes[label],
        loss=float(-np.log(walked.p[label])),
        probability=float(walked.p[label]),
        raw=tuple(RawValue(name, _cell(cells[name], table, name)) for name in table.features),
        a1=_abbreviate(walked.a1),
        x1=_abbreviate(walked.x1),
        a2=_abbreviate(walked.a2),
        x2=_abbreviate(walked.x2),
        a3=tuple(walked.a3.tolist()),
        p=tuple(walked.p.tolist()),
        delta3=tuple(walked.delta3.tolist()),
        delta2=_abbreviate(walked.delta2),
        delta1=_abbreviate(walked.delta1),
        inputs=_inputs(walked, encoding),
        scores=tuple(ListingScore(names[i], float(loss[i]), float(logit[i])) for i in order),
        gradient_norm=float(np.linalg.norm(walked.dx_numpy)),
        step=STEP,
        numpy_against_torch=float(np.abs(walked.dx_numpy - walked.dx_torch).max()),
        numpy_against_central=float(np.abs(walked.dx_numpy - walked.dx_central).max()),
    )


def _inputs(walked: Walk, encoding: Encoding) -> tuple[ListingInput, ...]:
    owner = _owners(encoding.groups)
    columns = zip(encoding.inputs, walked.x0.tolist(), walked.dx_numpy.tolist(), walked.do_torch.tolist(), strict=True)
    return tuple(ListingInput(name, owner[i], *values) for i, (name, *values) in enumerate(columns))


def _owners(groups: Mapping[str, Array]) -> dict[int, str]:
    return {int(i): feature for feature, own in groups.items() for i in own}


def _abbreviate(vector: Array) -> Vector:
    return Vector(
        first=tuple((vector[:SHOWN] + 0.0).tolist()),  # + 0.0 turns -0 into 0
        length=len(vector),
        norm=float(np.linalg.norm(vector)),
        nonzero=int(np.count_nonzero(vector)),
    )


def _cell(value: object, table: Table, name: str) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return "missing"
    column = table.column(name)
    if not isinstance(column, Numerical):
        return str(value)
    return f"{value:g} ({column.unit})" if column.unit else f"{value:g}"  # of 1 a unit in the plural would be odd


def _probes(x0: Array) -> Array:
    """Return x0 + h e_i for every i, then x0 - h e_i, h = STEP: (D, 2 D)."""
    shift = STEP * np.eye(len(x0))
    return np.hstack([x0[:, None] + shift, x0[:, None] - shift])


def _crosses_kink(params: Params, x0: Array) -> bool:
    """Return whether a unit is on at one probe of the central differences and off at another, or rests at 0."""
    X = np.hstack([x0[:, None], _probes(x0)])
    for W, b in ((params.W1, params.b1), (params.W2, params.b2)):
        A = W @ X + b
        on = A > 0
        if (on != on[:, :1]).any() or (A == 0).any():
            return True
        X = np.maximum(A, 0)
    return False
