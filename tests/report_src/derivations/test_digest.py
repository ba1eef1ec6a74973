"""The checker's digest covers every file of the checker: an edited one never believes an old verdict."""

import shutil

import pytest

from report_src.derivations.checking import cache
from report_src.project import ROOT

FOLDER = ROOT / "report_src" / "derivations"
FILES = sorted(
    path.relative_to(FOLDER).as_posix()
    for path in FOLDER.rglob("*")
    if path.suffix in {".py", ".lark", ".txt", ".toml"}
)


@pytest.fixture
def copied(tmp_path, monkeypatch):
    folder = tmp_path / "derivations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "SOURCE", folder)
    yield folder
    cache.checker_digest.cache_clear()


def digest():
    cache.checker_digest.cache_clear()
    return cache.checker_digest()


def test_the_walk_sees_the_whole_package():
    assert cache.SOURCE == FOLDER
    assert len(FILES) > 30
    assert any(name.endswith(".lark") for name in FILES)


def test_an_edit_of_any_file_changes_the_digest(copied):
    before = digest()
    for name in FILES:
        text = (copied / name).read_text(encoding="utf-8")
        (copied / name).write_text(text + "\n", encoding="utf-8")
        assert digest() != before, name
        (copied / name).write_text(text, encoding="utf-8")
    assert digest() == before
