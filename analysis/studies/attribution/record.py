"""The record of the study `attribution`.

Four quantities are differentiated by the input: `logit` o_m and `probability` p_m of the winning class m and
`margin`, o_m minus the runner-up's logit, each over the correctly classified training rows (Section 2.8 of the
book, our reading), and `loss`, the row's cross-entropy over all training rows (Part C (a)).
A feature's score is the mean over these rows of sqrt(g' S g): g the derivatives by the feature's inputs, S their
covariance in the training fold; its unit is that of the quantity per standard deviation of the feature.
Two features differ in a quantity if the t interval of the paired difference of their scores over the replicates
excludes 0, else they are tied: the report's rule for any two quantities.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from analysis.results.types import Count, Fraction, NonNegative, Replicated, RoundingError


class Score(Struct, frozen=True, forbid_unknown_fields=True):
    """How strongly one quantity depends on one feature, over replicates."""

    score: Annotated[NonNegative, "mean over replicates, quantity per standard deviation"]
    std: Annotated[NonNegative, "standard deviation over replicates, same unit"]
    lowest: Annotated[NonNegative, "smallest over replicates, same unit"]
    highest: Annotated[NonNegative, "largest over replicates, same unit"]
    relative: Annotated[Fraction, "score divided by the largest score of this quantity"]
    rank: Annotated[int, Meta(ge=1), "1 + features whose score in this quantity is larger by more than noise"]
    tied_with: Annotated[tuple[str, ...], "features whose score differs from this one within noise"]
    replicates: Annotated[tuple[NonNegative, ...], "the score of each replicate, same unit"]


class RankedFeature(Struct, frozen=True, forbid_unknown_fields=True):
    """One feature of the ranked list; the list is in the order of the logit's mean score, largest first."""

    feature: Annotated[str, "name of the feature"]
    score: Annotated[NonNegative, "mean score over replicates, logit per standard deviation"]
    lowest: Annotated[NonNegative, "smallest score over replicates, same unit"]
    highest: Annotated[NonNegative, "largest score over replicates, same unit"]
    rank: Annotated[int, Meta(ge=1), "1 + features whose logit score is larger by more than noise"]
    tied_with: Annotated[tuple[str, ...], "features whose logit score differs from this one within noise"]
    logit: Annotated[Score, "the winning class's logit (the main quantity, as above)"]
    probability: Annotated[Score, "the winning class's probability"]
    margin: Annotated[Score, "the winning logit minus the runner-up's"]
    loss: Annotated[Score, "the cross-entropy, over all training rows"]
    mutual_information: Annotated[float, "mutual information with the label from Part A, nats"]


class Effect(Struct, frozen=True, forbid_unknown_fields=True):
    """Signed derivative of the winning logit by one input, over the correct rows that one class wins."""

    effect: Annotated[float, "mean over rows, then replicates; logit per unit of the scaled input"]
    low: Annotated[float, "smallest over replicates, same unit"]
    high: Annotated[float, "largest over replicates, same unit"]
    consistency: Annotated[Fraction, "abs(mean) / mean(abs) over rows: 1 one sign throughout, 0 signs cancel"]


class SignedInput(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the signed table: a numerical input, or a category against its feature's weighted mean."""

    input: Annotated[str, "name of the input, such as 'size' or 'colour = red'"]
    feature: Annotated[str, "the feature it belongs to"]
    by_class: Annotated[tuple[Effect, ...], "one effect for each of `signed_classes`, same order"]


class ClassEffect(Struct, frozen=True, forbid_unknown_fields=True):
    """The leading numerical feature's effect on one class's winning logit."""

    name: Annotated[str, "name of the class"]
    effect: Annotated[float, "mean signed derivative, logit per standard deviation"]
    low: Annotated[float, "smallest over replicates, same unit"]
    high: Annotated[float, "largest over replicates, same unit"]
    consistency: Annotated[Fraction, "abs(mean) / mean(abs): 0 where the signs cancel"]


class Leader(Struct, frozen=True, forbid_unknown_fields=True):
    """The feature with the largest mean logit score, and how far it leads."""

    feature: Annotated[str, "name of the leading feature"]
    runner_up: Annotated[str, "feature of the second largest mean score; the leader if there is no other"]
    numerical: Annotated[bool, "whether the leader is a numerical feature"]
    alone: Annotated[bool, "whether its logit score is larger than every other feature's by more than noise"]
    first_in_quantities: Annotated[
        int, Meta(ge=0, le=4), "quantities in which its score is larger than every other's by more than noise"
    ]
    runner_up_second: Annotated[
        int, Meta(ge=0, le=4), "quantities in which the runner-up lies above all but one feature by more than noise"
    ]
    quantities: Annotated[int, Meta(ge=1), "quantities that were scored"]
    logit_ratio: Annotated[NonNegative, "its logit score / the largest of the others (0: no other)"]
    probability_ratio: Annotated[NonNegative, "the same ratio of the probability scores"]
    margin_ratio: Annotated[NonNegative, "the same ratio of the margin scores"]
    loss_ratio: Annotated[NonNegative, "the same ratio of the loss scores"]
    first_by_mutual_information: Annotated[bool, "whether Part A's mutual information leads with it"]
    mutual_information: Annotated[float, "its mutual information with the label, nats"]
    mutual_information_rank: Annotated[int, Meta(ge=1), "its rank by mutual information, 1 the largest"]
    by_class: Annotated[tuple[ClassEffect, ...], "class by class; empty for a categorical leader"]
    strongest: Annotated[ClassEffect | None, "class with the largest absolute mean effect; absent if categorical"]
    weakest: Annotated[ClassEffect | None, "class with the smallest absolute mean effect; absent if categorical"]
    mixed: Annotated[ClassEffect | None, "class in which signs cancel most; absent if categorical"]
    signs: Annotated[
        Literal["rising", "falling", "other"],
        "rising: below 0 for the first class shown and above for the last, in every replicate",
    ]
    suspect: Annotated[bool, "whether Part A's rule names it as a suspect"]


class Correlation(Struct, frozen=True, forbid_unknown_fields=True):
    """Spearman rank correlation of a quantity's scores with the mutual information of Part A."""

    rho: Annotated[float, Meta(ge=-1, le=1), "Spearman's coefficient (0 where one side is constant)"]
    p: Annotated[Fraction, "two-sided permutation p-value"]


class Relation(Struct, frozen=True, forbid_unknown_fields=True):
    """Attribution against Part A: do features that tell more of the label also score higher?"""

    features: Annotated[int, Meta(ge=1), "features compared, n"]
    permutations: Annotated[int, Meta(ge=1), "permutations: all n! of them, or the number drawn"]
    exact: Annotated[bool, "whether all n! permutations were taken"]
    smallest_p: Annotated[Fraction, "smallest p that n features without ties could give"]
    logit: Annotated[Correlation, "scores of the winning logit"]
    probability: Annotated[Correlation, "scores of the winning probability"]
    margin: Annotated[Correlation, "scores of winner minus runner-up"]
    loss: Annotated[Correlation, "scores of the loss over all rows"]
    expected: Annotated[tuple[str, ...], "features that Part A expects to be influential"]
    expected_found: Annotated[Count, "how many of them are among as many first of the ranked list"]
    uninformative: Annotated[tuple[str, ...], "features whose mutual information Part A cannot tell from 0"]
    uninformative_relative: Annotated[Fraction, "largest relative logit score among them; 0 if no such feature exists"]


class Checks(Struct, frozen=True, forbid_unknown_fields=True):
    """Agreement of independent computations on the first replicate's training rows, float64."""

    rows: Annotated[Count, "training rows compared"]
    numpy_against_torch: Annotated[RoundingError, "dL/dx: largest difference relative to the largest entry"]
    captum_against_torch: Annotated[NonNegative, "do_m/dx: largest difference relative to the largest entry"]
    identity: Annotated[
        RoundingError, "dL/dx against -(1/p_m) dp_m/dx on correct rows: largest difference / largest entry"
    ]
    identity_rows: Annotated[Count, "correctly classified rows on which the identity was checked"]


class Vector(Struct, frozen=True, forbid_unknown_fields=True):
    """A layer's vector, abbreviated."""

    first: Annotated[tuple[float, ...], "its first entries, four at most"]
    length: Annotated[Count, "number of entries"]
    norm: Annotated[NonNegative, "Euclidean norm"]
    nonzero: Annotated[Count, "entries that are not 0"]


class RawValue(Struct, frozen=True, forbid_unknown_fields=True):
    """What the table holds for the listing in one column."""

    feature: Annotated[str, "name of the feature"]
    value: Annotated[str, "the cell, with its unit; 'missing' where it is a gap"]


class ListingInput(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the listing's input vector and of dL/dx."""

    input: Annotated[str, "name of the input"]
    feature: Annotated[str, "the feature it belongs to"]
    value: Annotated[float, "x_i: standardised, or 0 and 1 for a category"]
    loss_derivative: Annotated[float, "dL/dx_i, by backpropagation"]
    logit_derivative: Annotated[float, "do_m/dx_i of the winning class m, by PyTorch"]


class ListingScore(Struct, frozen=True, forbid_unknown_fields=True):
    """One feature's part in the listing: sqrt(g' S g) of this single row."""

    feature: Annotated[str, "name of the feature"]
    loss: Annotated[NonNegative, "from dL/dx, loss per standard deviation"]
    logit: Annotated[NonNegative, "from do_m/dx, logit per standard deviation"]


class Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """One training row followed through the first replicate's network, float64."""

    row: Annotated[int, Meta(ge=1), "position among the rows read, 1 the first"]
    label: Annotated[str, "its class, which is also the winning class"]
    loss: Annotated[NonNegative, "-log p of the label, nats"]
    probability: Annotated[Fraction, "probability of the winning class"]
    raw: Annotated[tuple[RawValue, ...], "its cells, feature by feature"]
    a1: Annotated[Vector, "first hidden layer before the activation"]
    x1: Annotated[Vector, "first hidden layer"]
    a2: Annotated[Vector, "second hidden layer before the activation"]
    x2: Annotated[Vector, "second hidden layer"]
    a3: Annotated[tuple[float, ...], "logits, class by class"]
    p: Annotated[tuple[float, ...], "probabilities, class by class"]
    delta3: Annotated[tuple[float, ...], "p - y, class by class"]
    delta2: Annotated[Vector, "delta of the second hidden layer"]
    delta1: Annotated[Vector, "delta of the first hidden layer"]
    inputs: Annotated[tuple[ListingInput, ...], "inputs with their derivatives"]
    scores: Annotated[tuple[ListingScore, ...], "features, largest loss score first"]
    gradient_norm: Annotated[NonNegative, "norm of dL/dx"]
    step: Annotated[NonNegative, "step of the central differences, in scaled inputs"]
    numpy_against_torch: Annotated[RoundingError, "largest absolute difference of dL/dx"]
    numpy_against_central: Annotated[RoundingError, "largest absolute difference of dL/dx"]


class AttributionRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Gradient-based attribution by PyTorch: ranked list, signs, relation to Part A, one row followed."""

    ranking: Annotated[tuple[RankedFeature, ...], Meta(min_length=1), "features, most influential first"]
    tied_features: Annotated[Count, "features whose logit score is tied with that of another"]
    leader: Leader
    relation: Relation
    signed_classes: Annotated[tuple[str, ...], "classes with a correct row in some replicate"]
    signed: Annotated[tuple[SignedInput, ...], "the signed class x input table, in input order"]
    checks: Checks
    listing: Listing
    walked_replicate: Annotated[Count, "replicate whose network PyTorch trained; it is checked and followed"]
    learning_rate: Annotated[float, Meta(gt=0), "learning rate of every network, that of Part B"]
    iterations: Annotated[int, Meta(ge=1), "full-batch updates of each run"]
    replicates: Annotated[int, Meta(ge=2), "replicates (each with its own split and initial parameters)"]
    inputs: Annotated[int, Meta(ge=1), "inputs of the network, D"]
    parameters: Annotated[int, Meta(ge=1), "parameters of the network"]
    train_rows: Annotated[int, Meta(ge=1), "rows of a training fold"]
    train_accuracy: Annotated[Replicated, "training accuracy of the networks in PyTorch, fraction"]
    validation_accuracy: Annotated[Replicated, "validation accuracy of the networks in PyTorch, fraction"]
    wrong_share: Annotated[Replicated, "share of training rows that are misclassified, fraction"]
    wrong_loss_share: Annotated[
        Replicated, "share of the leader's loss score that comes from misclassified rows, fraction"
    ]
    confident_above: Annotated[Fraction, "a row is called confident where p_m exceeds this"]
    confident_share: Annotated[Replicated, "share of correct rows that are confident, fraction"]
    confident_probability_share: Annotated[
        Replicated, "share of the leader's probability score that comes from confident rows, fraction"
    ]
    confident_logit_share: Annotated[
        Replicated, "share of the leader's logit score that comes from confident rows, fraction"
    ]
