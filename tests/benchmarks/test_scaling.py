"""Training takes time in proportion to its rows, and the memory of its data plus a constant."""

import pytest

from benchmarks import scaling

ROWS = (40_000, 400_000)
FEWER_ROWS = (20_000, 200_000)  # enough for a slope of time
# A quarter of the data's own 68 bytes a row: what holds the data twice, or the activations of all rows
# (4 bytes for each of 196 units), is far above; what the allocator rounds up is below.
MOST_BYTES = 17
# Logarithmic slope between the sizes: 1 is linear, 2 quadratic; a busy machine may slow one of the two four times.
STEEPEST = 1.6


@pytest.fixture(scope="module")
def found() -> dict[str, object]:
    return scaling.measure(ROWS)


@pytest.mark.long
def test_memory_is_the_data_and_a_constant(found):
    assert found["data_bytes_per_row"] == pytest.approx(68)
    assert found["bytes_per_row_beyond_data"] < MOST_BYTES


@pytest.mark.long
def test_time_grows_no_faster_than_the_rows():
    assert scaling.measure(FEWER_ROWS)["time_slope"] < STEEPEST


def test_a_training_that_holds_its_data_twice_would_be_seen(monkeypatch):
    once = {
        rows: {"rows": rows, "seconds": rows**2, "data_bytes": 68 * rows, "peak_bytes": 68 * rows * 2} for rows in ROWS
    }
    monkeypatch.setattr(scaling, "in_child", lambda rows, task="train": once[rows])
    found = scaling.measure(ROWS)
    assert found["bytes_per_row_beyond_data"] > MOST_BYTES
    assert found["time_slope"] > STEEPEST


def test_the_table_that_is_read_has_as_many_rows_as_asked_for():
    assert scaling.in_child(45_000, "read")["rows"] == 45_000
