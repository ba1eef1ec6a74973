"""A link to a table or to report.toml may be pointed to another file; the watch sees that."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.settings.load import load
from report_src.preview import changes
from report_src.project import Project
from tests.report_src import small_project


@pytest.fixture
def linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small report whose table and settings are links to files elsewhere."""
    root, elsewhere = tmp_path / "report", tmp_path / "elsewhere"
    small_project.write_sources(root)
    elsewhere.mkdir()
    for link in (root / "data/train.csv", root / "report.toml"):
        for name in ("first", "second"):
            (elsewhere / f"{name}-{link.name}").write_bytes(link.read_bytes())
        link.unlink()
        link.symlink_to(elsewhere / f"first-{link.name}")
    monkeypatch.setattr(changes, "ROOT", root)
    return root


@pytest.mark.parametrize("name", ["data/train.csv", "report.toml"])
def test_a_link_that_is_pointed_to_another_file_is_a_change(
    linked: Path, tmp_path: Path, once_watched: list[Callable[[], object]], name: str
) -> None:
    config, link = linked / "report.toml", linked / name

    def point_elsewhere() -> None:
        new = link.with_suffix(".new")
        new.symlink_to(tmp_path / "elsewhere" / f"second-{link.name}")
        new.replace(link)

    settings = load(config, studies=linked / "studies")
    project = Project(linked, config, linked / "build", settings, studies=linked / "studies")
    once_watched.append(point_elsewhere)
    assert next(changes.changes(config, lambda: project)) == {link}


def test_the_file_behind_a_link_is_watched_as_well(
    linked: Path, tmp_path: Path, once_watched: list[Callable[[], object]]
) -> None:
    config, behind = linked / "report.toml", tmp_path / "elsewhere/first-train.csv"
    settings = load(config, studies=linked / "studies")
    project = Project(linked, config, linked / "build", settings, studies=linked / "studies")
    once_watched.append(lambda: behind.write_bytes(b"other rows"))
    assert next(changes.changes(config, lambda: project)) == {behind}
