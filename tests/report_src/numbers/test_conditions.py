"""A claim whose condition no result changes is refused."""

import pytest
from jinja2 import Environment, nodes

from report_src.numbers.conditions import never_decides


def conditions(*typed: str) -> list[nodes.Expr | None]:
    made = [Environment(autoescape=False).parse(f"{{% if {one} %}}{{% endif %}}").body[0].test for one in typed]  # type: ignore[attr-defined]
    return [*made, None]


@pytest.mark.parametrize(
    "typed",
    ["a.b < c.d or a.b >= c.d", "a > b or true", "a - b > 0 or b - a >= 0", "a is defined", "not (a < b and a > b)"],
)
def test_a_condition_that_always_holds_is_named(typed):
    assert "holds whatever the results are" in never_decides(conditions(typed))


@pytest.mark.parametrize(
    "typed", [("a > b and b > a",), ("0.5 < a < 0.4",), ("a < b", "a < b"), ("a < b", "not b <= a")]
)
def test_a_branch_that_is_never_printed_is_named(typed):
    assert "never printed" in never_decides(conditions(*typed))


@pytest.mark.parametrize(
    "typed",
    [
        ("a < b",),
        ("a < b", "a > b"),
        ("a.n == 4 and b.n == 7",),
        ("a == b == c",),
        ("a.kind == 'x'", "a.kind == 'y'"),
        ("a.kind == 'x' and b.kind == 'y'",),
        ("a",),
        ("not a == b",),
        ("a[0].b | length > 3 and f(a) < 0.05",),
        ("(a if b else c) > 3",),
        ("a / b > 1",),
    ],
)
def test_a_condition_that_decides_is_passed(typed):
    assert never_decides(conditions(*typed)) == ""
