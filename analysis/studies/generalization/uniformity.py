"""Part D, stage 3: whether a feature is uniform in the test table, as the draws of the interventions are."""

import numpy as np
from scipy import stats

from analysis.data.dataset import Dataset
from analysis.settings.schema import Settings
from analysis.studies.generalization.record import Uniformity


def uniformity(train: Dataset, test: Dataset, name: str, settings: Settings) -> Uniformity | None:
    """Compare a numerical feature's test values with the uniform distribution on its training range; else None."""
    known, observed = train.frame[name].dropna(), test.frame[name].dropna()
    if name not in settings.table.numerical_names or known.min() == known.max():
        return None
    low, width = float(known.min()), float(known.max() - known.min())
    found = stats.kstest(observed.to_numpy(np.float64), stats.uniform(low, width).cdf)
    outside = (observed < low) | (observed > low + width)
    return Uniformity(low, low + width, float(found.statistic), float(found.pvalue), float(outside.mean()))
