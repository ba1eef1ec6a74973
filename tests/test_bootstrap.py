"""The machine is prepared, or what is missing is named with the command to type."""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import packaging
import pytest

import bootstrap
from machine import commands, environment, packages, system, tex, tools

SCRIPT = Path(bootstrap.__file__)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("# nothing is pinned\n")
    return tmp_path


@pytest.fixture
def unprivileged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "privilege", lambda: None)


def pretend_installed(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None)


@pytest.fixture
def wheels(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two wheels that pip is told to look in, and a lock that pins both."""
    folder = clone / "wheels"
    folder.mkdir()
    installed = Path(packaging.__file__).parent
    modules = {f"packaging/{path.name}": path.read_text(encoding="utf-8") for path in installed.glob("*.py")}
    pinned = [wheel(folder, "packaging", packaging.__version__, modules), wheel(folder, "tiny", "1.0", {"tiny.py": ""})]
    (clone / "requirements.lock").write_text("".join(pinned), encoding="utf-8")
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(packages, "TORCH_PAGE", ("--find-links", str(folder)))
    return folder


def wheel(folder: Path, name: str, version: str, modules: dict[str, str]) -> str:
    """Write a wheel and return its pin."""
    path, information = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    files = modules | {
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{information}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{information}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def stand_in(venv: Path, lock: Path) -> None:
    """Make an environment that runs and holds nothing."""
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").symlink_to(sys.executable)


def test_an_environment_is_made_once(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    monkeypatch.setattr(environment, "make_environment", lambda venv, lock: (made.append(venv), stand_in(venv, lock)))
    environment.prepare_environment(clone)
    environment.prepare_environment(clone)
    assert made == [clone / ".venv"]
    (clone / "requirements.lock").write_text("numpy==1.0\n")
    environment.prepare_environment(clone)
    assert len(made) == 2
    (clone / ".venv/bin/python").unlink()
    environment.prepare_environment(clone)
    assert len(made) == 3


@pytest.mark.usefixtures("wheels")
@pytest.mark.long
def test_a_real_environment_holds_what_is_pinned_and_moves_with_its_clone(clone: Path) -> None:
    environment.prepare_environment(clone)
    moved = clone.with_name("moved")
    clone.rename(moved)
    for folder in (moved, Path(shutil.copytree(moved, clone.with_name("copied"), symlinks=True))):
        done = subprocess.run([folder / ".venv/bin/python", "-c", "import sys, tiny; print(sys.prefix, tiny.__file__)"],
                              capture_output=True, text=True, check=True)  # fmt: skip
        assert done.stdout.count(str(folder / ".venv")) == 2
        before = (folder / ".venv/made-from").stat().st_mtime_ns
        (folder / ".ready/environment").unlink()
        environment.prepare_environment(folder)
        assert (folder / ".venv/made-from").stat().st_mtime_ns == before


@pytest.mark.usefixtures("wheels")
@pytest.mark.long
def test_variables_that_lead_pip_or_python_elsewhere_change_nothing(
    clone: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "tiny.py").write_text("raise SystemExit('the wrong one')\n")
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "UV_TARGET",
                 "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "UV_CONSTRAINT", "PIP_CONSTRAINT", "PIP_LOG"):  # fmt: skip
        monkeypatch.setenv(name, str(elsewhere))
    for name in ("PIP_DRY_RUN", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_PRE", "PYTHONSAFEPATH", "UV_OFFLINE",
                 "UV_SYSTEM_PYTHON", "PYTHONOPTIMIZE", "UV_NO_BINARY", "PIP_DOWNLOAD"):  # fmt: skip
        monkeypatch.setenv(name, "1")
    environment.prepare_environment(clone)
    assert len(list((clone / ".venv/lib").glob("python3*/site-packages/tiny.py"))) == 1
    assert [path.name for path in elsewhere.iterdir()] == ["tiny.py"]
    assert (clone / ".ready/environment").read_text() == (clone / ".venv/made-from").read_text()


def test_what_says_where_packages_come_from_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = ("PIP_INDEX_URL", "PIP_FIND_LINKS", "PIP_PROXY", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_CACHE_DIR", "PATH")
    for name in (*kept, "PIP_CERT"):
        monkeypatch.setenv(name, name)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    kept_ones = commands.clean_environment()
    assert all(kept_ones[name] == name for name in kept)
    assert kept_ones["SSL_CERT_FILE"] == "PIP_CERT"
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://a.example/simple https://b.example/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    words = " ".join(packages.package_places(tmp_path / "none"))
    assert "--extra-index-url https://a.example/simple --extra-index-url https://b.example/simple" in words
    assert "--find-links PIP_FIND_LINKS" in words


def test_where_this_python_has_no_pip_that_of_the_environment_says_where_packages_lie(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare, venv = tmp_path / "bare", tmp_path / "venv"
    places = f"/no/wheels {tmp_path} file:///no/index https://a.example"  # pip passes over a folder that is gone
    for place, text in ((bare, "exit 1"), (venv / "bin/python", f"echo \"global.find-links='{places}'\"")):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"#!/bin/sh\n{text}\n")
        place.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(bare))
    there = [
        "--find-links",
        str(tmp_path),
        "--find-links",
        "https://a.example",
    ]  # pip passes over a folder that is gone
    assert packages.package_places(venv) == there
    monkeypatch.setattr(sys, "executable", str(venv / "bin/python"))
    assert packages.package_places(tmp_path / "none") == there


@pytest.mark.parametrize(
    ("name", "place", "gone"),
    [
        ("find-links", "/no/wheels", True),
        ("extra-index-url", "file:///no/index", True),
        ("index-url", "file:///no/index", False),  # whoever chose it does not want another one instead
        ("find-links", "https://a.example/no", False),
        ("find-links", "{there}", False),
        ("find-links", "file://{encoded}", False),
        ("find-links", "file://{encoded}/no", True),
        ("find-links", "wheels", False),
    ],
)
def test_a_further_place_of_packages_may_be_gone(tmp_path: Path, name: str, place: str, gone: bool) -> None:
    there = tmp_path / "some wheels"
    there.mkdir()
    place = place.format(there=there, encoded=str(there).replace(" ", "%20"))
    assert packages.is_gone(name, place) == gone


def test_a_wheel_with_another_hash_is_refused(clone: Path, wheels: Path) -> None:
    wheel(wheels, "tiny", "1.0", {"tiny.py": "changed = True\n"})
    with pytest.raises(commands.Missing, match=r"(?s)requirements\.lock could not be installed.*(?i:hash)"):
        environment.prepare_environment(clone)
    assert not (clone / ".ready/environment").exists()
    assert (clone / ".venv/made-from").read_text() == "unfinished\n"


@pytest.mark.usefixtures("wheels")
@pytest.mark.long
def test_an_environment_that_lacks_a_pinned_package_is_not_taken_for_whole(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install = packages.install_packages

    def forget_tiny(installer: list[str], requirements: Path) -> None:
        shorter = clone / "shorter.txt"
        shorter.write_text(requirements.read_text().split("tiny")[0])
        install(installer, shorter)

    monkeypatch.setattr(packages, "install_packages", forget_tiny)
    with pytest.raises(commands.Missing, match=r"incomplete .* tiny is pinned at ==1\.0 and nothing is installed"):
        environment.prepare_environment(clone)
    monkeypatch.setattr(packages, "install_packages", install)
    assert not (clone / ".ready/environment").exists()
    environment.prepare_environment(clone)
    assert (clone / ".ready/environment").exists()
    assert not (clone / ".venv.own").exists()


def test_an_environment_of_somebody_else_is_renamed_with_a_word(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "make_environment", stand_in)
    for aside in (".venv.own", ".venv.own2"):
        (clone / ".venv").mkdir()
        (clone / ".venv/mine").write_text(aside)
        environment.prepare_environment(clone)
        assert (clone / aside / "mine").read_text() == aside
        assert f"is now {aside}" in capsys.readouterr().err
        shutil.rmtree(clone / ".venv")


LINUX_LOCK = "requirements.lock"
PAGE = list(packages.TORCH_PAGE)


@pytest.mark.parametrize(
    ("platform", "asked", "places", "card", "works", "tried"),
    [
        ("linux", "", ["--find-links", "here"], False, 1, [(LINUX_LOCK, ["--find-links", "here"])]),
        ("linux", "", ["--find-links", "here"], False, 2,
         [(LINUX_LOCK, ["--find-links", "here"]), (LINUX_LOCK, ["--find-links", "here", *PAGE])]),
        ("linux", "", [], False, 1, [(LINUX_LOCK, PAGE)]),
        ("linux", "cpu", [], True, 1, [(LINUX_LOCK, PAGE)]),
        ("linux", "", [], False, 9, [(LINUX_LOCK, PAGE)]),
        ("linux", "", [], True, 2, [(LINUX_LOCK, PAGE), ("requirements-cuda.lock", [])]),
        ("linux", "cuda", [], False, 1, [("requirements-cuda.lock", [])]),
        ("darwin", "cuda", [], False, 1, [(LINUX_LOCK, [])]),
    ],
)  # fmt: skip
def test_gigabytes_of_cuda_come_only_where_they_are_asked_for_or_a_card_is_here(
    clone: Path, monkeypatch: pytest.MonkeyPatch, platform: str, asked: str, places: list[str], card: bool, works: int,
    tried: list[tuple[str, list[str]]],
) -> None:  # fmt: skip
    attempts: list[tuple[str, list[str]]] = []

    def install(installer: list[str], requirements: Path) -> None:
        attempts.append((requirements.name, installer[1:]))
        if len(attempts) < works:
            raise commands.Missing("not found")

    monkeypatch.setenv("TORCH", asked)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(packages, "install_packages", install)
    monkeypatch.setattr(packages, "package_places", lambda venv: places)
    monkeypatch.setattr(packages, "has_graphics_card", lambda: card)
    given = ["installer"], environment.wanted_lock(clone), clone / ".venv"
    if works > len(tried):
        with pytest.raises(commands.Missing, match="TORCH=cuda takes torch from PyPI"):
            packages.install_lock(*given)
    else:
        assert packages.install_lock(*given).name == tried[-1][0]
    assert attempts == tried


def test_another_word_for_torchs_build_is_refused(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH", "rocm")
    with pytest.raises(commands.Missing, match="TORCH=rocm: expected cpu or cuda"):
        environment.prepare_environment(clone)


def required(project: dict) -> list[str]:
    return project["project"]["dependencies"] + project["project"]["optional-dependencies"]["report"]


def test_the_lock_pins_every_import_with_hashes_and_no_cuda() -> None:
    pins = packages.pins(SCRIPT.with_name("requirements.lock"))
    named = {re.split("[=; ]", pin)[0]: pin for pin in pins}
    project = tomllib.loads(SCRIPT.with_name("pyproject.toml").read_text(encoding="utf-8"))
    groups = [name for group in project["dependency-groups"].values() for name in group]
    wanted = {re.split("[<>=]", name)[0] for name in [*required(project), *groups]}
    assert wanted <= set(named)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\n", pin) for pin in pins)
    assert not [name for name in named if name.startswith(("nvidia", "cuda", "triton"))]
    torch = next(pin for pin in pins if pin.startswith("torch==") and "sys_platform == 'linux'" in pin)
    assert torch.startswith("torch==2.13.0+cpu ;")
    assert torch.count("--hash=") == 8  # two processors, Python 3.11 to 3.14


def test_a_linked_environment_is_never_changed(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    monkeypatch.setattr(environment, "make_environment", lambda *_: pytest.fail("it was changed"))
    (clone / "requirements.lock").write_text("jinja2==0.1\nno-such==1 ; sys_platform == 'win32'\n")
    environment.prepare_environment(clone)
    assert (clone / ".ready/environment").exists()
    assert re.search(r"jinja2 is pinned at ==0\.1 and [\d.]+ is installed \(1 differ\)", capsys.readouterr().err)


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
    no_pip = clone / "no_pip"
    no_pip.mkdir()
    (no_pip / "pip.py").write_text("raise SystemExit(1)\n")
    monkeypatch.setattr(packages, "has_venv", lambda: False)
    monkeypatch.setattr(commands, "clean_environment", lambda: {"PYTHONPATH": str(no_pip)})
    pretend_installed(monkeypatch, manager)
    with pytest.raises(commands.Missing) as missing:
        environment.prepare_environment(clone)
    assert str(missing.value).endswith(f"type: {command}")


@pytest.mark.usefixtures("unprivileged")
def test_missing_tex_is_named_with_the_command(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_installed(monkeypatch, "apt-get")
    with pytest.raises(commands.Missing, match=r"missing: TeX: pdflatex, kpsewhich\n.*apt-get install.*texlive"):
        tex.prepare_tex(clone)
    assert not (clone / ".ready/tex").exists()


def test_each_package_of_tex_holds_a_file_that_the_preamble_loads() -> None:
    if shutil.which("dpkg") is None or shutil.which("kpsewhich") is None:
        pytest.skip("dpkg and kpsewhich say which package holds a file")
    files = tex.tex_files(SCRIPT.parent)
    found = subprocess.run(["kpsewhich", *files], capture_output=True, text=True).stdout.split()
    owners = subprocess.run(["dpkg", "-S", *map(os.path.realpath, found)], capture_output=True, text=True).stdout
    if not owners:
        pytest.skip("TeX here is not Debian's")
    assert set(tex.TEX_PACKAGES["apt"].split()) <= {line.split(":")[0] for line in owners.splitlines()}


def test_tex_is_installed_where_that_needs_no_password(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(system, "privilege", lambda: ["sudo", "-n"])
    monkeypatch.setattr(commands, "run", lambda command, complaint: ran.append(command))
    monkeypatch.setattr(tex, "missing_tex", lambda needed: [] if len(ran) == 2 else ["pdflatex"])
    monkeypatch.setattr(tex, "tex_version", lambda: "pdfTeX (TeX Live 2023/Debian)")
    pretend_installed(monkeypatch, "apt-get")
    tex.prepare_tex(clone)
    assert [command[5] for command in ran] == ["-qq", "-qq"]
    assert [command[6] for command in ran] == ["update", "install"]
    assert {"--no-install-recommends", "texlive-science"} <= set(ran[1])
    assert (clone / ".ready/tex").exists()


def test_a_package_of_the_preamble_that_tex_lacks_is_named(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone / "templates").mkdir()
    preamble = "\\documentclass{article}\n\\usepackage[a]{amsmath, nowhere}\n% \\usepackage{unused}\n"
    (clone / "templates/preamble.tex").write_text(preamble)
    assert tex.tex_files(clone) == ["amsmath.sty", "article.cls", "lmodern.sty", "nowhere.sty"]
    monkeypatch.setattr(system, "install", lambda what, packages: None)
    with pytest.raises(commands.Missing, match=r"TeX still lacks nowhere\.sty"):
        tex.prepare_tex(clone)


def test_a_tex_that_is_too_old_is_named(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tex, "missing_tex", lambda needed: [])
    monkeypatch.setattr(tex, "tex_version", lambda: "pdfTeX 3.14 (TeX Live 2017/Debian)")
    with pytest.raises(commands.Missing, match="TeX Live 2021 or newer is needed, 2017 is installed"):
        tex.prepare_tex(clone)


def test_an_old_python_is_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap, "newer_python", lambda: None)
    assert bootstrap.main(["environment"]) == 2
    assert "Python 3.11 or newer is needed, this is 3.9.2" in capsys.readouterr().err


def test_a_browser_is_installed_where_there_is_none(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(system, "install", lambda what, packages: installed.append(packages["apt"]))
    pretend_installed(monkeypatch, *tools.TOOLS)
    tools.prepare_tools(clone)
    pretend_installed(monkeypatch, *tools.TOOLS, "google-chrome")
    tools.prepare_tools(clone)
    assert installed == ["chromium"]


def test_axe_comes_by_npm_where_npm_is(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(commands, "run", lambda command, complaint: ran.append(command))
    pretend_installed(monkeypatch, *tools.TOOLS, "google-chrome")
    tools.prepare_tools(clone)
    assert ran == []
    pretend_installed(monkeypatch, *tools.TOOLS, "google-chrome", "npm")
    tools.prepare_tools(clone)
    assert [command[-1] for command in ran] == [tools.AXE]


@pytest.mark.usefixtures("unprivileged")
def test_a_browser_that_cannot_be_installed_is_no_obstacle(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_installed(monkeypatch, *tools.TOOLS, "apt-get")
    tools.prepare_tools(clone)
    assert (clone / ".ready/tools").exists()
    said = capsys.readouterr().err
    assert "sudo apt-get update && sudo apt-get install --no-install-recommends chromium" in said
    assert "the tests of the preview are left out" in said


def test_the_script_is_read_by_old_interpreters_too() -> None:
    for path in (SCRIPT, *SCRIPT.with_name("machine").glob("[a-z]*.py")):
        source = path.read_text(encoding="utf-8")
        ast.parse(source, feature_version=(3, 8))
        assert "from __future__ import annotations" in source  # or they would evaluate `str | None`
