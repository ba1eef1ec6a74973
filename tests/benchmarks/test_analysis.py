"""What a build says of its studies is read as it is said, and the steps of the small network are left out."""

from pathlib import Path

import pytest

from benchmarks import analysis

SAID = (
    "eda: it has not run yet\n  eda: preparations: 420/1080, 0:00, about 0:00 left\n"
    "eda: done in 9.5 s, 1,080 training steps\n"
    "gradient_flow: done in 2.0 s\nshared_bias: done in 7.5 s, 60,000 training steps\n"
)


def test_seconds_and_steps_are_those_that_the_build_tells() -> None:
    assert analysis.by_study(SAID) == {"eda": (9.5, 1080), "gradient_flow": (2.0, 0), "shared_bias": (7.5, 60000)}


def test_an_analysis_is_held_against_its_steps_on_two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(build: Path) -> tuple[float, str, int]:
        assert not list(build.iterdir())
        return 52.0, SAID, 400_000_000

    monkeypatch.setattr(analysis, "whole_analysis", run)
    monkeypatch.setattr(analysis, "step_seconds", lambda: 0.01)
    found = analysis.measure(repeats=1)
    assert found["allowed_s"] == pytest.approx(1.15 * 1080 * 0.01 / 2 + 15)
    assert found["of_what_is_allowed"] == pytest.approx(52.0 / found["allowed_s"])
    assert (found["steps"], found["gradient_flow_s"]) == (1080, 2.0)
    assert found["largest_process_gb"] == pytest.approx(0.4)
