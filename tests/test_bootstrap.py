"""The machine is prepared, or what is missing is named with the command to type."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

SCRIPT = Path(bootstrap.__file__)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("# nothing is pinned\n")
    return tmp_path


@pytest.fixture
def unprivileged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "privilege", lambda: None)


def pretend_installed(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None)


def test_an_environment_is_made_once(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def make(venv: Path, lock: Path) -> None:
        made.append(venv)
        (venv / "bin").mkdir(parents=True, exist_ok=True)
        (venv / "bin/python").unlink(missing_ok=True)
        (venv / "bin/python").symlink_to(sys.executable)

    monkeypatch.setattr(bootstrap, "make_environment", make)
    bootstrap.prepare_environment(clone)
    bootstrap.prepare_environment(clone)
    assert made == [clone / ".venv"]
    (clone / "requirements.lock").write_text("numpy==1.0\n")
    bootstrap.prepare_environment(clone)
    assert len(made) == 2
    (clone / ".venv/bin/python").unlink()
    bootstrap.prepare_environment(clone)
    assert len(made) == 3


def test_a_real_environment_runs_and_has_pip(clone: Path) -> None:
    bootstrap.prepare_environment(clone)
    done = subprocess.run([clone / ".venv/bin/python", "-m", "pip", "--version"], capture_output=True, text=True)
    assert str(clone / ".venv") in done.stdout


def test_a_half_made_environment_is_not_taken_for_whole(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone / "requirements.lock").write_text("no-such-package-anywhere==0\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(bootstrap.Missing, match="pip could not install"):
        bootstrap.prepare_environment(clone)
    assert (clone / ".venv/bin/python").exists()
    assert not (clone / ".ready/environment").exists()


def test_a_clone_that_moved_makes_its_environment_anew(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "clone"
    stamp = bootstrap.environment_stamp(clone)
    clone.rename(elsewhere)
    assert bootstrap.environment_stamp(elsewhere) != stamp


def test_a_linked_environment_is_never_changed(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    monkeypatch.setattr(bootstrap, "make_environment", lambda *_: pytest.fail("it was changed"))
    bootstrap.prepare_environment(clone)
    assert (clone / ".ready/environment").exists()


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt-get", "sudo apt-get update && sudo apt-get install --no-install-recommends python3-venv"),
        ("dnf", "sudo dnf install python3"),
        ("brew", "brew install python3"),
    ],
)
@pytest.mark.usefixtures("unprivileged")
def test_a_missing_venv_module_is_named_with_the_command(
    clone: Path, monkeypatch: pytest.MonkeyPatch, manager: str, command: str
) -> None:
    monkeypatch.setattr(bootstrap, "has_venv", lambda: False)
    pretend_installed(monkeypatch, manager)
    with pytest.raises(bootstrap.Missing) as missing:
        bootstrap.prepare_environment(clone)
    assert str(missing.value).endswith(f"type: {command}")


@pytest.mark.usefixtures("unprivileged")
def test_missing_tex_is_named_with_the_command(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_installed(monkeypatch, "apt-get")
    with pytest.raises(bootstrap.Missing, match=r"missing: TeX: pdflatex, kpsewhich\n.*apt-get install.*texlive"):
        bootstrap.prepare_tex(clone)
    assert not (clone / ".ready/tex").exists()


def test_tex_is_installed_where_that_needs_no_password(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "privilege", lambda: ["sudo", "-n"])
    monkeypatch.setattr(bootstrap, "run", lambda command, complaint: ran.append(command))
    monkeypatch.setattr(bootstrap, "missing_tex", lambda needed: [] if len(ran) == 2 else ["pdflatex"])
    monkeypatch.setattr(bootstrap, "tex_version", lambda: "pdfTeX (TeX Live 2023/Debian)")
    pretend_installed(monkeypatch, "apt-get")
    bootstrap.prepare_tex(clone)
    assert [command[5] for command in ran] == ["-qq", "-qq"]
    assert [command[6] for command in ran] == ["update", "install"]
    assert {"--no-install-recommends", "texlive-science"} <= set(ran[1])
    assert (clone / ".ready/tex").exists()


def test_a_package_of_the_preamble_that_tex_lacks_is_named(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone / "templates").mkdir()
    preamble = "\\documentclass{article}\n\\usepackage[a]{amsmath, nowhere}\n% \\usepackage{unused}\n"
    (clone / "templates/preamble.tex").write_text(preamble)
    assert bootstrap.tex_files(clone) == ["amsmath.sty", "article.cls", "lmodern.sty", "nowhere.sty"]
    monkeypatch.setattr(bootstrap, "install", lambda what, packages: None)
    with pytest.raises(bootstrap.Missing, match=r"TeX still lacks nowhere\.sty"):
        bootstrap.prepare_tex(clone)


def test_a_tex_that_is_too_old_is_named(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "missing_tex", lambda needed: [])
    monkeypatch.setattr(bootstrap, "tex_version", lambda: "pdfTeX 3.14 (TeX Live 2017/Debian)")
    with pytest.raises(bootstrap.Missing, match="TeX Live 2021 or newer is needed, 2017 is installed"):
        bootstrap.prepare_tex(clone)


def test_an_old_python_is_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap, "newer_python", lambda: None)
    assert bootstrap.main(["environment"]) == 2
    assert "Python 3.11 or newer is needed, this is 3.9.2" in capsys.readouterr().err


def test_a_browser_is_installed_where_there_is_none(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(bootstrap, "install", lambda what, packages: installed.append(packages["apt"]))
    pretend_installed(monkeypatch, *bootstrap.TOOLS)
    bootstrap.prepare_tools(clone)
    pretend_installed(monkeypatch, *bootstrap.TOOLS, "google-chrome")
    bootstrap.prepare_tools(clone)
    assert installed == ["chromium"]


@pytest.mark.usefixtures("unprivileged")
def test_a_browser_that_cannot_be_installed_is_no_obstacle(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_installed(monkeypatch, *bootstrap.TOOLS, "apt-get")
    bootstrap.prepare_tools(clone)
    assert (clone / ".ready/tools").exists()
    said = capsys.readouterr().err
    assert "sudo apt-get update && sudo apt-get install --no-install-recommends chromium" in said
    assert "the tests of the preview are left out" in said


def test_the_script_is_read_by_old_interpreters_too() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))
