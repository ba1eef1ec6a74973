"""What a core can count on of the cache is read from Linux, AVX-512 from NumPy; both have a usual value elsewhere."""

import numpy as np
import pytest

from analysis.compute import processor


def caches(folder, own, shared):
    for level, text in ((processor.OWN, own), (processor.SHARED, shared)):
        if text is not None:
            (folder / level).parent.mkdir()
            (folder / level).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("text", "size"), [("512K\n", 524288), ("2M", 2097152), ("", 0), ("x", 0), ("K", 0), ("12Q", 0)]
)
def test_a_size_is_read_with_its_unit(tmp_path, text, size):
    path = tmp_path / "size"
    path.write_text(text)
    assert processor.level_bytes(path) == size


@pytest.mark.parametrize(
    ("own", "shared", "size"),
    [
        ("512K", "32M", 4 << 20),  # an eighth of the third level
        ("1M", "4M", 1 << 20),  # a third level whose eighth is smaller than the second
        ("2M", None, 2 << 20),
        ("1M", "256M", 8 << 20),  # not all that the third level of a large server has
        (None, "32M", processor.USUAL_BYTES),
        (None, None, processor.USUAL_BYTES),
    ],
)
def test_a_core_counts_on_its_share_of_the_third_level_or_on_its_second(tmp_path, own, shared, size):
    assert processor.cache_bytes(caches(tmp_path, own, shared)) == size


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({"baseline": ["X86_V2"], "found": ["X86_V3", "X86_V4"], "not found": []}, True),
        ({"baseline": ["X86_V2"], "found": ["X86_V3"], "not found": ["X86_V4", "AVX512_ICL"]}, False),
        ({"baseline": ["SSE2"], "found": ["AVX2", "AVX512F"]}, True),  # as older releases name it
        ({"baseline": ["NEON"]}, False),
    ],
)
def test_small_products_are_quick_where_numpy_finds_avx512(monkeypatch, known, found):
    monkeypatch.setattr(np, "show_config", lambda mode: {"SIMD Extensions": known})
    assert processor.unpacked_products() is found
