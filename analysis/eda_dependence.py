"""Part of the study `eda`: what features say about each other and about the target, and which one is suspect."""

from __future__ import annotations

import dataclasses
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from analysis import eda_missing
from analysis.results.eda import CategoricalPair, FeatureEvidence, Pair, SuspectRule

BINS = 32  # quantile bins for mutual information: an interval as wide as a class is then still cut into several
ROWS_PER_BIN = 25  # a smaller table gets fewer bins, so that the plug-in bias stays far below what is looked for
PERMUTATIONS = 200  # the 95 % point is then the 10th largest: its own error is a tenth of the bias or so
ZERO_LINE = 0.95
INFLUENTIAL_SHARE = 0.05  # of the target's entropy: less cannot move a prediction in many rows

# A suspect tells, alone, more about the target than it leaves for everything else together (over half of the
# entropy), a model that sees nothing else earns over half of what the model of all features earns, and nothing
# comes near it (a factor of two): a strong feature of an easy table has strong company, a leak stands alone.
RULE = SuspectRule(entropy_share=0.5, gain_share=0.5, factor=2.0)


@dataclasses.dataclass(frozen=True)
class Information:
    """Mutual information of one feature with the target, nats."""

    mutual_information: float  # less the mean over label permutations
    zero_line: float  # 95 % point over label permutations, less their mean


def entropy(counts: np.ndarray) -> float:
    """Return the plug-in entropy, in nats, of a distribution given by its counts."""
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum())


def plug_in_information(tables: np.ndarray) -> np.ndarray:
    """Return the plug-in mutual information, nats, of each contingency table: (…, A, B) counts -> (…)."""
    p = tables / tables.sum(axis=(-2, -1), keepdims=True)
    independent = p.sum(axis=-1, keepdims=True) * p.sum(axis=-2, keepdims=True)
    ratio = np.divide(p, independent, out=np.ones_like(p), where=p > 0)
    return (p * np.log(ratio)).sum(axis=(-2, -1))


def information(values: pd.Series, labels: np.ndarray, numerical: bool, rng: np.random.Generator) -> Information:
    """Return the mutual information of a feature with the target over the rows in which the feature is known.

    A numerical feature is cut into quantile bins. Permuting the labels keeps both margins, so the permuted
    tables are drawn directly from the distribution of tables with these margins (Patefield 1981).
    """
    known = values.notna().to_numpy()
    if numerical:
        bins = int(np.clip(known.sum() // ROWS_PER_BIN, 2, BINS))
        codes = eda_missing.quantile_codes(values.to_numpy(np.float64)[known], bins)
    else:
        codes = pd.factorize(values[known], sort=True)[0]
    table = eda_missing.contingency(codes, labels[known])
    if min(table.shape) < 2:
        return Information(0.0, 0.0)
    drawn = stats.random_table(table.sum(axis=1), table.sum(axis=0)).rvs(PERMUTATIONS, random_state=rng)
    permuted = plug_in_information(drawn)
    bias = float(permuted.mean())
    return Information(
        float(plug_in_information(table)) - bias, max(0.0, float(np.quantile(permuted, ZERO_LINE)) - bias)
    )


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
        v = eda_missing.cramers_v(eda_missing.contingency(*codes)) if len(both) else 0.0
        found.append(CategoricalPair(first=first, second=second, cramers_v=v))
    return tuple(sorted(found, key=lambda pair: -pair.cramers_v))


def evidence(
    known: dict[str, Information], alone: dict[str, float], all_features: float, majority: float, target_entropy: float
) -> tuple[FeatureEvidence, ...]:
    """Rank the features by mutual information and apply the rule for suspects.

    known: feature -> Information; alone: feature -> validation accuracy of a model of it alone; all_features: of a
    model of all; majority: of the majority class (fractions). target_entropy: nats.
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
            gain_alone=alone[name] - majority,
            gain_share=gains[name],
            influential=shares[name] >= INFLUENTIAL_SHARE and known[name].mutual_information > known[name].zero_line,
            over_entropy=shares[name] > RULE.entropy_share,
            over_gain=gains[name] > RULE.gain_share,
            suspect=name in named,
        )
        for rank, name in enumerate(ranked, start=1)
    )


def suspects(known: dict[str, Information], shares: dict[str, float], gains: dict[str, float]) -> tuple[str, ...]:
    """Return the features that the rule names, most informative first; none where nothing stands out.

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
