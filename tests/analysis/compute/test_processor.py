"""The size of the cache is read from Linux, and has a usual value elsewhere."""

from __future__ import annotations

import pytest

from analysis.compute import processor


@pytest.mark.parametrize(
    ("text", "size"), [("512K\n", 524288), ("2M", 2097152), ("", processor.USUAL_BYTES), ("x", processor.USUAL_BYTES)]
)
def test_a_size_is_read_with_its_unit(tmp_path, text, size):
    path = tmp_path / "size"
    path.write_text(text)
    assert processor.cache_bytes(path) == size


def test_without_the_file_the_usual_size_holds(tmp_path):
    assert processor.cache_bytes(tmp_path / "size") == processor.USUAL_BYTES
