"""The record of the study `gradient_flow`."""

from typing import Annotated

from msgspec import Meta, Struct

from analysis.results.types import Count, Fraction, Replicated


class Moment(Struct, frozen=True, forbid_unknown_fields=True):
    """What gradients meet on their way down, at one iteration (after as many updates)."""

    iteration: Annotated[Count, "updates made so far"]
    gradient_1: Annotated[Replicated, "mean absolute entry of dL/dW1, first hidden layer"]
    gradient_2: Annotated[Replicated, "mean absolute entry of dL/dW2, second hidden layer"]
    gradient_ratio: Annotated[Replicated, "mean |dL/dW1| over mean |dL/dW2|"]
    delta_ratio: Annotated[Replicated, "|delta1| over |delta2|, the product of the two factors"]
    weights_factor: Annotated[Replicated, "|W2^T delta2| over |delta2|: what the weights do"]
    activation_factor: Annotated[Replicated, "|delta1| over |W2^T delta2|: what g' does"]
    slope_1: Annotated[Replicated, "mean g'(A) of the first hidden layer"]
    stuck_1: Annotated[
        Replicated, "first layer, fraction: sigmoid, (unit, example) pairs with a small g'(A); ReLU, dead units"
    ]
    stuck_2: Annotated[Replicated, "the same of the second hidden layer"]


class Layers(Struct, frozen=True, forbid_unknown_fields=True):
    """Hidden units that were zero on every training row, over the iterations of a run."""

    off_once: Annotated[Replicated, "units that were off at some iteration, count"]
    off_at_end: Annotated[Replicated, "units that are off after the last update, count"]
    came_back: Annotated[Replicated, "units that were off at some iteration and on at the end, count"]


class Damping(Struct, frozen=True, forbid_unknown_fields=True):
    """Sigmoid before the first update, its hidden weights drawn with another variance."""

    variance: Annotated[float, Meta(gt=0), "variance of an initial hidden weight times the fan-in"]
    delta_ratio: Annotated[Replicated, "|delta1| over |delta2| before the first update"]


class Flow(Struct, frozen=True, forbid_unknown_fields=True):
    """Gradient flow of one activation's runs."""

    start: Annotated[Moment, "before the first update"]
    end: Annotated[Moment, "after the last update"]
    moments: Annotated[tuple[Moment, ...], Meta(min_length=2), "the reported iterations, start to end"]
    ratio_growth: Annotated[Replicated, "|delta1|/|delta2| at the end over that at the start"]
    weights_growth: Annotated[Replicated, "the weights' factor at the end over that at the start"]
    activation_growth: Annotated[Replicated, "the activation's factor, end over start"]
    smallest_ratio: Annotated[Replicated, "smallest |delta1|/|delta2| of any measured iteration"]
    largest_ratio: Annotated[Replicated, "largest |delta1|/|delta2| of any measured iteration"]
    smallest_gradient_ratio: Annotated[Replicated, "smallest mean |dL/dW1| over mean |dL/dW2| of any iteration"]
    gradient_ratio_below: Annotated[
        Replicated, "iterations at which mean |dL/dW1| over mean |dL/dW2| is below vanishing_below, count"
    ]
    even_ratio: Annotated[Replicated, "mean |delta1|/|delta2| over the even ones of the last iterations"]
    odd_ratio: Annotated[Replicated, "mean |delta1|/|delta2| over the odd ones of the last iterations"]
    last_ratio: Annotated[Replicated, "mean |delta1|/|delta2| over the last iterations, both phases"]
    alternating: Annotated[
        Replicated, "share of the last updates whose change of the loss has the sign opposite to the one before"
    ]
    loss_step: Annotated[Replicated, "mean absolute change of the training loss in the last updates, nats"]
    one_class: Annotated[Replicated, "iterations at which every training row is given the same class, count"]
    one_class_until: Annotated[Replicated, "updates after which the network always predicts more than one class"]
    units_1: Annotated[Layers, "units of the first hidden layer"]
    units_2: Annotated[Layers, "units of the second hidden layer"]
    curvature: Annotated[
        Replicated, "largest eigenvalue of the training loss's Hessian after the last update, by Lanczos"
    ]
    first_layer_larger: Annotated[
        Replicated, "share of all iterations with mean |dL/dW1| above mean |dL/dW2|, fraction"
    ]
    largest_gradient_1_at: Annotated[Replicated, "iteration of the largest mean |dL/dW1|"]


class GradientFlowRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `gradient_flow`."""

    iterations: Annotated[Count, "updates of every run"]
    replicates: Annotated[int, Meta(ge=1), "replicates"]
    plotted_replicate: Annotated[Count, "replicate that the figure shows"]
    last: Annotated[int, Meta(ge=1), "iterations at the end of a run that count as its last ones"]
    curvature_limit: Annotated[
        float, Meta(gt=0), "2 over the learning rate: descent on a quadratic overshoots beyond it"
    ]
    damping: Annotated[tuple[Damping, ...], "sigmoid before the first update, by the variance of its weights"]
    vanishing_below: Annotated[
        float, Meta(gt=0), "ratio of the first layer to the second below which the gradient is said to vanish"
    ]
    saturated_below: Annotated[Fraction, "g'(A) below which a sigmoid counts as saturated"]
    sigmoid: Annotated[Flow, "the runs with sigmoid"]
    relu: Annotated[Flow, "the runs with ReLU"]
    gradient_1_relu_over_sigmoid_at_start: Annotated[
        Replicated, "mean |dL/dW1| of ReLU over that of sigmoid before the first update"
    ]
    gradient_1_relu_over_sigmoid_at_end: Annotated[
        Replicated, "mean |dL/dW1| of ReLU over that of sigmoid after the last update"
    ]
