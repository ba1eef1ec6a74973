"""A build opens what it digests and reads once: the bytes of one read serve all."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.end_to_end.reports import COMMAND, PATIENCE, ROOT, Built

TELL = """
import sys
sys.addaudithook(lambda event, given: event == "open" and print("opened", given[0], file=sys.__stderr__))
"""


@pytest.mark.long
def test_after_an_edit_settings_log_requirements_and_results_are_opened_once(
    small_report: Built, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(small_report.config.parent, tmp_path / "report"))
    section = folder / "templates/sections/2_results.tex.j2"
    section.write_text(section.read_text(encoding="utf-8").replace("Gradient descent takes", "Descent takes"))
    config, build = folder / "report.toml", folder / small_report.build.relative_to(small_report.config.parent)
    command = [sys.executable, "-c", TELL + COMMAND, "report", "--config", str(config), "--build", str(build)]
    command += ["--profile", "quick", f"--studies={folder}/studies"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert re.search(r"render: source:\S*templates/sections/2_results\.tex\.j2 changed", done.stderr)
    opened = Counter(line.removeprefix("opened ") for line in done.stderr.splitlines())
    files = (config, folder / "ai.toml", folder / "templates/requirements.toml", build / "work/results.json")
    assert [opened[str(path)] for path in files] == [1, 1, 1, 1]
