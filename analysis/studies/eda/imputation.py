"""Part of the study `eda`: fillings that look at other columns, fitted on a training fold."""

import numpy as np
import pandas as pd

from analysis.data.features import Encoding
from analysis.settings.schema import Table

ROUNDS = 10  # of the iterative imputation, scikit-learn's own default


def by_category(train: pd.DataFrame, frame: pd.DataFrame, column: str, table: Table) -> pd.DataFrame:
    """Return the rows of `frame`, gaps filled with the median or mode of the training rows of their category.

    What is missing together with the category, and where a category has no value, stays a gap.
    """
    groups = train.groupby(column)
    filled = {}
    for name in table.features:
        if name in table.numerical_names:
            fillings = groups[name].median()
        elif name != column:
            fillings = groups[name].agg(lambda values: values.mode().iloc[0] if values.notna().any() else None)
        else:
            continue
        filled[name] = frame[name].fillna(frame[column].map(fillings))
    return frame.assign(**filled)


def iterative(encoding: Encoding, train: pd.DataFrame, frames: list[pd.DataFrame]) -> list[np.ndarray]:
    """Return X0 of each frame, (D, N), gaps of numerical features predicted from all other inputs.

    scikit-learn's IterativeImputer (Bayesian ridge regression, round by round); categories keep their mode.
    """
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401 (scikit-learn asks for it)
    from sklearn.impute import IterativeImputer

    imputer = IterativeImputer(max_iter=ROUNDS, random_state=0, keep_empty_features=True)
    imputer.fit(_with_gaps(encoding, train).T)
    return [imputer.transform(_with_gaps(encoding, frame).T).T.astype(np.float32, order="C") for frame in frames]


def _with_gaps(encoding: Encoding, frame: pd.DataFrame) -> np.ndarray:
    X0 = encoding.transform(frame, np.float64)
    for name in encoding.medians:
        X0[encoding.groups[name][0], frame[name].isna().to_numpy()] = np.nan
    return X0
