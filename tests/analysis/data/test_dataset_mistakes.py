"""Each mistake in a file gives one clear message: place, expected, got, next step."""

import re

import pytest

from analysis.data import dataset
from analysis.errors import InputError
from tests.analysis.tables import HEADER, TRAIN, frozen, plants

BOM = b"\xef\xbb\xbf"


def changed(old: str, new: str) -> str:
    assert TRAIN.count(old) == 1
    return TRAIN.replace(old, new)


# what is wrong -> (the file, the place behind the folder, what the message must say)
MISTAKES: dict[str, tuple[str | bytes, str, str]] = {
    "empty": ("", "train.csv:", "expected a header line and rows of data, got an empty file"),
    "blank": ("\n \n", "train.csv:", "got an empty file"),
    "only a byte-order mark": (BOM, "train.csv:", "got an empty file"),
    "only the header": (HEADER + "\n", "train.csv:", "got only the header"),
    "one row": (
        "\n".join(TRAIN.splitlines()[:2]) + "\n",
        "train.csv:",
        "at least 2 rows of data, got one row",
    ),
    "blank header": ("\n" + TRAIN, "train.csv:1:", "expected the header line, got an empty line"),
    "no header": (
        TRAIN.partition("\n")[2],
        "train.csv:1:",
        "columns 'leaves', 'height', 'soil', 'light', 'species' are",
    ),
    "missing column": (
        re.sub(r",[^,\n]*(\n)", r"\1", TRAIN),
        "train.csv:1:",
        "column 'light' is missing (found: 'height', 'soil', 'species', 'leaves'); see data/README.md",
    ),
    "renamed column": (changed("height", "Height"), "train.csv:1:", "column 'height' is missing (found: 'Height', "),
    "renamed column, hint": (changed("height", "Height"), "train.csv:1:", "; rename 'Height' if it is meant"),
    "column name with a space": (changed("soil,", "soil ,"), "train.csv:1:", "column 'soil' is missing"),
    "extra column": (
        re.sub(r"(?m)^", "7,", TRAIN.rstrip()).replace("7,height", "id,height"),
        "train.csv:1:",
        "expected only the described columns, got 'id' besides",
    ),
    "duplicated column": (changed("light", "soil"), "train.csv:1:", "expected every column once, got 'soil' twice"),
    "semicolons": (TRAIN.replace(",", ";"), "train.csv:1:", "expected cells separated by commas, got semicolons"),
    "semicolons, decimal commas": (
        TRAIN.replace(",", ";").replace(".", ","),
        "train.csv:1:",
        "separated by commas, got semicolons",
    ),
    "tabs": (TRAIN.replace(",", "\t"), "train.csv:1:", "got tabs"),
    "vertical bars": (TRAIN.replace(",", "|"), "train.csv:1:", "got vertical bars"),
    "no number": (
        changed("31.5", "abc"),
        "train.csv:5:",
        "column 'height': expected a number from -1.5 to 250, got 'abc'",
    ),
    "no number, CRLF": (changed("31.5", "abc").replace("\n", "\r\n"), "train.csv:5:", "got 'abc'"),
    "no number behind a line break in quotes": (
        changed("10.5,clay", '10.5,"cl\nay"').replace("31.5", "abc"),
        "train.csv:6:",
        "got 'abc'",
    ),
    "several cells": (
        TRAIN.replace("42,", "x,").replace("20,", "x,"),
        "train.csv:4:",
        "got 'x' (and 1 more such cell);",
    ),
    "below the minimum": (changed("42", "-1.6"), "train.csv:6:", "expected a number from -1.5 to 250, got '-1.6'"),
    "above the maximum": (changed("42", "250.1"), "train.csv:6:", "got '250.1'"),
    "infinity": (changed("42", "inf"), "train.csv:6:", "got 'inf'"),
    "minus infinity": (changed("42", "-Infinity"), "train.csv:6:", "got '-Infinity'"),
    "too large for a float": (changed("42", "1e999"), "train.csv:6:", "got '1e999'"),
    "underscore in a number": (changed("42", "4_2"), "train.csv:6:", "got '4_2'"),
    "decimal comma": (changed("42", '"4,2"'), "train.csv:6:", "got '4,2'"),
    "no whole number": (
        changed(",100,", ",1.5,"),
        "train.csv:5:",
        "'leaves': expected a whole number from 0 to 100, got '1.5'",
    ),
    "category that is not described": (
        changed("100,", "100,dusk"),
        "train.csv:5:",
        "'light': expected one of 'sun', 'shade'",
    ),
    "label that is not described": (
        changed("42,peat,ve", "42,peat,xy"),
        "train.csv:6:",
        "column 'species': expected one of the labels 'se', 've', 'vi', got 'xy'; see data/README.md",
    ),
    "missing label": (changed("42,peat,ve", "42,peat,"), "train.csv:6:", "got an empty cell"),
    "one class only": (
        re.sub(r",v[ei],", ",se,", TRAIN),
        "train.csv:",
        "column 'species': expected at least two classes, got 'se' in every row",
    ),
    "wholly missing number": (
        re.sub(r"(?m)^[\d.]+,", ",", TRAIN),
        "train.csv:",
        "column 'height': expected a number from",
    ),
    "wholly missing category": (
        re.sub(r"(?m)^([\d.]*),[a-z]+", r"\1,", TRAIN)
        .replace(",,species", ",soil,species")
        .replace("\nheight,,", "height,soil,"),
        "train.csv:",
        "column 'soil': expected text, got no value at all",
    ),
    "ragged: fewer": (
        changed("42,peat,ve,0,shade", "42,peat,ve"),
        "train.csv:6:",
        "expected 5 cells as in the header, got 3 cells",
    ),
    "ragged: more": (changed("42,", "42,1,"), "train.csv:6:", "expected 5 cells as in the header, got 6 cells"),
    "more on the last line": (
        changed("12,sun", "12,sun,1"),
        "train.csv:7:",
        "expected 5 cells as in the header, got 6 cells",
    ),
    "empty line in the middle": (
        changed("42,", "\n42,"),
        "train.csv:6:",
        "expected 5 cells as in the header, got an empty line",
    ),
    "cut-off last line": (
        changed("vi,12,sun\n", "vi,1"),
        "train.csv:7:",
        "expected 5 cells, got 4 cells: the last line is cut off",
    ),
    "cut-off in the first cell": (
        changed("0,sand,vi,12,sun\n", "0"),
        "train.csv:7:",
        "got 1 cell ('0'): the last line is cut off",
    ),
    "cut-off within quotes": (changed("0,sand,vi,12,sun\n", '0,"san'), "train.csv:7:", "closed quotes"),
    "unclosed quote": (changed("42,peat", '42,"peat'), "train.csv:6:", "closed quotes"),
    "text behind a quote": (changed("42,peat", '42,"pe"at'), "train.csv:6:", "closed quotes"),
    "undecodable byte": (
        changed("peat", "p@t").encode().replace(b"@", b"\xe9"),
        "train.csv:6:",
        "got byte 0xE9 (byte ",
    ),
    "undecodable byte behind a mark": (
        BOM + HEADER.encode() + b"\r\n1,\xff",
        "train.csv:2:",
        "got byte 0xFF (byte 39 of the file)",
    ),
    "UTF-16": (TRAIN.encode("utf-16"), "train.csv:", "expected UTF-8 text, got UTF-16"),
    "NUL byte": (changed("peat", "pe\0t"), "train.csv:6:", "got a NUL byte"),
    "too many categories": (
        HEADER + "\n" + "".join(f"1,kind {n},{('se', 've')[n % 2]},3,sun\n" for n in range(201)),
        "train.csv:",
        "column 'soil': expected at most 200 categories, got 201 different texts",
    ),
}


@pytest.mark.parametrize(("content", "place", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_gives_one_message_with_its_place(tmp_path, content, place, words):
    with pytest.raises(InputError) as caught:
        dataset.read_train(plants(tmp_path, train=content))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/{place} ")
    assert words in message
    assert "\n" not in message
    assert "; " in message  # a next step
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("name", MISTAKES)
def test_the_test_table_is_validated_alike(tmp_path, name):
    content, place, _ = MISTAKES[name]
    inputs = plants(tmp_path, test=content)
    train = dataset.read_train(inputs)
    with pytest.raises(InputError, match=re.escape(f"{tmp_path}/{place.replace('train', 'test')} ")):
        dataset.read_test(inputs, train, frozen(tmp_path))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x1f\x8b\x08\x00", "a gzip file; unpack it"),
        (b"PK\x03\x04\x14\x00", "an Excel workbook"),
        (b"<!DOCTYPE html><html>", "an HTML page"),
        (b"\n<html>", "an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        ("sep=,\n" + TRAIN, "take the line out"),
        ("sep=;\n" + TRAIN.replace(",", ";"), "take the line out"),
        (TRAIN + TRAIN, "got the header again"),
        (re.sub(r"(?m)$", ",", TRAIN.rstrip()), "each line ends with a comma"),
        (re.sub(r"(?m)^", "7,", TRAIN.rstrip()).replace("7,height", ",height", 1), "index=False"),
        (changed("height", "HEIGHT\u00a0"), r"rename 'HEIGHT\xa0' if it is meant"),
        (HEADER.replace(",", ", ") + TRAIN.removeprefix(HEADER), "take what is around the names out"),
        ("\ufeff\ufeff" + TRAIN, "a second byte-order mark"),
        ("Plants of 2024\n" + TRAIN, "this line is the header: take out what is above it"),
        (re.sub(r"(?m)^(.+)$", r'"\1"', TRAIN), "the whole line is in quotes"),
        (re.sub(r"(?m)^(\d.*)$", r'"\1"', TRAIN), "the whole line is in quotes"),
        (changed("42,peat", "4,2,peat"), "and decimal points into numbers"),
        (changed("42,peat", '"4,2",peat'), "write a decimal point for the comma"),
        (changed("42,peat", '"1,042",peat'), "without a sign between the thousands"),
        (changed("42,peat", "1 042,peat"), "without a sign between the thousands"),
        (changed("42,peat", "42 cm,peat"), "write the number without 'cm'"),
        (changed("42,peat", "$42,peat"), "write the number without '$'"),
        (changed("42,peat", "42.5%,peat"), "write the number without '%'"),
        (changed("42,peat", "\u22121,peat"), "type the minus sign as -"),
        (changed("42,peat", "-42,peat"), "got '-42'; see data/README.md"),
        (changed("42,peat", "#DIV/0!,peat"), "got '#DIV/0!'; see data/README.md"),
        (changed("42,peat", "0x2A,peat"), "got '0x2A'; see data/README.md"),
        (changed("42,peat", "<<<<<<< HEAD\n42,peat"), "got 1 cell ('<<<<<<< HEAD'); take the line out"),
        (TRAIN + "5 rows\n", "got 1 cell ('5 rows'): the last line is cut off, or is no row"),
        ('[{"height": 1}]', "got only the header: '[{\"height\": 1}]'"),
        (b"BZh91AY&SY", "a bzip2 file"),
        (b"PAR1\0\0", "a Parquet file"),
        (b"{\\rtf1 a}", "a text of a word processor"),
    ],
)
def test_a_file_of_another_kind_or_shape_is_called_by_its_name(tmp_path, content, says):
    content = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(InputError) as refused:
        dataset.read_train(plants(tmp_path, train=content))
    assert says in str(refused.value)
