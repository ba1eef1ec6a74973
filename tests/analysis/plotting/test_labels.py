"""Names on axes are short and different, however many features there are."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

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
def test_names_are_short_and_different(names, limit, shown):
    assert short_names(names, limit) == shown
    assert all(len(name) <= limit for name in shown)


def test_names_that_differ_at_their_ends_stay_different():
    names = [f"measurement_of_the_{place}_sensor" for place in ("first", "second", "third")]
    assert len(set(short_names(names, 12))) == 3


def overprinted(figure):
    """Return pairs of texts within a panel, or of names along one of its axes, that overprint one another."""
    groups = [group for axes in figure.axes for group in (axes.texts, axes.get_xticklabels(), axes.get_yticklabels())]
    boxes = [[(one.get_text(), one.get_window_extent()) for one in group if one.get_text()] for group in groups]
    pairs = (pair for group in boxes for pair in itertools.combinations(group, 2))
    return [(a, b) for (a, left), (b, right) in pairs if left.overlaps(right)]


@pytest.mark.parametrize("features", [1, 2, 4, 8, 13, 30])
@pytest.mark.sampled(3)
def test_a_map_of_correlations_is_readable_whatever_the_number_of_features(features):
    names = [f"feature_{'long_' * (place % 4)}{place}" for place in range(features)]
    settings = SimpleNamespace(table=SimpleNamespace(numerical_names=names))
    matrix = np.full((features, features), -0.36)
    figure = plots.plot_correlations(None, {"pearson": matrix, "spearman": matrix}, settings)
    assert style.faults(figure) == []
    assert overprinted(figure) == []
    assert len(figure.axes[0].texts) == (features * (features - 1) if features <= plots.MOST_CORRELATIONS else 0)


@pytest.mark.parametrize("features", [1, 6, 13, 20])
def test_the_names_of_many_features_with_gaps_do_not_overprint_one_another(features):
    gaps = tuple(SimpleNamespace(feature=f"feature_{place}", rows=place, share=place / 100, verdict="MAR")
                 for place in range(features))  # fmt: skip
    names = ("Cultivar one", "Cultivar two", "Cultivar three")
    by_class = tuple(SimpleNamespace(name=name, share=1 / 3, rows=40) for name in names)
    record = SimpleNamespace(gaps=SimpleNamespace(by_feature=gaps), classes=SimpleNamespace(by_class=by_class))
    figure = plots.plot_class_distribution(record, {}, None)
    assert style.faults(figure) == []
    assert overprinted(figure) == []
    assert [one.get_text() for one in figure.axes[0].get_xticklabels()] == ["one", "two", "three"]
