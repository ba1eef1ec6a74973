"""Names in scripts that matplotlib's fonts lack are drawn by the system's, else as codes with the package named."""

import io

import pypdf
import pytest
from matplotlib import rcParams

from analysis.plotting import scripts, style

NAMES = ["房间", "ひらがな", "한국어", "غرفة خاصة", "निजी कमरा"]


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(scripts, "used", [])
    monkeypatch.setattr(scripts, "missing", {})
    kept = (scripts.files, scripts.font_family_for)
    for known in kept:
        known.cache_clear()
    yield
    for known in kept:
        known.cache_clear()


def drawn(names):
    figure, axes = style.figure()
    axes.barh([style.text(name) for name in names], range(len(names)))
    return style.saved(figure)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_drawn_in_its_script_and_can_be_searched(name):
    if not all(scripts.font_family_for(letter) for letter in name.replace(" ", "")):
        pytest.skip(f"no font of this system has {name}")
    assert style.text(name) == name
    page = pypdf.PdfReader(io.BytesIO(drawn([name]))).pages[0]
    assert set(name) - {" "} <= set(page.extract_text())
    assert not scripts.warnings()


def test_without_a_font_a_name_is_its_codes_and_the_package_is_named(monkeypatch):
    monkeypatch.setattr(scripts, "FOLDERS", ())
    assert [style.text(name) for name in ("房间", "कमरा")] == ["U+623FU+95F4", "U+0915U+092EU+0930U+093E"]
    said = "letters are codes in the figures, as no font has them; install"
    asian, indian = scripts.warnings()
    assert asian == f"Chinese, Japanese or Korean {said} fonts-noto-cjk"
    assert indian == f"Devanagari {said} fonts-noto-core"


def test_a_figure_in_latin_letters_asks_the_system_for_no_font(monkeypatch):
    monkeypatch.setattr(scripts, "files", lambda: pytest.fail("the system's fonts were looked into"))
    first = drawn(["Private room", "São Paulo", "Москва", "αβ"])
    assert scripts.used == []
    assert rcParams["pdf.fonttype"] == 42
    assert drawn(["Private room", "São Paulo", "Москва", "αβ"]) == first


def test_a_figure_is_the_same_to_the_byte_each_time():
    assert drawn(NAMES) == drawn(NAMES)
