"""Part of the study `eda`: correlations, mutual information with the target, and the rule for suspects."""

from itertools import combinations

import numpy as np
import pandas as pd

from analysis.statistics import independence
from analysis.statistics.information import Information
from analysis.studies.eda.record import CategoricalPair, FeatureEvidence, Pair, SuspectRule

INFLUENTIAL_SHARE = 0.05  # of the target's entropy: less cannot move a prediction in many rows

# A suspect carries more information about the target than it leaves for everything else together (over half of the
# entropy), a model that sees nothing else earns over half of what the model of all features earns, and nothing
# comes near it (a factor of two): an easy table has several strong features, a leak has no rival.
RULE = SuspectRule(entropy_share=0.5, gain_share=0.5, factor=2.0)


def correlations(frame: pd.DataFrame, names: tuple[str, ...], method: str) -> np.ndarray:
    """Return the matrix of correlations ("pearson" or "spearman") of numerical columns, pair by pair complete.

    A constant column correlates with nothing: 0.
    """
    matrix = frame[list(names)].corr(method=method).to_numpy(copy=True)  # type: ignore[arg-type]  # one of two words
    matrix = np.nan_to_num(np.clip(matrix, -1, 1))
    np.fill_diagonal(matrix, 1.0)
    return matrix


def numerical_pairs(
    frame: pd.DataFrame, names: tuple[str, ...], pearson: np.ndarray, spearman: np.ndarray
) -> tuple[Pair, ...]:
    """Return the pairs of numerical columns, the largest |r| of either kind first."""
    found = [
        Pair(
            first=names[i],
            second=names[j],
            rows=int(frame[[names[i], names[j]]].notna().all(axis=1).sum()),
            pearson=float(pearson[i, j]),
            spearman=float(spearman[i, j]),
        )
        for i, j in combinations(range(len(names)), 2)
    ]
    return tuple(sorted(found, key=lambda pair: -strength(pair)))


def strength(pair: Pair) -> float:
    """Return the larger of the two |r| of a pair."""
    return max(abs(pair.pearson), abs(pair.spearman))


def categorical_pairs(frame: pd.DataFrame, names: tuple[str, ...]) -> tuple[CategoricalPair, ...]:
    """Return the pairs of categorical columns with Cramér's V, largest first."""
    found = []
    for first, second in combinations(names, 2):
        both = frame[[first, second]].dropna()
        codes = [pd.factorize(both[name])[0] for name in (first, second)]
        v = independence.cramers_v(independence.contingency(*codes)) if len(both) else 0.0
        found.append(CategoricalPair(first=first, second=second, cramers_v=v))
    return tuple(sorted(found, key=lambda pair: -pair.cramers_v))


def evidence(
    known: dict[str, Information], alone: dict[str, float], all_features: float, majority: float, target_entropy: float
) -> tuple[FeatureEvidence, ...]:
    """Rank the features by mutual information and apply the rule for suspects.

    known: feature -> Information; alone: feature -> validation accuracy of a model of this feature only;
    all_features: of a model of all; majority: of the majority class (fractions). target_entropy: nats.
    """
    gain = all_features - majority
    ranked = sorted(known, key=lambda name: -known[name].mutual_information)
    shares = {name: known[name].mutual_information / target_entropy if target_entropy else 0.0 for name in ranked}
    gains = {name: (alone[name] - majority) / gain if gain > 0 else 0.0 for name in ranked}
    named = suspects(known, shares, gains)
    return tuple(
        FeatureEvidence(
            name=name,
            rank=rank,
            mutual_information=known[name].mutual_information,
            zero_line=known[name].zero_line,
            above_zero_line=known[name].mutual_information > known[name].zero_line,
            entropy_share=shares[name],
            accuracy_alone=alone[name],
            gain_share=gains[name],
            influential=shares[name] >= INFLUENTIAL_SHARE and known[name].mutual_information > known[name].zero_line,
            suspect=name in named,
        )
        for rank, name in enumerate(ranked, start=1)
    )


def suspects(known: dict[str, Information], shares: dict[str, float], gains: dict[str, float]) -> tuple[str, ...]:
    """Return the features that the rule names, most informative first; () where no feature dominates.

    The features that meet the first two conditions are suspects if the weakest of them exceeds the strongest of
    all others by the rule's factor; where every feature meets them there is nothing to stand out from.
    """
    ranked = sorted(known, key=lambda name: -known[name].mutual_information)
    named = [n for n in ranked if shares[n] > RULE.entropy_share and gains[n] > RULE.gain_share]
    others = [name for name in ranked if name not in named]
    if not named or not others:
        return ()
    strongest_other = max(known[name].mutual_information for name in others)
    weakest_named = min(known[name].mutual_information for name in named)
    return tuple(named) if weakest_named > RULE.factor * strongest_other else ()
