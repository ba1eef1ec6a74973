"""What the finished text may not hold."""

import pytest

from report_src.errors import RenderError
from report_src.numbers.printed_numbers import ENGLISH
from report_src.rendering.render import refuse_other_numbers, undeclared_use

RESULTS = {"logistic": {"commonest": 0.604, "rows": 240}}
PLACES = [("sections/1.tex.j2", 4), ("sections/1.tex.j2", 7)]


def test_a_number_that_is_no_rounding_of_its_result_is_refused_at_its_line() -> None:
    right = "Of \\result{logistic.rows}{240} rows\n\\result{logistic.commonest}{60.4\\,\\%} are oaks."
    refuse_other_numbers(right, PLACES, RESULTS, ENGLISH)
    for wrong in (right.replace("60.4", "90.4"), right.replace("{60.4\\,\\%}", "{nineteen}")):
        with pytest.raises(RenderError, match=r"logistic\.commonest: printed as") as refused:
            refuse_other_numbers(wrong, PLACES, RESULTS, ENGLISH)
        assert refused.value.place == "templates/sections/1.tex.j2:7"


def test_a_report_without_its_declaration_of_ai_use_is_named() -> None:
    (said,) = undeclared_use(PLACES)
    assert "no page says how AI was used" in said
    assert undeclared_use([*PLACES, ("shared/ai_usage.tex.j2", 2)]) == []
