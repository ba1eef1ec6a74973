"""Stage 1 piece by piece: the rule of choice, the candidates, the interventions on rows and cells."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.data import dataset
from analysis.network.replicates import Fold, fold
from analysis.studies.generalization import recipes as models
from analysis.studies.generalization.recipes import Recipe
from analysis.studies.generalization.selection import (
    AS_TRAINED,
    NOISE_PROBABILITIES,
    candidate_recipes,
    choose,
    leaves_rows,
    ruling_out_recipes,
)
from analysis.studies.generalization.shift import explained_share, table_probabilities
from tests.analysis.studies.generalization import worlds

REMOVED, NOISED = Recipe("removed", features=("mark",)), Recipe("noise", features=("mark",), probability=0.5)


@pytest.fixture(scope="module")
def stones(tmp_path_factory):
    of = worlds.write(tmp_path_factory.mktemp("stones"), "no leak", gaps=True)
    return of, dataset.read_train(of)


@pytest.mark.parametrize(
    ("scores", "chosen"),
    [
        ({AS_TRAINED: (0.9, 0.4, 0.3), REMOVED: (0.6, 0.6, 0.6), NOISED: (0.8, 0.55, 0.5)}, REMOVED),
        ({AS_TRAINED: (0.9, 0.8, 0.7), REMOVED: (0.6, 0.6, 0.6), NOISED: (0.8, 0.55, 0.5)}, AS_TRAINED),
        ({AS_TRAINED: (0.9, 0.1, 0.9), REMOVED: (0.3, 0.9, 0.9), NOISED: (0.4, 0.4, 0.4)}, NOISED),
        ({AS_TRAINED: (0.6, 0.7, 0.8), REMOVED: (0.6, 0.6, 0.6)}, AS_TRAINED),
        ({AS_TRAINED: (0.1, 0.1, 0.1)}, AS_TRAINED),
    ],
)
def test_the_candidate_whose_smallest_score_is_largest_is_chosen(scores, chosen):
    assert choose(scores) == chosen


def test_without_a_suspect_the_only_candidate_is_to_change_nothing(stones):
    assert candidate_recipes((), stones[0].table) == (AS_TRAINED,)


def test_several_suspects_are_removed_one_by_one_and_together(stones):
    found = candidate_recipes(("mark", "box"), stones[0].table)
    assert [one.features for one in found if one.kind == "removed"] == [("mark",), ("box",), ("mark", "box")]
    assert [one.probability for one in found if one.kind == "noise"] == list(NOISE_PROBABILITIES)


def test_no_candidate_leaves_the_model_without_a_feature(stones):
    table = stones[0].table
    for one in (*candidate_recipes(table.features, table), *ruling_out_recipes(stones[1], table.features, table)):
        assert len(one.dropped(table)) < len(table.features)


def test_interventions_on_gaps_are_left_out_where_there_is_none(tmp_path):
    of = worlds.write(tmp_path, "no leak")
    kinds = {one.kind for one in ruling_out_recipes(dataset.read_train(of), ("mark",), of.table)}
    assert not kinds & {"indicator", "complete_rows", "distinct_rows"}


def test_an_intervention_that_leaves_no_row_of_some_fold_is_not_tried(stones):
    of, train = stones
    rows = np.tile([np.flatnonzero(train.labels == label)[0] for label in np.unique(train.labels)], 40)
    same = dataclasses.replace(train, frame=train.frame.iloc[rows].reset_index(drop=True), labels=train.labels[rows])
    folds, of_same = ([fold(table, of, replicate) for replicate in range(2)] for table in (train, same))
    assert leaves_rows(Recipe("distinct_rows"), folds, of)
    assert not leaves_rows(Recipe("distinct_rows"), of_same, of)
    assert leaves_rows(Recipe("alone", features=("mark",)), of_same, of)


def test_tables_of_fewer_rows_than_folds_tell_nothing(stones):
    of, train = stones
    few = train.frame.head(3)
    assert explained_share(few, "mass", of) == 0
    np.testing.assert_allclose(table_probabilities(few, train.frame[:27], of, ()), 0.9)
    empty = train.frame[:40].assign(**{name: np.nan for name in train.frame if name != "mass"})
    assert explained_share(empty, "mass", of) == 0


def test_the_suspect_alone_means_that_every_other_feature_is_dropped(stones):
    assert Recipe("alone", features=("mark",)).dropped(stones[0].table) == ("mass", "box")


def test_permuting_keeps_a_columns_values_and_every_other_column(stones):
    of, train = stones
    shuffled = models.permuted(train.frame, ("mass",), of, 0)
    assert sorted(shuffled["mass"].dropna()) == sorted(train.frame["mass"].dropna())
    assert not shuffled["mass"].equals(train.frame["mass"])
    assert shuffled[["mark", "box"]].equals(train.frame[["mark", "box"]])


def test_a_uniform_draw_fills_the_training_range_and_stays_in_it(stones):
    of, train = stones
    drawn = models.uniform(train.frame, train.frame, ("mass", "mark", "box"), of, 0)
    for name in ("mass", "mark"):
        low, high = train.frame[name].min(), train.frame[name].max()
        assert drawn[name].between(low, high).all()
        assert drawn[name].mean() == pytest.approx((low + high) / 2, abs=(high - low) / 20)
    assert (drawn["mark"] == drawn["mark"].round()).all()
    assert drawn["box"].value_counts(normalize=True).to_numpy() == pytest.approx(1 / 3, abs=0.06)


def test_two_columns_are_drawn_independently(stones):
    of, train = stones
    drawn = models.uniform(train.frame, train.frame, ("mass", "mark"), of, 0)
    assert abs(np.corrcoef(drawn["mass"], drawn["mark"])[0, 1]) < 0.15


def test_noise_replaces_the_stated_share_of_cells(stones):
    of, train = stones
    changed = models.noised(train.frame, NOISED, of, 0)
    assert (changed["mark"] != train.frame["mark"]).mean() == pytest.approx(0.5, abs=0.06)
    assert changed[["mass", "box"]].equals(train.frame[["mass", "box"]])


def test_distinct_rows_repeat_neither_training_nor_validation():
    train = pd.DataFrame({"a": [1.0, 1.0, 2.0, 3.0, np.nan, np.nan]})
    validation = pd.DataFrame({"a": [3.0, 9.0]})
    folds = Fold(train, np.array([0, 0, 0, 1, 1, 1]), validation, np.array([1, 0]), np.arange(6), np.array([6, 7]))
    assert models.distinct_rows(folds).tolist() == [True, False, True, False, True, False]


def test_rows_that_differ_in_the_label_alone_are_distinct():
    train = pd.DataFrame({"a": [1.0, 1.0]})
    none = np.array([], dtype=int)
    folds = Fold(train, np.array([0, 1]), train.iloc[:0], none, np.array([0, 1]), none)
    assert models.distinct_rows(folds).tolist() == [True, True]


def test_a_network_with_too_few_inputs_is_refused(stones):
    of, train = stones
    arrays = worlds.trained_networks(of)
    arrays["model_0_W1"] = arrays["model_0_W1"][:, :-1]
    with pytest.raises(ValueError, match="model_0_W1: expected 5 inputs, got 4"):
        models.from_arrays(arrays, 0, fold(train, of, 0), of)


def test_both_implementations_give_a_network_the_same_probabilities(stones):
    of, train = stones
    given = models.from_arrays(worlds.trained_networks(of), 0, fold(train, of, 0), of)
    twin = models.Model(Recipe(), 0, given.encoding, given.trained, given.classes)
    assert given.recipe.family == "pytorch"
    assert twin.log_probabilities(train.frame) == pytest.approx(given.log_probabilities(train.frame), abs=1e-4)


def test_the_digest_changes_with_a_single_parameter(stones):
    of, train = stones
    model = models.from_arrays(worlds.trained_networks(of), 0, fold(train, of, 0), of)
    before = model.digest()
    model.trained.W2[0, 0] += 1e-4
    assert model.digest() != before
