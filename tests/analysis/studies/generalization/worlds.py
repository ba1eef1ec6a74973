"""Small planted worlds for Part D's tests: what leaks, and whether it still does in the test table, is known."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis.data import dataset, features
from analysis.network.descent import checkpoints, gradient_descent
from analysis.network.mlp import RELU, in_blocks
from analysis.network.replicates import encode, fold, initial_params
from analysis.settings.schema import Categorical, Numerical, Settings, Table
from tests.analysis.tables import described

RATE = 0.5
SHOWN = 1  # the replicate that PyTorch trained
ROWS = 900
RUN = {"seed": 3, "replicates": 2, "hidden": [16, 8], "iterations": 120, "report_at": 60, "boosting_rounds": 15}
TABLE = Table(
    target="kind",
    target_meaning="kind of stone",
    unit_of_observation="stone",
    classes=("chalk", "flint", "slate"),
    labels=("c", "f", "s"),
    numerical=(
        Numerical("mass", "mass", "g", -1000, 1000),
        Numerical("mark", "a mark that somebody gave", "points", 0, 100, integer=True),
    ),
    categorical=(Categorical("box", "box it was found in"),),
)
SUSPECTS = {
    "numerical leak, broken in test": ("mark",),
    "no leak": (),
    "leak that holds in test": ("mark",),
    "categorical leak, broken in test": ("box",),
}
WORLDS = tuple(SUSPECTS)


def table(world: str, rows: int, seed: int, *, test: bool) -> pd.DataFrame:
    """Return one table of a world; `mass` tells a little of the label everywhere."""
    rng = np.random.default_rng([seed, test])
    labels = rng.choice(3, rows, p=[0.25, 0.45, 0.3])
    broken = test and "broken" in world
    signal = rng.integers(0, 3, rows) if broken else labels
    leaks = "leak" in world and world != "no leak"
    mark = rng.integers(0, 90, rows)
    box = rng.choice(["a", "b", "c"], rows)
    if leaks and "categorical" not in world:
        mark = 30 * signal + rng.integers(0, 30, rows)
    elif leaks:
        box = np.array(["a", "b", "c"])[signal]
    mass = 1.2 * labels + rng.normal(0, 1, rows)
    return pd.DataFrame({"mass": mass.round(3), "mark": mark, "box": box, "kind": np.array(["c", "f", "s"])[labels]})


def write(folder: Path, world: str, *, seed: int = 1, rows: int = ROWS, gaps: bool = False) -> Settings:
    """Write a world's tables and its report.toml; `gaps` empties some cells of the training table."""
    folder.mkdir(parents=True, exist_ok=True)
    train = table(world, rows, seed, test=False)
    if gaps:
        train.loc[::11, "mass"] = np.nan
        train = pd.concat([train, train.iloc[:40]])
    train.to_csv(folder / "train.csv", index=False)
    table(world, rows, seed, test=True).to_csv(folder / "test.csv", index=False)
    return described(folder, TABLE, **RUN)


class Before:
    """What the studies before Part D hand over: suspects, the leading feature, trained networks."""

    def __init__(self, build: Path, of: Settings, suspects: tuple[str, ...], leading: str) -> None:
        self.build, self.of, self.suspects, self.leading = build, of, suspects, leading

    def record(self, study: str) -> SimpleNamespace:
        if study == "eda":
            features = [SimpleNamespace(name=n, mutual_information=0.5, zero_line=0.01) for n in self.of.table.features]
            leading = SimpleNamespace(name=self.leading)
            evidence = SimpleNamespace(suspects=self.suspects, leading=leading, by_feature=features)
            return SimpleNamespace(evidence=evidence)
        assert study == "attribution"
        return SimpleNamespace(learning_rate=RATE, walked_replicate=SHOWN)

    def arrays(self, study: str) -> dict[str, np.ndarray]:
        assert study in ("training", "attribution")
        return trained_networks(self.of)


def trained_networks(of: Settings) -> dict[str, np.ndarray]:
    """Return what was trained on every feature in each replicate, under the names of the contract."""
    train, arrays = dataset.read_train(of), {}
    for replicate in range(of.run.replicates):
        folds = encode(fold(train, of, replicate), of.table)
        Y = features.one_hot(folds.labels_train, len(of.table.classes))
        start = initial_params(of, len(folds.X_train), replicate, "relu")
        run = gradient_descent(
            start, in_blocks(folds.X_train, Y), None, RELU,
            learning_rate=RATE, iterations=of.run.iterations, keep_at=checkpoints(of.run.iterations),
        )  # fmt: skip
        for name, array, course in zip(start._fields, run.params, zip(*run.kept, strict=True), strict=True):
            arrays |= {f"model_{replicate}_{name}": array, f"relu_{replicate}_checkpoints_{name}": np.stack(course)}
    return arrays


def before(folder: Path, of: Settings, world: str) -> Before:
    """Return what comes before Part D in a world."""
    return Before(folder / "build", of, SUSPECTS[world], (*SUSPECTS[world], "mass")[0])
