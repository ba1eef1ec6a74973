"""The record of the study `attribution`.

Four quantities are differentiated by the input: `logit` o_m and `probability` p_m of the winning class m and
`margin`, o_m minus the runner-up's logit, each over the correctly classified training rows (Section 2.8 of the
book, our reading), and `loss`, the row's cross-entropy over all training rows (Part C (a)).
A feature's score is the mean over these rows of sqrt(g' S g): g the derivatives by the feature's inputs, S their
covariance in the training fold; its unit is that of the quantity per standard deviation of the feature.
An interval is the range over replicates, smallest to largest.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from analysis.results.types import Fraction, NonNegative, Replicated, RoundingError

Count = Annotated[int, Meta(ge=0)]


class Score(Struct, frozen=True, forbid_unknown_fields=True):
    """How strongly one quantity depends on one feature, over replicates."""

    score: Annotated[NonNegative, Meta(description="mean over replicates, quantity per standard deviation")]
    std: Annotated[NonNegative, Meta(description="standard deviation over replicates, same unit")]
    interval_low: Annotated[NonNegative, Meta(description="smallest over replicates, same unit")]
    interval_high: Annotated[NonNegative, Meta(description="largest over replicates, same unit")]
    relative: Annotated[Fraction, Meta(description="score divided by the largest score of this quantity")]
    rank: Annotated[int, Meta(ge=1, description="1 + features whose interval lies wholly above this one's")]


class RankedFeature(Struct, frozen=True, forbid_unknown_fields=True):
    """One feature of the ranked list; the list is in the order of the logit's mean score, largest first."""

    feature: Annotated[str, Meta(description="name of the feature")]
    score: Annotated[NonNegative, Meta(description="mean score over replicates, logit per standard deviation")]
    interval_low: Annotated[NonNegative, Meta(description="smallest score over replicates, same unit")]
    interval_high: Annotated[NonNegative, Meta(description="largest score over replicates, same unit")]
    rank: Annotated[int, Meta(ge=1, description="1 + features whose interval lies wholly above; ties share it")]
    tied_with: Annotated[tuple[str, ...], Meta(description="features whose intervals overlap this one's")]
    logit: Annotated[Score, Meta(description="the winning class's logit (the main quantity, as above)")]
    probability: Annotated[Score, Meta(description="the winning class's probability")]
    margin: Annotated[Score, Meta(description="the winning logit minus the runner-up's")]
    loss: Annotated[Score, Meta(description="the cross-entropy, over all training rows")]
    mutual_information: Annotated[float, Meta(description="mutual information with the label from Part A, nats")]


class Effect(Struct, frozen=True, forbid_unknown_fields=True):
    """Signed derivative of the winning logit by one input, over the correct rows that one class wins."""

    effect: Annotated[float, Meta(description="mean over rows, then replicates; logit per unit of the scaled input")]
    low: Annotated[float, Meta(description="smallest over replicates, same unit")]
    high: Annotated[float, Meta(description="largest over replicates, same unit")]
    consistency: Annotated[
        Fraction, Meta(description="abs(mean) / mean(abs) over rows: 1 one sign throughout, 0 signs cancel")
    ]


class SignedInput(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the signed table: a numerical input, or a category against its feature's weighted mean."""

    input: Annotated[str, Meta(description="name of the input, such as 'size' or 'colour = red'")]
    feature: Annotated[str, Meta(description="the feature it belongs to")]
    by_class: Annotated[tuple[Effect, ...], Meta(description="one effect for each of `signed_classes`, same order")]


class ClassEffect(Struct, frozen=True, forbid_unknown_fields=True):
    """The leading numerical feature's effect on one class's winning logit."""

    name: Annotated[str, Meta(description="name of the class")]
    effect: Annotated[float, Meta(description="mean signed derivative, logit per standard deviation")]
    low: Annotated[float, Meta(description="smallest over replicates, same unit")]
    high: Annotated[float, Meta(description="largest over replicates, same unit")]
    consistency: Annotated[Fraction, Meta(description="abs(mean) / mean(abs): 0 where the signs cancel")]


class Leader(Struct, frozen=True, forbid_unknown_fields=True):
    """The feature with the largest mean logit score, and how far it leads."""

    feature: Annotated[str, Meta(description="name of the leading feature")]
    runner_up: Annotated[
        str, Meta(description="feature of the second largest mean score; the leader if there is no other")
    ]
    numerical: Annotated[bool, Meta(description="whether the leader is a numerical feature")]
    alone: Annotated[bool, Meta(description="whether no other feature's logit interval overlaps the leader's")]
    first_in_quantities: Annotated[int, Meta(ge=0, le=4, description="quantities in which its mean score is largest")]
    quantities: Annotated[int, Meta(ge=1, description="quantities that were scored")]
    logit_ratio: Annotated[NonNegative, Meta(description="its logit score / the largest of the others (0: no other)")]
    probability_ratio: Annotated[NonNegative, Meta(description="the same ratio of the probability scores")]
    margin_ratio: Annotated[NonNegative, Meta(description="the same ratio of the margin scores")]
    loss_ratio: Annotated[NonNegative, Meta(description="the same ratio of the loss scores")]
    first_by_mutual_information: Annotated[bool, Meta(description="whether Part A's mutual information leads with it")]
    mutual_information: Annotated[float, Meta(description="its mutual information with the label, nats")]
    mutual_information_rank: Annotated[int, Meta(ge=1, description="its rank by mutual information, 1 the largest")]
    by_class: Annotated[tuple[ClassEffect, ...], Meta(description="class by class; empty for a categorical leader")]
    strongest: Annotated[
        ClassEffect | None, Meta(description="class with the largest absolute mean effect; absent if categorical")
    ]
    weakest: Annotated[
        ClassEffect | None, Meta(description="class with the smallest absolute mean effect; absent if categorical")
    ]
    mixed: Annotated[ClassEffect | None, Meta(description="class in which signs cancel most; absent if categorical")]
    signs: Annotated[
        Literal["rising", "falling", "other"],
        Meta(description="rising: below 0 for the first class shown and above for the last, in every replicate"),
    ]
    suspect: Annotated[bool, Meta(description="whether Part A's rule names it as a suspect")]


class Correlation(Struct, frozen=True, forbid_unknown_fields=True):
    """Spearman rank correlation of a quantity's scores with the mutual information of Part A."""

    rho: Annotated[float, Meta(ge=-1, le=1, description="Spearman's coefficient (0 where one side is constant)")]
    p: Annotated[Fraction, Meta(description="two-sided permutation p-value")]


class Relation(Struct, frozen=True, forbid_unknown_fields=True):
    """Attribution against Part A: do features that tell more of the label also score higher?"""

    features: Annotated[int, Meta(ge=1, description="features compared, n")]
    permutations: Annotated[int, Meta(ge=1, description="permutations: all n! of them, or the number drawn")]
    exact: Annotated[bool, Meta(description="whether all n! permutations were taken")]
    smallest_p: Annotated[Fraction, Meta(description="smallest p that n features without ties could give")]
    logit: Annotated[Correlation, Meta(description="scores of the winning logit")]
    probability: Annotated[Correlation, Meta(description="scores of the winning probability")]
    margin: Annotated[Correlation, Meta(description="scores of winner minus runner-up")]
    loss: Annotated[Correlation, Meta(description="scores of the loss over all rows")]
    expected: Annotated[tuple[str, ...], Meta(description="features that Part A expects to be influential")]
    expected_found: Annotated[Count, Meta(description="how many of them are among as many first of the ranked list")]
    uninformative: Annotated[
        tuple[str, ...], Meta(description="features whose mutual information Part A cannot tell from 0")
    ]
    uninformative_relative: Annotated[
        Fraction, Meta(description="largest relative logit score among them; 0 if no such feature exists")
    ]


class Checks(Struct, frozen=True, forbid_unknown_fields=True):
    """Agreement of independent computations on the first replicate's training rows, float64."""

    rows: Annotated[Count, Meta(description="training rows compared")]
    numpy_against_torch: Annotated[
        RoundingError, Meta(description="dL/dx: largest difference relative to the largest entry")
    ]
    captum_against_torch: Annotated[
        NonNegative, Meta(description="do_m/dx: largest difference relative to the largest entry")
    ]
    identity: Annotated[
        RoundingError,
        Meta(description="dL/dx against -(1/p_m) dp_m/dx on correct rows: largest difference / largest entry"),
    ]
    identity_rows: Annotated[Count, Meta(description="correctly classified rows on which the identity was checked")]


class Vector(Struct, frozen=True, forbid_unknown_fields=True):
    """A layer's vector, abbreviated."""

    first: Annotated[tuple[float, ...], Meta(description="its first entries, four at most")]
    length: Annotated[Count, Meta(description="number of entries")]
    norm: Annotated[NonNegative, Meta(description="Euclidean norm")]
    nonzero: Annotated[Count, Meta(description="entries that are not 0")]


class RawValue(Struct, frozen=True, forbid_unknown_fields=True):
    """What the table holds for the listing in one column."""

    feature: Annotated[str, Meta(description="name of the feature")]
    value: Annotated[str, Meta(description="the cell, with its unit; 'missing' where it is a gap")]


class ListingInput(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the listing's input vector and of dL/dx."""

    input: Annotated[str, Meta(description="name of the input")]
    feature: Annotated[str, Meta(description="the feature it belongs to")]
    value: Annotated[float, Meta(description="x_i: standardised, or 0 and 1 for a category")]
    loss_derivative: Annotated[float, Meta(description="dL/dx_i, by backpropagation")]
    logit_derivative: Annotated[float, Meta(description="do_m/dx_i of the winning class m, by PyTorch")]


class ListingScore(Struct, frozen=True, forbid_unknown_fields=True):
    """One feature's part in the listing: sqrt(g' S g) of this single row."""

    feature: Annotated[str, Meta(description="name of the feature")]
    loss: Annotated[NonNegative, Meta(description="from dL/dx, loss per standard deviation")]
    logit: Annotated[NonNegative, Meta(description="from do_m/dx, logit per standard deviation")]


class Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """One training row followed through the first replicate's network, float64."""

    row: Annotated[int, Meta(ge=1, description="position among the rows read, 1 the first")]
    label: Annotated[str, Meta(description="its class, which is also the winning class")]
    loss: Annotated[NonNegative, Meta(description="-log p of the label, nats")]
    probability: Annotated[Fraction, Meta(description="probability of the winning class")]
    raw: Annotated[tuple[RawValue, ...], Meta(description="its cells, feature by feature")]
    a1: Annotated[Vector, Meta(description="first hidden layer before the activation")]
    x1: Annotated[Vector, Meta(description="first hidden layer")]
    a2: Annotated[Vector, Meta(description="second hidden layer before the activation")]
    x2: Annotated[Vector, Meta(description="second hidden layer")]
    a3: Annotated[tuple[float, ...], Meta(description="logits, class by class")]
    p: Annotated[tuple[float, ...], Meta(description="probabilities, class by class")]
    delta3: Annotated[tuple[float, ...], Meta(description="p - y, class by class")]
    delta2: Annotated[Vector, Meta(description="delta of the second hidden layer")]
    delta1: Annotated[Vector, Meta(description="delta of the first hidden layer")]
    inputs: Annotated[tuple[ListingInput, ...], Meta(description="inputs with their derivatives")]
    scores: Annotated[tuple[ListingScore, ...], Meta(description="features, largest loss score first")]
    gradient_norm: Annotated[NonNegative, Meta(description="norm of dL/dx")]
    step: Annotated[NonNegative, Meta(description="step of the central differences, in scaled inputs")]
    numpy_against_torch: Annotated[RoundingError, Meta(description="largest absolute difference of dL/dx")]
    numpy_against_central: Annotated[RoundingError, Meta(description="largest absolute difference of dL/dx")]


class AttributionRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Gradient-based attribution of the PyTorch model: ranked list, signs, relation to Part A, one row followed."""

    ranking: Annotated[tuple[RankedFeature, ...], Meta(min_length=1, description="features, most influential first")]
    tied_features: Annotated[Count, Meta(description="features whose logit interval overlaps that of another")]
    leader: Leader
    relation: Relation
    signed_classes: Annotated[tuple[str, ...], Meta(description="classes with a correct row in some replicate")]
    signed: Annotated[tuple[SignedInput, ...], Meta(description="the signed class x input table, in input order")]
    checks: Checks
    listing: Listing
    learning_rate: Annotated[float, Meta(gt=0, description="learning rate of the PyTorch runs, that of Part B")]
    iterations: Annotated[int, Meta(ge=1, description="full-batch updates of each run")]
    replicates: Annotated[int, Meta(ge=2, description="replicates (each with its own split and initial parameters)")]
    inputs: Annotated[int, Meta(ge=1, description="inputs of the network, D")]
    parameters: Annotated[int, Meta(ge=1, description="parameters of the network")]
    train_rows: Annotated[int, Meta(ge=1, description="rows of a training fold")]
    train_accuracy: Annotated[Replicated, Meta(description="training accuracy of the PyTorch models, fraction")]
    validation_accuracy: Annotated[Replicated, Meta(description="validation accuracy of the PyTorch models, fraction")]
    accuracy_difference_from_numpy: Annotated[
        Fraction, Meta(description="largest over replicates: abs(PyTorch - NumPy) validation accuracy, ReLU, fraction")
    ]
    correct_rows: Annotated[Replicated, Meta(description="correctly classified training rows")]
    wrong_share: Annotated[Replicated, Meta(description="share of training rows that are misclassified, fraction")]
    wrong_loss_share: Annotated[
        Replicated, Meta(description="share of the leader's loss score that comes from misclassified rows, fraction")
    ]
    confident_above: Annotated[Fraction, Meta(description="a row is called confident where p_m exceeds this")]
    confident_share: Annotated[Replicated, Meta(description="share of correct rows that are confident, fraction")]
    confident_probability_share: Annotated[
        Replicated, Meta(description="share of the leader's probability score that comes from confident rows, fraction")
    ]
    confident_logit_share: Annotated[
        Replicated, Meta(description="share of the leader's logit score that comes from confident rows, fraction")
    ]
