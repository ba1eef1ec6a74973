"""A template that loops stops every command that renders with a message at its line, and costs no product."""

import functools
import shutil
import time
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from report_src import __main__
from report_src.build import environment
from report_src.preview import watch
from report_src.project import ROOT
from report_src.system import limits
from tests.end_to_end import front_door
from tests.end_to_end.reports import Built
from tests.marks import mostly_long

LOOP = "Words.\n\\BLOCK{for i in range(10**12)}\n\\BLOCK{endfor}\n"
SECONDS = 3  # the loop is in the second section, so that a slow machine reaches it too
MESSAGE = f"sections/02_eda.tex.j2:2:1: no end after {SECONDS} s; does a loop end?"
COMMANDS = mostly_long(("report", "draft", "check", "unused", "bundle"), "report".__eq__)

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path, small_project: Built, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small project, built; since then a template loops and the title is another one."""
    folder = Path(shutil.copytree(small_project.config.parent, tmp_path / "project"))
    settings = (folder / "report.toml").read_text(encoding="utf-8")
    (folder / "report.toml").write_text(settings.replace('title = "Small"', 'title = "Other"'), encoding="utf-8")
    for name in ("analysis", "report_src", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "templates" / "sections/02_eda.tex.j2").write_text(LOOP, encoding="utf-8")
    front_door.without_processes(monkeypatch)
    opened = functools.partial(environment.open_project, root=tmp_path)
    monkeypatch.setattr(environment, "open_project", opened)
    monkeypatch.setattr(limits, "RENDER_SECONDS", SECONDS)
    return folder


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.long
def test_every_command_that_renders_is_stopped(command: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, begun = front_door.products(project), time.monotonic()
    status = __main__.main([command, f"--config={project / 'report.toml'}", f"--build={project / 'build'}"])
    errors = capsys.readouterr().err
    assert status == 2
    assert [line for line in errors.splitlines() if line.startswith("error:")] == [f"error: templates/{MESSAGE}"]
    assert time.monotonic() - begun < front_door.LONGEST
    after = front_door.products(project)
    changed = {name for name in before if before[name] != after.get(name)}
    caches = {
        *(f"work/.{name}.json" for name in ("prose", "blocks", "slips", "unprinted")),
        *(name for name in after if "derivations-cache" in name),
    }
    assert changed - caches <= {"steps.json"}


@pytest.mark.long
def test_watching_says_so_and_waits(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    no_tex = MagicMock()
    assert watch.build_once(project / "report.toml", project / "build", None, no_tex) is not None
    errors = capsys.readouterr().err
    shown = f"{MESSAGE}\n    {LOOP.splitlines()[1]}"
    assert f"error: templates/{shown}\n(the last good PDF stays; waiting for the next change)" in errors
