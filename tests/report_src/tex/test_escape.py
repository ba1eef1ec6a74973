"""Hostile text is printed as it reads: compiled with TeX and read back."""

import itertools
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from report_src.fonts import faces, shaping
from report_src.fonts.pages import files_of, without_font, write_pages
from report_src.rendering.engine import TEMPLATES
from report_src.tex import escape

HOSTILE = (
    "\\input{/etc/passwd} \\write18{touch x} \\catcode`\\%=12 \\BLOCK{for x in y} \\VAR{x} $(rm -rf) ^^M %comment #1 "
    "& ~ _x^2 {unbalanced }} <tag> |bar| \"quote\" 'single' `tick` -- --- ,, ?` !` \\end{document}"
)


def text_of(tmp_path, body):
    """Typeset `body` with the report's preamble and return the page's text."""
    if shutil.which("pdflatex") is None:
        pytest.skip("TeX is not installed")
    shutil.copy(TEMPLATES / "preamble.tex", tmp_path)
    document = "\\input{preamble}\\begin{document}\\raggedright\n" + body + "\n\\end{document}\n"
    (tmp_path / "t.tex").write_text(document, encoding="utf-8")
    write_pages(document, tmp_path)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "t.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    return subprocess.run(
        ["pdftotext", "-layout", "t.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout


def test_hostile_text_is_printed_literally(tmp_path):
    printed = "".join(text_of(tmp_path, escape.tex(HOSTILE)).split()).replace("\u2019", "'")
    expected = "".join(HOSTILE.split())
    assert printed.startswith(expected)


def test_verbatim_keeps_lines_indentation_and_unknown_characters(tmp_path):
    source = "def f(x):\n    return x -- 1  # \\VAR{y}\n\n" + "a" * 300 + "\n\x00\x07 emoji \U0001f600 \u202e rtl 日本"
    printed = text_of(tmp_path, escape.verbatim(source))
    assert "return x -- 1" in printed
    assert "[grinning face]" in printed
    assert "U+202E" in printed
    assert "U+0000" in printed
    assert "".join(printed.split()).count("a" * 300) == 1


def test_every_letter_we_let_through_is_in_the_fonts(tmp_path):
    letters = "".join(sorted(escape._LETTERS)) + "".join(escape._MATHEMATICS) + "".join(escape._SPECIAL)
    text_of(tmp_path, " ".join(escape.tex(letter) for letter in letters))


def test_a_name_can_break_after_its_punctuation():
    assert escape.breakable("a_b") == r"a\_\allowbreak{}b"


SCRIPTS = {
    "Latin Extended": "Nguyễn Ștefan ī Ọlá",
    "Cyrillic": "Обычный запрос: почему градиент мал?",
    "Greek": "Η μέθοδος είναι απλή",
    "signs": "x₁ ⁽²⁾ m² 5 µm ½ ᵀ ↦ ⟨a⟩ ∀ ∃ ′",
    "mathematical letters": "ℒ 𝔼 𝓛 𝔸",
    "mathematical signs": " ".join(escape._MATHEMATICS),
    "dashes": "one — two – three ‘four’ “five”",
    "Hebrew": "שלום עולם",
    "Arabic": "ما هو سبب تلاشي التدرج",
    "a letter with a mark that no letter has taken in": "x̄ q̃",
}


CASES = list(itertools.product((escape.tex, escape.verbatim), SCRIPTS))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The text of a document that has a page for every case."""
    texts = "\n\\newpage\n".join(printed_as(SCRIPTS[name]) for printed_as, name in CASES)
    return dict(zip(CASES, text_of(tmp_path_factory.mktemp("scripts"), texts).split("\f"), strict=False))


@pytest.mark.parametrize(("printed_as", "name"), CASES)
def test_a_text_in_any_script_is_found_in_the_pdf_as_it_was_typed(pages, name, printed_as):
    printed = pages[printed_as, name]
    marks = str.maketrans("", "", "\u202a\u202b\u202c")  # directions, as pdftotext marks them
    assert squashed(SCRIPTS[name]) in squashed(printed.translate(marks))


def squashed(text):
    return "".join(text.split())


def test_what_runs_from_right_to_left_is_turned_but_for_its_numbers_and_foreign_words():
    line = "".join(shaping.directed([(c, c) for c in "שב (ab) 1.5 ג"]))
    assert line == r"\beginR{}שב (\beginL{}ab\endL{}) \beginL{}1.5\endL{} ג\endR{}".replace("(", "X").replace(
        ")", "("
    ).replace("X", ")")
    assert "".join(shaping.directed([(c, c) for c in "ab שב, ג cd"])) == r"ab \beginR{}שב, ג\endR{} cd"


def test_letters_that_no_font_has_are_codes_and_their_package_is_named(monkeypatch):
    monkeypatch.setattr(faces, "installed", dict)
    faces.face_for.cache_clear()
    printed = escape.tex("學 ক")
    faces.face_for.cache_clear()
    assert printed == r"\codepoint{5B78} \codepoint{0995}"
    assert list(without_font(printed)) == [
        "no font here has the letters ক: they are printed as codes; install fonts-noto-core and build again",
        "no font here has the letters 學: they are printed as codes; install fonts-noto-cjk and build again",
    ]


def test_the_files_of_a_font_are_the_same_each_time():
    face = faces.matplotlib_fonts()["DejaVuSans"]
    codes = {3: "0041", 4: ""}
    assert files_of(face, 1, codes) == files_of(face, 1, codes)


def test_hostile_text_in_the_metadata_is_read_as_it_is(tmp_path):
    text_of(tmp_path, rf"\xmp{{{escape.xml_text(HOSTILE)}}}{{{escape.xml_text('Zoë & 李')}}}{{x}}{{en-GB}}A page.")
    tree = ElementTree.fromstring(PdfReader(tmp_path / "t.pdf").trailer["/Root"]["/Metadata"].get_data())
    read = [line.text for line in tree.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")]
    assert read == [HOSTILE, "Zoë & 李", "x", "en-GB"]
