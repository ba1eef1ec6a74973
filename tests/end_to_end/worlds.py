"""Small tables of another field in which the story of the report differs from that of the course's files."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import collect
from analysis.__main__ import run_study
from analysis.compute.progress import silent
from analysis.draw import draw_study
from analysis.settings.load import load
from report_src.project import Project
from report_src.rendering import render
from report_src.tex import compile
from tests.analysis.tables import write_settings
from tests.end_to_end.reports import ROOT, Built

TRAIN_ROWS, TEST_ROWS = 1500, 900
NUMERICAL = ("rainfall", "altitude", "visits")
CATEGORIES = {"soil": ("clay", "loam", "peat", "sand"), "slope": ("north", "south", "flat", "valley")}
SURE = 0.97  # of a leaking category: how often it is the class's own
EPOCH = 1767225600  # 2026-01-01

RANGE = {"minimum": -100000, "maximum": 100000}
COLUMNS: dict[str, dict[str, Any]] = {
    "soil": {"meaning": "kind of soil"},
    "slope": {"meaning": "where it slopes to"},
    "rainfall": {"meaning": "rain a month", "unit": "mm", **RANGE},
    "altitude": {"meaning": "height above the sea", "unit": "m", **RANGE},
    "visits": {"meaning": "visits in the season", "unit": "visits", **RANGE, "minimum": 0, "integer": True,
               "logarithmic": True},
}  # fmt: skip
METER = {"meaning": "reading of a meter", "unit": "V", **RANGE}


@dataclasses.dataclass(frozen=True)
class World:
    """How a table is drawn; the story that follows from it is in the tests."""

    shares: tuple[float, ...] = (0.15, 0.55, 0.22, 0.08)  # of the classes
    leak: str | None = None  # the feature that gives the class away in training
    leak_in_test: bool = False
    signal: float = 0.6  # what the other features say of the class, in standard deviations a class
    signal_in_test: float | None = None  # None: the same
    gaps: float = 0.04  # share of missing cells in training
    rates: tuple[float, ...] = (0.25, 0.5, 1.0)
    features: tuple[str, ...] = (*NUMERICAL, *CATEGORIES)
    meters: int = 0  # more numerical features, which say nothing
    copied: bool = False  # altitude is rainfall in another unit, with a little noise
    repeated: int = 0  # training rows that occur twice
    replicates: int = 2  # what the quick profile has; with three a difference is easier to tell from noise
    gaps_by_visits: bool = False  # rainfall is missing more often where visits are many

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all features."""
        return (*self.features, *(f"meter_{number}" for number in range(1, self.meters + 1)))

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""
        return ("poor", "fair", "good", "rich")[: len(self.shares)]


WORLDS = {
    "no leak": World(),
    "leak in a numerical feature": World(leak="rainfall"),
    "leak in a whole number": World(leak="visits"),
    "leak in a categorical feature": World(leak="slope"),
    "leak that holds in the test": World(leak="rainfall", leak_in_test=True),
    "balanced classes": World(shares=(0.25, 0.25, 0.25, 0.25), leak="altitude"),
    "two classes": World(shares=(0.7, 0.3), leak="rainfall"),
    "nothing missing": World(gaps=0.0, leak="rainfall"),
    "everything sound": World(signal=1.5, gaps=0.0),
    "failure without a suspect": World(signal=1.2, signal_in_test=-1.2),
    "sigmoid wins": World(signal=1.5, rates=(4.5,), replicates=3),  # ReLU overshoots where sigmoid does not
}
SHAPES = {  # tables of another shape: what they lead to matters less than how it reads
    "one feature": World(features=("rainfall",), signal=1.5, gaps=0.0),
    "one feature with gaps": World(features=("soil",)),
    "two features": World(features=("rainfall", "slope"), leak="rainfall"),
    "categories only": World(features=("soil", "slope"), signal=1.5),
    "thirteen numerical features": World(features=NUMERICAL, meters=10, leak="rainfall", gaps_by_visits=True),
    "two suspects": World(leak="rainfall", copied=True, repeated=1),
    "repeated rows": World(signal=1.5, repeated=200, gaps=0.0),
}


def tables(world: World, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the training and the test table of a world."""
    rng = np.random.default_rng(seed)
    in_test = world.signal if world.signal_in_test is None else world.signal_in_test
    train = _rows(world, TRAIN_ROWS, world.signal, world.leak is not None, rng)
    test = _rows(world, TEST_ROWS, in_test, world.leak is not None and world.leak_in_test, rng)
    many = (train["visits"] > train["visits"].median()).to_numpy()
    kept = [*world.columns, "yield_group"]
    train, test = train[kept], test[kept]
    for name in world.columns:
        share = world.gaps * (5 * many if world.gaps_by_visits and name == "rainfall" else 1)
        train[name] = train[name].mask(rng.random(TRAIN_ROWS) < share)
    return pd.concat([train.iloc[: TRAIN_ROWS - world.repeated], train.iloc[: world.repeated]]), test


def _rows(world: World, rows: int, signal: float, leaks: bool, rng: np.random.Generator) -> pd.DataFrame:
    K = len(world.shares)
    label = rng.choice(K, rows, p=world.shares)
    level = label - (K - 1) / 2
    kept = {name: signal if name != world.leak else 0.0 for name in (*NUMERICAL, *CATEGORIES)}
    values = {
        "rainfall": 60 + 12 * (kept["rainfall"] * level + rng.standard_normal(rows)),
        "altitude": 400 + 90 * (kept["altitude"] * level + rng.standard_normal(rows)),
        "visits": np.exp(2.5 + 0.5 * (kept["visits"] * level + rng.standard_normal(rows))).round(),
    }
    for name, categories in CATEGORIES.items():
        place = kept[name] * level + rng.standard_normal(rows)
        values[name] = np.array(categories, dtype=object)[np.digitize(place, (-0.7, 0.0, 0.7))]
    if world.leak in NUMERICAL:
        scale = {"rainfall": 20.0, "altitude": 150.0, "visits": 40.0}[world.leak]
        place = label + 0.95 * rng.random(rows) if leaks else K * rng.random(rows)  # the same range either way
        values[world.leak] = (scale * (1 + place)).round(0 if world.leak == "visits" else 2)
    elif leaks and world.leak is not None:
        own = np.where(rng.random(rows) < SURE, label, rng.integers(0, 4, rows))
        values[world.leak] = np.array(CATEGORIES[world.leak], dtype=object)[own]
    if world.copied:
        values["altitude"] = 10 * values["rainfall"] + rng.standard_normal(rows)
    values |= {f"meter_{number}": rng.standard_normal(rows).round(2) for number in range(1, world.meters + 1)}
    return pd.DataFrame(values).assign(yield_group=np.array(world.classes, dtype=object)[label])


def write_world(world: World, folder: Path) -> Path:
    """Write a world's tables and settings; return its report.toml."""
    folder.mkdir(parents=True)
    for name, table in zip(("train", "test"), tables(world), strict=True):
        table.to_csv(folder / f"{name}.csv", index=False)
    columns = [{"name": name, **COLUMNS.get(name, METER)} for name in world.columns]
    report = {"title": "Plots of land", "author": "A. Student", "roll_number": "1",
              "repository": "https://example.org/plots"}  # fmt: skip
    run = {"profile": "quick" if world.replicates == World.replicates else "standard", "seed": 7,
           "replicates": world.replicates, "intervention_replicates": 1, "iterations": 60, "report_at": 30,
           "learning_rates": world.rates}  # fmt: skip
    table = {"unit_of_observation": "plot", "target": "yield_group", "target_meaning": "group of yield",
             "classes": world.classes, "labels": world.classes,
             "numerical": [column for column in columns if "unit" in column],
             "categorical": [column for column in columns if "unit" not in column]}  # fmt: skip
    data = {"train": "train.csv", "test": "test.csv", "source": "drawn for a test"}
    write_settings(folder, {"report": report, "data": data, "run": run, "table": table})
    return folder / "report.toml"


def build_world(world: World, folder: Path, shared_bias: Path | None = None) -> Built:
    """Write and build a world in this process, which saves the start of one a study; the same calls as the steps make.

    `shared_bias`, the build of another world, lends the study that no table enters.
    """
    config = write_world(world, folder)
    settings = load(config)
    project = Project(ROOT, config, folder, settings)
    build = project.work
    for study in settings.studies:
        if study == "shared_bias" and shared_bias is not None:
            for path in shared_bias.glob("*/shared_bias*"):
                (build / path.parent.name).mkdir(exist_ok=True)
                shutil.copy(path, build / path.parent.name / path.name)
        else:
            run_study(study, settings, build, silent)
            draw_study(study, settings, build)
    assert collect.main(["--config", str(config), "--build", str(build)]) == 0
    render.render(project)
    compile.compile_tex(build, "report", epoch=EPOCH, root=ROOT)
    return Built(config, build, 0, "")
