"""A file is read once while nobody touches it, and again as soon as somebody has."""

import os
import time
from pathlib import Path

import pytest

from analysis.io import user_file


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A settled file, and a list that grows with each time that it is opened."""
    path, opened, read = tmp_path / "a.toml", [], Path.read_bytes
    path.write_bytes(b"one")
    monkeypatch.setattr(Path, "read_bytes", lambda path: opened.append(path) or read(path))
    monkeypatch.setattr(time, "time_ns", lambda: path.stat().st_ctime_ns + 2 * user_file.TICK)
    return path, opened


def test_an_untouched_file_is_opened_once(file):
    path, opened = file
    assert [user_file.kept_bytes(path) for _ in range(3)] == [b"one"] * 3
    assert opened == [path]


@pytest.mark.parametrize("touch", ["written", "replaced"])
def test_a_change_that_keeps_size_and_time_is_read(file, touch):
    path, opened = file
    user_file.kept_bytes(path)
    before = path.stat()
    other = path.with_name("other")
    while path.stat().st_ctime_ns == before.st_ctime_ns:  # the clock of the file system ticks every few milliseconds
        (path if touch == "written" else other).write_bytes(b"two")
        if touch == "replaced":
            other.replace(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert user_file.kept_bytes(path) == b"two"
    assert opened == [path, path]


@pytest.mark.parametrize("ago", [-user_file.TICK, user_file.TICK // 2])
def test_a_file_that_may_change_again_within_a_tick_is_not_kept(file, monkeypatch, ago):
    """Nor is one from the future, as a clock that was set back leaves it."""
    path, opened = file
    monkeypatch.setattr(time, "time_ns", lambda: path.stat().st_ctime_ns + ago)
    assert [user_file.kept_bytes(path) for _ in range(2)] == [b"one"] * 2
    assert opened == [path, path]


def test_a_large_file_is_not_kept_and_a_missing_one_raises(file):
    path, opened = file
    path.write_bytes(b"x" * (user_file.KEPT_BYTES + 1))
    assert user_file.kept_bytes(path) == user_file.kept_bytes(path)
    assert opened == [path, path]
    path.unlink()
    with pytest.raises(FileNotFoundError):
        user_file.kept_bytes(path)
