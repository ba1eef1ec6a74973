"""The stand-in for the course's two files: seeded, of the same sizes, calibrated to what is known of them.

What is calibrated (constants below, all of them probabilities unless they say otherwise):

    SHARES[class], BOROUGHS[borough], ROOMS[borough][room], CLASSES[borough, room][class]
    AMENITY…    mixtures of two uniform laws, by class, room and borough, in the training table; one law in test
    NIGHTS…     minimum_nights: atoms below 30, atoms from 30 on, P(30 or more | class)
    REVIEWS…    number_of_reviews: P(0 | class), the positive ones by a normal law of log1p
    OPEN…       availability_365: P(0 | class), P(365), twelve equal bins in between
    LATENT      correlations of the normal variables behind nights, reviews and availability (a Gaussian copula)
    GAPS…       rates of missing cells, training table alone, and what they depend on

In training amenity_score follows the class; in test it is uniform whatever the class. Nothing else differs.
"""

from __future__ import annotations

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

NIGHTS_BELOW = {  # nights -> share of all rows; the atoms beside 1-7, 10, 14 and 29 share what is left below 30
    **{1: 0.2586, 2: 0.2395, 3: 0.1645, 4: 0.0677, 5: 0.0613, 6: 0.0147, 7: 0.0427, 10: 0.0097, 14: 0.0108, 29: 0.0066},
    **{8: 0.0028, 9: 0.0018, 11: 0.0006, 12: 0.0020, 13: 0.0010, 15: 0.0060, 16: 0.0006, 17: 0.0004, 18: 0.0007},
    **{19: 0.0004, 20: 0.0044, 21: 0.0030, 22: 0.0005, 23: 0.0003, 24: 0.0004, 25: 0.0016, 26: 0.0003, 27: 0.0004},
    **{28: 0.0027},
}
NIGHTS_FROM_30 = {  # 99 % of all rows are at 44 or below
    **{30: 0.0784, 31: 0.0020, 35: 0.0006, 40: 0.0010, 44: 0.0022, 45: 0.0012, 50: 0.0010, 60: 0.0030, 90: 0.0024},
    **{120: 0.0006, 180: 0.0007, 200: 0.0002, 365: 0.0002, 500: 0.00005, 1000: 0.00005},
}
NIGHTS_LONG = np.array([0.108, 0.074, 0.124, 0.122])  # P(30 or more | class)

REVIEWS_NONE = np.array([0.199, 0.172, 0.219, 0.329])  # P(0 | class)
REVIEWS_LAW = (2.45, 1.512)  # normal law of log1p, cut to 1..607: then mean 2.52, standard deviation 1.33
REVIEWS_MOST = 607

OPEN_NEVER = np.array([0.399, 0.381, 0.329, 0.223])  # P(0 | class)
OPEN_ALWAYS = 0.026  # P(365)
OPEN_BINS = np.array([0.176, 0.100, 0.117, 0.045, 0.052, 0.080, 0.047, 0.046, 0.059, 0.061, 0.091, 0.127])

LATENT = np.array([[1.0, -0.20, 0.08], [-0.20, 1.0, 0.277], [0.08, 0.277, 1.0]])  # nights, reviews, availability

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
    label = cells[:, 2]
    latent = generator.standard_normal((len(label), 3)) @ np.linalg.cholesky(LATENT).T  # (N, 3)
    u = _ranks(latent, label, generator)  # (N, 3), each uniform
    return pd.DataFrame(
        {
            "neighbourhood_group": np.array(list(BOROUGHS), dtype=object)[cells[:, 0]],
            "room_type": np.array(ROOM_TYPES, dtype=object)[cells[:, 1]],
            "minimum_nights": _nights(u[:, 0], label),
            "amenity_score": generator.uniform(*AMENITY_TEST, len(label)).round(1),
            "number_of_reviews": _reviews(u[:, 1], label),
            "availability_365": _open_days(u[:, 2], label),
            "price_class": label,
        },
        columns=COLUMNS,
    )


def _ranks(latent: np.ndarray, label: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return values in (0, 1), (N, 3), spread evenly within each class, so that the laws are met and not only drawn."""
    u = np.empty_like(latent)
    for of_class in np.unique(label):
        rows = np.flatnonzero(label == of_class)
        ranks = latent[rows].argsort(axis=0).argsort(axis=0)
        u[rows] = (ranks + generator.random(ranks.shape)) / rows.size
    return u


def _nights(u: np.ndarray, label: np.ndarray) -> np.ndarray:
    """minimum_nights as quantiles at u, (N,), of its law given the class."""
    short = 1 - NIGHTS_LONG[label]
    return np.where(u < short, _quantile(NIGHTS_BELOW, u / short), _quantile(NIGHTS_FROM_30, (u - short) / (1 - short)))


def _quantile(atoms: dict[int, float], u: np.ndarray) -> np.ndarray:
    values = np.array(sorted(atoms))
    cumulative = np.cumsum([atoms[value] for value in values])
    return values[np.searchsorted(cumulative[:-1] / cumulative[-1], u, side="right")]


def _reviews(u: np.ndarray, label: np.ndarray) -> np.ndarray:
    """number_of_reviews as quantiles at u, (N,), of its law given the class."""
    none = REVIEWS_NONE[label]
    mean, deviation = REVIEWS_LAW
    highest = ndtr((np.log1p(REVIEWS_MOST + 0.5) - mean) / deviation)
    positive = np.expm1(mean + deviation * ndtri(highest * np.clip((u - none) / (1 - none), 0, 1)))
    return np.where(u < none, 0, positive.round().clip(1, REVIEWS_MOST)).astype(int)


def _open_days(u: np.ndarray, label: np.ndarray) -> np.ndarray:
    """availability_365 as quantiles at u, (N,), of its law given the class."""
    never = OPEN_NEVER[label]
    edges = np.linspace(0, 365, len(OPEN_BINS) + 1)
    cumulative = np.concatenate([[0], np.cumsum(OPEN_BINS) / OPEN_BINS.sum()])
    between = np.interp((u - never) / (1 - never - OPEN_ALWAYS), cumulative, edges)
    return np.where(u < never, 0, np.where(u >= 1 - OPEN_ALWAYS, 365, np.floor(between).clip(1, 364))).astype(int)


def _score(cells: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """amenity_score as the training table has it: a law of the class, by borough and room type."""
    borough, room, label = cells.T
    weight = np.ones(len(label))
    for of_class, weights in AMENITY_WEIGHTS.items():
        weight = np.where(label == of_class, weights[borough, room], weight)
    laws = AMENITY_LAWS[label, (generator.random(len(label)) >= weight).astype(int)]  # (N, 2): from, to
    return generator.uniform(laws[:, 0], laws[:, 1]).round(1)


def _remove_cells(table: pd.DataFrame, generator: np.random.Generator) -> None:
    """Leave cells out, in place, at rates that depend on what is left to see: missing at random."""
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
