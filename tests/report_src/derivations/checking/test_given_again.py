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
