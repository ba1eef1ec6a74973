"""A grader's audit of a real report: it passes as it was built, and a digit that was changed is named."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from report_src.errors import BuildError
from report_src.project import ROOT
from report_src.submission import audit
from report_src.submission.attached import CANNOT
from report_src.system.git import commit
from tests.end_to_end.reports import Built

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed"),
]


def tampered(pdf: Path, path: Path, accuracy: str) -> Path:
    """Write a PDF whose attached results differ in the first digit of a mean accuracy."""
    reader, writer = PdfReader(pdf), PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    for name, (content, *_) in reader.attachments.items():
        text = content.decode("utf-8")
        if name == "results.json":
            start = text.index('"mean": 0.', text.index(f'"{accuracy}"')) + len('"mean": 0.')
            text = text[:start] + str((int(text[start]) + 5) % 10) + text[start + 1 :]
        writer.add_attachment(name, text.encode())
    with path.open("wb") as file:
        writer.write(file)
    return path


def accuracy_of(report: Built) -> str:
    """Return the key of a mean accuracy of a report."""
    study = "logistic.validation_accuracy" if "logistic" in report.results else "generalization.test_accuracy"
    return f"{study}.mean"


def tables_of(report: Built) -> list[str]:
    """Return the names of a report's tables, the one for training first."""
    data = tomllib.loads(report.config.read_text(encoding="utf-8"))["data"]
    return [data[which] for which in ("train", "test") if which in data]


@pytest.mark.long
def test_a_fresh_report_passes_and_a_changed_digit_is_named_by_its_key(
    report: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build, key = tmp_path / "audited", accuracy_of(report)
    made_here = not commit(ROOT).endswith("+")  # else its sentences cannot be compared with the templates
    assert audit.reported(audit.audited(report.pdf, report.config, build, studies=report.studies)).status == (
        audit.AGREES if made_here else audit.PARTLY
    )
    shown = capsys.readouterr().out
    assert "nothing differs" in shown
    assert re.search(r"commit \w+\+?, Python 3\.\d+\.\d+, \S", shown)
    changed = tampered(report.pdf, tmp_path / "changed.pdf", key.split(".")[1])
    assert audit.reported(audit.audited(changed, report.config, build, studies=report.studies)).status == audit.DIFFERS
    differing = re.findall(r"differs: number ([\w.\[\]]+)", capsys.readouterr().out)
    assert set(differing) == {key}


def test_another_data_file_is_said_before_anything_is_built(report: Built, tmp_path: Path) -> None:
    first, *others = tables_of(report)
    for name in (first, *others):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(report.config.parent / name, tmp_path / name)
    with (tmp_path / first).open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(BuildError, match=rf"{re.escape(first)} is another file: SHA-256") as error:
        audit.reported(audit.audited(report.pdf, tmp_path / "report.toml", tmp_path / "build", studies=report.studies))
    assert error.value.status == CANNOT
    assert not (tmp_path / "build").exists()
