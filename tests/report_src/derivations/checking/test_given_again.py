"""A row that uses a name to which the text gives a second value is not judged by the first one."""

import pytest

from report_src.derivations.checking.check import check_text
from report_src.derivations.checking.records import RowReport
from tests.report_src.derivations.checked import derivation

SECOND = (
    r"Let $z = w^2x$.",
    r"where $z = w^2x$.",
    r"From now on $z = w + x$.",
    r"With $z = w + x$ instead:",
    r"For the second network $z = w^2x$.",
    r"Let $z = w^2x, y = 2$.",
    r"Write $z$ for $w^2x$.",
    r"We denote $w^2x$ by $z$.",
    r"By $z$ we now mean $w^2x$.",
    r"In part two we take $z$ to be $w^2x$.",
    r"Below, $z$ is $w^2x$.",
    r"Unless stated otherwise, $z = w^2x$.",
    r"We switch to $z = w^2x$.",
    r"We use $z$ for $w^2x$.",
    r"Let $z$ be given by $w^2x$.",
    r"Assign $w^2x$ to $z$.",
    r"We overwrite $z$.",
    r"The output $z$ is then squared.",
    r"The step is $z \leftarrow z^2$.",
    r"There is a misprint above.",
    r"We replace $w$ by $-w$.",
    r"Here $w$ and $x$ change places.",
    r"In the second layer $z$ is now the output.",
    r"Let now $z = \operatorname{output}$.",
)
SAME = (
    r"We write $z$ for the score.",
    r"Since $z = xw$, the derivative is simple.",
    r"When $z = 0$ nothing changes.",
    r"Denote by $z$ the number $xw$.",
    r"Replacing $w$ by $-w$ changes the sign.",
    r"Now we compute with $z$.",
    r"We call $z$ the output and $y$ the target.",
    r"The decision boundary is $z = 0$.",
    r"For $x = 1$ we have $z = w$.",
    r"Ideally, $z = y$.",
    r"The value $z$ is now computed.",
    r"If we replaced $x$ by $1$, little would change.",
)


def _last(said: str, row: str) -> RowReport:
    above = derivation(r"Let $x, y, w \in \mathbb{R}$.", r"z &\coloneqq wx", r"\frac{\partial z}{\partial w} &= x")
    (report,) = check_text(above.replace(r"\end{derivation}", f"{said}\n\\[ {row} \\]\n\\end{{derivation}}"))
    return report.rows[-1]


@pytest.mark.parametrize("said", SECOND)
def test_neither_value_of_a_name_is_taken_for_granted(said: str) -> None:
    for row in ("z = wx", r"\frac{\partial z}{\partial w} = 2wx"):
        found = _last(said, row)
        assert found.verdict == "unreadable"
        assert "another value below its definition" in found.message


@pytest.mark.parametrize("said", SAME)
def test_what_repeats_the_value_or_is_one_case_changes_nothing(said: str) -> None:
    assert _last(said, "z = wx").verdict == "ok"
    assert _last(said, r"\frac{\partial z}{\partial w} = 2wx").verdict in ("wrong", "unreadable")


@pytest.mark.parametrize("said", [r"The weight is $w = e^y$.", r"where $w = y^2$.", "With the parameters, $w = 2y$."])
def test_a_declared_name_that_depends_on_another_leaves_derivatives_by_it_open(said: str) -> None:
    assert _last(said, r"\frac{\partial z}{\partial y} = 0").verdict == "unreadable"
    assert _last(said, r"\frac{\partial z}{\partial x} = w").verdict == "ok"


def test_words_behind_a_display_speak_of_it_as_well() -> None:
    above = derivation(r"Let $x, w \in \mathbb{R}$. Define $z \coloneqq wx$.", r"\frac{\partial z}{\partial w} &= x")
    (report,) = check_text(above.replace(r"\end{derivation}", "where $z = w^2x$.\n\\end{derivation}"))
    assert [row.verdict for row in report.rows if not row.inline] == ["unreadable"]
