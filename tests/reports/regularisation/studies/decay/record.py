"""What the report may print of weight decay."""

from typing import Annotated

from msgspec import Meta, Struct

from analysis.results.inputs import DataFile
from analysis.results.types import NonNegative, Replicated


class Strength(Struct, frozen=True, forbid_unknown_fields=True):
    """The networks that were trained with one strength of weight decay."""

    strength: Annotated[NonNegative, "strength of weight decay"]
    norm: Annotated[Replicated, "root of the sum of all squared weights after training"]
    train_accuracy: Annotated[Replicated, "accuracy on the training fold after training"]
    validation_accuracy: Annotated[Replicated, "accuracy on the validation fold after training"]


class DecayRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Weight decay of several strengths, from the same starts on the same splits."""

    data: DataFile
    rows: Annotated[int, Meta(ge=1), "rows of the table"]
    rate: Annotated[float, "learning rate, as the training study chose it for ReLU"]
    strengths: Annotated[tuple[Strength, ...], "one entry a strength, as in the settings"]
    norm_change: Annotated[Replicated, "norm with the last strength minus norm with the first"]
    accuracy_change: Annotated[Replicated, "the same of validation accuracy"]
