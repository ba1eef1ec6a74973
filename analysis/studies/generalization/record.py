"""The record of the study `generalization`."""

from typing import Annotated

from msgspec import Meta, Struct

from analysis.results.inputs import DataFile
from analysis.results.types import Count, Fraction, NonNegative, Replicated

SignedFraction = Annotated[float, Meta(ge=-1, le=1)]


class Interval(Struct, frozen=True, forbid_unknown_fields=True):
    """A 95 % interval of a share."""

    low: Annotated[Fraction, "lower end, fraction"]
    high: Annotated[Fraction, "upper end, fraction"]


class Scores(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of model over its replicates, on its training fold, its validation fold and the test table.

    "Focus" means the suspects of Part A or, without a suspect, the leading feature.
    """

    train_accuracy: Annotated[Replicated, "accuracy on the training fold as trained on, fraction"]
    validation_accuracy: Annotated[Replicated, "accuracy on the validation fold, fraction"]
    test_accuracy: Annotated[Replicated, "accuracy on the test table, fraction"]
    permuted_accuracy: Annotated[Replicated, "validation accuracy with the focus permuted, fraction"]
    uniform_accuracy: Annotated[
        Replicated, "validation accuracy with the focus uniform over its training range, fraction"
    ]
    test_interval: Annotated[
        Interval, "Wilson's interval for the sampling of test rows, of the shown replicate's accuracy"
    ]
    validation_balanced_accuracy: Annotated[
        Replicated, "mean over classes of the share predicted right, validation, fraction"
    ]
    test_balanced_accuracy: Annotated[Replicated, "the same on the test table, fraction"]
    validation_log_loss: Annotated[Replicated, "mean cross-entropy on validation, nats"]
    test_log_loss: Annotated[Replicated, "mean cross-entropy on the test table, nats"]
    validation_confidence: Annotated[Replicated, "mean probability of the predicted class, validation, fraction"]
    test_confidence: Annotated[Replicated, "the same on the test table, fraction"]
    validation_calibration_error: Annotated[
        Replicated, "expected calibration error on validation, ten equal bins, fraction"
    ]
    test_calibration_error: Annotated[Replicated, "the same on the test table, fraction"]
    gap_train_minus_validation: Annotated[Replicated, "training minus validation accuracy, fraction"]
    gap_validation_minus_test: Annotated[Replicated, "validation minus test accuracy, fraction"]
    gap_uniform_minus_test: Annotated[
        Replicated, "validation accuracy with the focus uniform, minus test accuracy, fraction"
    ]


class Compared(Struct, frozen=True, forbid_unknown_fields=True):
    """What the choice of the mitigation compares: mean scores on the replicates that every candidate has."""

    replicates: Annotated[Count, "replicates, the first ones"]
    validation: Annotated[Fraction, "accuracy on unchanged validation rows, fraction"]
    permuted: Annotated[Fraction, "accuracy on validation with the focus permuted, fraction"]
    uniform: Annotated[Fraction, "accuracy on validation with the focus uniform, fraction"]
    smallest: Annotated[Fraction, "smallest of the three, which the choice makes largest, fraction"]
    price_if_sound: Annotated[SignedFraction, "validation accuracy lost against the model on every feature, fraction"]
    test: Annotated[Fraction, "test accuracy, fraction; seen after the choice"]


class Intervention(Struct, frozen=True, forbid_unknown_fields=True):
    """A change of the training fold, and the measured accuracies of the retrained models."""

    name: Annotated[str, "short name, unique"]
    done: Annotated[str, "what was done to the training fold, in words"]
    kind: Annotated[str, "none, removed, noise, alone, indicator, complete_rows or distinct_rows"]
    family: Annotated[str, "pytorch, numpy (the same network) or boosting"]
    features: Annotated[tuple[str, ...], "features removed, replaced by noise, or the only ones kept"]
    probability: Annotated[Fraction, "probability with which a cell is replaced by noise, else 0"]
    candidate: Annotated[bool, "whether it was a candidate for the mitigation"]
    chosen: Annotated[bool, "whether it is the mitigation"]
    keeps_focus: Annotated[bool, "whether the model still reads the focus, unnoised"]
    train_rows: Annotated[Count, "training rows of the first replicate"]
    train: Annotated[Replicated, "accuracy on the training fold as trained on, fraction"]
    validation: Annotated[Replicated, "validation accuracy, fraction"]
    permuted: Annotated[Replicated, "validation accuracy with the focus permuted, fraction"]
    uniform: Annotated[Replicated, "validation accuracy with the focus uniform, fraction"]
    compared: Annotated[Compared, "the scores that the choice compares"]
    price_if_sound: Annotated[
        Replicated, "validation accuracy lost against the model on every feature, same replicates, fraction"
    ]
    test: Annotated[Replicated, "test accuracy, fraction; seen after the choice"]
    validation_minus_unchanged: Annotated[
        Replicated, "validation accuracy minus that of the same kind of model unchanged, same replicates"
    ]
    test_minus_unchanged: Annotated[
        Replicated, "test accuracy minus that of the same kind of model unchanged, same replicates"
    ]
    gap_validation_minus_test: Annotated[Replicated, "validation minus test accuracy, fraction"]


class TestRange(Struct, frozen=True, forbid_unknown_fields=True):
    """Test accuracies of several interventions."""

    count: Annotated[Count, "interventions"]
    lowest: Annotated[Fraction, "smallest mean test accuracy, fraction"]
    highest: Annotated[Fraction, "largest mean test accuracy, fraction"]


class FeatureShift(Struct, frozen=True, forbid_unknown_fields=True):
    """One feature in the training table against the test table."""

    name: Annotated[str, "name of the feature"]
    suspect: Annotated[bool, "whether Part A's rule names it"]
    distance_train_test: Annotated[Fraction, "Kolmogorov-Smirnov (numerical) or total variation (categorical) distance"]
    information_train: Annotated[
        float, "mutual information with the label in train, nats, less the mean over permutations"
    ]
    information_test: Annotated[float, "the same information in test, nats"]
    zero_line_test: Annotated[float, "95 % point in test, nats"]
    informative_in_test: Annotated[bool, "whether the test table's information exceeds its zero line"]


class GroupMean(Struct, frozen=True, forbid_unknown_fields=True):
    """Mean of the focus in one group, in its unit."""

    name: Annotated[str, "category or class"]
    train: Annotated[float, "mean in the training table, in the feature's unit"]
    test: Annotated[float, "mean in the test table, in the feature's unit"]


class GroupMeans(Struct, frozen=True, forbid_unknown_fields=True):
    """Means of a numerical focus by another column."""

    column: Annotated[str, "the column that makes the groups"]
    groups: Annotated[tuple[GroupMean, ...], "the groups that occur in both tables"]
    spread_train: Annotated[NonNegative, "largest minus smallest mean in train, feature's unit"]
    spread_test: Annotated[NonNegative, "largest minus smallest mean in test, feature's unit"]


class Agreement(Struct, frozen=True, forbid_unknown_fields=True):
    """How often the models with and without the suspects name the same class."""

    validation: Annotated[Replicated, "share of validation rows, fraction"]
    test: Annotated[Replicated, "share of test rows, fraction"]


class ClassShift(Struct, frozen=True, forbid_unknown_fields=True):
    """One class in both tables."""

    name: Annotated[str, "name of the class"]
    share_train: Annotated[Fraction, "share of the training table's rows"]
    share_test: Annotated[Fraction, "share of the test table's rows"]
    validation_recall: Annotated[Replicated, "share of its validation rows predicted right; 0 if none"]
    test_recall: Annotated[Replicated, "share of its test rows predicted right; 0 if none"]
    mitigated_validation_recall: Annotated[
        Replicated, "the mitigation's share of its validation rows predicted right; 0 if none"
    ]
    mitigated_test_recall: Annotated[Replicated, "the mitigation's share of its test rows predicted right; 0 if none"]
    mitigated_test_predicted: Annotated[
        Replicated, "share of all test rows for which the mitigation predicts this class"
    ]


class Uniformity(Struct, frozen=True, forbid_unknown_fields=True):
    """The focus's test values against the uniform distribution on its training range."""

    low: Annotated[float, "smallest training value, in the feature's unit"]
    high: Annotated[float, "largest training value, in the feature's unit"]
    distance: Annotated[Fraction, "Kolmogorov-Smirnov distance from the uniform distribution"]
    p: Annotated[Fraction, "p of that distance"]
    outside: Annotated[Fraction, "share of the test values outside of the training range"]


class Explanation(Struct, frozen=True, forbid_unknown_fields=True):
    """Stage 3: the differences between the tables. Nothing was chosen with it."""

    incomplete_share_train: Annotated[Fraction, "share of rows with a gap in train"]
    incomplete_share_test: Annotated[Fraction, "share of rows with a gap in test"]
    auc_all: Annotated[Fraction, "area under the ROC curve of telling test from train rows, every feature"]
    auc_without_focus: Annotated[Fraction, "the same without the focus"]
    explained_train: Annotated[
        float, "share of the focus that the other features explain in train, cross-validated (R²)"
    ]
    explained_test: Annotated[float, "the same in test (below 0: worse than the mean)"]
    by_group: Annotated[GroupMeans | None, "means by the categorical feature tied most strongly to it; if numerical"]
    by_class: Annotated[GroupMeans | None, "means by class; only where the focus is numerical"]
    shifts: Annotated[tuple[FeatureShift, ...], "feature by feature, in the order of the features"]
    focus_shift: FeatureShift
    focus_uniform: Annotated[Uniformity | None, "whether the focus is uniform in test; if numerical"]
    agreement: Annotated[Agreement | None, "of the models with and without the suspects; if any"]
    classes: Annotated[tuple[ClassShift, ...], "class by class"]
    largest_class_shift: Annotated[Fraction, "largest difference of a class's shares, fraction"]
    test_classes_accuracy: Annotated[
        Replicated, "validation accuracy reweighted to the test table's class shares, fraction"
    ]
    reweighted_complete: Annotated[bool, "whether test_features_accuracy is only on the validation rows without a gap"]
    test_features_accuracy: Annotated[
        Replicated, "validation accuracy reweighted to test's mix of the other features, fraction"
    ]
    unweighted_accuracy: Annotated[
        Replicated, "validation accuracy on the rows of test_features_accuracy, unweighted, fraction"
    ]
    classes_minus_unweighted: Annotated[
        Replicated, "test_classes_accuracy minus validation accuracy, in pairs, fraction"
    ]
    features_minus_unweighted: Annotated[
        Replicated, "test_features_accuracy minus unweighted_accuracy, in pairs, fraction"
    ]


class Along(Struct, frozen=True, forbid_unknown_fields=True):
    """Accuracies along the iterations, the shown replicate trained once more with NumPy."""

    points: Annotated[Count, "iterations at which parameters were kept"]
    difference_from_pytorch: Annotated[
        Fraction, "largest difference of its final accuracies from the PyTorch model's, fraction"
    ]
    highest_test: Annotated[Fraction, "largest test accuracy among these points, fraction"]
    highest_test_iteration: Annotated[Count, "iteration of that point"]
    highest_test_train: Annotated[Fraction, "training accuracy at that point, fraction"]
    final_test: Annotated[Fraction, "test accuracy at the last point, fraction"]
    gap_opened_at: Annotated[
        Count | None, "iteration from which on validation minus test is at least half its final value; null: that is 0"
    ]


class UnseenCategory(Struct, frozen=True, forbid_unknown_fields=True):
    """A category that occurs in the test table and in no training row."""

    feature: Annotated[str, "the feature"]
    category: Annotated[str, "the category"]
    rows: Annotated[Count, "test rows that hold it"]
    share: Annotated[Fraction, "their share of the test rows"]
    described: Annotated[bool, "whether report.toml names it, so that it has an input of its own"]


class UnseenClass(Struct, frozen=True, forbid_unknown_fields=True):
    """A class that occurs in the test table and in no training row."""

    name: Annotated[str, "the class"]
    rows: Annotated[Count, "test rows of it"]
    share: Annotated[Fraction, "their share of the test rows"]


class GeneralizationRecord(Scores, frozen=True, forbid_unknown_fields=True):
    """All that the report says from the study `generalization`; its own scores are those of the networks in PyTorch."""

    test_data: DataFile
    warnings: Annotated[tuple[str, ...], "warnings from reading the test table"]
    unseen_categories: Annotated[tuple[UnseenCategory, ...], "categories of the test table that no training row has"]
    unseen_classes: Annotated[tuple[UnseenClass, ...], "classes of the test table that no training row has"]
    constant_in_test: Annotated[tuple[str, ...], "features with one value in every test row"]
    absent_in_test: Annotated[tuple[str, ...], "described classes without a test row"]
    train_rows: Annotated[Count, "rows of the first replicate's training fold"]
    validation_rows: Annotated[Count, "rows of the first replicate's validation fold"]
    test_rows: Annotated[Count, "rows of the test table"]
    learning_rate: Annotated[float, Meta(gt=0), "learning rate of every network"]
    replicates: Annotated[Count, "replicates of the network on every feature and of the mitigation"]
    confidence: Annotated[Fraction, "level of the t intervals over replicates and of test_interval"]
    intervention_replicates: Annotated[Count, "replicates of every other intervention"]
    models: Annotated[Count, "models frozen before the test table was opened, checkpoints aside"]
    suspects: Annotated[tuple[str, ...], "features that Part A's rule names"]
    focus: Annotated[str, "the first suspect or, without one, the leading feature"]
    focus_features: Annotated[tuple[str, ...], "features that are permuted or redrawn: all suspects or the leading one"]
    focus_numerical: Annotated[bool, "whether the focus is numerical"]
    focus_categories: Annotated[tuple[str, ...], "its categories in the figure; empty if numerical"]
    mitigation: Annotated[str, "name of the chosen intervention; 'none' where nothing is changed"]
    mitigation_done: Annotated[str, "what the mitigation does to the training fold, in words"]
    mitigation_kind: Annotated[str, "its kind: none, removed or noise"]
    mitigated: Annotated[Scores, "the mitigation's models; those on every feature if there is no mitigation"]
    price_if_sound: Annotated[
        Replicated, "validation accuracy that the mitigation costs were the suspects sound, fraction"
    ]
    mitigated_minus_majority: Annotated[
        Replicated, "test accuracy of the mitigation minus that of the majority class, fraction"
    ]
    mitigation_test_gain: Annotated[
        Replicated, "test accuracy of the mitigation minus that of the network on every feature, fraction"
    ]
    interventions: Annotated[tuple[Intervention, ...], "candidates first, then what was ruled out"]
    keeping_focus: Annotated[TestRange, "retrained interventions that keep the focus unchanged"]
    boosting: Annotated[Intervention, "gradient boosting on every feature"]
    boosting_rate: Annotated[float, Meta(gt=0), "learning rate of the boosted trees"]
    calibration_bins: Annotated[Count, "equal bins of confidence in the calibration errors"]
    boosting_without_focus: Annotated[
        Intervention | None, "gradient boosting without the focus; absent where nothing is left"
    ]
    majority_train_accuracy: Annotated[
        Fraction, "always naming the training table's largest class: its share there, fraction"
    ]
    majority_test_accuracy: Annotated[Fraction, "the same answer's accuracy on test, fraction"]
    gap_tolerance: Annotated[
        NonNegative,
        "validation minus test accuracy up to which the two agree: .02 or, if larger, the 95 % half "
        "width from sampling rows plus two standard errors over replicates, fraction",
    ]
    uniform_tolerance: Annotated[
        NonNegative,
        "difference of uniform_accuracy and test accuracy up to which the two agree, made as "
        "gap_tolerance is, fraction",
    ]
    failure: Annotated[bool, "whether validation exceeds test accuracy by more than gap_tolerance"]
    explained_by_focus: Annotated[
        bool,
        "whether there is a failure, a suspect that tells nothing in the test table, and the same "
        "accuracy there as on validation with the suspect drawn at random (up to uniform_tolerance)",
    ]
    warned: Annotated[
        bool,
        "whether validation accuracy falls by more than gap_tolerance both with the focus permuted and "
        "with it drawn at random",
    ]
    confusion_validation: Annotated[
        tuple[tuple[int, ...], ...], "rows: label, columns: prediction; validation, shown replicate"
    ]
    confusion_test: Annotated[tuple[tuple[int, ...], ...], "the same on the test table"]
    shown_replicate: Annotated[Count, "replicate of the figures of one run: the one whose network PyTorch trained"]
    shown_test_accuracy: Annotated[Fraction, "its test accuracy, fraction"]
    along: Along
    explanation: Explanation
