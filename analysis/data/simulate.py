"""Simulated tables in place of the course's two files: seeded, of the same sizes, calibrated to what is known of them.

`simulate.toml` holds the laws: shares of classes, boroughs and rooms; mixtures of two uniform laws of
amenity_score by class, room and borough in training, one law in test; minimum_nights by class and kind of room;
number_of_reviews and availability_365 by class, kind of room and length of stay; rates of missing cells in the
training table, and what they depend on.
In training amenity_score follows the class; in test it is uniform for every class. Nothing else differs.
Only this module of analysis/ names a column.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

TRAIN_ROWS, TEST_ROWS = 41_348, 7_297
LABELS = (0, 1, 2, 3)
NUMERICAL = ("minimum_nights", "amenity_score", "number_of_reviews", "availability_365")
COLUMNS = (
    "neighbourhood_group",
    "room_type",
    "minimum_nights",
    "amenity_score",
    "number_of_reviews",
    "availability_365",
    "price_class",
)

LAWS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
SHARES, ROOMS, CLASSES, AMENITY_LAWS, NIGHTS, REVIEWS, OPEN, LATENT = (
    np.array(LAWS[name])
    for name in ("shares", "rooms", "classes", "amenity_laws", "nights", "reviews", "open", "latent")
)
BOROUGHS: dict[str, float] = LAWS["boroughs"]
ROOM_TYPES = ("Entire home/apt", "Private room", "Shared room")
AMENITY_WEIGHTS = {int(label): np.array(weights) for label, weights in LAWS["amenity_weights"].items()}
NIGHTS_ATOMS = [{int(night): weight for night, weight in atoms.items()} for atoms in LAWS["nights_atoms"]]
LONG = 29  # nights from which a stay is long
REVIEWS_CUT = (-0.07, 1.137)  # shift and stretch that undo the cut to 1..607 and the rounding
REVIEWS_MOST = 607
GAPS = LAWS["gaps"]
AMENITY_TEST: tuple[float, float] = tuple(LAWS["amenity_test"])


def simulate(seed: int, *, leak: str | None = "amenity_score") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (train, test) with the course's columns in the course's order; the test table has no gaps.

    leak: the numerical column that follows the class in training and not in test. With another one than
    "amenity_score", or with None, amenity_score has no information in either table.
    """
    generator = np.random.default_rng(seed)
    train_cells, test_cells = _draw_cells(generator)
    train = _listings(train_cells, generator)
    test = _listings(test_cells, generator)
    score = _score(train_cells, generator)  # (TRAIN_ROWS,)
    if leak == "amenity_score":
        train[leak] = score
    elif leak is not None:  # the column keeps its values and takes the score's order
        train.loc[np.argsort(score), leak] = np.sort(train[leak].to_numpy())
    _remove_cells(train, generator)
    return train, test


def as_csv(seed: int) -> tuple[bytes, bytes]:
    """Return (train, test) as the bytes of two CSV files with CRLF line ends, as the course's have them."""
    train, test = (table.to_csv(index=False, lineterminator="\r\n").encode() for table in simulate(seed))
    return train, test


def _draw_cells(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return (borough, room type, class) of every row of train and test, (N, 3) each.

    Counts follow the tables to the row; test is drawn stratified by class and borough.
    """
    joint = np.array(list(BOROUGHS.values()))[:, None, None] * ROOMS[:, :, None] * CLASSES
    joint *= SHARES / joint.sum(axis=(0, 1))  # the tables are rounded: their class shares are made to agree exactly
    train, test = [], []
    for label, counts in enumerate(zip(_apportion(TRAIN_ROWS, SHARES), _apportion(TEST_ROWS, SHARES), strict=True)):
        rooms = _apportion(sum(counts), joint[:, :, label].ravel()).reshape(joint.shape[:2])  # (borough, room type)
        for borough, number in enumerate(_apportion(counts[1], rooms.sum(axis=1))):
            room = generator.permutation(np.repeat(np.arange(len(ROOM_TYPES)), rooms[borough]))
            rows = np.column_stack([np.full(room.size, borough), room, np.full(room.size, label)])
            test.append(rows[:number])
            train.append(rows[number:])
    return generator.permutation(np.concatenate(train)), generator.permutation(np.concatenate(test))


def _apportion(total: int, weights: np.ndarray) -> np.ndarray:
    """Return whole numbers in proportion to `weights` that add up to `total` (largest remainders)."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return whole


def _listings(cells: np.ndarray, generator: np.random.Generator) -> pd.DataFrame:
    """Return N listings of the given (borough, room type, class), (N, 3); amenity_score uniform."""
    latent = np.linalg.cholesky(LATENT) @ generator.standard_normal((3, len(cells)))
    u = ndtr(latent)  # (3, N), each uniform on (0, 1)
    law = cells[:, 2] + len(LABELS) * (cells[:, 1] > 0)  # (N,) row of NIGHTS
    nights = _by_law(_nights, law, u[0])
    law = law + len(NIGHTS) * (nights >= LONG)  # (N,) row of REVIEWS and of OPEN
    values = {
        "neighbourhood_group": np.array(list(BOROUGHS), dtype=object)[cells[:, 0]],
        "room_type": np.array(ROOM_TYPES, dtype=object)[cells[:, 1]],
        "minimum_nights": nights,
        "amenity_score": generator.uniform(*AMENITY_TEST, len(cells)).round(1),
        "number_of_reviews": _by_law(_reviews, law, u[1]),
        "availability_365": _by_law(_open_days, law, u[2]),
        "price_class": cells[:, 2],
    }
    return pd.DataFrame(values, columns=COLUMNS)


def _by_law(quantiles: Callable[[np.ndarray, int], np.ndarray], law: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return the quantile of each row's own law at u: law and u are (N,)."""
    values = np.empty(len(law), dtype=int)
    for row in np.unique(law):
        values[law == row] = quantiles(u[law == row], row)
    return values


def _nights(u: np.ndarray, row: int) -> np.ndarray:
    """minimum_nights: the quantiles at u, (N,)."""
    atoms = {
        night: share * weight / sum(group.values())
        for share, group in zip(NIGHTS[row], NIGHTS_ATOMS, strict=True)
        for night, weight in group.items()
    }
    cumulative = np.cumsum(list(atoms.values()))
    return np.array(list(atoms))[np.searchsorted(cumulative[:-1] / cumulative[-1], u, side="right")]


def _reviews(u: np.ndarray, row: int) -> np.ndarray:
    """number_of_reviews: the quantiles at u, (N,)."""
    none, mean, deviation = REVIEWS[row] * (1, 1, REVIEWS_CUT[1]) + (0, REVIEWS_CUT[0], 0)
    highest = ndtr((np.log1p(REVIEWS_MOST + 0.5) - mean) / deviation)
    positive = np.expm1(mean + deviation * ndtri(highest * np.clip((u - none) / (1 - none), 0, 1)))
    return np.where(u < none, 0, positive.round().clip(1, REVIEWS_MOST)).astype(int)


def _open_days(u: np.ndarray, row: int) -> np.ndarray:
    """availability_365: the quantiles at u, (N,)."""
    never, *between, always = OPEN[row] / OPEN[row].sum()
    cumulative = np.concatenate([[0], np.cumsum(between)]) / sum(between)
    days = np.interp((u - never) / (1 - never - always), cumulative, np.linspace(0, 365, len(cumulative)))
    return np.where(u < never, 0, np.where(u >= 1 - always, 365, np.floor(days).clip(1, 364))).astype(int)


def _score(cells: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """amenity_score as the training table has it: a law of the class, by borough and room type."""
    borough, room, label = cells.T
    weight = np.ones(len(label))
    for of_class, weights in AMENITY_WEIGHTS.items():
        weight = np.where(label == of_class, weights[borough, room], weight)
    laws = AMENITY_LAWS[label, (generator.random(len(label)) >= weight).astype(int)]  # (N, 2): from, to
    return generator.uniform(laws[:, 0], laws[:, 1]).round(1)


def _remove_cells(table: pd.DataFrame, generator: np.random.Generator) -> None:
    """Leave cells out, in place, at rates that depend only on other columns: missing at random."""
    table[list(NUMERICAL)] = table[list(NUMERICAL)].astype(float)
    home = (table["room_type"] == ROOM_TYPES[0]).to_numpy()
    few = (table["number_of_reviews"] <= 1).to_numpy()

    def remove(column: str, rates: np.ndarray) -> None:
        for rate in np.unique(rates):
            rows = np.flatnonzero(rates == rate)
            table.loc[generator.choice(rows, round(rate * rows.size), replace=False), column] = None

    remove("neighbourhood_group", np.full(len(table), GAPS["borough_rows"] / TRAIN_ROWS))
    remove("room_type", np.full(len(table), GAPS["room_rows"] / TRAIN_ROWS))
    remove("availability_365", np.where(table["minimum_nights"] >= 30, GAPS["open"][1], GAPS["open"][0]))
    open_days = table["availability_365"]
    remove("minimum_nights", np.select([open_days.isna(), open_days == 0], GAPS["nights"][:0:-1], GAPS["nights"][0]))
    never, long = (open_days == 0).to_numpy(), (table["minimum_nights"] >= 30).to_numpy()
    remove("number_of_reviews", np.array(GAPS["reviews"])[never + 2 * long])
    remove("amenity_score", np.array(GAPS["amenity"])[1 - home, few.astype(int)])
