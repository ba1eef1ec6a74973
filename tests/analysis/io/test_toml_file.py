"""A mistake in a TOML file is named by the line and the key at which it stands."""

import tomllib
from pathlib import Path

import pytest

from analysis.errors import InputError
from analysis.io import toml_file

ROOT = Path(__file__).parents[3]
TEXT = '''# seed = 0
[run]   # [no.table]
"seed" = 1
note = """
seed = 2
[other]
"""
shares = [
    0.1,  # seed = 3
]

[[column]]
name = 'a # b'
[[column]]
name = "b"
inner.key = 4
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("run",), 2),
        (("run", "seed"), 3),
        (("run", "note"), 4),
        (("run", "shares", 0), 8),
        (("run", "absent"), 2),
        (("other",), 0),
        (("column",), 12),
        (("column", 0, "name"), 13),
        (("column", 1), 14),
        (("column", 1, "name"), 15),
        (("column", 1, "inner", "key"), 16),
        (("column", 2, "name"), 0),
    ],
)
def test_a_value_is_found_on_its_line(keys, line):
    assert toml_file.line_of(TEXT, keys) == line


def test_every_value_of_the_shipped_settings_is_found_on_the_line_that_sets_it():
    text = (ROOT / "report.toml").read_text(encoding="utf-8")
    lines, found = text.split("\n"), 0
    for keys, _ in toml_file._leaves(tomllib.loads(text)):
        name = next(key for key in reversed(keys) if isinstance(key, str))
        assert lines[toml_file.line_of(text, keys) - 1].startswith(f"{name} = "), keys
        found += 1
    assert found > 50


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        (600.0, "600.0"),
        ({}, "a table"),
        ([1, 2], "a list of 2"),
        ("a" * 99, f"'{'a' * 39}…'"),
        (10**99, "1" + "0" * 38 + "…"),
        (tomllib.loads("d = 2026-02-07")["d"], "the date 2026-02-07"),
    ],
)
def test_a_value_is_shown_briefly_and_as_toml_writes_it(value, shown):
    assert toml_file.shown(value) == shown


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Expected `int`, got `str`", "a whole number"),
        ("Expected `int | str`, got `float`", "a whole number or text in quotes"),
        ("Expected `array | null`, got `str`", "a list"),
        ("Expected `int` >= 0", "a whole number of at least 0"),
        ("Expected `float` > 0.0", "a number above 0"),
        ("Expected `float` <= 1e+15", "a number of at most 1e+15"),
        ("Expected `str` of length >= 1", "text in quotes with at least 1 character"),
        ("Expected `array` of length 2, got 1", "a list with 2 entries"),
        ("Something new", "something new"),
    ],
)
def test_what_was_expected_is_said_in_words(said, expected):
    assert toml_file._expected(said) == expected


def test_a_file_that_is_no_text_names_the_byte(tmp_path):
    (tmp_path / "t.toml").write_bytes(b"a = 1\nb = '\xe9'\n")
    with pytest.raises(
        InputError, match=r"t\.toml:2: expected UTF-8 text, got byte 0xE9 \(byte 11 of the file\); save"
    ):
        toml_file.read(tmp_path / "t.toml", "see there")
