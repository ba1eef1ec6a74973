"""The benchmark compares equal work: its two networks make the same step."""

import pytest

from benchmarks import training


@pytest.mark.long
def test_it_measures_every_ratio_that_has_a_limit():
    found = training.measure(rows=2000, repeats=1)
    for activation, threads in training.LIMITS:
        assert found[f"numpy_{activation}_over_pytorch_{threads}"] > 0
    assert found["numpy_relu_over_products"] > 0.5, "an iteration cannot take less than its own products, but for noise"
    assert found["numpy_relu_over_scikit_learn"] > 0


def test_each_repeat_times_every_step_in_turn():
    calls: list[str] = []
    seconds = training.in_turn({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, repeats=3)
    once = ["a"] * (training.STEPS + 1) + ["b"] * (training.STEPS + 1)
    assert calls == once * 3
    assert {name: len(values) for name, values in seconds.items()} == {"a": 3, "b": 3}


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_what_is_timed_runs(activation):
    X0, labels = training.data(300)
    for step in (training.ours(X0, labels, activation), training.pytorch(X0, labels, activation)):
        step()
    training.products(X0, labels)()
