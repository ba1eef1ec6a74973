"""The small project in a folder of its own."""

from pathlib import Path

import pytest

from tests.report_src import small_project


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_project.write_sources(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    return tmp_path
