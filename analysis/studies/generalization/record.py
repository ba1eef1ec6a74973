"""The record of the study `generalization`."""

from typing import Annotated

from msgspec import Meta, Struct

from analysis.results.inputs import DataFile
from analysis.results.types import Fraction, NonNegative, Replicated

Count = Annotated[int, Meta(ge=0)]
SignedFraction = Annotated[float, Meta(ge=-1, le=1)]


class Interval(Struct, frozen=True, forbid_unknown_fields=True):
    """A 95 % interval of a share."""

    low: Annotated[Fraction, Meta(description="lower end, fraction")]
    high: Annotated[Fraction, Meta(description="upper end, fraction")]


class Scores(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of model over its replicates, on its training fold, its validation fold and the test table.

    "Focus" means the suspects of Part A or, without a suspect, the leading feature.
    """

    train_accuracy: Annotated[Replicated, Meta(description="accuracy on the training fold as trained on, fraction")]
    validation_accuracy: Annotated[Replicated, Meta(description="accuracy on the validation fold, fraction")]
    test_accuracy: Annotated[Replicated, Meta(description="accuracy on the test table, fraction")]
    permuted_accuracy: Annotated[Replicated, Meta(description="validation accuracy with the focus permuted, fraction")]
    uniform_accuracy: Annotated[
        Replicated, Meta(description="validation accuracy with the focus uniform over its training range, fraction")
    ]
    test_interval: Annotated[
        Interval, Meta(description="Wilson's interval for the sampling of test rows, of the shown replicate's accuracy")
    ]
    validation_balanced_accuracy: Annotated[
        Replicated, Meta(description="mean over classes of the share predicted right, validation, fraction")
    ]
    test_balanced_accuracy: Annotated[Replicated, Meta(description="the same on the test table, fraction")]
    validation_log_loss: Annotated[Replicated, Meta(description="mean cross-entropy on validation, nats")]
    test_log_loss: Annotated[Replicated, Meta(description="mean cross-entropy on the test table, nats")]
    validation_confidence: Annotated[
        Replicated, Meta(description="mean probability of the predicted class, validation, fraction")
    ]
    test_confidence: Annotated[Replicated, Meta(description="the same on the test table, fraction")]
    validation_calibration_error: Annotated[
        Replicated, Meta(description="expected calibration error on validation, ten equal bins, fraction")
    ]
    test_calibration_error: Annotated[Replicated, Meta(description="the same on the test table, fraction")]
    gap_train_minus_validation: Annotated[Replicated, Meta(description="training minus validation accuracy, fraction")]
    gap_validation_minus_test: Annotated[Replicated, Meta(description="validation minus test accuracy, fraction")]
    gap_uniform_minus_test: Annotated[
        Replicated, Meta(description="validation accuracy with the focus uniform, minus test accuracy, fraction")
    ]


class Compared(Struct, frozen=True, forbid_unknown_fields=True):
    """What the choice of the mitigation compares: mean scores on the replicates that every candidate has."""

    replicates: Annotated[Count, Meta(description="replicates, the first ones")]
    validation: Annotated[Fraction, Meta(description="accuracy on unchanged validation rows, fraction")]
    permuted: Annotated[Fraction, Meta(description="accuracy on validation with the focus permuted, fraction")]
    uniform: Annotated[Fraction, Meta(description="accuracy on validation with the focus uniform, fraction")]
    smallest: Annotated[Fraction, Meta(description="smallest of the three, which the choice makes largest, fraction")]
    price_if_sound: Annotated[
        SignedFraction, Meta(description="validation accuracy lost against the model on every feature, fraction")
    ]
    test: Annotated[Fraction, Meta(description="test accuracy, fraction; seen after the choice")]


class Intervention(Struct, frozen=True, forbid_unknown_fields=True):
    """A change of the training fold, and the measured accuracies of the retrained models."""

    name: Annotated[str, Meta(description="short name, unique")]
    done: Annotated[str, Meta(description="what was done to the training fold, in words")]
    kind: Annotated[str, Meta(description="none, removed, noise, alone, indicator, complete_rows or distinct_rows")]
    family: Annotated[str, Meta(description="pytorch, numpy (the same network) or boosting")]
    features: Annotated[tuple[str, ...], Meta(description="features removed, replaced by noise, or the only ones kept")]
    probability: Annotated[Fraction, Meta(description="probability with which a cell is replaced by noise, else 0")]
    candidate: Annotated[bool, Meta(description="whether it was a candidate for the mitigation")]
    chosen: Annotated[bool, Meta(description="whether it is the mitigation")]
    keeps_focus: Annotated[bool, Meta(description="whether the model still reads the focus, unnoised")]
    train_rows: Annotated[Count, Meta(description="training rows of the first replicate")]
    train: Annotated[Replicated, Meta(description="accuracy on the training fold as trained on, fraction")]
    validation: Annotated[Replicated, Meta(description="validation accuracy, fraction")]
    permuted: Annotated[Replicated, Meta(description="validation accuracy with the focus permuted, fraction")]
    uniform: Annotated[Replicated, Meta(description="validation accuracy with the focus uniform, fraction")]
    compared: Annotated[Compared, Meta(description="the scores that the choice compares")]
    price_if_sound: Annotated[
        Replicated,
        Meta(description="validation accuracy lost against the model on every feature, same replicates, fraction"),
    ]
    test: Annotated[Replicated, Meta(description="test accuracy, fraction; seen after the choice")]
    validation_minus_unchanged: Annotated[
        Replicated,
        Meta(description="validation accuracy minus that of the same kind of model unchanged, same replicates"),
    ]
    test_minus_unchanged: Annotated[
        Replicated, Meta(description="test accuracy minus that of the same kind of model unchanged, same replicates")
    ]
    gap_validation_minus_test: Annotated[Replicated, Meta(description="validation minus test accuracy, fraction")]


class TestRange(Struct, frozen=True, forbid_unknown_fields=True):
    """Test accuracies of several interventions."""

    count: Annotated[Count, Meta(description="interventions")]
    lowest: Annotated[Fraction, Meta(description="smallest mean test accuracy, fraction")]
    highest: Annotated[Fraction, Meta(description="largest mean test accuracy, fraction")]


class FeatureShift(Struct, frozen=True, forbid_unknown_fields=True):
    """One feature in the training table against the test table."""

    name: Annotated[str, Meta(description="name of the feature")]
    suspect: Annotated[bool, Meta(description="whether Part A's rule names it")]
    distance_train_test: Annotated[
        Fraction, Meta(description="Kolmogorov-Smirnov (numerical) or total variation (categorical) distance")
    ]
    information_train: Annotated[
        float, Meta(description="mutual information with the label in train, nats, less the mean over permutations")
    ]
    information_test: Annotated[float, Meta(description="the same information in test, nats")]
    zero_line_test: Annotated[float, Meta(description="95 % point in test, nats")]
    informative_in_test: Annotated[bool, Meta(description="whether the test table's information exceeds its zero line")]


class GroupMean(Struct, frozen=True, forbid_unknown_fields=True):
    """Mean of the focus in one group, in its unit."""

    name: Annotated[str, Meta(description="category or class")]
    train: Annotated[float, Meta(description="mean in the training table, in the feature's unit")]
    test: Annotated[float, Meta(description="mean in the test table, in the feature's unit")]


class GroupMeans(Struct, frozen=True, forbid_unknown_fields=True):
    """Means of a numerical focus by another column."""

    column: Annotated[str, Meta(description="the column that makes the groups")]
    groups: Annotated[tuple[GroupMean, ...], Meta(description="the groups that occur in both tables")]
    spread_train: Annotated[NonNegative, Meta(description="largest minus smallest mean in train, feature's unit")]
    spread_test: Annotated[NonNegative, Meta(description="largest minus smallest mean in test, feature's unit")]


class Agreement(Struct, frozen=True, forbid_unknown_fields=True):
    """How often the models with and without the suspects name the same class."""

    validation: Annotated[Replicated, Meta(description="share of validation rows, fraction")]
    test: Annotated[Replicated, Meta(description="share of test rows, fraction")]


class ClassShift(Struct, frozen=True, forbid_unknown_fields=True):
    """One class in both tables."""

    name: Annotated[str, Meta(description="name of the class")]
    share_train: Annotated[Fraction, Meta(description="share of the training table's rows")]
    share_test: Annotated[Fraction, Meta(description="share of the test table's rows")]
    validation_recall: Annotated[
        Replicated, Meta(description="share of its validation rows predicted right; 0 if none")
    ]
    test_recall: Annotated[Replicated, Meta(description="share of its test rows predicted right; 0 if none")]
    mitigated_validation_recall: Annotated[
        Replicated, Meta(description="the mitigation's share of its validation rows predicted right; 0 if none")
    ]
    mitigated_test_recall: Annotated[
        Replicated, Meta(description="the mitigation's share of its test rows predicted right; 0 if none")
    ]
    mitigated_test_predicted: Annotated[
        Replicated, Meta(description="share of all test rows for which the mitigation predicts this class")
    ]


class Uniformity(Struct, frozen=True, forbid_unknown_fields=True):
    """The focus's test values against the uniform distribution on its training range."""

    low: Annotated[float, Meta(description="smallest training value, in the feature's unit")]
    high: Annotated[float, Meta(description="largest training value, in the feature's unit")]
    distance: Annotated[Fraction, Meta(description="Kolmogorov-Smirnov distance from the uniform distribution")]
    p: Annotated[Fraction, Meta(description="p of that distance")]
    outside: Annotated[Fraction, Meta(description="share of the test values outside of the training range")]


class Explanation(Struct, frozen=True, forbid_unknown_fields=True):
    """Stage 3: the differences between the tables. Nothing was chosen with it."""

    incomplete_share_train: Annotated[Fraction, Meta(description="share of rows with a gap in train")]
    incomplete_share_test: Annotated[Fraction, Meta(description="share of rows with a gap in test")]
    auc_all: Annotated[
        Fraction, Meta(description="area under the ROC curve of telling test from train rows, every feature")
    ]
    auc_without_focus: Annotated[Fraction, Meta(description="the same without the focus")]
    explained_train: Annotated[
        float, Meta(description="share of the focus that the other features explain in train, cross-validated (R²)")
    ]
    explained_test: Annotated[float, Meta(description="the same in test (below 0: worse than the mean)")]
    by_group: Annotated[
        GroupMeans | None, Meta(description="means by the categorical feature tied most strongly to it; if numerical")
    ]
    by_class: Annotated[GroupMeans | None, Meta(description="means by class; only where the focus is numerical")]
    shifts: Annotated[tuple[FeatureShift, ...], Meta(description="feature by feature, in the order of the features")]
    focus_shift: FeatureShift
    focus_uniform: Annotated[Uniformity | None, Meta(description="whether the focus is uniform in test; if numerical")]
    agreement: Annotated[Agreement | None, Meta(description="of the models with and without the suspects; if any")]
    classes: Annotated[tuple[ClassShift, ...], Meta(description="class by class")]
    largest_class_shift: Annotated[Fraction, Meta(description="largest difference of a class's shares, fraction")]
    test_classes_accuracy: Annotated[
        Replicated, Meta(description="validation accuracy reweighted to the test table's class shares, fraction")
    ]
    reweighted_complete: Annotated[
        bool, Meta(description="whether test_features_accuracy is only on the validation rows without a gap")
    ]
    test_features_accuracy: Annotated[
        Replicated, Meta(description="validation accuracy reweighted to test's mix of the other features, fraction")
    ]
    unweighted_accuracy: Annotated[
        Replicated, Meta(description="validation accuracy on the rows of test_features_accuracy, unweighted, fraction")
    ]
    classes_minus_unweighted: Annotated[
        Replicated, Meta(description="test_classes_accuracy minus validation accuracy, in pairs, fraction")
    ]
    features_minus_unweighted: Annotated[
        Replicated, Meta(description="test_features_accuracy minus unweighted_accuracy, in pairs, fraction")
    ]


class Along(Struct, frozen=True, forbid_unknown_fields=True):
    """Accuracies along the iterations, the shown replicate trained once more with NumPy."""

    points: Annotated[Count, Meta(description="iterations at which parameters were kept")]
    difference_from_pytorch: Annotated[
        Fraction, Meta(description="largest difference of its final accuracies from the PyTorch model's, fraction")
    ]
    highest_test: Annotated[Fraction, Meta(description="largest test accuracy among these points, fraction")]
    highest_test_iteration: Annotated[Count, Meta(description="iteration of that point")]
    highest_test_train: Annotated[Fraction, Meta(description="training accuracy at that point, fraction")]
    final_test: Annotated[Fraction, Meta(description="test accuracy at the last point, fraction")]


class UnseenCategory(Struct, frozen=True, forbid_unknown_fields=True):
    """A category that occurs in the test table and in no training row."""

    feature: Annotated[str, Meta(description="the feature")]
    category: Annotated[str, Meta(description="the category")]
    rows: Annotated[Count, Meta(description="test rows that hold it")]
    share: Annotated[Fraction, Meta(description="their share of the test rows")]
    described: Annotated[bool, Meta(description="whether report.toml names it, so that it has an input of its own")]


class UnseenClass(Struct, frozen=True, forbid_unknown_fields=True):
    """A class that occurs in the test table and in no training row."""

    name: Annotated[str, Meta(description="the class")]
    rows: Annotated[Count, Meta(description="test rows of it")]
    share: Annotated[Fraction, Meta(description="their share of the test rows")]


class GeneralizationRecord(Scores, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `generalization`; its own scores are the PyTorch model's."""

    test_data: DataFile
    warnings: Annotated[tuple[str, ...], Meta(description="warnings from reading the test table")]
    unseen_categories: Annotated[
        tuple[UnseenCategory, ...], Meta(description="categories of the test table that no training row has")
    ]
    unseen_classes: Annotated[
        tuple[UnseenClass, ...], Meta(description="classes of the test table that no training row has")
    ]
    constant_in_test: Annotated[tuple[str, ...], Meta(description="features with one value in every test row")]
    absent_in_test: Annotated[tuple[str, ...], Meta(description="described classes without a test row")]
    train_rows: Annotated[Count, Meta(description="rows of the first replicate's training fold")]
    validation_rows: Annotated[Count, Meta(description="rows of the first replicate's validation fold")]
    test_rows: Annotated[Count, Meta(description="rows of the test table")]
    learning_rate: Annotated[float, Meta(gt=0, description="learning rate of every network")]
    replicates: Annotated[Count, Meta(description="replicates of the PyTorch model and of the mitigation")]
    confidence: Annotated[Fraction, Meta(description="level of the t intervals over replicates and of test_interval")]
    intervention_replicates: Annotated[Count, Meta(description="replicates of every other intervention")]
    models: Annotated[Count, Meta(description="models frozen before the test table was opened, checkpoints aside")]
    suspects: Annotated[tuple[str, ...], Meta(description="features that Part A's rule names")]
    focus: Annotated[str, Meta(description="the first suspect or, without one, the leading feature")]
    focus_features: Annotated[
        tuple[str, ...], Meta(description="features that are permuted or redrawn: all suspects or the leading one")
    ]
    focus_numerical: Annotated[bool, Meta(description="whether the focus is numerical")]
    focus_categories: Annotated[tuple[str, ...], Meta(description="its categories in the figure; empty if numerical")]
    mitigation: Annotated[str, Meta(description="name of the chosen intervention; 'none' where nothing is changed")]
    mitigation_done: Annotated[str, Meta(description="what the mitigation does to the training fold, in words")]
    mitigation_kind: Annotated[str, Meta(description="its kind: none, removed or noise")]
    mitigated: Annotated[
        Scores, Meta(description="the mitigation's models; the PyTorch model's own if there is no mitigation")
    ]
    price_if_sound: Annotated[
        Replicated, Meta(description="validation accuracy that the mitigation costs were the suspects sound, fraction")
    ]
    mitigation_test_gain: Annotated[
        Replicated, Meta(description="test accuracy of the mitigation minus that of the PyTorch model, fraction")
    ]
    interventions: Annotated[tuple[Intervention, ...], Meta(description="candidates first, then what was ruled out")]
    keeping_focus: Annotated[TestRange, Meta(description="retrained interventions that keep the focus unchanged")]
    boosting: Annotated[Intervention, Meta(description="gradient boosting on every feature")]
    boosting_without_focus: Annotated[
        Intervention | None, Meta(description="gradient boosting without the focus; absent where nothing is left")
    ]
    majority_train_accuracy: Annotated[
        Fraction, Meta(description="always naming the training table's largest class: its share there, fraction")
    ]
    majority_test_accuracy: Annotated[Fraction, Meta(description="the same answer's accuracy on test, fraction")]
    gap_tolerance: Annotated[
        NonNegative,
        Meta(
            description="validation minus test accuracy up to which the two agree: .02 or, if larger, the 95 % half "
            "width from sampling rows plus two standard errors over replicates, fraction"
        ),
    ]
    uniform_tolerance: Annotated[
        NonNegative,
        Meta(
            description="difference of uniform_accuracy and test accuracy up to which the two agree, made as "
            "gap_tolerance is, fraction"
        ),
    ]
    failure: Annotated[bool, Meta(description="whether validation exceeds test accuracy by more than gap_tolerance")]
    explained_by_focus: Annotated[
        bool,
        Meta(
            description="whether there is a failure, a suspect that tells nothing in the test table, and the same "
            "accuracy there as on validation with the suspect drawn at random (up to uniform_tolerance)"
        ),
    ]
    warned: Annotated[
        bool,
        Meta(
            description="whether validation accuracy falls by more than gap_tolerance both with the focus permuted and "
            "with it drawn at random"
        ),
    ]
    confusion_validation: Annotated[
        tuple[tuple[int, ...], ...], Meta(description="rows: label, columns: prediction; validation, shown replicate")
    ]
    confusion_test: Annotated[tuple[tuple[int, ...], ...], Meta(description="the same on the test table")]
    shown_replicate: Annotated[
        Count, Meta(description="replicate of the figures of one run: the median by validation accuracy")
    ]
    shown_test_accuracy: Annotated[Fraction, Meta(description="its test accuracy, fraction")]
    along: Along
    explanation: Explanation
