"""Part A: the training table, the expected influence of each feature, and whether one is suspect.

Structure, gaps, classes, correlations and mutual information are those of all training rows; scaling, encoding
and every accuracy belong to the split of the first replicate, fitted on its training fold. The test table is
not read. The parts are in `missing` (gaps), `describe` (features against classes), `evidence` (mutual
information, correlation, the rule for suspects) and `preparations` (quick models).
"""

import numpy as np

from analysis.compute.parallel import run_tasks
from analysis.compute.progress import Progress
from analysis.data import anomalies, dataset, features
from analysis.data.dataset import Dataset, Split
from analysis.network import replicates
from analysis.results.inputs import DataFile
from analysis.results.types import replicated
from analysis.settings.schema import Numerical, Settings, Table
from analysis.statistics import information, metrics
from analysis.studies.eda import describe, preparations
from analysis.studies.eda import evidence as eda_dependence
from analysis.studies.eda import missing as eda_missing
from analysis.studies.eda import record as contract
from analysis.study_interface import Inputs, Outcome

HIGH_CORRELATION = 0.7  # customary: from here on one feature explains about half of the other's variance
METHODS = ("pearson", "spearman")

Hits = dict[str, np.ndarray]


def run(settings: Settings, inputs: Inputs, progress: Progress) -> Outcome:
    """Explore the training table; `inputs` is not used, this being the first study."""
    del inputs
    table, seed = settings.table, settings.run.seed
    rng = replicates.generator(settings, 0)
    data = dataset.read_train(settings)
    split = dataset.split(data.labels, settings.run.validation_share, seed)
    gaps = _gaps(data, eda_missing.analyse(data.frame, data.labels, table, rng), table)
    known = {
        name: information.information(data.frame[name], data.labels, name in table.numerical_names, rng)
        for name in table.features
    }
    leading, rounds = max(known, key=lambda name: known[name].mutual_information), settings.run.boosting_rounds
    hits = _boosted_hits(data, table, split, leading, rounds, progress)
    majority = metrics.majority_accuracy(data.labels[split.train], data.labels[split.validation])
    evidence = eda_dependence.evidence(
        known,
        {name: float(hits[name].mean()) for name in table.features},
        all_features=float(hits["all"].mean()),
        majority=majority,
        target_entropy=information.entropy(np.bincount(data.labels)),
    )
    matrices = {method: eda_dependence.correlations(data.frame, table.numerical_names, method) for method in METHODS}
    record = contract.EdaRecord(
        data=DataFile(name=data.name, sha256=data.sha256, rows=len(data.labels)),
        simulated=data.simulated,
        warnings=data.warnings,
        rows=len(data.labels),
        training_rows=len(split.train),
        validation_rows=len(split.validation),
        table=_training_table(data, table),
        gaps=gaps,
        trials=_trials(data, preparations.Leading.of(known, table), settings, progress),
        classes=_classes(data, table),
        features=_features(data, split, table, evidence),
        correlations=_correlations(data, table, matrices),
        accuracies=_accuracies(hits, majority, describe.validation_twins(data, split), rounds),
        evidence=_evidence(evidence),
    )
    arrays = [data.frame[name].to_numpy(np.float64) for name in table.numerical_names]
    boxes = [describe.boxes(values, data.labels, len(table.classes)) for values in arrays]
    trials = record.trials
    steps = len(trials.by_preparation) * trials.replicates * trials.iterations
    return Outcome(record, {**matrices, "boxes": np.array(boxes).reshape(len(boxes), len(table.classes), 7)}, steps)


def _training_table(data: Dataset, table: Table) -> contract.TrainingTable:
    columns = tuple(_column(name, kind, data, table) for name, kind in data.columns)
    return contract.TrainingTable(
        constant_features=anomalies.constant_features(data.frame),
        absent_classes=anomalies.absent_classes(data.labels, table),
        features=len(table.features),
        numerical_features=len(table.numerical),
        categorical_features=len(table.categorical),
        columns=columns,
        whole_with_gaps=tuple(column.name for column in columns if column.whole_with_gaps),
        duplicate_rows=int(data.with_target.duplicated().sum()),
    )


def _column(name: str, kind: str, data: Dataset, table: Table) -> contract.Column:
    if name == table.target:
        described, role, values = None, "target", None
    else:
        described, values = table.column(name), data.frame[name]
        role = "numerical" if isinstance(described, Numerical) else "categorical"
    whole = isinstance(described, Numerical) and described.integer and values is not None and values.isna().any()
    numbers = values if role == "numerical" else None
    return contract.Column(
        name=name,
        role=role,  # type: ignore[arg-type]  # one of the record's words
        data_type=kind,
        meaning=described.meaning if described is not None else table.target_meaning,
        unit=described.unit if isinstance(described, Numerical) else "",
        distinct=len(np.unique(data.labels)) if values is None else int(values.nunique()),
        whole_with_gaps=bool(whole and kind == "float64"),
        minimum=None if numbers is None else float(numbers.min()),
        median=None if numbers is None else float(numbers.median()),
        maximum=None if numbers is None else float(numbers.max()),
    )


def _gaps(data: Dataset, missing: tuple[contract.Missing, ...], table: Table) -> contract.Gaps:
    incomplete = ~features.complete_rows(data.frame)
    on_target = [gaps for gaps in missing if gaps.on_target is not None]
    with_gaps = sum(gaps.rows > 0 for gaps in missing)
    return contract.Gaps(
        by_feature=missing,
        cells=sum(gaps.rows for gaps in missing),
        cell_share=float(data.frame.isna().to_numpy().mean()),
        incomplete_rows=int(incomplete.sum()),
        incomplete_share=float(incomplete.mean()),
        features=with_gaps,
        mar=tuple(gaps.feature for gaps in missing if gaps.verdict == "MAR-compatible"),
        mcar_compatible=tuple(gaps.feature for gaps in missing if gaps.verdict == "MCAR-compatible"),
        depending_on_target=tuple(gaps.feature for gaps in missing if table.target in gaps.significant),
        strongest_on_target=max((g.on_target.cramers_v for g in on_target if g.on_target), default=0.0),
        tests=with_gaps * len(table.features),
        bins=eda_missing.BINS,
        level=eda_missing.LEVEL,
    )


def _classes(data: Dataset, table: Table) -> contract.Classes:
    counts = np.bincount(data.labels, minlength=len(table.classes))
    shares = [
        contract.ClassShare(name=name, rows=int(rows), share=float(rows / counts.sum()))
        for name, rows in zip(table.classes, counts, strict=True)
    ]
    majority = max(shares, key=lambda c: c.rows)
    minority = min((c for c in shares if c.rows), key=lambda c: c.rows)
    return contract.Classes(
        by_class=tuple(shares),
        majority=majority,
        minority=minority,
        imbalance_ratio=majority.rows / minority.rows,
        chance_balanced_accuracy=1 / int((counts > 0).sum()),
        entropy=information.entropy(counts),
    )


def _boosted_hits(data: Dataset, table: Table, split: Split, leading: str, rounds: int, progress: Progress) -> Hits:
    """Return the validation rows that boosted trees get right: per feature, "all" and "without leading"."""
    everything = tuple(range(len(table.features)))
    subsets = {"all": everything} | {name: (column,) for column, name in enumerate(table.features)}
    if len(everything) > 1:
        subsets["without leading"] = tuple(c for c in everything if table.features[c] != leading)
    inputs = preparations.boosting_inputs(data.frame, table)
    categorical = tuple(range(len(table.numerical), len(table.features)))
    hits = run_tasks(
        preparations.boosted_hits,
        [(inputs, data.labels, split, chosen, categorical, rounds) for chosen in subsets.values()],
        stage="eda: boosted trees",
        progress=progress,
        steps=[rounds] * len(subsets),
        rows=len(split.train),
    )
    return dict(zip(subsets, hits, strict=True))


def _trials(data: Dataset, leading: preparations.Leading, settings: Settings, progress: Progress) -> contract.Trials:
    names = preparations.preparations(data.frame, settings.table, leading)
    numbers = range(preparations.trial_replicates(settings.run))
    splits = [preparations.trial_split(data.labels, settings, replicate) for replicate in numbers]
    given = (data.frame, data.labels, settings, leading)
    iterations = preparations.trial_iterations(settings.run)
    outcomes = run_tasks(
        preparations.trial,
        [(name, replicate, splits[replicate], *given) for name in names for replicate in numbers],
        stage="eda: preparations",
        progress=progress,
        steps=[iterations] * (len(names) * len(numbers)),
        rows=min(preparations.TRIAL_ROWS, len(data.labels)),
    )
    by_name = {name: outcomes[i * len(numbers) : (i + 1) * len(numbers)] for i, name in enumerate(names)}
    return contract.Trials(
        strategy=names[0],
        category=leading.categorical,
        leading=leading.numerical,
        by_preparation=tuple(_trial(name, own, by_name[names[0]]) for name, own in by_name.items()),
        rows=preparations.TRIAL_ROWS,
        last=preparations.TRIAL_LAST,
        iterations=iterations,
        learning_rate=preparations.TRIAL_LEARNING_RATE,
        replicates=len(numbers),
    )


def _trial(name: str, own: list[dict[str, float]], chosen: list[dict[str, float]]) -> contract.Trial:
    return contract.Trial(
        name=name,  # type: ignore[arg-type]  # one of the record's words
        inputs=int(own[0]["inputs"]),
        training_rows=int(own[0]["rows"]),
        validation_accuracy=replicated(outcome["accuracy"] for outcome in own),
        minus_chosen=replicated(a["accuracy"] - b["accuracy"] for a, b in zip(own, chosen, strict=True)),
    )


def _features(
    data: Dataset, split: Split, table: Table, evidence: tuple[contract.FeatureEvidence, ...]
) -> contract.Features:
    encoding = features.fit(data.frame.iloc[split.train], table)
    numerical = tuple(describe.numerical_feature(c, data, split, encoding, table) for c in table.numerical)
    categorical = tuple(describe.categorical_feature(n, data, encoding, table) for n in table.categorical_names)
    return contract.Features(
        inputs=len(encoding.inputs),
        numerical=numerical,
        categorical=categorical,
        logarithmic=encoding.logarithmic,
        most_skewed=max(numerical, key=lambda feature: abs(feature.skewness_before), default=None),
        interval_tail=describe.TAILS[0],
        largest_z_before=max((feature.largest_z_before for feature in numerical), default=0.0),
        largest_z_after=max((feature.largest_z_after for feature in numerical), default=0.0),
        leading_numerical=_first(evidence, numerical),
    )


def _first(
    evidence: tuple[contract.FeatureEvidence, ...], described: tuple[contract.NumericalFeature, ...]
) -> contract.NumericalFeature | None:
    """Return the most informative of the described features; None of an empty tuple."""
    order = {feature.name: feature.rank for feature in evidence}
    return min(described, key=lambda feature: order[feature.name], default=None)


def _correlations(data: Dataset, table: Table, matrices: dict[str, np.ndarray]) -> contract.Correlations:
    pairs = eda_dependence.numerical_pairs(data.frame, table.numerical_names, **matrices)
    return contract.Correlations(
        pairs=pairs,
        strongest_pair=pairs[0] if pairs else None,
        strongest=max(map(eda_dependence.strength, pairs), default=0.0),
        high=HIGH_CORRELATION,
        high_pairs=tuple(pair for pair in pairs if eda_dependence.strength(pair) >= HIGH_CORRELATION),
        categorical_pairs=eda_dependence.categorical_pairs(data.frame, table.categorical_names),
    )


def _accuracies(hits: Hits, majority: float, twins: np.ndarray, rounds: int) -> contract.Accuracies:
    accuracy = float(hits["all"].mean())
    return contract.Accuracies(
        boosting_rounds=rounds,
        twins=int(twins.sum()),
        twin_share=float(twins.mean()),
        majority=majority,
        all_features=accuracy,
        without_twins=float(hits["all"][~twins].mean()) if not twins.all() else accuracy,
        standard_error=float(np.sqrt(accuracy * (1 - accuracy) / len(twins))),
        without_leading=float(hits["without leading"].mean()) if "without leading" in hits else majority,
    )


def _evidence(evidence: tuple[contract.FeatureEvidence, ...]) -> contract.Evidence:
    leading, runner_up = evidence[0], evidence[1] if len(evidence) > 1 else None
    beside = max(runner_up.mutual_information, runner_up.zero_line) if runner_up else 0.0
    return contract.Evidence(
        by_feature=evidence,
        bins=information.BINS,
        zero_line_quantile=information.ZERO_LINE,
        permutations=information.PERMUTATIONS,
        ranking=tuple(feature.name for feature in evidence),
        influential=tuple(feature.name for feature in evidence if feature.influential),
        influential_share=eda_dependence.INFLUENTIAL_SHARE,
        not_distinguishable=tuple(feature.name for feature in evidence if not feature.above_zero_line),
        leading=leading,
        runner_up=runner_up,
        leading_factor=leading.mutual_information / beside if beside > 0 else 1.0,
        rule=eda_dependence.RULE,
        suspects=tuple(feature.name for feature in evidence if feature.suspect),
    )
