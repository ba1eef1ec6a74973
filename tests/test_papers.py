"""The repository's papers agree with each other: README, Makefile, workflow, lock file, CI."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from report_src.__main__ import TARGETS
from report_src.project import ROOT

WORKFLOW = ROOT / ".github/workflows/report.yml"
FULL_SHA = re.compile(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def check_schema(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_the_workflow_fits_the_schema() -> None:
    pytest.importorskip("check_jsonschema", reason="installed from requirements.lock")
    assert check_schema(WORKFLOW).returncode == 0


def test_a_workflow_with_a_wrong_key_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("check_jsonschema", reason="installed from requirements.lock")
    wrong = tmp_path / "report.yml"
    wrong.write_text(WORKFLOW.read_text().replace("runs-on:", "runs-upon:"))
    assert check_schema(wrong).returncode != 0


def test_every_action_is_pinned_to_a_commit() -> None:
    uses = [line.strip() for line in WORKFLOW.read_text().splitlines() if "uses:" in line]
    assert uses
    assert all(FULL_SHA.search(line) for line in uses)


def test_every_command_of_the_readme_is_in_the_makefile() -> None:
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / "README.md").read_text()))
    named |= set(re.findall(r"^    make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert named <= make_targets()
    assert {"report", "test"} <= named


def test_every_target_is_explained_and_known() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) - {"FORCE"} == make_targets()
    assert set(TARGETS) <= make_targets()


def test_help_shows_every_target() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(f"make {target} " in shown for target in make_targets())


def test_ci_calls_the_two_commands_of_the_readme_and_ends_with_the_tests() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert "make report" in lines
    assert lines[-1] == "make test"


def test_every_package_the_code_needs_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = [project["project"]["dependencies"], project["project"]["optional-dependencies"]["report"]]
    wanted = [Requirement(text) for text in sum(named, project["dependency-groups"]["dev"])]
    pins = (line.partition("==") for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line)
    pinned = {name.lower().replace("_", "-"): version for name, _, version in pins}
    for requirement in wanted:
        name = requirement.name.lower().replace("_", "-")
        assert name in pinned
        assert requirement.specifier.contains(pinned[name].split()[0])
