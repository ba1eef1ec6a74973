"""The lines of README.md for Neovim, carried out in Neovim where it is installed."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from report_src.project import ROOT

pytest.importorskip("pygls")
NEOVIM = os.environ.get("NEOVIM", "nvim")
NEW = (0, 11)  # from here on, vim.lsp.config
SECONDS = 60
TEXT = [
    r"We have \VAR{logistic.rows | count} rows, faster.",
    r"\VAR{logistic.}",
    r"\begin{derivation}{squares} Let $x \in \mathbb{R}$.",
    r"\[ (x + 1)^2 = x^2 + x + 1 \]",
    r"\end{derivation}",
]
JUDGING, WRONG = 1, 4  # lines that a verdict is about


def lines_of_readme(newer: bool) -> str:
    """Return the configuration that README.md gives for a version of Neovim."""
    new, old = re.findall(r"- Neovim [^\n]*:\n\n((?: {6}[^\n]*\n)+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    return re.sub(r"(?m)^ {6}", "", new if newer else old)


def version() -> tuple[int, ...]:
    said = subprocess.run([NEOVIM, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.findall(r"\d+", said)[:2]))


@pytest.mark.skipif(shutil.which(NEOVIM) is None, reason="no Neovim is installed")
def test_hover_completion_definition_and_verdicts_with_the_lines_of_the_readme(tmp_path: Path) -> None:
    work = tmp_path / "build/work"
    work.mkdir(parents=True)
    (work / "results.json").write_text(json.dumps({"logistic": {"rows": 41348}}))
    (work / "reads.json").write_text("{}")
    lines = lines_of_readme(version() >= NEW)
    command = '"-m", "report_src.editor"'
    assert lines.count(command) == 1
    (tmp_path / "init.lua").write_text(
        lines.replace(command, f'{command}, "--config", "starter/report.toml", "--build", "{tmp_path}/build"')
    )
    asked = {
        "lines": f"{tmp_path}/init.lua",
        "template": "starter/templates/sections/2_results.tex.j2",
        "text": TEXT,
        "verdicts": 2,
        "answers": f"{tmp_path}/answers.json",
        "seconds": SECONDS,
    }
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    script = Path(__file__).with_name("neovim.lua")
    subprocess.run(
        [NEOVIM, "--headless", "--clean", "-n", "-c", f"luafile {script}"],
        cwd=ROOT, env={**os.environ, "ASKED": f"{tmp_path}/asked.json"}, timeout=5 * SECONDS, check=True,
    )  # fmt: skip
    answers = json.loads((tmp_path / "answers.json").read_text())
    assert "late" not in answers
    assert answers["filetype"] == "tex"
    verdicts = {each["lnum"] + 1: each["message"] for each in answers["verdicts"]}
    assert "judging word 'faster'" in verdicts[JUDGING]
    assert "(x + 1)^2 is not x^2 + x + 1" in verdicts[WRONG]
    assert "41348" in answers["hover"]["contents"]["value"]
    proposed = answers["completion"]
    assert "rows" in {each["label"] for each in (proposed["items"] if isinstance(proposed, dict) else proposed)}
    assert any(place["uri"].endswith("starter/studies/logistic/record.py") for place in answers["definition"])
