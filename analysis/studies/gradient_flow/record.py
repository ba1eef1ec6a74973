"""The record of the study `gradient_flow`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from analysis.results.types import Fraction, Replicated

Iteration = Annotated[int, Meta(ge=0)]


class Moment(Struct, frozen=True, forbid_unknown_fields=True):
    """What gradients meet on their way down, at one iteration (after as many updates)."""

    iteration: Annotated[Iteration, Meta(description="updates made so far")]
    gradient_1: Annotated[Replicated, Meta(description="mean absolute entry of dL/dW1, first hidden layer")]
    gradient_2: Annotated[Replicated, Meta(description="mean absolute entry of dL/dW2, second hidden layer")]
    gradient_ratio: Annotated[Replicated, Meta(description="mean |dL/dW1| over mean |dL/dW2|")]
    delta_ratio: Annotated[Replicated, Meta(description="|delta1| over |delta2|, the product of the two factors")]
    weights_factor: Annotated[Replicated, Meta(description="|W2^T delta2| over |delta2|: what the weights do")]
    activation_factor: Annotated[Replicated, Meta(description="|delta1| over |W2^T delta2|: what g' does")]
    slope_1: Annotated[Replicated, Meta(description="mean g'(A) of the first hidden layer")]
    slope_2: Annotated[Replicated, Meta(description="mean g'(A) of the second hidden layer")]
    stuck_1: Annotated[
        Replicated,
        Meta(description="first layer, fraction: sigmoid, (unit, example) pairs with a small g'(A); ReLU, dead units"),
    ]
    stuck_2: Annotated[Replicated, Meta(description="the same of the second hidden layer")]


class Flow(Struct, frozen=True, forbid_unknown_fields=True):
    """Gradient flow of one activation's runs."""

    start: Annotated[Moment, Meta(description="before the first update")]
    end: Annotated[Moment, Meta(description="after the last update")]
    moments: Annotated[tuple[Moment, ...], Meta(min_length=2, description="the reported iterations, start to end")]
    ratio_growth: Annotated[Replicated, Meta(description="|delta1|/|delta2| at the end over that at the start")]
    weights_growth: Annotated[Replicated, Meta(description="the weights' factor at the end over that at the start")]
    activation_growth: Annotated[Replicated, Meta(description="the activation's factor, end over start")]
    smallest_ratio: Annotated[Replicated, Meta(description="smallest |delta1|/|delta2| of any measured iteration")]
    largest_ratio: Annotated[Replicated, Meta(description="largest |delta1|/|delta2| of any measured iteration")]
    first_layer_larger: Annotated[
        Replicated, Meta(description="share of all iterations with mean |dL/dW1| above mean |dL/dW2|, fraction")
    ]
    largest_gradient_1_at: Annotated[Replicated, Meta(description="iteration of the largest mean |dL/dW1|")]


class GradientFlowRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `gradient_flow`."""

    iterations: Annotated[Iteration, Meta(description="updates of every run")]
    replicates: Annotated[int, Meta(ge=1, description="replicates")]
    plotted_replicate: Annotated[int, Meta(ge=0, description="replicate that the figure shows")]
    probes: Annotated[int, Meta(ge=2, description="iterations at which the deltas were measured")]
    probed_each_until: Annotated[Iteration, Meta(description="the deltas were measured at every iteration up to here")]
    vanishing_below: Annotated[
        float, Meta(gt=0, description="|delta1|/|delta2| below which the gradient is said to vanish")
    ]
    saturated_below: Annotated[Fraction, Meta(description="g'(A) below which a sigmoid counts as saturated")]
    sigmoid: Annotated[Flow, Meta(description="the runs with sigmoid")]
    relu: Annotated[Flow, Meta(description="the runs with ReLU")]
    gradient_1_relu_over_sigmoid_at_start: Annotated[
        Replicated, Meta(description="mean |dL/dW1| of ReLU over that of sigmoid before the first update")
    ]
    gradient_1_relu_over_sigmoid_at_end: Annotated[
        Replicated, Meta(description="mean |dL/dW1| of ReLU over that of sigmoid after the last update")
    ]
