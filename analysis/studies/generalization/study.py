"""Part D, contents page: choose on training data, open the test table once, explain; join the record.

The three stages are three modules. Each hands what it found to the next; nothing goes the other way.
"""

from analysis.compute.progress import Progress
from analysis.data import dataset
from analysis.network import divergence
from analysis.settings.schema import Settings
from analysis.statistics.information import Information
from analysis.studies.generalization.decision import class_probabilities, values_along
from analysis.studies.generalization.evaluation import evaluate
from analysis.studies.generalization.selection import AS_TRAINED, choose_on_training_data, freeze, networks
from analysis.studies.generalization.shift import explain
from analysis.studies.generalization.summary import make_arrays, make_record
from analysis.study_interface import Inputs, Outcome

FROZEN = "frozen.json"


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Return Part D's record and arrays; on the way build/frozen.json is written, before the test table is opened."""
    train = dataset.read_train(settings)
    eda, attribution = inputs.record("eda"), inputs.record("attribution")
    trained = {**inputs.arrays("training"), **inputs.arrays("attribution")}
    with divergence.as_settings_mistake(settings):
        choice = choose_on_training_data(
            train,
            eda.evidence.suspects,
            eda.evidence.leading.name,
            trained,
            attribution.learning_rate,
            attribution.walked_replicate,
            settings,
            progress,
        )
    freeze(choice, train, settings, inputs.build / FROZEN)

    evaluation = evaluate(choice, train, settings, inputs.build / FROZEN)

    known = {one.name: Information(one.mutual_information, one.zero_line) for one in eda.evidence.by_feature}
    shift = explain(choice, train, evaluation, known, settings, progress)
    record = make_record(choice, evaluation, shift, train, settings)
    along, model = values_along(shift.histograms), choice.scored[AS_TRAINED][choice.shown].model
    probabilities = class_probabilities(model, choice.folds[choice.shown].validation, choice.focus[0], along)
    arrays = make_arrays(choice, evaluation, shift.histograms, probabilities)
    return Outcome(record, arrays, networks(choice) * settings.run.iterations)
