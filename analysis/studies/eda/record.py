"""The record of the study `eda`."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from analysis.results.inputs import DataFile
from analysis.results.types import Count, Fraction, NonNegative, Replicated


class Column(Struct, frozen=True, forbid_unknown_fields=True):
    """One column of the training table as found in the file."""

    name: Annotated[str, "name of the column"]
    role: Annotated[Literal["numerical", "categorical", "target"], "what it is used as"]
    data_type: Annotated[str, "data type as found: int64, float64 or text"]
    meaning: Annotated[str, "meaning, as described in report.toml"]
    unit: Annotated[str, "unit, as described; empty for text"]
    distinct: Annotated[Count, "number of distinct values, gaps not counted"]
    whole_with_gaps: Annotated[bool, "described as whole numbers and read as float64, having gaps"]
    minimum: Annotated[float | None, "smallest value, in its unit; absent where not numerical"]
    median: Annotated[float | None, "median, in its unit; absent where not numerical"]
    maximum: Annotated[float | None, "largest value, in its unit; absent where not numerical"]


class Dependence(Struct, frozen=True, forbid_unknown_fields=True):
    """How the gaps of one column go with another column, and the one cut that shows it best."""

    other: Annotated[str, "the other column (a feature or the target)"]
    p_holm: Annotated[Fraction, "p of the chi-square test, Holm-corrected over all tests of the table"]
    cramers_v: Annotated[Fraction, "Cramér's V of the indicator and the binned other column"]
    relation: Annotated[
        Literal["equal", "at_least", "at_most", "category", "missing"],
        "kind of the cut: the rows in which the other column is … `value`",
    ]
    value: Annotated[str, "the cut's value (a number, a category or a class); empty for 'missing'"]
    share_inside: Annotated[Fraction, "share of gaps in these rows"]
    share_outside: Annotated[Fraction, "share of gaps in all other rows"]


class Missing(Struct, frozen=True, forbid_unknown_fields=True):
    """The gaps of one feature."""

    feature: Annotated[str, "name of the feature"]
    rows: Annotated[Count, "rows in which it is missing"]
    share: Annotated[Fraction, "share of rows in which it is missing"]
    verdict: Annotated[
        Literal["complete", "MCAR-compatible", "MAR-compatible"],
        "MAR: some Holm-corrected p is below the level; complete: no gap",
    ]
    significant: Annotated[tuple[str, ...], "columns it depends on, largest Cramér's V first"]
    strongest: Annotated[Dependence | None, "the dependence with the largest V among the significant"]
    on_target: Annotated[Dependence | None, "dependence on the target; absent without a gap"]


class Trial(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to prepare the inputs, tried with the same short training of the network of Part B (ReLU)."""

    name: Annotated[
        Literal[
            "median_mode",
            "indicator",
            "complete_rows",
            "by_category",
            "iterative",
            "without_log",
            "min_max",
            "min_max_tailed",
            "min_max_tailed_without_log",
            "min_max_leading",
            "ordinal_codes",
        ],
        "median_mode is the chosen preparation; each other differs from it in this one thing, and "
        "min_max_tailed_without_log from without_log",
    ]
    inputs: Annotated[Count, "inputs of the network"]
    training_rows: Annotated[Count, "rows it was trained on in the first replicate"]
    validation_accuracy: Replicated
    minus_chosen: Replicated


class ClassShare(Struct, frozen=True, forbid_unknown_fields=True):
    """One class of the target."""

    name: Annotated[str, "name of the class"]
    rows: Annotated[Count, "rows of the class"]
    share: Annotated[Fraction, "share of all rows"]


class ClassInterval(Struct, frozen=True, forbid_unknown_fields=True):
    """Values of one numerical feature within one class, in its unit."""

    name: Annotated[str, "name of the class"]
    rows: Annotated[Count, "rows of the class in which the feature is known"]
    minimum: Annotated[float, "smallest value"]
    lower: Annotated[float, "5 % quantile"]
    median: Annotated[float, "median"]
    upper: Annotated[float, "95 % quantile"]
    maximum: Annotated[float, "largest value"]
    share_of_range: Annotated[Fraction, "(maximum - minimum) as a share of the feature's range"]


class NumericalFeature(Struct, frozen=True, forbid_unknown_fields=True):
    """One numerical feature: scaling (training fold) and its values class by class (all rows)."""

    name: Annotated[str, "name of the feature"]
    logarithmic: Annotated[bool, "whether it goes through log1p before the z-score"]
    filling: Annotated[float, "what fills its gaps: the training fold's median, in its unit"]
    filling_class: Annotated[
        str | None, "the one class whose interval holds what fills the gaps; absent where several or none do"
    ]
    filled_rows: Annotated[Count, "rows without a value"]
    filled_like_own: Annotated[Fraction, "share of these rows that have that class; 0 where there is none"]
    mean: Annotated[float, "mean that the z-score takes off (of log1p where logarithmic)"]
    deviation: Annotated[NonNegative, "standard deviation that the z-score divides by"]
    skewness_before: Annotated[float, "skewness of the imputed training fold, in its unit"]
    largest_z_before: Annotated[NonNegative, "largest |z| in the fold if log1p were left out"]
    largest_z_after: Annotated[NonNegative, "largest |z| in the fold as scaled"]
    classes: Annotated[tuple[ClassInterval, ...], "class by class, classes without a row left out"]
    interval_share: Annotated[
        Fraction, "mean over rows of their class' interval (minimum to maximum) as a share of the range"
    ]
    validation_outside: Annotated[
        Fraction, "share of validation rows outside the interval their class has in the training fold"
    ]
    in_one_interval: Annotated[Fraction, "share of rows whose value lies in the interval of exactly one class"]
    lowest_median_class: Annotated[str, "class with the smallest median"]
    lowest_median: Annotated[float, "its median, in the feature's unit"]
    highest_median_class: Annotated[str, "class with the largest median"]
    highest_median: Annotated[float, "its median, in the feature's unit"]


class Category(Struct, frozen=True, forbid_unknown_fields=True):
    """One category of a categorical feature."""

    name: Annotated[str, "the category"]
    rows: Annotated[Count, "rows that hold it"]
    share: Annotated[Fraction, "share of the rows in which the feature is known"]
    class_shares: Annotated[tuple[float, ...], "share of each class among its rows, in class order"]
    distance: Annotated[Fraction, "total variation distance of its class shares from those of all rows: 0 the same"]


class CategoricalFeature(Struct, frozen=True, forbid_unknown_fields=True):
    """One categorical feature: encoding (training fold) and class shares (all rows)."""

    name: Annotated[str, "name of the feature"]
    inputs: Annotated[Count, "0/1 inputs that it takes"]
    filling: Annotated[str, "what fills its gaps: the training fold's mode"]
    categories: Annotated[tuple[Category, ...], "its categories, most frequent first"]
    rarest: Category
    widest_class: Annotated[str, "the class whose share differs most between usual categories"]
    widest_low: Category
    widest_low_share: Annotated[Fraction, "that class' share where it is smallest"]
    widest_high: Category
    widest_high_share: Annotated[Fraction, "that class' share where it is largest"]


class Pair(Struct, frozen=True, forbid_unknown_fields=True):
    """Two numerical features, over the rows in which both are known."""

    first: Annotated[str, "name of a feature"]
    second: Annotated[str, "name of another"]
    rows: Annotated[Count, "rows in which both are known"]
    pearson: Annotated[float, Meta(ge=-1, le=1), "Pearson's correlation, values in their unit"]
    spearman: Annotated[float, Meta(ge=-1, le=1), "Spearman's rank correlation"]


class CategoricalPair(Struct, frozen=True, forbid_unknown_fields=True):
    """Two categorical features, over the rows in which both are known."""

    first: Annotated[str, "name of a feature"]
    second: Annotated[str, "name of another"]
    cramers_v: Annotated[Fraction, "Cramér's V: 0 independent, 1 one determines the other"]


class FeatureEvidence(Struct, frozen=True, forbid_unknown_fields=True):
    """The information of one feature about the target, and the rule for suspects applied to it."""

    name: Annotated[str, "name of the feature"]
    rank: Annotated[int, Meta(ge=1), "place by mutual information, 1 the largest"]
    mutual_information: Annotated[
        float, "mutual information with the target, nats, less the mean over label permutations"
    ]
    zero_line: Annotated[float, "95 % point of the same quantity over label permutations, nats: below it is nothing"]
    above_zero_line: Annotated[bool, "whether mutual_information exceeds zero_line"]
    entropy_share: Annotated[float, "mutual_information as a share of the target's entropy"]
    accuracy_alone: Annotated[Fraction, "validation accuracy of boosted trees on this feature only"]
    gain_share: Annotated[float, "accuracy_alone above the baseline, as a share of all features' gain"]
    influential: Annotated[bool, "expected to be influential, by the stated threshold"]
    suspect: Annotated[bool, "all three conditions hold"]


class SuspectRule(Struct, frozen=True, forbid_unknown_fields=True):
    """The thresholds of the rule that names suspects, fixed before any model is trained."""

    entropy_share: Annotated[Fraction, "a suspect's information exceeds this share of the entropy"]
    gain_share: Annotated[Fraction, "… and reaches more than this share of all features' gain"]
    factor: Annotated[
        float, Meta(ge=1), "… and its mutual information exceeds that of every other feature by this factor"
    ]


class TrainingTable(Struct, frozen=True, forbid_unknown_fields=True):
    """How the training table is made up."""

    features: Annotated[int, Meta(ge=1), "number of features"]
    numerical_features: Annotated[Count, "number of numerical features"]
    categorical_features: Annotated[Count, "number of categorical features"]
    columns: Annotated[tuple[Column, ...], "the columns in the file's order, with the target"]
    whole_with_gaps: Annotated[tuple[str, ...], "features whose whole numbers are float64, having gaps"]
    duplicate_rows: Annotated[Count, "rows equal to an earlier row in every column, target included"]
    constant_features: Annotated[tuple[str, ...], "features with one value in every row"]
    absent_classes: Annotated[tuple[str, ...], "described classes without a row"]


class Gaps(Struct, frozen=True, forbid_unknown_fields=True):
    """The gaps of the training table."""

    by_feature: Annotated[tuple[Missing, ...], "feature by feature, in their order"]
    cells: Annotated[Count, "gaps in all"]
    cell_share: Annotated[Fraction, "gaps as a share of all cells of the features"]
    incomplete_rows: Annotated[Count, "rows with at least one gap"]
    incomplete_share: Annotated[Fraction, "their share of all rows"]
    features: Annotated[Count, "number of features with a gap"]
    mar: Annotated[tuple[str, ...], "features with the verdict MAR"]
    mcar_compatible: Annotated[tuple[str, ...], "features with gaps and the verdict MCAR-compatible"]
    depending_on_target: Annotated[tuple[str, ...], "features whose gaps depend on the target"]
    strongest_on_target: Annotated[NonNegative, "largest Cramér's V of an indicator and the target"]
    tests: Annotated[Count, "tests of an indicator against another column, over all features"]
    bins: Annotated[int, Meta(ge=2), "quantile bins of a numerical column in these tests"]
    level: Annotated[Fraction, "level that a Holm-corrected p is compared with"]


class Trials(Struct, frozen=True, forbid_unknown_fields=True):
    """Ways to prepare the inputs, compared by short trainings."""

    strategy: Annotated[str, "the chosen strategy for gaps, as trials name it"]
    category: Annotated[str | None, "the feature whose categories by_category fills by; if any"]
    leading: Annotated[str | None, "the feature that min_max_leading scales; if any"]
    by_preparation: Annotated[tuple[Trial, ...], "the chosen preparation first, then what it is compared with"]
    rows: Annotated[int, Meta(ge=1), "rows a trial draws from the training fold, at most"]
    last: Annotated[int, Meta(ge=1), "last iterations that a trial's accuracy is the mean of"]
    iterations: Annotated[int, Meta(ge=1), "iterations of gradient descent of a trial"]
    learning_rate: Annotated[float, Meta(gt=0), "learning rate of a trial"]
    replicates: Annotated[int, Meta(ge=1), "replicates (split and initialisation) of a trial"]


class Classes(Struct, frozen=True, forbid_unknown_fields=True):
    """How often each class occurs."""

    by_class: Annotated[tuple[ClassShare, ...], "the classes in order"]
    majority: Annotated[ClassShare, "the most frequent class; its share is the accuracy of always naming it"]
    minority: Annotated[ClassShare, "the least frequent class that occurs"]
    imbalance_ratio: Annotated[float, Meta(ge=1), "rows of the most frequent class per row of the rarest"]
    chance_balanced_accuracy: Annotated[Fraction, "balanced accuracy of the majority baseline: 1/K"]
    entropy: Annotated[NonNegative, "entropy H(Y) of the target, nats"]


class Features(Struct, frozen=True, forbid_unknown_fields=True):
    """The features, their encoding, and their values class by class."""

    inputs: Annotated[int, Meta(ge=1), "inputs of the network after encoding"]
    numerical: Annotated[tuple[NumericalFeature, ...], "the numerical features"]
    categorical: Annotated[tuple[CategoricalFeature, ...], "the categorical features"]
    logarithmic: Annotated[tuple[str, ...], "numerical features that go through log1p"]
    most_skewed: Annotated[NumericalFeature | None, "numerical feature of the largest |skewness|"]
    interval_tail: Annotated[Fraction, "share below `lower`, and above `upper`, of a class' values"]
    largest_z_before: Annotated[NonNegative, "largest |z| of all numerical features without log1p"]
    largest_z_after: Annotated[NonNegative, "largest |z| of all numerical features as scaled"]
    leading_numerical: Annotated[NumericalFeature | None, "the most informative numerical feature"]


class Correlations(Struct, frozen=True, forbid_unknown_fields=True):
    """Features against each other."""

    pairs: Annotated[tuple[Pair, ...], "pairs of numerical features, strongest first"]
    strongest_pair: Annotated[Pair | None, "the pair with the largest |r|, Pearson's or Spearman's"]
    strongest: Annotated[NonNegative, "that largest |r|; 0 where there is no pair"]
    high: Annotated[Fraction, "|r| from which a pair is called highly correlated"]
    high_pairs: Annotated[tuple[Pair, ...], "pairs at or above `high`"]
    categorical_pairs: Annotated[tuple[CategoricalPair, ...], "pairs of categorical ones, strongest first"]


class Accuracies(Struct, frozen=True, forbid_unknown_fields=True):
    """Validation accuracies of gradient-boosted trees."""

    twins: Annotated[Count, "validation rows with an equal row in the training fold"]
    twin_share: Annotated[Fraction, "twins as a share of the validation fold"]
    majority: Annotated[Fraction, "validation accuracy of the training fold's majority class"]
    all_features: Annotated[Fraction, "validation accuracy of boosted trees on all features"]
    without_twins: Annotated[Fraction, "the same on the validation rows without a twin"]
    standard_error: Annotated[Fraction, "standard error of all_features, binomial"]
    without_leading: Annotated[Fraction, "validation accuracy of boosted trees on all features but the leading one"]
    boosting_rounds: Annotated[int, Meta(ge=1), "rounds of boosting behind every accuracy of this part"]


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """The information of each feature about the target, the ranking and the suspects."""

    by_feature: Annotated[tuple[FeatureEvidence, ...], "feature by feature, most informative first"]
    bins: Annotated[int, Meta(ge=2), "quantile bins a numerical feature is cut into, at most"]
    zero_line_quantile: Annotated[Fraction, "quantile over permutations that makes the zero line"]
    permutations: Annotated[int, Meta(ge=1), "label permutations behind the bias and the zero line"]
    ranking: Annotated[tuple[str, ...], "features by mutual information, largest first"]
    influential: Annotated[tuple[str, ...], "those with at least influential_share of the entropy"]
    influential_share: Annotated[Fraction, "entropy share from which a feature is called influential"]
    not_distinguishable: Annotated[tuple[str, ...], "features at or below their zero line"]
    leading: FeatureEvidence
    runner_up: Annotated[FeatureEvidence | None, "the second in the ranking; absent with one feature"]
    leading_factor: Annotated[
        float, "leading mutual information per runner-up's (at least its zero line); 1 without one"
    ]
    rule: SuspectRule
    suspects: Annotated[tuple[str, ...], "features that the rule names, most informative first"]


class EdaRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `eda`. It reads only the training table."""

    data: DataFile
    simulated: Annotated[bool, "whether simulated tables replace the data files"]
    warnings: Annotated[tuple[str, ...], "warnings from reading the training table"]
    rows: Annotated[int, Meta(ge=1), "rows of the training table that are analysed"]
    training_rows: Annotated[int, Meta(ge=1), "rows of the first replicate's training fold"]
    validation_rows: Annotated[int, Meta(ge=1), "rows of its validation fold"]
    table: TrainingTable
    gaps: Gaps
    trials: Trials
    classes: Classes
    features: Features
    correlations: Correlations
    accuracies: Accuracies
    evidence: Evidence
