"""Encoding: fitted on a fold alone, the same for any rows, and what scikit-learn would do."""

import statistics
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from analysis.data import dataset, features, simulate
from analysis.errors import InputError
from analysis.settings.schema import Categorical, Numerical, Table
from tests.analysis.tables import course

TABLE = Table(
    target="species",
    classes=("a", "b", "c"),
    numerical=(
        Numerical("leaves", "", "", 0, 100, integer=True, logarithmic=True),
        Numerical("height", "", "cm", -1.5, 250),
    ),
    categorical=(Categorical("soil", ""), Categorical("light", "", values=("sun", "shade"))),
)
FRAME = pd.DataFrame(
    {
        "leaves": [3.0, np.nan, 0, 7, 3],
        "height": [1.0, 2, 3, 4, 5],
        "soil": pd.Series(["clay", None, "sand", "sand", "clay"], dtype=object),
        "light": pd.Series(["shade"] * 5, dtype=object),
    }
)
EXACT = 1e-12  # float64 arithmetic on a few rows of size 1
SINGLE = 2e-6  # float32 keeps about seven digits


@pytest.fixture(scope="module")
def listings(tmp_path_factory):
    """Return the simulated training table and its description."""
    settings = course(tmp_path_factory.mktemp("course"))
    return dataset.read_train(settings), settings.table


def test_each_input_is_what_its_name_says():
    encoding = features.fit(FRAME, TABLE)
    assert encoding.inputs == ("leaves", "height", "soil = clay", "soil = sand", "light = sun", "light = shade")
    assert {name: list(rows) for name, rows in encoding.groups.items()} == {
        "leaves": [0], "height": [1], "soil": [2, 3], "light": [4, 5],
    }  # fmt: skip
    X0 = encoding.transform(FRAME, np.float64)
    logs = np.log1p([3, 3, 0, 7, 3])  # the gap holds the median, 3
    np.testing.assert_allclose(X0[0], (logs - logs.mean()) / logs.std(), atol=EXACT)
    np.testing.assert_allclose(X0[1], (np.arange(5) - 2) / np.sqrt(2), atol=EXACT)
    np.testing.assert_array_equal(X0[2:], [[1, 1, 0, 0, 1], [0, 0, 1, 1, 0], [0] * 5, [1] * 5])  # mode: clay, the first


def test_the_course_has_twelve_inputs(listings):
    data, table = listings
    encoding = features.fit(data.frame, table)
    assert len(encoding.inputs) == 12
    assert [len(rows) for rows in encoding.groups.values()] == [1, 1, 1, 1, 5, 3]
    assert "room_type = Private room" in encoding.inputs
    X0 = encoding.transform(data.frame)
    assert (X0.shape, X0.dtype, X0.flags.c_contiguous) == ((12, 41348), np.float32, True)


def test_a_marked_gap_has_an_input_or_a_category_of_its_own():
    encoding = features.fit(FRAME, TABLE, strategy="indicator")
    assert encoding.inputs == (
        "leaves", "leaves missing", "height", "soil = clay", "soil = sand", "soil = missing",
        "light = sun", "light = shade",
    )  # fmt: skip
    X0 = encoding.transform(FRAME, np.float64)
    np.testing.assert_array_equal(X0[encoding.groups["leaves"][1]], [0, 1, 0, 0, 0])
    np.testing.assert_array_equal(X0[encoding.groups["soil"]].T[1], [0, 0, 1])
    np.testing.assert_array_equal(X0[0], features.fit(FRAME, TABLE).transform(FRAME, np.float64)[0])


def test_a_gap_in_a_column_that_had_none_in_the_fold_is_filled_with_any_strategy():
    rows = FRAME.iloc[[0, 2, 3, 4]]
    gaps = FRAME.iloc[[1]].assign(height=np.nan)
    for strategy in features.STRATEGIES:
        encoding = features.fit(rows, TABLE, strategy=strategy)
        assert len(encoding.inputs) == 6
        np.testing.assert_allclose(encoding.transform(gaps, np.float64)[1], (3.5 - 3.25) / rows["height"].std(ddof=0))


def test_a_category_called_missing_is_not_doubled():
    frame = FRAME.assign(soil=pd.Series(["missing", None, "sand", "sand", "missing"], dtype=object))
    encoding = features.fit(frame, TABLE, strategy="indicator")
    assert len(set(encoding.inputs)) == len(encoding.inputs)
    np.testing.assert_array_equal(encoding.transform(frame)[encoding.inputs.index("soil = missing")], [1, 1, 0, 0, 1])


def test_complete_rows_takes_its_statistics_from_rows_without_gaps():
    complete = features.complete_rows(FRAME)
    np.testing.assert_array_equal(complete, [True, False, True, True, True])
    fold, alone = features.fit(FRAME, TABLE, strategy="complete_rows"), features.fit(FRAME[complete], TABLE)
    assert (fold.medians, fold.means, fold.deviations) == (alone.medians, alone.means, alone.deviations)
    np.testing.assert_array_equal(fold.covariance, alone.covariance)
    np.testing.assert_array_equal(fold.transform(FRAME), alone.transform(FRAME))


def test_dropped_features_leave_no_input():
    encoding = features.fit(FRAME, TABLE, drop=["height", "soil"])
    assert encoding.features == ("leaves", "light")
    assert encoding.transform(FRAME).shape == (3, 5)
    np.testing.assert_array_equal(
        encoding.transform(FRAME.drop(columns=["height", "soil"])),
        features.fit(FRAME, TABLE).transform(FRAME)[[0, 4, 5]],
    )


def test_an_unseen_category_is_all_zeros():
    encoding = features.fit(FRAME, TABLE)
    X0 = encoding.transform(FRAME.assign(soil=pd.Series(["loam"] * 5, dtype=object)))
    assert not X0[encoding.groups["soil"]].any()


def test_trees_see_a_category_by_its_position_and_an_unseen_one_as_nothing():
    encoding = features.fit(FRAME, TABLE, strategy="indicator", drop=("light",))
    assert encoding.inputs[:3] == ("leaves", "leaves missing", "height")
    soil = pd.Series(["sand", "clay", "loam", None, "clay"], dtype=object)
    X0 = encoding.transform(FRAME.assign(soil=soil))
    columns = encoding.columns(X0)
    np.testing.assert_array_equal(columns[:, :3], X0[:3].T)
    np.testing.assert_array_equal(columns[:, 3], [1, 0, np.nan, 2, 0])  # clay, sand, missing
    assert encoding.categorical_columns == [False, False, False, True]


def test_a_constant_column_is_centred_and_not_divided():
    encoding = features.fit(pd.concat([FRAME] * 2000).assign(height=4.1), TABLE)  # whose std() is not exactly 0
    assert encoding.constant == ("height",)
    assert encoding.deviations["height"] == 1
    X0 = encoding.transform(FRAME.assign(height=5.1), np.float64)
    np.testing.assert_allclose(X0[1], 1, atol=EXACT)


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e-161, 1e-150, 1.0, 1e15])
def test_a_feature_of_any_scale_has_the_z_scores_of_exact_arithmetic(scale):
    values = np.array([1.0, 2, 2, 7, 9]) * scale
    encoding = features.fit(FRAME.assign(height=values), TABLE)
    deviation = statistics.pstdev(values.tolist())  # in fractions: the squares of 1e-200 do not become 0
    expected = (values - statistics.mean(values.tolist())) / deviation
    assert encoding.deviations["height"] == pytest.approx(deviation, rel=EXACT, abs=0)
    X0 = encoding.transform(FRAME.assign(height=values), np.float64)
    np.testing.assert_allclose(X0[encoding.inputs.index("height")], expected, rtol=1e-10)


def test_a_feature_without_a_value_in_the_fold_is_a_mistake():
    with pytest.raises(InputError, match="column 'height': expected values in the training fold, got none"):
        features.fit(FRAME.assign(height=np.nan), TABLE)


def test_an_unknown_strategy_is_refused():
    with pytest.raises(ValueError, match="expected one of median_mode, indicator, complete_rows, got 'mean'"):
        features.fit(FRAME, TABLE, strategy="mean")


def test_the_covariance_is_that_of_the_encoded_fold(listings):
    data, table = listings
    for strategy in ("median_mode", "indicator"):
        encoding = features.fit(data.frame, table, strategy=strategy)
        X0 = encoding.transform(data.frame, np.float64)
        centred = X0 - X0.mean(axis=1, keepdims=True)
        np.testing.assert_allclose(encoding.covariance, centred @ centred.T / X0.shape[1], atol=1e-9)
        numerical = [rows[0] for name, rows in encoding.groups.items() if name in table.numerical_names]
        np.testing.assert_allclose(np.diag(encoding.covariance)[numerical], 1, atol=1e-9)
    assert features.fit(FRAME, TABLE, drop=["leaves", "soil", "light"]).covariance.shape == (1, 1)


def test_scikit_learn_encodes_alike(listings):
    data, table = listings
    fold, rest = data.frame.iloc[:30000], data.frame.iloc[30000:]
    logarithmic = [column.name for column in table.numerical if column.logarithmic]
    number = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    log = make_pipeline(SimpleImputer(strategy="median"), FunctionTransformer(np.log1p), StandardScaler())
    text = make_pipeline(
        SimpleImputer(strategy="most_frequent", missing_values=None),
        OneHotEncoder(sparse_output=False, handle_unknown="ignore"),
    )
    columns = [
        (column.name, log if column.name in logarithmic else number, [column.name]) for column in table.numerical
    ]
    reference = ColumnTransformer([*columns, ("text", text, list(table.categorical_names))]).fit(fold)
    encoded = features.fit(fold, table).transform(rest)
    np.testing.assert_allclose(encoded, reference.transform(rest).T, atol=2e-5)  # float32 of values up to about 10


def test_the_course_table_is_encoded_quickly(listings):
    data, table = listings
    encoding = features.fit(data.frame, table)

    def seconds() -> float:
        start = time.process_time()
        encoding.transform(data.frame)
        return time.process_time() - start

    assert min(seconds() for _ in range(5)) < 0.05  # of this process alone; .01 s measured


numbers = st.one_of(st.none(), st.floats(0, 100).map(lambda value: round(value, 3)))
texts = st.one_of(st.none(), st.sampled_from(["clay", "sand", "peat", "missing"]))
rows = st.lists(st.tuples(numbers, numbers, texts, st.sampled_from([None, "sun", "shade"])), min_size=2, max_size=25)


def framed(listed: list[tuple[object, ...]]) -> pd.DataFrame:
    """Return rows as a table of the reader's data types."""
    columns = zip(*listed, strict=True)
    kinds = (float, float, object, object)
    return pd.DataFrame(
        {name: pd.Series(column, dtype=kind) for name, column, kind in zip(TABLE.features, columns, kinds, strict=True)}
    )


@given(fold=rows, other=rows, strategy=st.sampled_from(features.STRATEGIES), data=st.data())
def test_any_fold_gives_a_finite_encoding_of_any_rows(fold, other, strategy, data):
    fold, other = framed(fold), framed(other)
    fitted = fold[features.complete_rows(fold)] if strategy == "complete_rows" else fold
    assume(not fitted.isna().all().any())
    encoding = features.fit(fold, TABLE, strategy=strategy)
    X0, own = encoding.transform(other, np.float64), encoding.transform(fitted, np.float64)
    assert np.isfinite(X0).all()
    assert X0.shape == (len(encoding.inputs), len(other))
    assert np.concatenate(list(encoding.groups.values())).tolist() == list(range(len(encoding.inputs)))
    for name in TABLE.categorical_names:
        sums = X0[encoding.groups[name]].sum(axis=0)
        assert set(sums) <= {0.0, 1.0}
        unseen = ~other[name].isin(encoding.categories[name]) & other[name].notna()
        np.testing.assert_array_equal(sums == 0, unseen)
    for name in TABLE.numerical_names:
        z = own[encoding.groups[name][0]]
        assert abs(z.mean()) < 1e-6  # rounding of the mean, divided by a deviation of at least 1e-4 or so
        assert name in encoding.constant or abs(z.std() - 1) < 1e-6
    order = np.array(data.draw(st.permutations(range(len(other)))))
    np.testing.assert_array_equal(encoding.transform(other.iloc[order], np.float64), X0[:, order])
    np.testing.assert_allclose(encoding.transform(other), X0, rtol=SINGLE, atol=SINGLE)


@given(labels=st.lists(st.integers(0, 6), max_size=30))
def test_one_hot_has_one_1_in_every_column(labels):
    Y = features.one_hot(np.array(labels, dtype=np.int64), 7)
    assert (Y.shape, Y.dtype) == ((7, len(labels)), np.float32)
    assert Y.sum(axis=0).tolist() == [1] * len(labels)
    assert Y.argmax(axis=0).tolist() == labels


def test_statistics_come_from_the_fold_alone(listings):
    data, table = listings
    folds = dataset.split(data.labels, 0.2, 1)
    fold = data.frame.iloc[folds.train]
    changed = data.frame.copy()
    changed.loc[folds.validation, list(simulate.NUMERICAL)] = 1e6
    again = features.fit(changed.iloc[folds.train], table)
    assert (again.medians, again.means, again.modes) == tuple(
        getattr(features.fit(fold, table), name) for name in ("medians", "means", "modes")
    )
