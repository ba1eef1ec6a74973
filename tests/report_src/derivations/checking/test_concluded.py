"""What the words between displays conclude holds, or is refused."""

import pytest

from report_src.derivations.checking.check import check_text
from tests.report_src.derivations.checked import refused

TEXT = r"""\begin{derivation}{d}
Let $s \in \mathbb{R}$.
\[ t \coloneqq s^2 \]
%s
\[ \frac{\partial t}{\partial s} = 2s \]
%s
\end{derivation}
"""


@pytest.mark.parametrize(
    "words",
    [
        r"Thus $\partial t/\partial s = s^3$ for all $s$.",
        r"So $\frac{\partial t}{\partial s} = 3s$.",
        r"We have $t > 5$.",
        r"As before, $\partial t/\partial s = -2s$ is its derivative.",
        "The derivative of $t$ with respect to $s$ is $3s$.",
    ],
)
def test_a_false_conclusion_in_words_is_refused_where_it_stands(words):
    for above in (True, False):
        (report,) = check_text(TEXT % ((words, "") if above else ("", words)), "d.tex")
        (row,) = refused(report)
        assert (row.verdict, row.line, row.inline) == ("unreadable", 4 if above else 6, True)
        assert row.message.partition("\n")[0].endswith("and it does not hold")


@pytest.mark.parametrize(
    "words",
    [
        r"Thus $\partial t/\partial s = s + s$ for all $s$.",
        "We have $t = s^2$.",
        r"So $t \ge 0$.",
        "The derivative of $t$ with respect to $s$ is $2s$.",
        "Where $s$ is 1, we have $t = 1$.",
        "A zero $s$ gives $t = 0$.",
        r"At the minimum $\partial t/\partial s = 0$.",
        "It is no wonder that $t > 5$ is false.",
        r"For $s < 0$ we have $\partial t/\partial s < 0$.",
    ],
)
def test_a_true_conclusion_and_a_condition_are_passed_in_silence(words):
    for both in ((words, ""), ("", words)):
        (report,) = check_text(TEXT % both, "d.tex")
        assert refused(report) == []
