"""Small made-up tables for the tests of Part A."""

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.settings.schema import Categorical, Numerical, Table

TABLE = Table(
    target="grade",
    classes=("low", "middle", "high"),
    numerical=(Numerical("a", "a", "u", -1e6, 1e6), Numerical("b", "b", "u", -1e6, 1e6)),
    categorical=(Categorical("kind", "kind"), Categorical("place", "place")),
)


def world(seed: int, N: int = 300, gaps: float = 0.1) -> tuple[pd.DataFrame, np.ndarray]:
    """A table with ties and gaps; every class has a row."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([[0, 1, 2], rng.choice(3, N - 3, p=[0.2, 0.5, 0.3])])
    frame = pd.DataFrame(
        {
            "a": labels + rng.normal(0, 2, N).round(1),
            "b": rng.integers(0, 9, N).astype(float),
            "kind": pd.Series(np.array(["x", "y", "z"])[rng.integers(0, 3, N)], dtype=object),
            "place": pd.Series(rng.choice(["n", "s", "e", "w"], N, p=[0.5, 0.3, 0.15, 0.05]), dtype=object),
        }
    )
    for name in frame:
        frame.loc[rng.random(N) < gaps, name] = np.nan if name in ("a", "b") else None
    return frame, labels


def as_dataset(frame: pd.DataFrame, labels: np.ndarray) -> Dataset:
    columns = (*((name, "float64") for name in frame), ("grade", "int64"))
    return Dataset(frame, labels, "planted", "0" * 64, columns, False, ())
