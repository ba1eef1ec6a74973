"""What is typed behind make reaches the command line as it is; the Makefile holds nothing newer than macOS's make."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STAND_IN = """#!/bin/sh
printf '%s\\0' "$ANALYSIS_CLUSTER" "$@" > arguments
env > environment
echo "$PPID" > parent
"""
TEXTS = (
    "a$(touch owned).toml", "a`touch owned`.pdf", "$(shell touch owned)", "${shell touch owned}", 'a";touch owned;"',
    "a';touch owned;'", "a$$(touch owned)", "$(eval x := $(shell touch owned))", "$(error no)", "a\ntouch owned\n",
    "--help", "a#b \\", "${MAKE} * ~ !! | > owned", "%s é 😀",
)  # fmt: skip

# What GNU make 3.81 (2006), which macOS ships, does not know; from the section "NEWS" of later releases
NEWER = re.compile(
    r"^\.(?:ONESHELL|RECIPEPREFIX|SHELLFLAGS|POSIX|EXTRA_PREREQS|NOTINTERMEDIATE|WAIT)\b"  # 3.82 to 4.4
    r"|\.(?:SHELLSTATUS|RECIPEPREFIX|SHELLFLAGS|EXTRA_PREREQS|WAIT)\b"
    r"|^[ ]*(?:override +|export +)*[\w.]+ *(?:!=|::?:=)"  # 4.0, 4.4
    r"|^[ ]*define +\S+ *[:?+]?="  # 3.82
    r"|^[ ]*-?(?:undefine|load) +\S"  # 3.82, 4.0
    r"|\bprivate +[\w.]+ *[:?+]?="  # 3.82
    r"|\$[({](?:file|guile|let|intcmp) "  # 4.0, 4.4
    r"|^[^#\t=]*&:(?!=)"  # 4.3
    r"|--(?:output-sync|trace|shuffle|eval)\b|\bMAKE_TERM(?:OUT|ERR)\b|-O(?:line|target|recurse)\b",
    re.MULTILINE,
)
WITH_NEWER = (
    ".ONESHELL:", ".RECIPEPREFIX = >", ".SHELLFLAGS := -ec", "TEX != command -v pdflatex", "TEX ::= x", "TEX :::= x",
    "X := $(file < a.txt)", "X := $(let a,b,c)", "X := $(intcmp 1,2,3)", "a b &: c", "undefine X", "load x.so",
    "x: private Y = 1", "define X =\nendef", "X := $(.SHELLSTATUS)", "\t@$(MAKE) --output-sync", "\t@$(MAKE) -Oline",
    "a: .WAIT b",
)  # fmt: skip
WITH_OLDER = (
    ".PHONY: a", "X := 1", "X ?= 1", "X += 1", "export X", "unexport $(filter-out A,B)", "$(eval override X := 1)",
    "define X\nendef", "a: b | c", "X := $(or $(A),$(B))", "\t@test a != b && c", "\t@a &", "include x.mk", "# a &: b",
)  # fmt: skip

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The Makefile with a stand-in for Python that writes down what it was called with."""
    for name in (".venv/bin", ".ready"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", tmp_path)
    python = tmp_path / ".venv/bin/python"
    python.write_text(STAND_IN, encoding="utf-8")
    python.chmod(0o755)
    for name in ("requirements.lock", "bootstrap.py"):
        (tmp_path / name).touch()
    for name in ("tex", "environment"):
        (tmp_path / ".ready" / name).touch()
    return tmp_path


def passed(clone: Path, *arguments: str, **environment: str) -> tuple[list[str], str]:
    """Run make and return what Python was called with: its arguments and the cluster's address."""
    (clone / "arguments").unlink(missing_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "PYTHON3=true", *arguments]
    done = subprocess.run(command, cwd=clone, env=kept | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cluster, *words, _ = (clone / "arguments").read_text(encoding="utf-8").split("\0")
    assert words[:2] == ["-m", "report_src"]
    if words[2] == "--parent":
        assert words[3] == (clone / "parent").read_text().strip()  # it ends with who started it, so with make
        return words[4:], cluster
    return words[2:], cluster


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_typed_is_passed_on_as_it_is(text: str, clone: Path) -> None:
    of_all = [f"--config={text}", f"--build={text}"]
    everything = (f"CONFIG={text}", f"BUILD={text}", f"PROFILE={text}", f"WORKERS={text}")
    assert passed(clone, "report", *everything) == ([*of_all, f"--profile={text}", "report"], text)
    assert passed(clone, "full", *everything[:2]) == ([*of_all, "--profile=full", "report"], "")
    assert passed(clone, "audit", f"PDF={text}", f"ALL={text}")[0][2:] == [f"--all={text}", "audit", "--", text]
    assert passed(clone, "where", f"Q={text}")[0][2:] == ["where", "--", text]
    assert passed(clone, "watch", f"SERVE={text}", f"PORT={text}")[0][2:] == ["watch", "--serve", f"--port={text}"]
    of_watch = (f"SERVE={text}", f"EDITOR_URL={text}", f"JSON={text}")
    assert passed(clone, "watch", *of_watch)[0][2:] == ["--json", "watch", "--serve", f"--editor={text}"]
    assert passed(clone, "clean", f"BUILD={text}")[0] == [f"--build={text}", "clean"]
    assert passed(clone, "check", CONFIG=text)[0] == [f"--config={text}", "--build=build", "check"]
    assert not list(clone.glob("owned*"))


def test_what_is_not_typed_has_the_names_of_the_readme(clone: Path) -> None:
    assert passed(clone, "report") == (["--config=report.toml", "--build=build", "report"], "")


def test_a_shells_settings_of_python_do_not_reach_the_project(clone: Path) -> None:
    settings = {"PYTHONPATH": "/elsewhere", "PYTHONSAFEPATH": "1", "PYTHONOPTIMIZE": "2", "PYTHONHOME": "/elsewhere"}
    passed(clone, "report", **settings)
    names = [line.split("=")[0] for line in (clone / "environment").read_text().splitlines()]
    assert not set(settings) & set(names)
    makefile = (clone / "Makefile").read_text(encoding="utf-8")
    (clone / "Makefile").write_text(makefile.replace("\nunexport $(filter-out PYTHON3,", "\n# $(filter-out PYTHON3,"))
    passed(clone, "report", **settings)
    assert "PYTHONPATH=/elsewhere" in (clone / "environment").read_text().splitlines()


def test_a_makefile_that_runs_what_is_typed_is_seen(clone: Path) -> None:
    makefile = clone / "Makefile"
    makefile.write_text(makefile.read_text(encoding="utf-8").replace('"$$CONFIG"', '"$(CONFIG)"'), encoding="utf-8")
    assert passed(clone, "report", "CONFIG=a`touch owned`")[0][0] == "--config=a"
    assert (clone / "owned").exists()


def test_the_makefile_has_nothing_that_the_make_of_macos_does_not_know() -> None:
    assert NEWER.findall((ROOT / "Makefile").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", WITH_NEWER)
def test_what_is_newer_is_seen(line: str) -> None:
    assert NEWER.search(f"A := 1\n{line}\n")


@pytest.mark.parametrize("line", WITH_OLDER)
def test_what_is_old_enough_is_left_alone(line: str) -> None:
    assert not NEWER.search(f"A := 1\n{line}\n")


def test_a_setting_that_is_misspelt_is_refused() -> None:
    done = subprocess.run(["make", "-n", "help", "PROFIL=quick"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "there is no setting PROFIL; make help lists them" in done.stderr
