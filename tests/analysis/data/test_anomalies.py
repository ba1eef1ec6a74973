"""Categories that look alike, or like a missing value, are warned of; what is not seen makes no difference."""

import dataclasses

import msgspec
import pandas as pd
import pytest

from analysis.data import dataset
from analysis.data.anomalies import oddities
from analysis.io.csv_file import normal, plain
from tests.analysis.tables import HEADER, TEST, TRAIN, frozen, plants


@pytest.mark.parametrize(
    "text", ["Private  room", "Private\u00a0room", "Private\u200b room", " Private room ", "Private\nroom"]
)
def test_what_is_not_seen_makes_no_category_of_its_own(text):
    assert normal(text) == "Private room"


def test_one_letter_in_two_unicode_forms_is_one_category():
    assert normal("caf\u0065\u0301") == normal("caf\u00e9")
    assert plain("Room_Type") == plain("room type")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["Bronx", "bronx", "Queens"], ["categories 'Bronx' and 'bronx' (1 row) differ little"]),
        (["a", "-", "-"], ["category '-' (2 rows) looks like a missing value"]),
        (["a", "None"], ["category 'None' (1 row) looks like a missing value"]),
        (['"a"', "a"], ["category '\"a\"' (1 row) holds quotes", "categories '\"a\"' and 'a' (1 row) differ little"]),
        (["a", "b", None], []),
    ],
)
def test_a_category_that_looks_wrong_is_warned_of(values, says):
    found = oddities(pd.Series(values, dtype=object))
    assert len(found) == len(says)
    assert all(warning.startswith(words) for warning, words in zip(found, says, strict=True))


def test_cells_that_were_normalised_are_counted(tmp_path):
    assert "soil" in TRAIN
    clean = dataset.read_train(plants(tmp_path))
    assert not any("spaces" in warning for warning in clean.warnings)
    sand = TRAIN.replace("clay", "clay\u200b", 1)
    assert sand != TRAIN
    changed = dataset.read_train(plants(tmp_path, train=sand))
    assert changed.frame.equals(clean.frame)
    assert any("column 'soil': 1 cell held spaces or letters" in warning for warning in changed.warnings)


def test_words_that_were_read_as_missing_are_counted_and_may_be_categories(tmp_path):
    table = TRAIN.replace("clay", "NA", 1)
    read = dataset.read_train(plants(tmp_path, train=table))
    assert any("column 'soil': read as missing: 'NA' (1); where one is a category" in said for said in read.warnings)
    kept = plants(tmp_path, train=table)
    kept = dataclasses.replace(kept, table=msgspec.structs.replace(kept.table, missing=("?",)))
    assert dataset.read_train(kept).frame["soil"].eq("NA").sum() == 1
    assert dataset.read_train(kept).frame["soil"].isna().sum() == read.frame["soil"].isna().sum() - 1


def test_a_word_for_a_missing_value_may_be_named(tmp_path):
    settings = plants(tmp_path, train=TRAIN.replace("clay", "-", 1))
    named = dataclasses.replace(settings, table=msgspec.structs.replace(settings.table, missing=("-",)))
    assert any("add '-' to table.missing in report.toml" in said for said in dataset.read_train(settings).warnings)
    assert not any("missing" in said for said in dataset.read_train(named).warnings)
    assert dataset.read_train(named).frame["soil"].isna().sum() == (
        dataset.read_train(settings).frame["soil"].isna().sum() + 1
    )


def tables(tmp_path, train, test):
    settings = plants(tmp_path, train=train, test=test)
    read = dataset.read_train(settings)
    return read, dataset.read_test(settings, read, frozen(tmp_path))


def test_test_rows_that_were_trained_on_are_warned_of(tmp_path):
    lines = TRAIN.splitlines()
    copied = "\r\n".join([lines[0], *reversed(lines[1:])])  # other bytes, the same rows
    _, test = tables(tmp_path, TRAIN, copied)
    rows = len(lines) - 1
    assert any(f"{rows} of {rows} rows are rows of train.csv too" in said for said in test.warnings)
    _, clean = tables(tmp_path, TRAIN, TEST)
    assert not any("rows of train.csv too" in said for said in clean.warnings)


def test_a_table_whose_rows_repeat_may_share_them(tmp_path):
    few = "\n".join([HEADER, *["1,clay,se,3,sun", "2,sand,ve,3,shade"] * 5]) + "\n"
    _, test = tables(tmp_path, few, f"{few}3,sand,ve,3,shade\n")
    assert not any("rows of train.csv too" in said for said in test.warnings)


def test_a_test_table_that_is_the_larger_one_is_warned_of(tmp_path):
    assert len(TRAIN.splitlines()) > len(TEST.splitlines())
    _, exchanged = tables(tmp_path, TEST, TRAIN.replace("loam", "clay"))
    assert any("exchange data.train and data.test" in said for said in exchanged.warnings)
    _, usual = tables(tmp_path, TRAIN, TEST)
    assert not any("exchange" in said for said in usual.warnings)


def test_a_class_with_one_training_row_is_a_warning(tmp_path):
    rows = TRAIN.splitlines(keepends=True)
    lone = next(row for row in rows if ",vi," in row)
    kept = "".join(row for row in rows if ",vi," not in row or row is lone)
    (said,) = dataset.read_train(plants(tmp_path, train=kept)).warnings
    assert said.startswith("train.csv: class 'virginica' has one row, which is for training")
