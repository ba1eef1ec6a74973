"""The commit on the first page is that of this project: no repository around it, none that the environment names."""

import subprocess

import pytest

from report_src.project import EPOCH_WITHOUT_GIT, source_date_epoch
from report_src.system.git import commit


def repository(folder):
    folder.mkdir(parents=True, exist_ok=True)
    own = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    for arguments in (("init", "-q"), (*own, "commit", "-q", "--allow-empty", "-m", "first")):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True)
    return folder


@pytest.fixture(autouse=True)
def no_date(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def test_a_repository_above_the_folder_is_another_projects(tmp_path):
    unpacked = repository(tmp_path / "outer") / "project"
    unpacked.mkdir()
    assert commit(unpacked) == ""
    assert source_date_epoch(unpacked) == EPOCH_WITHOUT_GIT


def test_a_repository_that_the_environment_names_is_another_projects(tmp_path, monkeypatch):
    mine, other = repository(tmp_path / "mine"), repository(tmp_path / "other")
    (other / "file").write_text("x")
    expected = commit(mine)
    assert expected
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert commit(mine) == expected
    assert source_date_epoch(mine) > EPOCH_WITHOUT_GIT


def test_a_user_who_has_signatures_shown_has_the_same_date(tmp_path, monkeypatch):
    mine = repository(tmp_path / "mine")
    expected = source_date_epoch(mine)
    settings = tmp_path / "gitconfig"
    settings.write_text("[log]\n\tshowSignature = true\n[gpg]\n\tprogram = false\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    assert source_date_epoch(mine) == expected > EPOCH_WITHOUT_GIT
