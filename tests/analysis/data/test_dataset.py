"""Reading and validating: what is accepted, and the one message that each mistake gives."""

import hashlib
import io
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.data import dataset, simulate
from analysis.errors import InputError
from analysis.io import csv_file
from tests.analysis.tables import COURSE, HEADER, ROOT, TEST, TRAIN, course, frozen, needs_course_files, plants


def test_a_table_of_another_field_is_read_by_its_description_alone(tmp_path):
    data = dataset.read_train(plants(tmp_path))
    assert list(data.frame) == ["leaves", "height", "soil", "light"]
    assert data.frame["leaves"].dtype == data.frame["height"].dtype == np.float64
    np.testing.assert_array_equal(data.frame["height"], [10.5, np.nan, 20, 31.5, 42, 0])
    assert data.frame["soil"].dtype == data.frame["light"].dtype == object
    assert list(data.frame["soil"]) == ["clay", "sand", None, "clay", "peat", "sand"]
    assert data.labels.dtype == np.int64
    assert list(data.labels) == [0, 1, 2, 0, 1, 2]
    assert data.columns == (
        ("height", "float64"), ("soil", "text"), ("species", "text"), ("leaves", "float64"), ("light", "text"),
    )  # fmt: skip
    assert (data.name, data.simulated, data.warnings) == ("train.csv", False, ())
    assert data.sha256 == hashlib.sha256(TRAIN.encode()).hexdigest()


BOM = b"\xef\xbb\xbf"
SAME = {
    "CRLF": TRAIN.replace("\n", "\r\n").encode(),
    "CR": TRAIN.replace("\n", "\r").encode(),
    "a byte-order mark": BOM + TRAIN.encode(),
    "a byte-order mark and CRLF": BOM + TRAIN.replace("\n", "\r\n").encode(),
    "quotes": re.sub(r"[^,\n]+", r'"\g<0>"', TRAIN).encode(),
    "no line end at the end": TRAIN.rstrip().encode(),
    "blank lines at the end": (TRAIN + "\n  \n\n").encode(),
    "spaces around cells": TRAIN.replace(",clay,", ", clay ,").replace("10.5,", " 10.5 ,").encode(),
    "markers of gaps": TRAIN.replace("20,,vi,,", "20,NA,vi,nan,").encode(),
    "numbers in other writing": TRAIN.replace("10.5,", "+1.05e1,").encode(),
}


@pytest.mark.parametrize("content", SAME.values(), ids=SAME.keys())
def test_writings_of_the_same_table_are_read_alike(tmp_path, content):
    data = dataset.read_train(plants(tmp_path, train=content))
    (tmp_path / "plain").mkdir()
    plain = dataset.read_train(plants(tmp_path / "plain"))
    pd.testing.assert_frame_equal(data.frame, plain.frame)
    np.testing.assert_array_equal(data.labels, plain.labels)
    assert data.columns == plain.columns


@pytest.mark.parametrize("absent", ["train", "test"])
def test_one_file_without_the_other_is_a_mistake(tmp_path, absent):
    with pytest.raises(InputError, match=rf"{absent}\.csv: expected the second of two files, got none"):
        dataset.read_train(plants(tmp_path, **{absent: None}))


def test_one_file_named_twice_is_a_mistake(tmp_path):
    inputs = plants(tmp_path)
    (tmp_path / "report.toml").write_text((tmp_path / "report.toml").read_text().replace("test.csv", "train.csv"))
    with pytest.raises(InputError, match="expected two files, got"):
        dataset.read_train(type(inputs)(**{**vars(inputs), "data": type(inputs.data)("train.csv", "train.csv")}))


def test_a_folder_in_place_of_a_file_is_a_mistake(tmp_path):
    (tmp_path / "train.csv").mkdir()
    with pytest.raises(InputError, match=r"train\.csv: expected a CSV file, got a folder; see"):
        dataset.read_train(plants(tmp_path, train=None))


def test_a_dangling_link_is_a_mistake(tmp_path):
    (tmp_path / "train.csv").symlink_to("nowhere.csv")
    with pytest.raises(InputError, match=r"train\.csv: expected a readable CSV file, got: no such file"):
        dataset.read_train(plants(tmp_path, train=None))


def test_a_file_that_may_not_be_read_is_a_mistake(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    inputs = plants(tmp_path)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"train\.csv: expected a readable CSV file, got: permission denied; see"):
        dataset.read_train(inputs)


def test_another_table_is_not_simulated(tmp_path):
    with pytest.raises(InputError, match=r"expected a table with the columns leaves, height, .*got no file"):
        dataset.read_train(plants(tmp_path, train=None, test=None))


def test_a_class_without_rows_is_a_warning(tmp_path):
    data = dataset.read_train(plants(tmp_path, train=TRAIN.replace(",vi,", ",ve,")))
    assert data.warnings == ("train.csv: class 'virginica' is described and has no row",)


def test_a_constant_column_is_a_warning(tmp_path):
    data = dataset.read_train(plants(tmp_path, train=re.sub(r"(?m)^[\d.]+,", "4,", TRAIN)))
    assert data.warnings == ("train.csv: column 'height' has a single value",)


def test_the_test_table_stays_closed_until_the_models_are_frozen(tmp_path, monkeypatch):
    inputs = plants(tmp_path)
    train = dataset.read_train(inputs)
    monkeypatch.setattr(csv_file, "read_bytes", lambda path: pytest.fail("opened"))
    with pytest.raises(RuntimeError, match="stays closed"):
        dataset.read_test(inputs, train, tmp_path / "frozen.json")


def test_reading_train_never_opens_test(tmp_path, monkeypatch):
    inputs, opened = plants(tmp_path), []
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: opened.append(path.name) or read(path))
    dataset.read_train(inputs)
    assert opened == ["train.csv"]


def test_a_category_that_train_never_saw_is_a_warning(tmp_path):
    inputs = plants(tmp_path)
    data = dataset.read_test(inputs, dataset.read_train(inputs), frozen(tmp_path))
    assert data.warnings == (
        "test.csv: column 'soil': category 'loam' (1 row) never occurs in train.csv; its inputs are all 0",
    )
    assert list(data.frame) == ["leaves", "height", "soil", "light"]


def test_a_class_that_train_never_saw_is_a_warning(tmp_path):
    inputs = plants(tmp_path, train=TRAIN.replace(",vi,", ",ve,"))
    data = dataset.read_test(inputs, dataset.read_train(inputs), frozen(tmp_path))
    assert "test.csv: class 'virginica' (1 row) never occurs in train.csv" in data.warnings


def test_columns_in_another_order_than_in_training_are_a_mistake_that_names_both_orders(tmp_path):
    swapped = "\n".join(",".join([*line.split(",")[1:], line.split(",")[0]]) for line in TEST.splitlines())
    inputs = plants(tmp_path, test=swapped)
    with pytest.raises(InputError) as caught:
        dataset.read_test(inputs, dataset.read_train(inputs), frozen(tmp_path))
    assert "(height, soil, species, leaves, light), got soil, species, leaves, light, height" in str(caught.value)


def test_the_training_file_as_test_file_is_a_mistake(tmp_path):
    inputs = plants(tmp_path, test=TRAIN)
    with pytest.raises(InputError, match="got the same file"):
        dataset.read_test(inputs, dataset.read_train(inputs), frozen(tmp_path))


def test_a_row_limit_keeps_a_seeded_stratified_subset_of_validated_rows(tmp_path):
    rows = "".join(f"{n},clay,{'se' if n % 4 else 've'},3,sun\n" for n in range(200))
    (tmp_path / "other").mkdir()
    data = dataset.read_train(plants(tmp_path, train=f"{HEADER}\n{rows}", run="row_limit = 40"))
    again = dataset.read_train(plants(tmp_path, train=f"{HEADER}\n{rows}", run="row_limit = 40"))
    other = dataset.read_train(plants(tmp_path / "other", train=f"{HEADER}\n{rows}", run="row_limit = 40\nseed = 9"))
    assert list(np.bincount(data.labels)) == [30, 10]
    assert list(data.frame.index) == list(range(40))
    pd.testing.assert_frame_equal(data.frame, again.frame)
    assert list(data.frame["height"]) != list(other.frame["height"])


@pytest.mark.parametrize("row", [0, 7, 99, 150, 199])
def test_rows_that_a_row_limit_would_leave_out_are_validated_too(tmp_path, row):
    rows = "".join(f"{'x' if n == row else n},clay,{'se' if n % 4 else 've'},3,sun\n" for n in range(200))
    with pytest.raises(InputError, match=f"csv:{row + 2}: "):
        dataset.read_train(plants(tmp_path, train=f"{HEADER}\n{rows}", run="row_limit = 40"))


@given(counts=st.lists(st.integers(1, 40), min_size=2, max_size=5), data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_a_row_limit_keeps_the_shares_and_less_is_a_part_of_more(counts, data, seed):
    labels = np.repeat(np.arange(len(counts)), counts)
    limit = data.draw(st.integers(1, len(labels)))
    kept = dataset._subset(labels, limit, seed)
    assert len(kept) == len(set(kept)) == limit
    expected = np.array(counts) * limit / len(labels)
    assert np.abs(np.bincount(labels[kept], minlength=len(counts)) - expected).max() <= len(counts)  # rounding
    assert set(dataset._subset(labels, max(1, limit - 1), seed)) <= set(kept)


def test_labels_may_be_whole_numbers_with_a_point(tmp_path):
    settings = course(tmp_path)
    (tmp_path / "data").mkdir()
    train, test = simulate.simulate(1)
    for name, table in (("train", train.head(300)), ("test", test.head(50))):
        table.astype({"price_class": float}).to_csv(tmp_path / f"data/{name}.csv", index=False)
    data = dataset.read_train(settings)
    assert dict(data.columns)["price_class"] == "float64"
    np.testing.assert_array_equal(data.labels, train["price_class"].head(300))


def test_no_other_file_of_the_analysis_names_a_column():
    files = [path for path in (ROOT / "analysis").rglob("*.py") if path.name != "simulate.py"]
    assert len(files) > 8
    named = [(path.name, name) for path in files for name in simulate.COLUMNS if name in path.read_text("utf-8")]
    assert named == []


def test_without_files_both_tables_are_simulated_and_say_so(tmp_path):
    settings = course(tmp_path)
    train = dataset.read_train(settings)
    test = dataset.read_test(settings, train, frozen(tmp_path))
    assert (train.name, test.name) == ("simulated training data", "simulated test data")
    assert train.simulated
    assert test.simulated
    assert (len(train.labels), len(test.labels)) == (41348, 7297)
    assert [len(data.sha256) for data in (train, test)] == [64, 64]
    assert train.warnings == test.warnings == ()
    assert list(train.frame.isna().any()) == [True] * 6
    assert not test.frame.isna().any(axis=None)


def test_simulated_tables_are_what_their_files_would_be(tmp_path):
    settings = course(tmp_path)
    simulated = dataset.read_train(settings)
    (tmp_path / "data").mkdir()
    for name, content in zip(("train", "test"), simulate.as_csv(settings.data.simulation_seed), strict=True):
        (tmp_path / f"data/{name}.csv").write_bytes(content)
    read = dataset.read_train(settings)
    pd.testing.assert_frame_equal(read.frame, simulated.frame)
    assert (read.sha256, read.columns) == (simulated.sha256, simulated.columns)
    assert (read.simulated, simulated.simulated) == (False, True)


@needs_course_files
def test_the_course_files_are_read_as_pandas_reads_them(tmp_path):
    settings = course(tmp_path, COURSE)
    train = dataset.read_train(settings)
    test = dataset.read_test(settings, train, frozen(tmp_path))
    for data, name in ((train, "train"), (test, "test")):
        table = pd.read_csv(COURSE / f"{name}.csv")
        assert [column for column, _ in data.columns] == list(table)
        for column, kind in data.columns:
            assert kind == ("text" if table[column].dtype == "str" else str(table[column].dtype))
        np.testing.assert_array_equal(data.labels, table["price_class"])
        for column in data.frame:
            np.testing.assert_array_equal(data.frame[column].isna(), table[column].isna())
            np.testing.assert_array_equal(data.frame[column].dropna(), table[column].dropna())
        assert data.warnings == ()


@needs_course_files
@pytest.mark.long
def test_the_course_table_is_read_quickly(tmp_path):
    settings = course(tmp_path, COURSE)

    def seconds(read: Callable[[], object]) -> float:
        start = time.process_time()
        read()
        return time.process_time() - start

    pairs = [
        (seconds(lambda: dataset.read_train(settings)), seconds(lambda: pd.read_csv(COURSE / "train.csv")))
        for _ in range(5)
    ]
    ours, pandas = (min(column) for column in zip(*pairs, strict=True))
    assert ours < 25 * pandas  # processor time, in turn, so a busy machine slows both; 13 measured


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8).map(str.strip)


@given(
    table=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8), end=st.sampled_from(["\n", "\r\n"])
)
def test_every_table_that_the_csv_module_writes_is_split_as_it_was(table, end):
    if not "".join(table[-1]):
        table[-1][0] = "x"
    frame = pd.DataFrame(table, columns=["a", "b", "c"])
    content = frame.to_csv(index=False, lineterminator=end, quoting=1)
    file = csv_file.parse(content.encode(), "t.csv", ["a", "b", "c"])
    assert file.header == ("a", "b", "c")
    assert file.rows == table
    lines = io.StringIO(content, newline="").readlines()
    for row, line in zip(file.rows, file.lines, strict=True):
        assert lines[line - 1].startswith('"' + row[0].replace('"', '""').partition("\n")[0])


@given(st.binary(max_size=60))
def test_no_bytes_give_a_traceback(tmp_path_factory, content):
    inputs = plants(tmp_path_factory.mktemp("bytes"), train=content)
    with pytest.raises(InputError):
        dataset.read_train(inputs)


@given(st.data())
def test_a_damaged_table_is_read_or_refused_with_a_place(tmp_path_factory, data):
    content = bytearray(TRAIN.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    folder = tmp_path_factory.mktemp("damaged")
    inputs = plants(folder, train=bytes(content))
    message = ""
    try:
        dataset.read_train(inputs)
    except InputError as error:
        message = str(error)
    assert not message or message.startswith(f"{folder}/train.csv")


@given(
    counts=st.lists(st.integers(1, 30), min_size=2, max_size=5),
    share=st.floats(0.1, 0.5),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_split_is_a_stratified_partition(counts, share, seed):
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    try:
        folds = dataset.split(labels, share, seed)
    except InputError:
        assert round(share * len(labels)) < len(counts) or max(counts) == 1
        return
    assert sorted([*folds.train, *folds.validation]) == list(range(len(labels)))
    for rows in (folds.train, folds.validation):
        assert (np.diff(rows) > 0).all()
    assert len(folds.validation) == round(share * len(labels))
    for label, count in enumerate(counts):
        found = (labels[folds.validation] == label).sum()
        if count > 1:
            assert 1 <= found < count
            assert abs(found - share * count) <= 1 + len(counts)  # rounding, and the rows exchanged for small classes
        else:
            assert found == 0
    again = dataset.split(labels, share, seed)
    np.testing.assert_array_equal(again.validation, folds.validation)


def test_a_split_keeps_shares_to_a_row_and_changes_with_the_seed():
    labels = np.repeat([0, 1, 2, 3], [5567, 23287, 9844, 2650])
    folds = dataset.split(labels, 0.2, 7)
    expected = np.bincount(labels) * 0.2
    assert np.abs(np.bincount(labels[folds.validation]) - expected).max() <= 1  # whole rows
    assert not np.array_equal(folds.validation, dataset.split(labels, 0.2, 8).validation)


def test_too_few_rows_for_a_split_are_a_mistake():
    with pytest.raises(
        InputError, match=r"run.validation_share: expected at least one row of each of 2 classes in both folds, got 4"
    ):
        dataset.split(np.array([0, 0, 1, 1]), 0.2, 0)
