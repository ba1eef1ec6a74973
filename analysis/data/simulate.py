"""The stand-in for the course's two files: seeded, of the same sizes, calibrated to what is known of them.

What is calibrated (constants below, all of them probabilities unless they say otherwise):

    SHARES[class], BOROUGHS[borough], ROOMS[borough][room], CLASSES[borough, room][class]
    AMENITY…    mixtures of two uniform laws, by class, room and borough, in the training table; one law in test
    NIGHTS      minimum_nights by class and kind of room; REVIEWS number_of_reviews and OPEN availability_365 by
                class, kind of room and length of stay
    LATENT      correlations of the normal variables behind these three (a Gaussian copula)
    GAPS…       rates of missing cells, training table alone, and what they depend on

In training amenity_score follows the class; in test it is uniform whatever the class. Nothing else differs.
The only file of analysis/ that names a column.
"""

from __future__ import annotations

from collections.abc import Callable

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

SHARES = np.array([0.13464, 0.56320, 0.23808, 0.06409])
BOROUGHS = {"Bronx": 0.0224, "Brooklyn": 0.4121, "Manhattan": 0.4420, "Queens": 0.1159, "Staten Island": 0.0076}
ROOM_TYPES = ("Entire home/apt", "Private room", "Shared room")
ROOMS = np.array(  # a row per borough, a column per room type
    [
        [0.335, 0.608, 0.057],
        [0.476, 0.503, 0.021],
        [0.606, 0.372, 0.022],
        [0.370, 0.597, 0.033],
        [0.472, 0.505, 0.023],
    ]
)
CLASSES = np.array(  # borough, room type, class
    [
        [[0.044, 0.789, 0.120, 0.047], [0.480, 0.504, 0.011, 0.006], [0.647, 0.314, 0.020, 0.020]],
        [[0.009, 0.583, 0.340, 0.069], [0.313, 0.658, 0.024, 0.006], [0.801, 0.161, 0.035, 0.003]],
        [[0.003, 0.328, 0.512, 0.158], [0.107, 0.776, 0.091, 0.027], [0.291, 0.621, 0.059, 0.028]],
        [[0.023, 0.702, 0.240, 0.036], [0.379, 0.593, 0.021, 0.006], [0.740, 0.234, 0.013, 0.013]],
        [[0.021, 0.731, 0.214, 0.035], [0.516, 0.471, 0.013, 0.000], [0.429, 0.571, 0.000, 0.000]],
    ]
)

# amenity_score, in points: class -> (lower law, upper law); weight of the lower one by borough and room type
AMENITY_LAWS = np.array([[(10, 35), (10, 35)], [(28, 55), (45, 68)], [(55, 78), (65, 88)], [(75, 95), (85, 99)]])
AMENITY_WEIGHTS = {
    1: np.array([[0.53, 0.92, 0.88], [0.41, 0.89, 0.88], [0.25, 0.73, 0.88], [0.53, 0.92, 0.88], [0.53, 0.92, 0.88]]),
    2: np.array([[0.71, 0.64, 0.64], [0.64, 0.64, 0.64], [0.52, 0.64, 0.64], [0.71, 0.64, 0.64], [0.71, 0.64, 0.64]]),
    3: np.full((5, 3), 0.72),
}
AMENITY_TEST = (10.0, 99.0)

# NIGHTS has eight rows: entire homes of class 0, 1, 2, 3, then other rooms of class 0, 1, 2, 3.
NIGHTS = np.array(  # a column per entry of NIGHTS_ATOMS
    [
        [0.306, 0.184, 0.177, 0.068, 0.048, 0.014, 0.041, 0.014, 0.020, 0.061, 0.000, 0.048, 0.020],
        [0.169, 0.240, 0.176, 0.083, 0.075, 0.018, 0.050, 0.024, 0.013, 0.028, 0.006, 0.094, 0.024],
        [0.151, 0.266, 0.191, 0.083, 0.065, 0.016, 0.041, 0.014, 0.007, 0.012, 0.020, 0.118, 0.017],
        [0.171, 0.215, 0.212, 0.090, 0.079, 0.023, 0.038, 0.011, 0.006, 0.017, 0.004, 0.118, 0.013],
        [0.326, 0.197, 0.112, 0.048, 0.055, 0.012, 0.055, 0.024, 0.018, 0.039, 0.004, 0.093, 0.017],
        [0.369, 0.246, 0.149, 0.051, 0.051, 0.011, 0.036, 0.015, 0.011, 0.020, 0.000, 0.033, 0.008],
        [0.446, 0.229, 0.159, 0.048, 0.044, 0.008, 0.025, 0.009, 0.001, 0.005, 0.002, 0.019, 0.005],
        [0.440, 0.181, 0.216, 0.046, 0.023, 0.012, 0.012, 0.015, 0.000, 0.015, 0.000, 0.019, 0.019],
    ]
)
NIGHTS_ATOMS: tuple[dict[int, float], ...] = (  # nights -> weight; 99 % of all rows are at 44 nights or below
    *({night: 1.0} for night in range(1, 8)),
    {8: 28, 9: 18, 10: 97, 11: 6, 12: 20, 13: 10},
    {14: 1},
    {15: 60, 16: 6, 17: 4, 18: 7, 19: 4, 20: 44, 21: 30, 22: 5, 23: 3, 24: 4, 25: 16, 26: 3, 27: 4, 28: 27},
    {29: 1},
    {30: 1},
    {31: 20, 35: 6, 40: 10, 44: 22, 45: 12, 50: 10, 60: 30, 90: 24}
    | {120: 6, 180: 7, 200: 2, 365: 2, 500: 0.5, 1000: 0.5},
)
# The next two have sixteen rows each: the same eight for stays below LONG nights, then for longer ones.
LONG = 29
REVIEWS = np.array(  # P(0); mean and standard deviation of log1p of the positive ones
    [
        [0.165, 2.579, 1.374],
        [0.135, 2.640, 1.347],
        [0.161, 2.570, 1.310],
        [0.253, 2.371, 1.230],
        [0.172, 2.429, 1.308],
        [0.184, 2.627, 1.365],
        [0.324, 2.287, 1.303],
        [0.471, 1.859, 1.087],
        [0.224, 2.197, 0.893],
        [0.224, 2.009, 1.034],
        [0.473, 1.786, 1.097],
        [0.706, 2.042, 1.300],
        [0.417, 1.555, 0.938],
        [0.376, 2.061, 1.185],
        [0.520, 2.361, 1.002],
        [0.594, 1.100, 0.506],
    ]
)
REVIEWS_CUT = (-0.07, 1.137)  # shift and stretch that cutting to 1..607 and rounding take back
REVIEWS_MOST = 607
OPEN = np.array(  # P(0), twelve equal bins in between, P(365)
    [
        [0.497, 0.135, 0.092, 0.050, 0.014, 0.028, 0.021, 0.000, 0.021, 0.043, 0.043, 0.028, 0.021, 0.007],
        [0.442, 0.150, 0.061, 0.056, 0.030, 0.031, 0.038, 0.027, 0.031, 0.036, 0.032, 0.031, 0.031, 0.004],
        [0.375, 0.133, 0.065, 0.061, 0.028, 0.036, 0.043, 0.032, 0.035, 0.047, 0.040, 0.041, 0.053, 0.010],
        [0.253, 0.096, 0.055, 0.077, 0.032, 0.042, 0.065, 0.033, 0.038, 0.067, 0.053, 0.056, 0.097, 0.038],
        [0.427, 0.097, 0.063, 0.073, 0.024, 0.025, 0.049, 0.022, 0.018, 0.025, 0.029, 0.051, 0.077, 0.020],
        [0.376, 0.096, 0.065, 0.090, 0.028, 0.031, 0.056, 0.022, 0.017, 0.026, 0.031, 0.048, 0.082, 0.030],
        [0.319, 0.067, 0.040, 0.115, 0.017, 0.024, 0.077, 0.017, 0.021, 0.028, 0.026, 0.045, 0.117, 0.087],
        [0.214, 0.032, 0.044, 0.113, 0.004, 0.028, 0.081, 0.016, 0.020, 0.048, 0.040, 0.036, 0.181, 0.141],
        [0.415, 0.000, 0.098, 0.195, 0.098, 0.098, 0.000, 0.000, 0.098, 0.000, 0.000, 0.000, 0.000, 0.000],
        [0.103, 0.046, 0.055, 0.062, 0.036, 0.051, 0.062, 0.057, 0.059, 0.052, 0.064, 0.166, 0.144, 0.045],
        [0.075, 0.027, 0.036, 0.020, 0.018, 0.032, 0.039, 0.055, 0.045, 0.042, 0.084, 0.188, 0.248, 0.091],
        [0.029, 0.030, 0.007, 0.034, 0.017, 0.030, 0.071, 0.064, 0.034, 0.054, 0.097, 0.222, 0.245, 0.067],
        [0.125, 0.060, 0.071, 0.057, 0.020, 0.027, 0.028, 0.059, 0.059, 0.076, 0.051, 0.158, 0.144, 0.066],
        [0.145, 0.030, 0.028, 0.066, 0.032, 0.022, 0.034, 0.050, 0.060, 0.058, 0.042, 0.141, 0.195, 0.095],
        [0.048, 0.000, 0.091, 0.317, 0.000, 0.045, 0.045, 0.000, 0.000, 0.000, 0.045, 0.000, 0.227, 0.181],
        [0.347, 0.000, 0.000, 0.109, 0.000, 0.000, 0.109, 0.000, 0.000, 0.109, 0.000, 0.000, 0.109, 0.218],
    ]
)

LATENT = np.array([[1, -0.111, -0.073], [-0.111, 1, 0.376], [-0.073, 0.376, 1]])  # nights, reviews, availability

GAPS_BOROUGH, GAPS_ROOM = 839 / TRAIN_ROWS, 611 / TRAIN_ROWS
GAPS_OPEN = (0.010, 0.059)  # availability: fewer than 30 nights, 30 or more
GAPS_NIGHTS = (0.011, 0.069, 0.022)  # nights: availability above 0, 0, missing
GAPS_REVIEWS = (0.022, 0.032, 0.039, 0.050)  # reviews: neither, availability 0, 30 nights or more, both
GAPS_AMENITY = ((0.010, 0.029), (0.023, 0.042))  # entire homes, other rooms: more than one review, at most one


def simulate(seed: int, *, leak: str | None = "amenity_score") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (train, test) with the course's columns in the course's order; the test table has no gaps.

    leak: the numerical column that follows the class in training and not in test. With another one than
    "amenity_score", or with None, amenity_score tells nothing in either table.
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


def as_csv(seed: int, *, leak: str | None = "amenity_score") -> tuple[bytes, bytes]:
    """Return (train, test) as the bytes of two CSV files with CRLF line ends, as the course's have them."""
    train, test = (table.to_csv(index=False, lineterminator="\r\n").encode() for table in simulate(seed, leak=leak))
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
    """Leave cells out, in place, at rates that depend on other columns alone: missing at random."""
    table[list(NUMERICAL)] = table[list(NUMERICAL)].astype(float)
    home = (table["room_type"] == ROOM_TYPES[0]).to_numpy()
    few = (table["number_of_reviews"] <= 1).to_numpy()

    def remove(column: str, rates: np.ndarray) -> None:
        for rate in np.unique(rates):
            rows = np.flatnonzero(rates == rate)
            table.loc[generator.choice(rows, round(rate * rows.size), replace=False), column] = None

    remove("neighbourhood_group", np.full(len(table), GAPS_BOROUGH))
    remove("room_type", np.full(len(table), GAPS_ROOM))
    remove("availability_365", np.where(table["minimum_nights"] >= 30, GAPS_OPEN[1], GAPS_OPEN[0]))
    open_days = table["availability_365"]
    remove("minimum_nights", np.select([open_days.isna(), open_days == 0], GAPS_NIGHTS[:0:-1], GAPS_NIGHTS[0]))
    never, long = (open_days == 0).to_numpy(), (table["minimum_nights"] >= 30).to_numpy()
    remove("number_of_reviews", np.array(GAPS_REVIEWS)[never + 2 * long])
    remove("amenity_score", np.array(GAPS_AMENITY)[1 - home, few.astype(int)])
