"""What somebody edits in a generated file is kept and named before the next build writes over it."""

from pathlib import Path

import pytest

from report_src.build import runner
from report_src.build.clean import clean
from report_src.submission import bundle
from tests.report_src import small_project


def test_an_edit_of_the_document_is_kept_and_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def make() -> str:
        runner.make(small_project.project(root), "report", small_project.table())
        return capsys.readouterr().err

    assert "was edited" not in make()
    document, kept = root / "build/report.tex", root / "build/report.tex.edited"
    generated = document.read_text(encoding="utf-8")
    document.write_text(generated + "% mine\n", encoding="utf-8")
    assert f"warning: {Path('build/report.tex')}: was edited" in make()
    assert document.read_text(encoding="utf-8") == generated
    assert kept.read_text(encoding="utf-8") == generated + "% mine\n"
    kept.unlink()
    template = root / "templates/report.tex.j2"
    template.write_text(template.read_text(encoding="utf-8").replace("SENTENCE", "Other words."), encoding="utf-8")
    assert "was edited" not in make()
    assert "Other words." in document.read_text(encoding="utf-8")
    assert not kept.exists()


def test_one_bundle_is_kept_and_clean_removes_it_and_leaves_what_others_put_there(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "zipped", lambda *what: b"a zip")
    project = small_project.project(root)
    runner.make(project, "report", small_project.table())
    earlier = bundle.write_bundle(project)
    settings = root / "report.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("00000000", "1234"), encoding="utf-8")
    bundled = bundle.write_bundle(small_project.project(root))
    assert (bundled.name, earlier.exists()) == ("1234-bundle.zip", False)
    own = root / "build/mine.zip"
    own.touch()
    assert bundled.is_file()
    clean(project.build)
    assert not bundled.exists()
    assert own.exists()
