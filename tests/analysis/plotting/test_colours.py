"""Colours that mean different things differ for every reader: in grey print and to three kinds of eyes."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from analysis.plotting import colours

PREAMBLE = Path(__file__).parents[3] / "templates/preamble.tex"
# Machado, Oliveira and Fernandes (2009), severity 1.0, applied to linear RGB
EYES = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])  # sRGB, D65
APART = 20  # CIELAB distance that lines of 1 pt need; about 2.3 is just noticeable on large patches
APART_IN_GREY = 15  # lightness, of 100


def paths() -> dict[str, str]:
    found = dict(re.findall(r"\\definecolor\{path(\w+)\}\{HTML\}\{(\w+)\}", PREAMBLE.read_text()))
    return {name: f"#{code}" for name, code in found.items()}


def lab(colour: str, eyes: str = "normal") -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(EYES[eyes] @ linear, 0, 1) / TO_XYZ.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def differ(one: str, other: str) -> bool:
    seen = [np.linalg.norm(lab(one, eyes) - lab(other, eyes)) for eyes in EYES]
    return min(seen) >= APART and abs(lab(one)[0] - lab(other)[0]) >= APART_IN_GREY


PAIRS = {
    "activations": tuple(colours.ACTIVATIONS.values()),
    "models": (colours.ALL_FEATURES, colours.MITIGATED),
    "paths": tuple(paths().values()),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_differs_for_every_reader(pair):
    assert differ(*PAIRS[pair])


@pytest.mark.parametrize("count", range(2, 6))
def test_neighbouring_classes_differ_and_darken_one_by_one(count):
    scale = colours.classes(count)
    assert all(differ(one, next_one) for one, next_one in itertools.pairwise(scale))
    lightness = [lab(colour)[0] for colour in scale]
    assert lightness == sorted(lightness, reverse=True)


def test_red_and_green_of_one_lightness_fail():
    assert not differ("#c1272d", "#3b7a2a")
    assert not differ("#0072B2", "#0072B2")


def test_no_colour_has_two_meanings():
    known = [*itertools.chain(*PAIRS.values()), *colours.classes(4), colours.INK, colours.GREY, colours.PALE]
    for one, other in itertools.combinations(known, 2):
        assert np.linalg.norm(lab(one) - lab(other)) >= APART / 2, (one, other)


@pytest.mark.parametrize("colour", [*itertools.chain(*PAIRS.values()), colours.GREY])
def test_the_name_of_a_line_has_more_contrast_than_the_line(colour):
    assert lab(colours.for_type(colour))[0] < lab(colour)[0]
    assert lab(colours.for_type(colour))[0] <= 60


def test_a_mark_is_light_on_dark_and_dark_on_light():
    lightest, *_, darkest = colours.classes(4)
    assert colours.on(lightest) == colours.INK
    assert colours.on(darkest) == "#FFFFFF"
