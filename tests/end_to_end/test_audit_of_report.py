"""A grader's audit of a real report: it passes as it was built, and a digit that was changed is named."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from report_src.errors import BuildError
from report_src.project import ROOT
from report_src.submission import audit
from report_src.submission.attached import CANNOT
from report_src.system.git import commit
from tests.end_to_end.reports import Built

KEY = "generalization.test_accuracy.mean"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed"),
]


def tampered(pdf: Path, path: Path) -> Path:
    """Write a PDF whose attached results differ in the first digit of the test accuracy."""
    reader, writer = PdfReader(pdf), PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    for name, (content, *_) in reader.attachments.items():
        text = content.decode("utf-8")
        if name == "results.json":
            start = text.index('"mean": 0.', text.index('"test_accuracy"')) + len('"mean": 0.')
            text = text[:start] + str((int(text[start]) + 5) % 10) + text[start + 1 :]
        writer.add_attachment(name, text.encode())
    with path.open("wb") as file:
        writer.write(file)
    return path


def test_a_fresh_report_passes_and_a_changed_digit_is_named_by_its_key(
    report: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = tmp_path / "audited"
    made_here = not commit(ROOT).endswith("+")  # else its sentences cannot be compared with the templates
    assert audit.reported(audit.audited(report.pdf, report.config, build)).status == (
        audit.AGREES if made_here else audit.PARTLY
    )
    shown = capsys.readouterr().out
    assert "nothing differs" in shown
    assert re.search(r"commit \w+\+?, Python 3\.\d+\.\d+, \S", shown)
    assert (
        audit.reported(audit.audited(tampered(report.pdf, tmp_path / "changed.pdf"), report.config, build)).status
        == audit.DIFFERS
    )
    differing = re.findall(r"differs: number ([\w.\[\]]+)", capsys.readouterr().out)
    assert set(differing) == {KEY}


def test_another_data_file_is_said_before_anything_is_built(report: Built, tmp_path: Path) -> None:
    for name in ("my train.csv", "my test.csv"):
        shutil.copy(report.config.parent / name, tmp_path / name)
    with (tmp_path / "my train.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(BuildError, match=r"my train\.csv is another file: SHA-256") as error:
        audit.reported(audit.audited(report.pdf, tmp_path / "report.toml", tmp_path / "build"))
    assert error.value.status == CANNOT
    assert not (tmp_path / "build").exists()
