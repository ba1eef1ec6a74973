"""TeX may read below its folder, in its distribution and in a tree of the user's own, whatever that is called."""

from pathlib import Path

import pytest

from report_src.errors import BuildError
from report_src.tex import file_access


@pytest.mark.parametrize("variable", ["TEXMFHOME", "TEXMFLOCAL"])
def test_a_tree_of_the_users_own_may_have_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    style = tmp_path / "my own/tex/latex/mine.sty"
    assert file_access.outside(style, tmp_path / "build")
    monkeypatch.setenv(variable, str(tmp_path / "my own"))
    assert not file_access.outside(style, tmp_path / "build")
    assert file_access.outside(tmp_path / "other/secret.txt", tmp_path / "build")


def test_a_pdf_that_holds_a_foreign_file_is_removed_and_the_file_named(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").touch()
    (tmp_path / "report.fls").write_text("INPUT /usr/share/texmf/tex/a.sty\nINPUT figures/a.pdf\n")
    file_access.check(tmp_path, "report")
    with (tmp_path / "report.fls").open("a") as record:
        record.write("INPUT /etc/hostname\n")
    with pytest.raises(BuildError, match="only below the build folder, got /etc/hostname; take out what reads it"):
        file_access.check(tmp_path, "report")
    assert not (tmp_path / "report.pdf").exists()
