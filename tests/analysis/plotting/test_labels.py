"""Names on axes are short and told from one another; many coefficients fit into their cells."""

import dataclasses
import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.plotting import style
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


@pytest.mark.parametrize("features", [1, 2, 4, 5, 6, 9, 15])
def test_no_coefficient_and_no_name_of_a_map_overprints_its_neighbour(features):
    world = World(features)
    figure = plots.plot_correlations(None, world.arrays, world.settings)
    drawn = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    assert style.faults(figure) == []
    boxes = [one.get_window_extent(drawn) for one in figure.axes[0].texts]
    assert len(boxes) == features * (features - 1)  # the diagonal says nothing
    for row in {round(box.y0) for box in boxes}:
        in_row = sorted((box for box in boxes if round(box.y0) == row), key=lambda box: box.x0)
        assert all(left.x1 < right.x0 for left, right in itertools.pairwise(in_row))
    names = [one.get_window_extent(drawn) for one in figure.axes[0].get_xticklabels()]
    assert len(names) == features
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(names))


def test_a_map_with_very_many_features_leaves_its_coefficients_to_the_colours():
    world = World(40)
    assert not plots.plot_correlations(None, world.arrays, world.settings).axes[0].texts
