"""Part of the study `eda`: do the gaps of a column depend on the values of the others?

Each indicator "is missing" is tested against every other column by the chi-square test of independence;
numerical columns are cut at quantiles, and a gap of the other column is a category of its own. The p-values
of all tests together are corrected by Holm (1979). Dependence on observed columns means missing at random
(MAR; Rubin 1976); its absence is compatible with missing completely at random (MCAR). Whether a gap depends
on the value that is missing cannot be seen in the table.
"""

import dataclasses

import numpy as np
import pandas as pd

from analysis.settings.schema import Table
from analysis.statistics.independence import contingency, cramers_v, holm, independence_p, quantile_codes
from analysis.studies.eda.record import Dependence, Missing

LEVEL = 0.05  # the customary one, for all tests together (Holm)
BINS = 10  # of a numerical column: a tenth of the rows each, enough to see a dependence that is not monotonic
CUTS = 200  # candidate cuts of a numerical column, used only to describe a dependence
SMALLEST_SIDE = 0.01  # a cut that describes a dependence leaves at least this share of the rows on either side


@dataclasses.dataclass(frozen=True)
class Cut:
    """Rows split in two by the values of another column."""

    relation: str
    value: str
    inside: np.ndarray  # (N,) bool


def cuts(values: pd.Series, numerical: bool) -> list[Cut]:
    """Return the ways to split the rows by one column: at a number, one category against the rest, gap or not."""
    found = [Cut("missing", "", values.isna().to_numpy())] if values.isna().any() else []
    if not numerical:
        return found + [
            Cut("category", str(value), (values == value).to_numpy()) for value in sorted(values.dropna().unique())
        ]
    numbers = values.to_numpy(np.float64)
    distinct = np.unique(numbers[~np.isnan(numbers)])
    if len(distinct) > CUTS:
        distinct = np.unique(np.quantile(distinct, np.arange(CUTS + 1) / CUTS, method="inverted_cdf"))
    for position, value in enumerate(distinct[:-1]):
        at_most = "equal" if position == 0 else "at_most"
        at_least = "equal" if position == len(distinct) - 2 else "at_least"
        found.append(Cut(at_most, f"{value:g}", numbers <= value))
        found.append(Cut(at_least, f"{distinct[position + 1]:g}", numbers >= distinct[position + 1]))
    return found


def best_cut(missing: np.ndarray, candidates: list[Cut]) -> Cut | None:
    """Return the cut whose inside has the most gaps above expectation, in standard deviations; None without one.

    missing: (N,) bool, the indicator.
    """
    N, share = len(missing), missing.mean()
    best, score = None, -np.inf
    for cut in candidates:
        inside = np.count_nonzero(cut.inside)
        if not SMALLEST_SIDE * N <= inside <= (1 - SMALLEST_SIDE) * N:
            continue
        excess = np.count_nonzero(missing & cut.inside) - inside * share
        scaled = excess / np.sqrt(inside * (1 - inside / N))
        if scaled > score:
            best, score = cut, scaled
    return best


def analyse(frame: pd.DataFrame, labels: np.ndarray, table: Table, rng: np.random.Generator) -> tuple[Missing, ...]:
    """Test the gaps of each feature against every other feature and the target.

    frame: (N, features) with gaps; labels: (N,) class indices. Returns one Missing per feature, in order.
    """
    columns = {str(name): values for name, values in frame.items()} | {
        table.target: pd.Series(np.asarray(table.classes, dtype=object)[labels])
    }
    codes = {name: _codes(values, name in table.numerical_names) for name, values in columns.items()}
    features = [str(name) for name in frame]
    with_gaps = [name for name in features if frame[name].isna().any() and not frame[name].isna().all()]
    tests = [(name, other) for name in with_gaps for other in columns if other != name]
    tables = [contingency(frame[name].isna().to_numpy().astype(int), codes[other]) for name, other in tests]
    p_values = holm(np.array([independence_p(counts, rng) for counts in tables]))
    candidates = {other: cuts(values, other in table.numerical_names) for other, values in columns.items()}
    found: dict[str, list[Dependence]] = {name: [] for name in features}
    for (name, other), counts, p in zip(tests, tables, p_values, strict=True):
        missing = frame[name].isna().to_numpy()
        found[name].append(_dependence(missing, other, candidates[other], cramers_v(counts), float(p)))
    return tuple(_verdict(name, frame[name], found[name], table.target) for name in features)


def _codes(values: pd.Series, numerical: bool) -> np.ndarray:
    """Return non-negative codes of a column's bins or categories, a gap being one of them."""
    if numerical:
        return quantile_codes(values.to_numpy(np.float64), BINS) + 1
    return pd.factorize(values, sort=True)[0] + 1


def _dependence(missing: np.ndarray, other: str, candidates: list[Cut], v: float, p: float) -> Dependence:
    cut = best_cut(missing, candidates) or Cut("missing", "", np.zeros(len(missing), bool))
    inside, outside = missing[cut.inside], missing[~cut.inside]
    return Dependence(
        other=other,
        p_holm=p,
        cramers_v=v,
        relation=cut.relation,  # type: ignore[arg-type]  # one of the record's words
        value=cut.value,
        share_inside=float(inside.mean()) if len(inside) else 0.0,
        share_outside=float(outside.mean()) if len(outside) else 0.0,
    )


def _verdict(name: str, values: pd.Series, found: list[Dependence], target: str) -> Missing:
    significant = sorted((d for d in found if d.p_holm < LEVEL), key=lambda d: -d.cramers_v)
    gaps = int(values.isna().sum())
    return Missing(
        feature=name,
        rows=gaps,
        share=gaps / len(values),
        verdict="complete" if not gaps else "MAR-compatible" if significant else "MCAR-compatible",
        significant=tuple(d.other for d in significant),
        strongest=significant[0] if significant else None,
        on_target=next((d for d in found if d.other == target), None),
    )
