"""A complete second report, built and audited with the engine as it is: its folder holds all that is its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from report_src.project import ROOT
from report_src.system.git import git

FOLDER = Path(__file__).resolve().parent / "regularisation"
ENGINE = ("analysis", "report_src", "templates", "Makefile", "report.toml")
PATIENCE = 900  # seconds

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed"),
]


def run(build: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "report_src", "--config", str(FOLDER / "report.toml"), "--build", str(build)]
    return subprocess.run([*command, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)


@pytest.fixture(scope="module")
def engine_before() -> str:
    return git(ROOT, "status", "--short", "--", *ENGINE)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory, engine_before: str) -> Path:
    folder = tmp_path_factory.mktemp("regularisation") / "build"
    done = run(folder, "report")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_second_report_prints_its_own_studies_and_none_of_the_first(build: Path) -> None:
    results = json.loads((build / "results.json").read_bytes())
    assert list(results) == ["inputs", "training", "decay"]
    assert results["inputs"]["test"] is None
    assert results["inputs"]["settings"]["decay.strengths"] == "[0.0, 0.01, 0.1]"
    assert not any(name.startswith("shared_bias") for name in results["inputs"]["settings"])
    text = "\n".join(page.extract_text() for page in PdfReader(build / "report.pdf").pages)
    assert "Weight decay on a small table of soils" in text
    assert "shared bias" not in text.lower()
    assert "Question 2" not in text


def test_its_derivation_alone_is_checked_and_bound_to_its_arrays(build: Path) -> None:
    found = json.loads((build / "work/derivations.json").read_bytes())
    assert [row["name"] for row in found["table"]] == ["decay"]
    (bound,) = found["bindings"]
    assert bound["study"] == "decay"
    assert bound["largest_difference"] < 1e-6


def test_it_is_audited(build: Path) -> None:
    done = run(build, "audit", "--", str(build / "report.pdf"))
    assert "differs:" not in done.stdout
    assert "nothing differs" in done.stdout, done.stdout + done.stderr


def test_where_leads_into_its_folder(build: Path) -> None:
    said = run(build, "where", "--", "decay.norm_change").stdout
    assert "studies/decay/study.py:" in said
    assert "templates/sections/2_decay.tex.j2:" in said


def test_the_engine_is_untouched(build: Path, engine_before: str) -> None:
    assert git(ROOT, "status", "--short", "--", *ENGINE) == engine_before
