"""From the replicates of Part C (b) to its record: ranked list, leader, signed table, relation to Part A."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from analysis.data.features import Encoding
from analysis.network.mlp import Array
from analysis.results.types import replicated
from analysis.settings.schema import Settings, Table
from analysis.statistics.ranks import paired_above, permutation_p, ranks, smallest_p, spearman, tied
from analysis.studies.attribution.record import (
    AttributionRecord,
    Checks,
    ClassEffect,
    Correlation,
    Effect,
    Leader,
    Listing,
    RankedFeature,
    Relation,
    Score,
    SignedInput,
)
from analysis.studies.attribution.replicate import CONFIDENT_ABOVE, QUANTITIES, Replicate

MAIN = "logit"  # the quantity that orders the list
OVER_REPLICATES = ("train_accuracy", "validation_accuracy", "confident_share")
OF_THE_LEADER = ("wrong_loss_share", "confident_probability_share", "confident_logit_share")


def build_record(
    settings: Settings,
    replicates: Sequence[Replicate],
    encoding: Encoding,
    training: Any,
    eda: Any,
    checks: Checks,
    listing: Listing,
) -> AttributionRecord:
    """Return the study's record; `training` is that of Part B, `eda` that of Part A."""
    features = encoding.features
    information = {one.name: one.mutual_information for one in eda.evidence.by_feature}
    ranking = _rank_features(score_table(replicates, features), information)
    classes, signed = _signed_table(replicates, settings.table, encoding)
    main = np.array([one.scores[QUANTITIES.index(MAIN)] for one in replicates])  # (R, F)
    leads = np.count_nonzero(main.argmax(axis=1) == features.index(ranking[0].feature))
    effects = _class_effects(ranking[0].feature, classes, signed, settings.table.numerical_names)
    leader = lead(ranking, int(leads), effects, eda.evidence.suspects)
    first = features.index(leader.feature)
    return AttributionRecord(
        ranking=ranking,
        tied_features=sum(bool(one.tied_with) for one in ranking),
        leader=leader,
        relation=_correlations_with_information(ranking, eda, settings.run.seed),
        signed_classes=classes,
        signed=signed,
        checks=checks,
        listing=listing,
        walked_replicate=training.plotted_replicate,
        learning_rate=training.learning_rate,
        iterations=settings.run.iterations,
        replicates=len(replicates),
        inputs=len(encoding.inputs),
        parameters=sum(array.size for array in replicates[0].params),
        train_rows=replicates[0].train_rows,
        wrong_share=replicated(1 - one.train_accuracy for one in replicates),
        confident_above=CONFIDENT_ABOVE,
        **{name: replicated(getattr(one, name) for one in replicates) for name in OVER_REPLICATES},
        **{name: replicated(getattr(one, name)[first] for one in replicates) for name in OF_THE_LEADER},
    )


def score_table(replicates: Sequence[Replicate], features: Sequence[str]) -> dict[str, dict[str, Score]]:
    """Return quantity -> feature -> Score, over replicates."""
    scores = np.array([one.scores for one in replicates])  # (R, quantities, F)
    return {name: _scores(scores[:, q], features) for q, name in enumerate(QUANTITIES)}


def _rank_features(
    table: Mapping[str, Mapping[str, Score]], information: Mapping[str, float]
) -> tuple[RankedFeature, ...]:
    """Return the ranked list, by the main quantity's mean score."""
    main = table[MAIN]
    return tuple(
        RankedFeature(
            feature=name,
            score=main[name].score,
            lowest=main[name].lowest,
            highest=main[name].highest,
            rank=main[name].rank,
            tied_with=main[name].tied_with,
            mutual_information=information[name],
            **{quantity: table[quantity][name] for quantity in QUANTITIES},
        )
        for name in sorted(main, key=lambda name: -main[name].score)
    )


def _correlations_with_information(ranking: Sequence[RankedFeature], eda: Any, seed: int) -> Relation:
    """Compare each quantity's scores with the mutual information of Part A by Spearman's rank correlation."""
    information = np.array([one.mutual_information for one in ranking])
    found: dict[str, Correlation] = {}
    for quantity in QUANTITIES:
        scores = np.array([getattr(one, quantity).score for one in ranking])
        p, permutations, exact = permutation_p(scores, information, np.random.default_rng(seed))
        found[quantity] = Correlation(rho=spearman(scores, information), p=p)
    first = {one.feature for one in ranking[: len(eda.evidence.influential)]}
    weak = [one.logit.relative for one in ranking if one.feature in eda.evidence.not_distinguishable]
    return Relation(
        features=len(ranking),
        permutations=permutations,
        exact=exact,
        smallest_p=smallest_p(len(ranking)),
        **found,
        expected=tuple(eda.evidence.influential),
        expected_found=len(first.intersection(eda.evidence.influential)),
        uninformative=tuple(eda.evidence.not_distinguishable),
        uninformative_relative=max(weak, default=0.0),
    )


def _signed_table(
    replicates: Sequence[Replicate], table: Table, encoding: Encoding
) -> tuple[tuple[str, ...], tuple[SignedInput, ...]]:
    """Return the classes with a correct row somewhere, and for each input its effect on each of them.

    An input that some replicate lacks, its fold having no row of a rare category, has no effect to summarise.
    """
    shared = [name for name in encoding.inputs if all(name in one.inputs for one in replicates)]
    places = [[one.inputs.index(name) for name in shared] for one in replicates]
    signed = np.array([one.signed[:, own] for one, own in zip(replicates, places, strict=True)])  # (R, K, shared)
    magnitude = np.array([one.magnitude[:, own] for one, own in zip(replicates, places, strict=True)])
    present = np.flatnonzero(~np.isnan(signed).all(axis=(0, 2)))
    owner = {encoding.inputs[i]: feature for feature, own in encoding.groups.items() for i in own}
    rows = tuple(
        SignedInput(name, owner[name], tuple(_effect(signed[:, k, i], magnitude[:, k, i]) for k in present))
        for i, name in enumerate(shared)
    )
    return tuple(table.classes[k] for k in present), rows


def _class_effects(
    feature: str, classes: Sequence[str], signed: Sequence[SignedInput], numerical: Sequence[str]
) -> tuple[ClassEffect, ...]:
    """Return a numerical feature's effect class by class; nothing for a categorical one, which has several inputs."""
    if feature not in numerical:
        return ()
    own = next(row for row in signed if row.feature == feature).by_class
    return tuple(
        ClassEffect(name, one.effect, one.low, one.high, one.consistency)
        for name, one in zip(classes, own, strict=True)
    )


def lead(
    ranking: Sequence[RankedFeature], leads: int, effects: tuple[ClassEffect, ...], suspects: Sequence[str]
) -> Leader:
    """Return the leading feature, its lead in each quantity and its effect class by class.

    leads: in how many replicates its main score is the largest; suspects: what Part A's rule names.
    """
    first = ranking[0]
    by_information = [one.mutual_information for one in ranking]
    return Leader(
        feature=first.feature,
        runner_up=ranking[1].feature if len(ranking) > 1 else first.feature,
        numerical=bool(effects),
        alone=not first.tied_with,
        first_in_quantities=sum(
            getattr(first, quantity).rank == 1 and not getattr(first, quantity).tied_with for quantity in QUANTITIES
        ),
        runner_up_second=_second_in(ranking),
        quantities=len(QUANTITIES),
        **{f"{quantity}_ratio": _lead_ratio(ranking, quantity) for quantity in QUANTITIES},
        first_by_mutual_information=first.mutual_information == max(by_information),
        mutual_information=first.mutual_information,
        mutual_information_rank=1 + sum(value > first.mutual_information for value in by_information),
        by_class=effects,
        strongest=max(effects, key=lambda one: abs(one.effect), default=None),
        weakest=min(effects, key=lambda one: abs(one.effect), default=None),
        mixed=min(effects, key=lambda one: one.consistency, default=None),
        signs=_signs(effects),
        suspect=first.feature in suspects,
    )


def _signs(effects: Sequence[ClassEffect]) -> Literal["rising", "falling", "other"]:
    if effects and effects[0].high < 0 < effects[-1].low:
        return "rising"
    if effects and effects[0].low > 0 > effects[-1].high:
        return "falling"
    return "other"


def _scores(values: Array, features: Sequence[str]) -> dict[str, Score]:
    """Return feature -> Score from values (R, F) of one quantity."""
    mean, above = values.mean(axis=0), paired_above(values)
    std = values.std(axis=0, ddof=1)
    largest = mean.max() or 1.0
    return {
        name: Score(
            score=float(mean[i]),
            std=float(std[i]),
            lowest=float(values[:, i].min()),
            highest=float(values[:, i].max()),
            relative=float(mean[i] / largest),
            rank=rank,
            tied_with=tuple(features[other] for other in tied(above, i)),
            replicates=tuple(values[:, i].tolist()),
        )
        for i, (name, rank) in enumerate(zip(features, ranks(above), strict=True))
    }


def _second_in(ranking: Sequence[RankedFeature]) -> int:
    """Return in how many quantities the list's second feature lies below the first alone and above all others."""
    if len(ranking) < 2:
        return 0
    scores = [getattr(ranking[1], quantity) for quantity in QUANTITIES]
    return sum(one.rank == 2 and not one.tied_with for one in scores)


def _effect(signed: Array, magnitude: Array) -> Effect:
    """Summarise one cell over the replicates that have a row for it."""
    here = ~np.isnan(signed)
    signed, magnitude = signed[here], magnitude[here]
    total = float(magnitude.mean())
    consistency = min(1.0, float(np.abs(signed).mean()) / total) if total else 0.0
    return Effect(float(signed.mean()), float(signed.min()), float(signed.max()), consistency)


def _lead_ratio(ranking: Sequence[RankedFeature], quantity: str) -> float:
    others = [getattr(one, quantity).score for one in ranking[1:]]
    return getattr(ranking[0], quantity).score / max(others) if others and max(others) > 0 else 0.0
