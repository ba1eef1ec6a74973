"""Words at the end of a row: a note that tells the step is passed, one that may change what the row says is not."""

import pytest

from tests.report_src.derivations.checked import checked, displayed

SETTING = r"Let $p, f \in \mathbb{R}^{n}$ and $b \in \mathbb{R}$."
FORMS = [r"& \text{%s}", r"&& \text{%s}", r"\quad \text{%s}", r"\qquad (\text{%s})", r"\quad \text{(%s)}"]
FORMS += [r"\tag{%s}", r"\tag*{%s}"]
STEPS = [
    "pull out the constant",
    "write as an inner product",
    "rewriting",
    "swap sum and factor",
    "factor out the scalar",
    "since the factor is constant",
    "because the scalar commutes with the sum",
    "expanding the definition",
    "moving the scalar in front",
    "definition of the sum",
    "recall the definition of the dot product",
    "this follows from linearity",
    "which follows from the definition of the inner product",
    "we use the distributive law",
]
CHANGES = [
    "plus a constant", "up to a constant", "transposed", "squared", "flipped", "elementwise", "rounded",
    "taking the negative", "write it as minus this", "swap the sign", "multiply by two", "adding one",
    "which is false", "this is wrong", "note that it differs from the left side", "it holds only for positive values",
    "which is then squared", "this times the norm", "we take half of it", "this becomes zero", "we set it to zero",
    "take the reciprocal of this", "recall the missing factor", "by symmetry; this is seldom true", "pull out nothing",
    "as an approximation", "definition modulo signs", "this may fail",
    "this is only an upper bound", "which is larger than the left side", "we redefine the names",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_note_that_tells_the_step_is_passed(form: str) -> None:
    rows = [rf"\sum_i p_i f_i b &= b \sum_i p_i f_i {form % words}" for words in STEPS]
    assert displayed(checked(SETTING, *rows)) == ["ok"] * len(STEPS)


@pytest.mark.parametrize("form", FORMS)
def test_a_note_that_may_change_what_the_row_says_is_refused(form: str) -> None:
    rows = [rf"\sum_i p_i f_i b &= b \sum_i p_i f_i {form % words}" for words in CHANGES]
    assert displayed(checked(SETTING, *rows)) == ["unreadable"] * len(CHANGES)


def test_a_false_row_is_wrong_whatever_its_note_tells() -> None:
    rows = [rf"\sum_i p_i f_i b &= 2b \sum_i p_i f_i & \text{{{words}}}" for words in STEPS]
    assert displayed(checked(SETTING, *rows)) == ["wrong"] * len(STEPS)
