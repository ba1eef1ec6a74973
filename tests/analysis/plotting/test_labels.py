"""Names on axes are short and told from one another; many coefficients fit into their cells."""

import dataclasses
import itertools
from types import SimpleNamespace

import matplotlib.text
import numpy as np
import pytest
from matplotlib import pyplot

from analysis.plotting.labels import short_names
from analysis.studies.eda import plots


@pytest.mark.parametrize(
    ("names", "limit", "shown"),
    [
        (["Cultivar one", "Cultivar two", "Cultivar three"], 9, ["one", "two", "three"]),
        (["Budget", "Luxury"], 9, ["Budget", "Luxury"]),
        (["nonflavanoid_phenols"], 12, ["nonfla…enols"]),
        (["room type", "room"], 6, ["roo…pe", "room"]),
        ([], 5, []),
    ],
)
def test_names_are_short_and_told_apart(names, limit, shown):
    assert short_names(names, limit) == shown
    assert all(len(name) <= limit for name in shown)


def test_names_that_differ_at_their_ends_stay_different():
    names = [f"measurement_of_the_{place}_sensor" for place in ("first", "second", "third")]
    assert len(set(short_names(names, 12))) == 3


@dataclasses.dataclass
class World:
    """What the map of correlations reads."""

    features: int

    @property
    def settings(self):
        return SimpleNamespace(table=SimpleNamespace(numerical_names=[f"feature_{i}" for i in range(self.features)]))

    @property
    def arrays(self):
        matrix = np.full((self.features, self.features), -0.36)
        return {"pearson": matrix, "spearman": matrix}


@pytest.mark.parametrize("features", [1, 2, 4, 8, 9, 13])
def test_no_coefficient_of_a_map_overprints_its_neighbour(features):
    world = World(features)
    figure = plots.plot_correlations(None, world.arrays, world.settings)
    figure.draw_without_rendering()
    drawn = figure.canvas.get_renderer()
    for panel in figure.axes[:2]:
        boxes = [one.get_window_extent(drawn) for one in panel.texts]
        assert len(boxes) == features**2
        row = sorted((box for box in boxes if abs(box.y0 - boxes[0].y0) < 1), key=lambda box: box.x0)
        assert all(left.x1 < right.x0 for left, right in itertools.pairwise(row))
        ticks = [one for one in panel.get_xticklabels() if isinstance(one, matplotlib.text.Text)]
        assert len(ticks) == features
        spans = [one.get_window_extent(drawn) for one in ticks]
        assert features <= plots.MANY or all(a.x1 < b.x0 for a, b in itertools.pairwise(spans))
    pyplot.close(figure)


def test_a_map_with_very_many_features_leaves_its_coefficients_to_the_colours():
    world = World(40)
    figure = plots.plot_correlations(None, world.arrays, world.settings)
    assert not figure.axes[0].texts
    pyplot.close(figure)
