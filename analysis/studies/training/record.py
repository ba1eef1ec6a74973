"""The record of the study `training`."""

from typing import Annotated

from msgspec import Meta, Struct

from analysis.results.types import Fraction, Replicated, RoundingError

Count = Annotated[int, Meta(ge=1)]


class SweepRun(Struct, frozen=True, forbid_unknown_fields=True):
    """One run of the sweep: one activation at one learning rate, replicate 0."""

    diverged: Annotated[
        bool,
        Meta(description="whether the loss was no number any more, or over 20 times that of guessing"),
    ]
    validation_accuracy: Annotated[
        Fraction | None, Meta(description="validation accuracy at the last iteration, fraction; absent if diverged")
    ]


class SweepRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One learning rate of the sweep."""

    learning_rate: Annotated[float, Meta(gt=0, description="learning rate")]
    sigmoid: Annotated[SweepRun, Meta(description="the run with sigmoid")]
    relu: Annotated[SweepRun, Meta(description="the run with ReLU")]
    smaller_validation_accuracy: Annotated[
        Fraction | None,
        Meta(description="smaller of the two validation accuracies, fraction; absent if one run diverged"),
    ]
    chosen: Annotated[bool, Meta(description="whether both activations are trained at this rate")]


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """When validation accuracy first reached the accuracy of the settings."""

    reached: Annotated[int, Meta(ge=0, description="replicates that reached it")]
    iterations: Annotated[
        Replicated | None, Meta(description="updates needed, over the replicates that reached it; absent if none did")
    ]
    held: Annotated[int, Meta(ge=0, description="replicates that were at it or above at the last iteration")]
    held_from: Annotated[
        Replicated | None,
        Meta(description="updates after which it was never left again, over the replicates that held it; absent if 0"),
    ]


class ActivationRuns(Struct, frozen=True, forbid_unknown_fields=True):
    """The runs of one activation at the chosen learning rate."""

    train_accuracy: Annotated[Replicated, Meta(description="training accuracy at the last iteration, fraction")]
    validation_accuracy: Annotated[Replicated, Meta(description="validation accuracy at the last iteration, fraction")]
    train_accuracy_at_report: Annotated[
        Replicated, Meta(description="training accuracy at iteration `report_at`, fraction")
    ]
    validation_accuracy_at_report: Annotated[
        Replicated, Meta(description="validation accuracy at iteration `report_at`, fraction")
    ]
    gap_train_minus_validation: Annotated[
        Replicated, Meta(description="training minus validation accuracy at the last iteration, fraction")
    ]
    last_validation_accuracy: Annotated[
        Replicated, Meta(description="mean validation accuracy of the last iterations (`training.last`), fraction")
    ]
    last_validation_swing: Annotated[
        Replicated,
        Meta(description="largest minus smallest validation accuracy of the last iterations (`training.last`)"),
    ]
    loss: Annotated[Replicated, Meta(description="mean cross-entropy of training at the last iteration, nats")]
    loss_rose: Annotated[
        Replicated, Meta(description="share of the updates after which the training loss was larger, fraction")
    ]
    named: Annotated[Named, Meta(description="updates until validation accuracy reaches the settings' accuracy")]
    plotted_validation_accuracy: Annotated[
        Fraction, Meta(description="validation accuracy of the plotted run at the last iteration, fraction")
    ]


class ReluMinusSigmoid(Struct, frozen=True, forbid_unknown_fields=True):
    """Paired differences, ReLU minus sigmoid on the same split."""

    validation_accuracy: Annotated[
        Replicated, Meta(description="difference of validation accuracies at the last iteration, fraction")
    ]
    validation_accuracy_at_report: Annotated[
        Replicated, Meta(description="difference of validation accuracies at `report_at`, fraction")
    ]
    last_validation_accuracy: Annotated[
        Replicated, Meta(description="difference of the mean validation accuracies of the last iterations, fraction")
    ]
    last_train_accuracy: Annotated[
        Replicated, Meta(description="difference of the mean training accuracies of the last iterations, fraction")
    ]
    last_loss: Annotated[
        Replicated, Meta(description="difference of the mean training losses of the last iterations, nats")
    ]
    iterations_to_named: Annotated[
        Replicated | None,
        Meta(description="difference of updates to that accuracy; absent unless both reach it in each replicate"),
    ]


class GradientErrors(Struct, frozen=True, forbid_unknown_fields=True):
    """Largest relative error of one activation's gradients, over the six parameter arrays and two points."""

    central_differences: Annotated[RoundingError, Meta(description="against central differences along one direction")]
    pytorch: Annotated[RoundingError, Meta(description="against PyTorch's autograd, elementwise")]


class GradientCheck(Struct, frozen=True, forbid_unknown_fields=True):
    """Our gradients, in float64, against two independent computations."""

    rows: Annotated[Count, Meta(description="training rows the check runs on")]
    step: Annotated[float, Meta(gt=0, description="step of the central differences, relative to the parameters' norm")]
    tolerance_central_differences: Annotated[float, Meta(gt=0, description="largest relative error that passes")]
    tolerance_pytorch: Annotated[float, Meta(gt=0, description="largest relative error that passes")]
    sigmoid: Annotated[GradientErrors, Meta(description="errors with sigmoid")]
    relu: Annotated[GradientErrors, Meta(description="errors with ReLU")]


class TrainingRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `training`."""

    inputs: Annotated[Count, Meta(description="inputs of the network, D")]
    hidden: Annotated[tuple[Count, Count], Meta(description="units of the two hidden layers, M1 and M2")]
    classes: Annotated[Count, Meta(description="outputs of the network, K")]
    parameters: Annotated[Count, Meta(description="weights and biases in all")]
    train_rows: Annotated[Count, Meta(description="rows of a training fold")]
    validation_rows: Annotated[Count, Meta(description="rows of a validation fold")]
    iterations: Annotated[Count, Meta(description="updates of every run")]
    last: Annotated[Count, Meta(description="iterations at the end of a run that count as its last ones")]
    report_at: Annotated[Count, Meta(description="update after which accuracies are also reported")]
    replicates: Annotated[Count, Meta(description="replicates, each with its own split and initialisation")]
    swept_replicate: Annotated[int, Meta(ge=0, description="replicate on which the learning rates were tried")]
    plotted_replicate: Annotated[
        int, Meta(ge=0, description="replicate that the figures show: the median by final validation accuracy")
    ]
    plotted_seed: Annotated[int, Meta(ge=0, description="seed of the plotted replicate's split")]
    learning_rate: Annotated[float, Meta(gt=0, description="chosen learning rate, the same for both activations")]
    smallest_rate: Annotated[float, Meta(gt=0, description="smallest learning rate of the sweep")]
    largest_rate: Annotated[float, Meta(gt=0, description="largest learning rate of the sweep")]
    sweep: Annotated[tuple[SweepRow, ...], Meta(min_length=1, description="the learning rates tried, ascending")]
    sweep_diverged: Annotated[int, Meta(ge=0, description="runs of the sweep that diverged")]
    named_accuracy: Annotated[Fraction, Meta(description="validation accuracy to reach, fraction")]
    majority_validation_accuracy: Annotated[
        Replicated, Meta(description="validation accuracy of always answering the largest class, fraction")
    ]
    smaller_last_swing: Annotated[
        Fraction, Meta(description="smaller of the two activations' mean swing of the last iterations, fraction")
    ]
    final_difference: Annotated[
        Fraction, Meta(description="mean final validation accuracies of the two activations, absolute difference")
    ]
    gradient_check: Annotated[GradientCheck, Meta(description="our gradients against two independent computations")]
    sigmoid: Annotated[ActivationRuns, Meta(description="the runs with sigmoid")]
    relu: Annotated[ActivationRuns, Meta(description="the runs with ReLU")]
    relu_minus_sigmoid: Annotated[ReluMinusSigmoid, Meta(description="paired differences of the two activations")]
