"""What the report may print of the logistic regression: each field with its meaning."""

from typing import Annotated

from msgspec import Meta, Struct

from analysis.results.inputs import DataFile
from analysis.results.types import Fraction, NonNegative, Replicated


class Weight(Struct, frozen=True, forbid_unknown_fields=True):
    """The weight of one feature."""

    feature: Annotated[str, "name of the feature"]
    weight: Annotated[Replicated, "weight per standard deviation of the feature, over splits"]


class LogisticRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A logistic regression, trained once for each split of the table."""

    data: DataFile
    warnings: Annotated[tuple[str, ...], "warnings from reading the table"]
    rows: Annotated[int, Meta(ge=1), "rows of the table"]
    training_rows: Annotated[int, Meta(ge=1), "rows of the training fold"]
    commonest: Annotated[Fraction, "share of the commonest class among all rows, fraction"]
    first_loss: Annotated[NonNegative, "training loss before the first update, first split, nats"]
    last_loss: Annotated[NonNegative, "training loss after the last update, first split, nats"]
    validation_accuracy: Annotated[Replicated, "accuracy on the validation fold over splits, fraction"]
    margin: Annotated[Replicated, "validation accuracy minus the share of the commonest class"]
    weights: Annotated[tuple[Weight, ...], "a weight a feature, the largest magnitude first"]
