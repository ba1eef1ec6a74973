"""A git that does not answer holds no report up."""

import os
from pathlib import Path

import pytest

from report_src.system import git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def put_on_path(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have `git` be a script."""
    (folder / "bin").mkdir()
    (folder / "bin/git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")


def test_a_git_that_takes_too_long_names_no_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(repository, "exec sleep 600", monkeypatch)
    monkeypatch.setattr(git, "GIT_SECONDS", 0.2)
    assert git.commit(repository) == ""


def test_the_answer_of_a_git_in_time_is_the_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(repository, "echo abc123", monkeypatch)
    assert git.commit(repository) == "abc123"


def test_a_git_that_fails_names_no_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(repository, "echo abc123; exit 128", monkeypatch)
    assert git.commit(repository) == ""
