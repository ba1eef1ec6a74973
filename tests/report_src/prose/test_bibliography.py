"""What a report cites has an entry, each entry is cited, and BibTeX sets them."""

import shutil
from pathlib import Path

import pytest

from report_src.errors import RenderError
from report_src.prose import bibliography

ENTRIES = """% a remark
@comment{ @book{left, title = {Out}} }
@article{one,
  author = {A. Author and B. Writer}, title = {First}, journal = {Journal}, year = {2024},
  doi = {10.1000/xyz.1}}
@book{two, author = "C. Other", title = "Second", publisher = "House", year = 2020}
"""


def templates(folder: Path, text: str) -> Path:
    (folder / bibliography.FILE).write_text(text, encoding="utf-8")
    return folder


def test_entries_have_their_lines_and_comments_hold_none() -> None:
    assert [(entry.key, entry.line) for entry in bibliography.entries(ENTRIES)] == [("one", 3), ("two", 6)]


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        (r"a \cite{b} and \cite[p.~3]{a, b}", ["b", "a"]),
        (r"\citep[see][2]{x} \nocite{y} % \cite{z}", ["x", "y"]),
        (r"\cite{typed} \bibitem{typed} A book.", []),
    ],
)
def test_citations_are_found_in_their_order(document: str, keys: list[str]) -> None:
    assert bibliography.cited(document) == keys


@pytest.mark.parametrize(
    ("text", "document", "place", "message"),
    [
        (ENTRIES, r"\cite{one}", 6, "no template cites 'two'"),
        (ENTRIES, r"\cite{one,two,three}", 1, "'three' is cited and has no entry; entries: one, two"),
        (ENTRIES.replace("{two", "{one").replace("@book{one", "@book{one"), r"\cite{one}", 6, "two entries are called"),
        (ENTRIES.replace("10.1000/xyz.1", "https://doi.org/10.1000/x"), r"\cite{one,two}", 5, "doi of 'one': expected"),
        (ENTRIES.replace("10.1000/xyz.1", "10.1/x"), r"\cite{one,two}", 5, "got '10.1/x'"),
        (ENTRIES.replace("{two, ", "{two "), r"\cite{one,two}", 6, "expected @book{key, …"),
        (ENTRIES.replace("{one,", "{my one,"), r"\cite{one,two}", 3, "expected @article{key, …"),
        (ENTRIES.replace("{First}", "{A 5% rise}"), r"\cite{one,two}", 4, r"title of 'one': % is .*; write \\%"),
        (ENTRIES.replace("House", "Sons & Co"), r"\cite{one,two}", 6, r"publisher of 'two': & is .*; write \\&"),
        (ENTRIES.replace("{First}", "{The room_type}"), r"\cite{one,two}", 4, r"title of 'one': _ is"),
        (ENTRIES.replace("A. Author and B. Writer", "A. Author, B. Writer"), r"\cite{one,two}", 4, "parted by `and`"),
        (ENTRIES.replace("A. Author and B. Writer", "A, B, C"), r"\cite{one,two}", 4, "got 'A, B, C'"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, document: str, place: int, message: str) -> None:
    with pytest.raises(RenderError, match=message) as failed:
        bibliography.typeset(templates(tmp_path, text), document)
    assert failed.value.place == f"templates/references.bib:{place}"


@pytest.mark.skipif(shutil.which("bibtex") is None, reason="BibTeX is not installed")
@pytest.mark.parametrize(
    "title",
    [r"{A 5\% rise}", r"{The $x_1$ of it}", r"{See \url{http://a.org/b%20c_d}}", "{Sons \\& Co}", "{Ő and Ż}"],
)
def test_signs_that_tex_prints_are_left_alone(tmp_path: Path, title: str) -> None:
    text = (
        ENTRIES.replace("{First}", title)
        .replace("B. Writer", "Writer, Jr., Bo and others")
        .replace("doi =", "url = {http://a.org/b%20c#d}, doi =")
    )
    assert "First" not in text
    bibliography.typeset(templates(tmp_path, f"\ufeff{text}"), r"\cite{one,two}")


def test_a_report_without_entries_has_no_bibliography(tmp_path: Path) -> None:
    assert bibliography.typeset(tmp_path, r"\cite{any}") == ""
    assert bibliography.typeset(templates(tmp_path, "% none\n"), "") == ""


@pytest.mark.skipif(shutil.which("bibtex") is None, reason="BibTeX is not installed")
def test_bibtex_sets_the_entries_in_the_order_of_citation(tmp_path: Path) -> None:
    text = bibliography.typeset(templates(tmp_path, ENTRIES), r"\cite{two} \cite{one}")
    assert text.index(r"\bibitem{two}") < text.index(r"\bibitem{one}")
    assert "thebibliography" in text


def test_a_bibliography_takes_the_line_of_its_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bibliography, "typeset", lambda *_: "\\begin{x}\n\n\\bibitem{a} long%\nword\n\\end{x}\n")
    document = "one\n\\printreferences\nthree"
    assert bibliography.printed(tmp_path, document).split("\n") == [
        "one", r"\begin{x} \par \bibitem{a} longword \end{x}", "three"
    ]  # fmt: skip


@pytest.mark.skipif(shutil.which("bibtex") is None, reason="BibTeX is not installed")
def test_bibtex_complains_with_a_line(tmp_path: Path) -> None:
    broken = "@article{one,\n  title = {Never closed,\n  year = 2020\n"
    with pytest.raises(RenderError, match="BibTeX: ") as failed:
        bibliography.typeset(templates(tmp_path, broken), r"\cite{one}")
    assert failed.value.place.startswith("templates/references.bib:")


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("title = {Bayesian ReLU on {MNIST}}", "BibTeX prints 'relu' for 'ReLU'; write {ReLU}"),
        ("title = {Trees}, pagse = {1--9}", "a field 'pagse', which no style of BibTeX prints; did you mean pages?"),
    ],
)
def test_what_bibtex_would_change_or_drop_without_a_word_is_refused(tmp_path: Path, field: str, says: str) -> None:
    entry = f"@article{{k, author = {{A. Author}}, {field}, journal = {{J}}, year = {{2026}}}}\n"
    (tmp_path / "references.bib").write_text(entry, encoding="utf-8")
    with pytest.raises(RenderError) as refused:
        bibliography.typeset(tmp_path, r"\cite{k}")
    assert says in refused.value.message


def test_capitals_that_stay_are_left_alone(tmp_path: Path) -> None:
    title = r"Deep Learning of {ReLU}: A Study in \LaTeX"
    entry = f"@article{{k, author = {{A. Author}}, title = {{{title}}}, journal = {{J}}, year = {{2026}}}}"
    (tmp_path / "references.bib").write_text(entry, encoding="utf-8")
    assert "ReLU" in bibliography.typeset(tmp_path, r"\cite{k}")
