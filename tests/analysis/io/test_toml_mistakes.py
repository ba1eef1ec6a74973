"""A line that is no TOML is named by line and column, with what to type in its place."""

import pytest

from analysis.errors import InputError
from analysis.io import toml_file

MISTAKES = [
    ("seed = 1\nseed = 2", "2:9", "the name is given twice"),
    ("[run]\nseed = 1\n[run]", "3:5", "the table begins twice"),
    ("author = My Name", "1:10", "put text between quotes"),
    ("author = “My Name”", "1:10", "use straight quotes"),
    ('author = "My Name', "1:18", "close the quote"),
    ("rates = [0,25; 0,5]", "1:14", "part the entries by commas"),
    ("rates = [1, 2", "1:14", "close the ]"),
    ("share = 20%", "1:11", "a number from 0 to 1"),
    ("share = 0,2", "1:10", "a decimal point for the comma"),
    ("share = .2", "1:9", "a digit before the decimal point"),
    ("example = True", "1:11", "write true, in small letters"),
    ("example = no", "1:11", "a setting that is on or off is true or false"),
    ("seed = 600 // mine", "1:12", "a comment begins with #"),
    ("seed = 600;", "1:11", "take the sign at the end of the line out"),
    ("seed = 600,", "1:11", "take the sign at the end of the line out"),
    ("roll = 00100123", "1:9", "begins with 0 between quotes"),
    ('path = "C:\\data"', "1:13", "between single quotes"),
    ("seed: 600", "1:5", "write name = value"),
    ("seed 600", "1:6", "write name = value"),
    ("seed =", "1:7", "write a value behind the ="),
    ("<<<<<<< HEAD\nseed = 1", "1:1", "one side of the merge conflict"),
    ("a = 1\rb = 2", "1:6", "line ends of Unix"),
    ("a = 1 b = 2", "1:7", "a comment behind #"),
]


@pytest.mark.parametrize(("text", "place", "step"), MISTAKES, ids=[mistake[0] for mistake in MISTAKES])
def test_a_mistake_is_answered_with_its_place_and_what_to_type(tmp_path, text, place, step):
    path = tmp_path / "r.toml"
    path.write_bytes(text.encode())
    with pytest.raises(InputError) as refused:
        toml_file.read(path, "compare with another")
    assert str(refused.value).startswith(f"{path}:{place}: expected valid TOML, got: ")
    assert step in str(refused.value).partition("; ")[2]
