"""Does a table hold its labels: a look at the header, which loads no library and reads no row."""

import csv
from collections.abc import Sequence

from analysis.errors import InputError
from analysis.io.csv_file import quote
from analysis.settings.schema import Settings, Table

LONGEST = 100_000  # bytes of a first line; what is longer is no header


def check_labelled(header: Sequence[str], table: Table, place: str) -> None:
    """Raise InputError where a header names every feature and nothing else: the labels were left out."""
    if sorted(header) != sorted(table.features):
        return
    found = ", ".join(map(quote, header))
    raise InputError(
        f"{place}:1: column {quote(table.target)}, the labels, is missing (found: {found})",
        "give the table with its labels: a model is scored by them",
    )


def check_test_header(settings: Settings) -> None:
    """Raise InputError as `check_labelled` does for the test table, of which only the first line is read.

    Whatever else is wrong with the file is found where the table is read.
    """
    path = settings.test_path
    if not settings.data.test or not path.is_file():
        return
    try:
        with path.open("rb") as file:
            line = file.readline(LONGEST).decode("utf-8-sig")
        header = next(csv.reader([line], strict=True), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return
    check_labelled(header, settings.table, str(path))
