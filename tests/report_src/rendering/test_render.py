"""What the finished text may not hold."""

import contextlib

import pytest

from report_src.errors import RenderError
from report_src.numbers.printed_numbers import ENGLISH
from report_src.rendering.render import refuse_other_numbers

UNITS = {"logistic.commonest": "fraction", "logistic.rows": "count", "logistic.loss": "nats"}
RESULTS = {"logistic": {"commonest": 0.604, "rows": 240, "loss": 0.368}}
PLACES = [("sections/1.tex.j2", 4), ("sections/1.tex.j2", 7)]


def test_a_number_that_is_no_rounding_of_its_result_is_refused_at_its_line() -> None:
    right = "Of \\result{logistic.rows}{240} rows\n\\result{logistic.commonest}{60.4\\,\\%} are oaks."
    refuse_other_numbers(right, PLACES, RESULTS, ENGLISH, UNITS.__getitem__)
    for wrong in (right.replace("60.4", "90.4"), right.replace("{60.4\\,\\%}", "{nineteen}")):
        with pytest.raises(RenderError, match=r"logistic\.commonest: printed as") as refused:
            refuse_other_numbers(wrong, PLACES, RESULTS, ENGLISH, UNITS.__getitem__)
        assert refused.value.place == "templates/sections/1.tex.j2:7"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"\result{logistic.loss}{36.8\,\%}", "its unit is nats"),
        (r"\result{logistic.loss}{36.8 percentage points}", "its unit is nats"),
        (r"\result{logistic.commonest}{0.60}\,\%", "a sign of per cent behind it"),
        (r"\result{logistic.commonest}{60.4\,\%}~\%", "a sign of per cent behind it"),
        (r"\result{logistic.commonest}{0.60} per cent", "with 'per cent' behind it; the styles percent and points"),
        (r"\result{logistic.commonest}{60.4\,\%} percentage points", "with 'percentage points' behind it"),
        (r"\result{logistic.commonest}{60.4\,\%} nats", "with 'nats' behind it"),
        (r"\result{logistic.loss}{0.37} bits", "with 'bits' behind it; its unit is nats"),
    ],
)
def test_a_number_under_another_unit_is_refused_at_its_line(text: str, said: str) -> None:
    with pytest.raises(RenderError, match=said) as refused:
        refuse_other_numbers(f"A line.\nIt is {text} here.", PLACES, RESULTS, ENGLISH, UNITS.__getitem__)
    assert refused.value.place == "templates/sections/1.tex.j2:7"


LOW, HIGH = r"\result{logistic.loss}{0.368}", r"\result{logistic.commonest}{60.4\,\%}"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f"is {LOW}, higher than {HIGH}.", True),
        (f"is {LOW}, which is clearly larger than the {HIGH}.", True),
        (f"is {HIGH} below {LOW}.", True),
        (f"rises from {HIGH} to {LOW}.", True),
        (f"falls from {LOW} to {HIGH}.", True),
        (f"lies between {HIGH} and {LOW}.", True),
        (f"is {HIGH}--{LOW}.", True),
        (f"is in [{HIGH}, {LOW}].", True),
        (f"lies between {LOW} and {HIGH}.", False),
        (f"is {LOW}--{HIGH}.", False),
        (f"is {HIGH}, {LOW} and so on.", False),
        (f"is {HIGH} and {LOW}.", False),
        (f"is {LOW}, lower than {HIGH}.", False),
        (f"falls from {HIGH} to {LOW}.", False),
        (f"is not {LOW}, higher than {HIGH}.", False),
        (f"is {LOW}, with more rows than {HIGH}.", False),
        (f"is {LOW}. Higher than this is {HIGH}.", False),
    ],
)
def test_two_numbers_that_words_compare_otherwise_are_refused(text: str, wrong: bool) -> None:
    with pytest.raises(RenderError, match=r"is said of|larger end first") if wrong else contextlib.nullcontext():
        refuse_other_numbers(f"A line.\nIt {text}", PLACES, RESULTS, ENGLISH, UNITS.__getitem__)
