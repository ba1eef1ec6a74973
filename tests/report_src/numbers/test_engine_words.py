"""The engine's words in a report are those of one file, which a report overrides: here in German."""

from pathlib import Path

import pytest

from analysis.errors import InputError
from report_src.numbers import engine_words
from report_src.numbers.values import wrap
from report_src.prose import lint
from report_src.rendering.engine import environment, render_text

GERMAN = """[document]
language = "de-DE"
[names]
table = "Tabelle"
tables = "Tabellen"
[numbers]
words = ["null", "eins", "zwei"]
ordinals = ["nullter", "erster"]
ordinal_endings = ["."]
percentage_points = "Prozentpunkte"
and = "und"
[title]
code = "Quelltext:"
data = "Daten:"
missing = "noch auszufüllen:"
[programs]
julia = "das Programm in Julia"
"""
TREE = {"s": {"n": 2, "many": 21, "first": 1, "gap": 0.051, "names": ["a", "b"]}}


def report(folder: Path, text: str) -> Path:
    (folder / "templates/shared").mkdir(parents=True)
    (folder / engine_words.FILE).write_text(text, encoding="utf-8")
    return folder


def printed(home: Path | None, source: str) -> str:
    engine = environment()
    if home is not None:
        engine.ledger.texts = engine_words.load(home)
    context = {name: wrap(branch, name, engine.ledger) for name, branch in TREE.items()}
    return engine.from_string(source).render(context)


@pytest.mark.parametrize(
    ("source", "english", "german"),
    [
        (r"\VAR{s.n | words}", "two", "zwei"),
        (r"\VAR{s.many | words}", "21", "21"),
        (r"\VAR{s.first | ordinal}", "first", "erster"),
        (r"\VAR{s.many | ordinal}", "21st", "21."),
        (r"\VAR{s.gap | points}", "percentage points", "Prozentpunkte"),
        (r"\VAR{s.gap | at_most(1, 'points')}", "percentage points", "Prozentpunkte"),
        (r'\VAR{s.names | join_names("text")}', "a and b", "a und b"),
    ],
)
def test_numbers_and_lists_are_in_the_language_of_the_report(
    tmp_path: Path, source: str, english: str, german: str
) -> None:
    assert english in printed(None, source)
    assert german in printed(report(tmp_path, GERMAN), source)


def test_a_title_page_is_german(tmp_path: Path) -> None:
    home = report(tmp_path, GERMAN)
    engine = environment(home / "templates")
    engine.ledger.texts = engine_words.load(home)
    chosen = {"title": "Böden", "author": "A. Muster", "roll_number": "7", "institution": "", "course": "Statistik",
              "term": "", "assignment": "Übung 3", "example": False}  # fmt: skip
    settings = {"report": chosen, "data": {"source": "", "train": "böden.csv"}}
    context = {
        "settings": wrap(settings, "settings", engine.ledger), "draft": False, "placeholders": ["author"],
        "findings": [], "repository": "x", "commit": "", "inputs": wrap({"simulated": False}, "inputs", engine.ledger),
        "texts": engine.ledger.texts,
    }  # fmt: skip
    title = render_text(engine, "shared/title.tex.j2", context)
    assert "Quelltext:" in title
    assert "Daten:" in title
    assert "Code:" not in title
    assert "still to fill in" not in title


def test_judging_words_are_those_of_the_report(tmp_path: Path) -> None:
    home = report(tmp_path, GERMAN)
    (home / "templates/judging_words.toml").write_text('words = ["größer", "besser"]\n', encoding="utf-8")
    (home / "templates/a.tex.j2").write_text("Der Wert ist besser, not higher.\n", encoding="utf-8")
    assert [finding.name for finding in lint.check(home / "templates")] == ["besser"]


def test_texts_that_are_not_overridden_stay_and_programs_are_added(tmp_path: Path) -> None:
    found = engine_words.load(report(tmp_path, GERMAN))
    assert found["title"]["commit"] == engine_words.load()["title"]["commit"]
    assert found["programs"]["julia"] == "das Programm in Julia"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[title]\ncod = "x"\n',
            ":2: title.cod: expected a text that the engine prints, got 'title.cod'; nearest: title.code",
        ),
        ("[numbers]\nand = 3\n", ":2: numbers.and: expected 'and' in other words, got 3"),
        ("numbers = 3\n", r":1: numbers: expected a section, like \["),
        ("[numbers\n", "expected valid TOML"),
    ],
)
def test_a_mistake_in_the_texts_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as failed:
        engine_words.load(report(tmp_path, text))
    assert engine_words.FILE in str(failed.value)
