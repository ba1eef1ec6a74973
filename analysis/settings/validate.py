"""What report.toml may not hold although each value is of its type: above all, settings that contradict each other."""

import math
import re

from analysis.io import toml_file
from analysis.io.toml_file import SettingsFile
from analysis.settings.schema import Document, Numerical, ReportSettings, Table

LONGEST_PATH = 1000  # characters
ADDRESS = re.compile(r"https?://[^\s/.]+\.\S+")  # of a repository


def check(document: Document, file: SettingsFile) -> None:
    """Checks that no type expresses: contradictions between settings, impossible names and texts (InputError)."""
    _check_report(document.report, file)
    _check_table(document.table, file)
    for index, numerical in enumerate(document.table.numerical):
        _check_bounds(numerical, ("table", "numerical", index), file)
    for index, categorical in enumerate(document.table.categorical):
        keys = ("table", "categorical", index, "values")
        _check_texts(categorical.values, keys, file, "category")
    run = document.run
    if run.report_at > run.iterations:
        raise file.mistake(
            ("run", "report_at"), f"at most run.iterations = {run.iterations}", f"{run.report_at}", "change one of them"
        )
    if len(set(run.learning_rates)) != len(run.learning_rates):
        raise file.mistake(("run", "learning_rates"), "every rate once", "one rate twice", "take one out")
    _check_paths(document, file)


def _check_report(report: ReportSettings, file: SettingsFile) -> None:
    """Refuse what the first page cannot print as one line, and an address that no reader can follow."""
    for name in report.__struct_fields__:
        text = getattr(report, name)
        if isinstance(text, str) and (text != text.strip() or "\n" in text):
            expected, step = "one line without spaces around it", "take the spaces and line breaks out"
            raise file.mistake(("report", name), expected, toml_file.shown(text), step)
    if not ADDRESS.fullmatch(report.repository):
        raise file.mistake(
            ("report", "repository"),
            "an address that begins with https://",
            toml_file.shown(report.repository),
            "copy it from the browser's address line",
        )


def _check_table(table: Table, file: SettingsFile) -> None:
    named = [
        *((("table", "numerical", index, "name"), column.name) for index, column in enumerate(table.numerical)),
        *((("table", "categorical", index, "name"), column.name) for index, column in enumerate(table.categorical)),
    ]
    before = {table.target: "table.target"}
    for keys, name in named:
        if name in before:
            raise file.mistake(
                keys, "every column described once", f"'{name}', which {before[name]} names as well", "take one out"
            )
        before[name] = toml_file.shown_keys(keys)
    if not table.features:
        raise file.mistake(("table",), "at least one feature", "none", "add [[table.numerical]] entries")
    _check_texts(table.classes, ("table", "classes"), file, "class")
    _check_texts(table.label_values, ("table", "labels"), file, "label")
    if len(table.label_values) != len(table.classes):
        raise file.mistake(
            ("table", "labels"),
            f"{len(table.classes)} labels, one a class",
            f"{len(table.label_values)}",
            "name as many labels as table.classes has classes",
        )


def _check_bounds(column: Numerical, keys: tuple[str | int, ...], file: SettingsFile) -> None:
    low, high, name = column.minimum, column.maximum, f"(column '{column.name}')"
    if not low < high:
        raise file.mistake(
            (*keys, "minimum"), f"minimum < maximum {name}", f"{low:g} and {high:g}", "correct the bounds"
        )
    if column.integer and math.ceil(low) > math.floor(high):
        raise file.mistake(
            (*keys, "minimum"),
            f"a whole number between the bounds {name}, as integer = true has it",
            f"none from {low:g} to {high:g}",
            "correct the bounds",
        )
    if column.logarithmic and low <= -1:
        raise file.mistake(
            (*keys, "minimum"),
            f"a minimum above -1 {name}, as logarithmic = true reads it as log(1 + x)",
            f"{low:g}",
            "raise the minimum or take logarithmic out",
        )


def _check_texts(
    values: tuple[int | str, ...] | None, keys: tuple[str | int, ...], file: SettingsFile, one: str
) -> None:
    """Refuse values that occur twice or that no cell can hold (cells are read without spaces around them)."""
    texts = [str(value) for value in values or ()]
    for text in texts:
        if not text or text != text.strip():
            raise file.mistake(keys, f"a {one} without spaces around it", toml_file.shown(text), "take them out")
        if texts.count(text) > 1:
            raise file.mistake(keys, f"each {one} once", f"{toml_file.shown(text)} twice", "take one out")
    if values is not None and not values:
        raise file.mistake(keys, f"at least one {one}", "none", "leave the line out where every text is allowed")


def _check_paths(document: Document, file: SettingsFile) -> None:
    """Refuse names that no file can have."""
    places = [
        (("data", "train"), document.data.train),
        (("data", "test"), document.data.test),
        (("ai", "log"), document.ai.log or "log"),
        *((("scans", place, n), name) for place, names in document.scans.items() for n, name in enumerate(names)),
    ]
    for keys, name in places:
        if not name.isprintable() or len(name) > LONGEST_PATH:
            expected = f"a file's name of at most {LONGEST_PATH} characters that can be printed"
            raise file.mistake(keys, expected, toml_file.shown(name), "rename the file")
