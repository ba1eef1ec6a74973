"""A study runs for a user without a home, and without an entry of the system."""

import os
from pathlib import Path

import pytest

from report_src.system.processes import study_environment


def test_a_user_without_a_home_has_matplotlibs_files_below_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "MPLCONFIGDIR" not in {*study_environment(tmp_path, 1)} - {*os.environ}
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as without HOME and without an entry
    assert study_environment(tmp_path, 1)["MPLCONFIGDIR"] == str(tmp_path / "work/.matplotlib")
