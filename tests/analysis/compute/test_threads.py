"""Threads share out the blocks of a data set, and no result shows how many there were."""

import sys
import threading
import warnings

import numpy as np
import pytest

from analysis.compute import threads
from analysis.network import descent, mlp
from analysis.network.mlp import ACTIVATIONS
from tests.analysis.networks import example


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_are_the_same_to_the_last_bit_whatever_the_number_of_threads(name):
    params, X0, Y, _ = example(name, rows=4100, dtype=np.float32)
    data = mlp.in_blocks(X0, Y, 600)
    outcomes = []
    for number in (1, 2, 3):
        with mlp.team_of(params, 600, number) as team:
            found = [mlp.gradients(params, data, ACTIVATIONS[name], team) for _ in range(5)]
            found += [mlp.gradients(params, data, ACTIVATIONS[name], team, mlp.Observer())]
            outcomes += [(loss, accuracy, *(g.tobytes() for g in grads)) for loss, accuracy, grads in found]
            outcomes[0] += mlp.evaluate(params, data, ACTIVATIONS[name], team) if number == 1 else ()
            assert mlp.evaluate(params, data, ACTIVATIONS[name], team) == outcomes[0][-2:]
    assert {outcome[:8] for outcome in outcomes} == {outcomes[0][:8]}


def test_every_member_works_and_what_comes_of_the_blocks_stands_in_their_order():
    both, members = threading.Barrier(2, timeout=120), []

    def note(member: str, block: int) -> int:
        if block < 2:
            both.wait()  # passes only where two are at work
            members.append(member)
        return block

    with threads.Team(["one", "other"]) as team:
        assert list(team.over([(block,) for block in range(50)], note)) == list(range(50))
    assert sorted(members) == ["one", "other"]
    assert sys.getswitchinterval() > 100 * threads.SWITCH_AFTER, "Python's own pace is back"


def test_one_member_works_in_the_callers_thread():
    with threads.Team([None]) as team:
        assert list(team.over([()], lambda member: threading.get_ident())) == [threading.get_ident()]


def test_what_fails_in_a_helper_fails_here():
    def fail(member: int) -> None:
        raise ArithmeticError("of a block")

    with threads.Team([1, 2]) as team, pytest.raises(ArithmeticError, match="of a block"):
        list(team.over([()] * 2, fail))


def test_a_helper_warns_of_no_overflow_that_the_caller_ignores():
    params, X0, Y, _ = example("relu", rows=400, dtype=np.float32)
    data = mlp.in_blocks(X0, Y, 50)
    warnings.simplefilter("error")  # until the test is over: pytest puts the filters back
    with pytest.raises(descent.TrainingDiverged):
        descent.gradient_descent(params, data, data, mlp.RELU, learning_rate=1e30, iterations=20)


def test_a_task_among_parallel_ones_trains_with_one_thread(monkeypatch):
    monkeypatch.setenv("ANALYSIS_WORKERS", "3")
    assert threads.number() == 3
    assert threads.with_one_thread(threads.number) == 1
    assert threads.number() == 3
