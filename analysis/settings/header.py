"""The header of a table against the columns that report.toml describes; no library is loaded for it."""

import csv
import difflib
from collections.abc import Sequence

from analysis.errors import InputError
from analysis.io.csv_file import NEXT_STEP, listed, plain, quote
from analysis.settings.schema import Settings, Table

LONGEST = 100_000  # bytes of a first line; what is longer is no header


def check_header(found: Sequence[str], table: Table, place: str) -> None:
    """InputError unless the header holds every described column once and no other."""
    expected, place = (*table.features, table.target), f"{place}:1"
    doubled = [name for index, name in enumerate(found) if name in found[:index]]
    if doubled:
        raise InputError(f"{place}: expected every column once, got {quote(doubled[0])} twice", NEXT_STEP)
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    if missing:
        subject = f"column{'s' * (len(missing) > 1)} {listed(missing)} {'are' if len(missing) > 1 else 'is'} missing"
        if missing == [table.target] and not extra:
            labels = f"column {quote(table.target)}, the labels, is missing (found: {listed(found)})"
            raise InputError(f"{place}: {labels}", "give the table with its labels: a model is scored by them")
        near = [name for name in extra if plain(name) == plain(missing[0])]
        near = near or difflib.get_close_matches(missing[0], extra, n=1)
        if set(missing) <= {name.strip("\"' \ufeff") for name in extra}:
            around = "take what is around the names out: spaces, quotes or a second byte-order mark"
            raise InputError(f"{place}: {subject} (found: {listed(found)})", around)
        hint = f"rename {quote(near[0])} if it is meant" if near else NEXT_STEP
        raise InputError(f"{place}: {subject} (found: {listed(found)})", hint)
    if extra:
        raise InputError(f"{place}: expected only the described columns, got {listed(extra)} besides", _besides(found))


def _besides(header: Sequence[str]) -> str:
    """Return what to do about a column that is not described."""
    if not header[-1].strip() and len(header) > 1:
        return "each line ends with a comma: take these out"
    if header[0].strip() in {"", "Unnamed: 0"}:
        return "it is the index that pandas saved: write the file with to_csv(…, index=False)"
    return "take it out of the file or describe it in report.toml"


def check_test_header(settings: Settings) -> None:
    """Raise InputError where the labels of the test table were left out; only its first line is read.

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
    if sorted(header) == sorted(settings.table.features):
        check_header(header, settings.table, str(path))
