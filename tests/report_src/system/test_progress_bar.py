"""What a study says of itself while it runs and at its end."""

import pytest

from report_src.system import progress_bar


def test_the_training_iterations_a_study_took_are_heard():
    assert progress_bar.parse_steps("STEPS\t14400\n") == 14_400


@pytest.mark.parametrize("line", ["STEPS\tmany", "STEPS 5", "PROGRESS\tx\t1\t2", "a word STEPS\t5", "5"])
def test_any_other_line_says_nothing_of_them(line):
    assert progress_bar.parse_steps(line) is None
