"""The record of the study `training`."""

from typing import Annotated

from msgspec import Meta, Struct

from analysis.results.types import Count, Fraction, Replicated, RoundingError

PositiveCount = Annotated[int, Meta(ge=1)]


class SweepRun(Struct, frozen=True, forbid_unknown_fields=True):
    """One run of the sweep: one activation at one learning rate, replicate 0."""

    diverged: Annotated[bool, "whether the loss was no number any more, or over 20 times that of guessing"]
    validation_accuracy: Annotated[
        Fraction | None, "validation accuracy at the last iteration, fraction; absent if diverged"
    ]
    last_validation_accuracy: Annotated[
        Fraction | None, "mean validation accuracy of the last iterations (`training.last`); absent if diverged"
    ]


class SweepRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One learning rate of the sweep."""

    learning_rate: Annotated[float, Meta(gt=0), "learning rate"]
    sigmoid: Annotated[SweepRun, "the run with sigmoid"]
    relu: Annotated[SweepRun, "the run with ReLU"]
    chosen: Annotated[bool, "whether both activations are trained at this rate"]


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """When validation accuracy first reached the accuracy of the settings."""

    reached: Annotated[Count, "replicates that reached it"]
    iterations: Annotated[Replicated | None, "updates needed, over the replicates that reached it; absent if none did"]
    held: Annotated[Count, "replicates that were at it or above at the last iteration"]
    held_from: Annotated[
        Replicated | None, "updates after which it was never left again, over the replicates that held it; absent if 0"
    ]


class ActivationRuns(Struct, frozen=True, forbid_unknown_fields=True):
    """The runs of one activation at the chosen learning rate."""

    train_accuracy: Annotated[Replicated, "training accuracy at the last iteration, fraction"]
    validation_accuracy: Annotated[Replicated, "validation accuracy at the last iteration, fraction"]
    train_accuracy_at_report: Annotated[Replicated, "training accuracy at iteration `report_at`, fraction"]
    validation_accuracy_at_report: Annotated[Replicated, "validation accuracy at iteration `report_at`, fraction"]
    last_gap_train_minus_validation: Annotated[
        Replicated, "training minus validation accuracy, mean of the last iterations (`training.last`), fraction"
    ]
    last_validation_accuracy: Annotated[
        Replicated, "mean validation accuracy of the last iterations (`training.last`), fraction"
    ]
    last_validation_swing: Annotated[
        Replicated, "largest minus smallest validation accuracy of the last iterations (`training.last`)"
    ]
    loss: Annotated[Replicated, "mean cross-entropy of training at the last iteration, nats"]
    loss_rose: Annotated[Replicated, "share of the updates after which the training loss was larger, fraction"]
    named: Annotated[Named, "updates until validation accuracy reaches the settings' accuracy"]
    plotted_validation_accuracy: Annotated[
        Fraction, "validation accuracy of the plotted run at the last iteration, fraction"
    ]


class ReluMinusSigmoid(Struct, frozen=True, forbid_unknown_fields=True):
    """Paired differences, ReLU minus sigmoid on the same split."""

    validation_accuracy: Annotated[Replicated, "difference of validation accuracies at the last iteration, fraction"]
    validation_accuracy_at_report: Annotated[Replicated, "difference of validation accuracies at `report_at`, fraction"]
    last_validation_accuracy: Annotated[
        Replicated, "difference of the mean validation accuracies of the last iterations, fraction"
    ]
    last_train_accuracy: Annotated[
        Replicated, "difference of the mean training accuracies of the last iterations, fraction"
    ]
    last_loss: Annotated[Replicated, "difference of the mean training losses of the last iterations, nats"]
    iterations_to_named: Annotated[
        Replicated | None, "difference of updates to that accuracy; absent unless both reach it in each replicate"
    ]
    held_from: Annotated[
        Replicated | None, "the same until it is never left again; absent unless both hold it in each replicate"
    ]


class GradientErrors(Struct, frozen=True, forbid_unknown_fields=True):
    """Largest relative error of one activation's gradients, over the six parameter arrays and two points."""

    central_differences: Annotated[RoundingError, "against central differences along one direction"]
    pytorch: Annotated[RoundingError, "against PyTorch's autograd, elementwise"]


class GradientCheck(Struct, frozen=True, forbid_unknown_fields=True):
    """Our gradients, in float64, against two independent computations."""

    rows: Annotated[PositiveCount, "training rows the check runs on"]
    step: Annotated[float, Meta(gt=0), "step of the central differences, relative to the parameters' norm"]
    sigmoid: Annotated[GradientErrors, "errors with sigmoid"]
    relu: Annotated[GradientErrors, "errors with ReLU"]


class Twins(Struct, frozen=True, forbid_unknown_fields=True):
    """The ReLU network that PyTorch trains on the plotted replicate beside NumPy's, from the same start."""

    parameter_difference: Annotated[
        float, Meta(ge=0), "norm of the difference of all parameters over the norm of NumPy's"
    ]
    different_predictions: Annotated[Fraction, "share of the validation rows for which they predict different classes"]
    accuracy_difference: Annotated[Fraction, "difference of their validation accuracies, absolute, fraction"]


class TrainingRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `training`."""

    inputs: Annotated[PositiveCount, "inputs of the network, D"]
    hidden: Annotated[tuple[PositiveCount, PositiveCount], "units of the two hidden layers, M1 and M2"]
    classes: Annotated[PositiveCount, "outputs of the network, K"]
    parameters: Annotated[PositiveCount, "weights and biases in all"]
    train_rows: Annotated[PositiveCount, "rows of a training fold"]
    validation_rows: Annotated[PositiveCount, "rows of a validation fold"]
    iterations: Annotated[PositiveCount, "updates of every run"]
    last: Annotated[PositiveCount, "iterations at the end of a run that count as its last ones"]
    report_at: Annotated[PositiveCount, "update after which accuracies are also reported"]
    replicates: Annotated[PositiveCount, "replicates, each with its own split and initialisation"]
    swept_replicate: Annotated[Count, "replicate on which the learning rates were tried"]
    plotted_replicate: Annotated[Count, "replicate that the figures show: the median by final validation accuracy"]
    learning_rate: Annotated[float, Meta(gt=0), "chosen learning rate, the same for both activations"]
    last_means_lead: Annotated[
        float | None,
        "by how much that rate's smaller mean of the last iterations exceeds the next rate's, fraction; absent for one",
    ]
    rate_by_last_means: Annotated[
        float, Meta(gt=0), "rate that the same rule takes by the mean accuracies of the last iterations"
    ]
    smallest_rate: Annotated[float, Meta(gt=0), "smallest learning rate of the sweep"]
    largest_rate: Annotated[float, Meta(gt=0), "largest learning rate of the sweep"]
    sweep: Annotated[tuple[SweepRow, ...], Meta(min_length=1), "the learning rates tried, ascending"]
    sweep_diverged: Annotated[Count, "runs of the sweep that diverged"]
    named_accuracy: Annotated[Fraction, "validation accuracy to reach, fraction"]
    majority_validation_accuracy: Annotated[
        Replicated, "validation accuracy of always answering the largest class, fraction"
    ]
    smaller_last_swing: Annotated[
        Fraction, "smaller of the two activations' mean swing of the last iterations, fraction"
    ]
    final_difference: Annotated[
        Fraction, "mean final validation accuracies of the two activations, absolute difference"
    ]
    gradient_check: Annotated[GradientCheck, "our gradients against two independent computations"]
    sigmoid: Annotated[ActivationRuns, "the runs with sigmoid"]
    relu: Annotated[ActivationRuns, "the runs with ReLU"]
    relu_minus_sigmoid: Annotated[ReluMinusSigmoid, "paired differences of the two activations"]
    twins: Annotated[Twins, "the network that PyTorch trains beside NumPy's"]
