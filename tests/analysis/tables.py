"""Small tables for the tests of reading: two described tables, of different fields, and their files."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from analysis.settings.load import load
from analysis.settings.schema import Settings, Table

ROOT = Path(__file__).parents[2]
COURSE = Path(os.environ.get("COURSE_DATA", ROOT / "../shared/data/course"))
needs_course_files = pytest.mark.skipif(not (COURSE / "train.csv").is_file(), reason="the course's files are not here")

PLANTS = """
[report]
title = "Plants"
author = "A"
roll_number = "1"
repository = "https://example.org"

[data]
train = "train.csv"
test = "test.csv"

[run]
{run}

[table]
target = "species"
classes = ["setosa", "versicolor", "virginica"]
labels = ["se", "ve", "vi"]

[[table.categorical]]
name = "soil"
meaning = "kind of soil"

[[table.categorical]]
name = "light"
meaning = "light"
values = ["sun", "shade"]

[[table.numerical]]
name = "leaves"
meaning = "number of leaves"
unit = "leaves"
minimum = 0
maximum = 100
integer = true
logarithmic = true

[[table.numerical]]
name = "height"
meaning = "height"
unit = "cm"
minimum = -1.5
maximum = 250
"""

HEADER = "height,soil,species,leaves,light"
TRAIN = f"""{HEADER}
10.5,clay,se,3,sun
,sand,ve,5,shade
20,,vi,,sun
31.5,clay,se,100,
42,peat,ve,0,shade
0,sand,vi,12,sun
"""
TEST = f"""{HEADER}
1,clay,se,3,sun
2,loam,ve,5,shade
3,sand,vi,7,sun
"""


def plants(
    folder: Path, *, train: str | bytes | None = TRAIN, test: str | bytes | None = TEST, run: str = ""
) -> Settings:
    """Write the tables (None: leave one out) and return settings that describe them."""
    for name, content in (("train.csv", train), ("test.csv", test)):
        if content is not None:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    path = folder / "report.toml"
    path.write_text(PLANTS.format(run=run))
    return load(path)


def described(folder: Path, table: Table, **run: Any) -> Settings:
    """Write the report.toml of a table whose two files lie beside it, and load it."""
    sections = {
        "report": {"title": "t", "author": "a", "roll_number": "1", "repository": "https://example.org"},
        "data": {"train": "train.csv", "test": "test.csv"},
        "run": run,
        "table": msgspec.to_builtins(table),
    }
    write_settings(folder, sections)
    return load(folder / "report.toml")


def write_settings(folder: Path, sections: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the report.toml of these sections."""
    lines = [line for name, section in sections.items() for line in as_toml(name, section)]
    (folder / "report.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def as_toml(name: str, section: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a section, its columns behind its values; JSON writes a value as TOML does."""
    columns = [(f"[[{name}.{key}]]", one) for key in ("numerical", "categorical") for one in section.get(key, ())]
    values = {key: value for key, value in section.items() if key not in ("numerical", "categorical")}
    for heading, entries in ((f"[{name}]", values), *columns):
        yield heading
        yield from (f"{key} = {json.dumps(value)}" for key, value in entries.items() if value is not None)


def course(folder: Path, source: Path | None = None, profile: str | None = None, **run: int) -> Settings:
    """Return the shipped settings for a folder without data, or with links to the course's files."""
    text = (ROOT / "report.toml").read_text(encoding="utf-8")
    for key, value in run.items():
        text = "\n".join(f"{key} = {value}" if line.startswith(f"{key} ") else line for line in text.splitlines())
    (folder / "report.toml").write_text(text, encoding="utf-8")
    if source is not None:
        (folder / "data").mkdir()
        for name in ("train.csv", "test.csv"):
            (folder / "data" / name).symlink_to((source / name).resolve())
    return load(folder / "report.toml", profile)


def frozen(folder: Path) -> Path:
    """Return a record of frozen models, which opens the test table."""
    path = folder / "frozen.json"
    path.write_text("{}")
    return path
