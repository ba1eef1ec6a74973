"""Text cells -> one column's values, checked against its description; an error names line and cell."""

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.io.csv_file import NEXT_STEP, CsvFile, listed, normal, quote
from analysis.settings.schema import Categorical, Numerical, Table

LOOKS_MISSING = frozenset({"-", "?", ".", "n/a", "na", "#n/a", "<na>", "none", "missing", "unknown"})  # small letters
LONGEST_CATEGORY = 200  # characters; a longer one fits no table and no axis of the report
THOUSANDS = re.compile(r"([+-]?\d{1,3})(?:[,.'’ \u00a0\u202f]\d{3})+")  # a number whose digits are in groups of three
WITH_UNIT = re.compile(r"([^\d.+#!-]+?)\s*[+-]?\d+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?\s*([^\d.,#!]+)")  # "$82.5", "82.5 %"
MOST_CATEGORIES = 200  # a column with more different texts than that holds no categories (but names, dates, numbers)


def normalised(file: CsvFile, name: str) -> str:
    """Return what to say of the cells of a column that were read without what is not seen in them; "" without any."""
    count = sum(normal(cell) != cell.strip() for cell in file.column(name) if not cell.isascii() or "  " in cell)
    cells = f"{count:,} cell{'s' * (count > 1)}"
    return (
        f"column '{name}': {cells} held spaces or letters that are not seen to differ; they are read alike"
        if count
        else ""
    )


def read_as_missing(file: CsvFile, column: Categorical, missing: Collection[str]) -> str:
    """Return what to say of the words in a column of categories read as missing; "" without one."""
    counts = Counter(cell.strip() for cell in file.column(column.name))
    found = [(word, counts[word]) for word in missing if counts[word] and word not in (column.values or ())]
    if not found:
        return ""
    words = ", ".join(f"{quote(word)} ({count:,})" for word, count in found)
    return f"column '{column.name}': read as missing: {words}; where one is a category, leave it out of table.missing"


def numbers(file: CsvFile, column: Numerical, missing: Collection[str] = ()) -> tuple[np.ndarray, str]:
    """Return a numerical column, (N,) float64 with NaN where a cell is missing, and its type as found.

    A cell is missing where it is empty or one of `missing`.
    Raises InputError for a cell that is no finite number within the described range, and where no cell holds one.
    """
    codes, texts = _factorize(file, column.name)
    values = np.array([_number(text) for text in texts])
    gap = np.array([text in ("", *missing) for text in texts])
    good = (column.minimum <= values) & (values <= column.maximum)  # False for NaN, which is no number
    if column.integer:
        good &= values == np.round(values)
    kind = "whole number" if column.integer else "number"
    expected = f"a {kind} from {column.minimum:.12g} to {column.maximum:.12g}"
    _refuse(file, column.name, codes, texts, ~(good | gap), expected)
    if gap.all():
        raise InputError(f"{file.place}: column '{column.name}': expected {expected}, got no value at all", NEXT_STEP)
    return values[codes], _kind(texts, missing)


def categories(file: CsvFile, column: Categorical, missing: Collection[str] = ()) -> tuple[np.ndarray, str]:
    """Return a categorical column, (N,) of str with None where a cell is missing, and its type as found.

    A cell is missing where it is empty, or one of `missing` and not described.
    Raises InputError for a value that is not among the described ones, for more than MOST_CATEGORIES,
    for one longer than LONGEST_CATEGORY, and for none.
    """
    codes, texts = _factorize(file, column.name)
    allowed = column.values or ()
    gap = np.array([not text or (text in missing and text not in allowed) for text in texts])
    if gap.all():
        raise InputError(f"{file.place}: column '{column.name}': expected text, got no value at all", NEXT_STEP)
    _refuse_long(file, column.name, codes, texts)
    if column.values is not None:
        bad = np.array([text not in allowed for text in texts]) & ~gap
        _refuse(file, column.name, codes, texts, bad, f"one of {listed(allowed)}")
    if (~gap).sum() > MOST_CATEGORIES:
        raise InputError(
            f"{file.place}: column '{column.name}': expected at most {MOST_CATEGORIES} categories, "
            f"got {(~gap).sum()} different texts",
            "describe it as [[table.numerical]] or group its values",
        )
    values = np.array([None if is_gap else text for text, is_gap in zip(texts, gap, strict=True)], dtype=object)
    return values[codes], _kind(texts, missing)


def labels(file: CsvFile, table: Table) -> tuple[np.ndarray, str]:
    """Return the class index of every row, (N,) int64, and the target's type as found.

    Raises InputError for a missing label, one that is not described, and where all rows are of one class.
    """
    codes, texts = _factorize(file, table.target)
    found = [_label(text, table) for text in texts]
    bad = np.array([position is None for position in found])
    _refuse(file, table.target, codes, texts, bad, f"one of the labels {listed(map(str, table.label_values))}")
    if len(set(found)) < 2:
        raise InputError(
            f"{file.place}: column '{table.target}': expected at least two classes, got {quote(texts[0])} in every row",
            NEXT_STEP,
        )
    return np.array(found, dtype=np.int64)[codes], _kind(texts, table.missing)


def _factorize(file: CsvFile, name: str) -> tuple[np.ndarray, list[str]]:
    """Return for every row the index of its text among the different ones, spaces and Unicode form normalised."""
    cells = np.array([cell.strip() if cell.isascii() and "  " not in cell and "\n" not in cell else normal(cell)
                      for cell in file.column(name)], dtype=object)  # fmt: skip
    codes, texts = pd.factorize(cells)
    return codes, list(texts)


def _number(text: str) -> float:
    """Return the number that a cell holds, NaN where it holds none."""
    try:
        return math.nan if "_" in text else float(text)
    except ValueError:
        return math.nan


def _label(text: str, table: Table) -> int | None:
    """Return the class of a label; the whole number 2 may be written 2 or 2.0."""
    for position, value in enumerate(table.label_values):
        if text == normal(str(value)) or (isinstance(value, int) and _number(text) == value):
            return position
    return None


def _kind(texts: Sequence[str], missing: Collection[str]) -> str:
    """Return the data type as found: gaps turn whole numbers into float64, as pandas has it."""
    values = [text for text in texts if text and text not in missing]
    if not all(math.isfinite(_number(text)) for text in values):
        return "text"
    whole = all(text.lstrip("+-").isdigit() for text in values)
    return "int64" if whole and len(values) == len(texts) else "float64"


def _refuse(file: CsvFile, name: str, codes: np.ndarray, texts: Sequence[str], bad: np.ndarray, expected: str) -> None:
    """InputError for the first row whose text is marked `bad`; says how many more there are."""
    rows = np.flatnonzero(bad[codes])
    if not rows.size:
        return
    text = texts[codes[rows[0]]]
    got = quote(text) if text else "an empty cell"
    more = f" (and {rows.size - 1:,} more such cell{'s' * (rows.size > 2)})" if rows.size > 1 else ""
    step = _number_step(text) if " number " in f"{expected} " else NEXT_STEP
    raise InputError(f"{file.at(rows[0])}: column '{name}': expected {expected}, got {got}{more}", step)


def _number_step(text: str) -> str:
    """Return what to do about a cell that holds no number: "82,5" -> "write a decimal point for the comma"."""
    if any(dash in text for dash in "−–—"):
        return "type the minus sign as -"
    if THOUSANDS.fullmatch(text):
        return "write its digits without a sign between the thousands, or a decimal point if one is meant"
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return "write a decimal point for the comma"
    unit = WITH_UNIT.fullmatch(text)
    return f"write the number without {quote(unit[1] or unit[2])}" if unit else NEXT_STEP


def _refuse_long(file: CsvFile, name: str, codes: np.ndarray, texts: Sequence[str]) -> None:
    """InputError for the first row whose text is longer than LONGEST_CATEGORY."""
    rows = np.flatnonzero(np.array([len(text) > LONGEST_CATEGORY for text in texts])[codes])
    if rows.size:
        text = texts[codes[rows[0]]]
        raise InputError(
            f"{file.at(rows[0])}: column '{name}': expected at most {LONGEST_CATEGORY} characters, "
            f"got {len(text):,} of them: {quote(text)}",
            "shorten it",
        )
