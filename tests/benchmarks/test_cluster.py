"""The benchmark on a Dask cluster trains the same networks either way, and says where it did not."""

import pytest

from benchmarks import cluster


@pytest.mark.long
def test_both_ways_train_the_same_networks():
    found = cluster.measure(rows=20_000, iterations=3, repeats=1)
    assert found["rows"] == 20_000
    assert found["dask_of_one_machine"] == pytest.approx(found["dask_s"] / found["one_machine_s"])


def test_results_that_differ_are_refused(monkeypatch):
    monkeypatch.setattr(cluster, "timed", lambda rows, iterations, address: (1.0, [str(address)]))
    monkeypatch.setattr(cluster, "WORKERS", 0)
    with pytest.raises(RuntimeError, match="expected equal parameters"):
        cluster.measure(rows=1000, iterations=1, repeats=1)


def test_a_command_that_ends_is_told_with_what_it_said(monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "START_SECONDS", 20)
    with cluster.contextlib.ExitStack() as running, pytest.raises(RuntimeError, match="No such option"):
        cluster._answer(running, ["scheduler", "--no-such-option"], cluster.ADDRESS, tmp_path / "log")
