"""Every style prints the digits that a reader expects and leads to the number's line in the index."""

from typing import Any

import pytest

from report_src.errors import RenderError
from report_src.numbers import formatting
from report_src.numbers.printed_numbers import agrees, marks, readable
from report_src.numbers.values import Ledger, wrap

SUMMARY = {
    "mean": 0.8324,
    "std": 0.0041,
    "half_width": 0.0369,
    "minimum": 0.83,
    "maximum": 0.84,
    "replicates": [0.83, 0.84],
}
DIFFERENCE = {"mean": -0.004, "half_width": 0.0061, "replicates": [0.0, -0.008]}


def keyed(value: Any) -> Any:
    return wrap({"a": value}, "study", Ledger()).a


@pytest.mark.parametrize(
    ("style", "value", "shown"),
    [
        ("percent", 0.8324, "83.2 %"),
        ("percent", -0.0004, "0.0 %"),
        ("percent", 0.999999, ">99.9 %"),
        ("percent", 1.0, "100.0 %"),
        ("percent", 0.9994, "99.9 %"),
        ("percent", 0.00049, "<0.1 %"),
        ("percent", 1e-12, "<0.1 %"),
        ("percent", 0.0005, "0.1 %"),
        ("percent", 0.0, "0.0 %"),
        ("cell_percent", 0.99999, ">99.9"),
        ("p_value", 0.9999, ">0.999"),
        ("p_value", 1.0, "=1.000"),
        ("p_value", 0.04999, "=0.04999"),
        ("p_value", 0.0501, "=0.0501"),
        ("p_value", 0.05, "=0.050"),
        ("p_value", 0.0100001, "=0.0100001"),
        ("rate", 1e-05, "1 × 10^-5"),
        ("rate", 1234567.0, "1.234567 × 10^6"),
        ("rate", 0.0, "0"),
        ("ordinal", 21, "21st"),
        ("ordinal", 22, "22nd"),
        ("ordinal", 23, "23rd"),
        ("ordinal", 101, "101st"),
        ("ordinal", 111, "111th"),
        ("ordinal", 1012, "1,012th"),
        ("pm_percent", {"mean": -0.0004, "std": 0.01}, "0.0 ± 1.0 %"),
        ("pm_percent", {"mean": -0.04, "std": 0.01}, "-4.0 ± 1.0 %"),
        (
            "interval_points",
            {"mean": -0.004, "half_width": 0.0061, "replicates": [0, 0]},
            "-0.4 percentage points [-1.1, 0.3]",
        ),
        ("interval_points", {"mean": -0.004, "half_width": 1e300, "replicates": [0]}, "-0.4 percentage points"),
        (
            "interval_points",
            {"mean": 0.00441, "half_width": 0.00405, "replicates": [0, 0]},
            "0.44 percentage points [0.03, 0.85]",
        ),
        ("interval_points", {"mean": 0.0, "half_width": 0.0, "replicates": [0, 0]}, "0.0 percentage points [0.0, 0.0]"),
        ("interval", {"mean": -0.031, "half_width": 0.009, "replicates": [0, 0]}, "-0.03 [-0.04, -0.02]"),
        ("interval", {"mean": 0.004, "half_width": 0.003, "replicates": [0, 0]}, "0.004 [0.001, 0.007]"),
        ("at_most", 0.2445, "≤ 0.25"),
        ("at_most", 0.25, "≤ 0.25"),
        ("at_most", 0.0, "0.00"),
        ("at_most", 0.2401, "≤ 0.25"),
        ("points", 0.0512, "5.1 percentage points"),
        ("count", 41348, "41,348"),
        ("count", 3.0, "3"),
        ("decimal", 1.1114, "1.11"),
        ("decimal", -1.1114, "-1.11"),
        ("signed", 0.41, "+0.41"),
        ("scientific", 0.00123, "1.2 × 10^-3"),
        ("scientific", 0.0, "0"),
        ("p_value", 0.0213, "=0.021"),
        ("p_value", 1e-9, "<0.001"),
        ("rate", 0.5, "0.5"),
        ("rate", 1.0, "1"),
        ("words", 5, "five"),
        ("words", 13, "13"),
        ("ordinal", 2, "second"),
        ("ordinal", 11, "11th"),
        ("pm_percent", SUMMARY, "83.2 ± 0.4 %"),
        ("pm_cell", SUMMARY, "83.2 ± 0.4"),
        ("pm", SUMMARY, "0.83 ± 0.00"),
        ("cell", -0.4149, "-0.41"),
        ("cell", -0.001, "0.00"),
        ("cell_percent", 0.8324, "83.2"),
    ],
)
def test_a_style_prints_the_number_with_a_link_to_its_key(style: str, value: Any, shown: str) -> None:
    number = keyed(value)
    text = formatting.FILTERS[style](number)
    ((key, printed),) = marks(text)
    assert key == ("study.a.mean" if isinstance(value, dict) else "study.a")
    assert agrees(printed, number.mean if isinstance(value, dict) else number)
    assert readable(printed) == shown
    assert text.removesuffix(r"\digitspace{}") == rf"\result{{{key}}}{{{printed}}}"


def test_the_signs_of_a_column_are_below_each_other() -> None:
    small, large = (formatting.pm_cell(keyed({"mean": 0.5, "std": std})) for std in (0.004, 0.104))
    assert small == large.replace("10.4", "0.4") + r"\digitspace{}"


def test_bare_digits_are_noted_in_the_index_without_a_link() -> None:
    number = keyed(-0.41)
    assert formatting.bare(number, 1) == "-0.4"
    assert number.ledger.printed == {"study.a": -0.41}


@pytest.mark.parametrize(
    ("style", "value", "words"),
    [
        ("count", 0.5, "is 0.5, not a whole number"),
        ("words", 4.8, "is 4.8, not a whole number"),
        ("words", 0.4, "is 0.4, not a whole number"),
        ("ordinal", 2.9, "is 2.9, not a whole number"),
        *(
            (style, number, "'study.a' is (nan|inf), which has no digits")
            for style in ("percent", "rate", "count", "scientific", "p_value", "decimal", "words", "cell")
            for number in (float("nan"), float("inf"))
        ),
        ("percent", "text", "is not a number"),
        ("percent", SUMMARY, "is a record, not a number; name one of its fields: mean"),
        ("pm_percent", {"mean": 0.5}, "unknown key 'study.a.std'"),
    ],
)
def test_what_a_style_cannot_print_is_refused(style: str, value: Any, words: str) -> None:
    with pytest.raises(RenderError, match=words):
        formatting.FILTERS[style](keyed(value))


@pytest.mark.parametrize("style", ["text", "mathematics", "latex", "name"])
@pytest.mark.parametrize(
    ("value", "words"), [(0.5, "is no text"), (True, "is no text"), (SUMMARY, "is a record, no text")]
)
def test_a_text_is_no_number_and_no_record(style: str, value: Any, words: str) -> None:
    with pytest.raises(RenderError, match=words):
        formatting.called(style, formatting.FILTERS[style])(keyed(value))


def test_a_number_that_a_template_computed_is_refused() -> None:
    with pytest.raises(RenderError, match="has no key"):
        formatting.percent(0.5 + 0.1)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.5, "without a style"), (True, "cannot be printed"), (None, "cannot be printed"), ([1], "is a list")],
)
def test_nothing_is_printed_without_a_style(value: Any, words: str) -> None:
    with pytest.raises(RenderError, match=words):
        formatting.finalize(value)


@pytest.mark.parametrize(
    ("names", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_joined_as_in_a_sentence(names: list[str], text: str) -> None:
    assert formatting.join_names(names, style="text") == text


@pytest.mark.parametrize(
    ("name", "start", "words"),
    [("amenity_score", False, "amenity score"), ("amenity_score", True, "Amenity score"), ("___", True, "\\_\\_\\_"),
     ("", True, "")],
)  # fmt: skip
def test_a_column_reads_as_words_in_running_text(name: str, start: bool, words: str) -> None:
    assert formatting.feature(name, start=start).replace("\\allowbreak{}", "") == words
