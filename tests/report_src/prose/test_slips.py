"""Slips that print otherwise than they were meant are named with their place."""

from pathlib import Path

import pytest

from report_src.prose.slips import slips


def found(folder: Path, text: str) -> list[str]:
    """Return what is said of a template that holds a text."""
    (folder / "a.tex.j2").write_text(text)
    return slips(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("We see the the loss.", "1:8: a doubled word in 'the the'; type the"),
        ("It falls and\n  and stays.", "1:10: a doubled word"),
        ("As Figure~7 shows.", "1:4: a typed reference in 'Figure 7'"),
        ("See Section 9 and (Table 3).", "1:5: a typed reference in 'Section 9'"),
        ("It is [insert result here].", "a placeholder"),
        ("Your text here.", "a placeholder"),
        ('\\VAR{"clearly better" | text}', "prints a typed text"),
        ('\\VAR{"99.9"}', "prints a typed text"),
        ("\\result{a.b}{ninety}", "is written by a style only"),
        ("\\answer{B1}{Title.}\n\n\\answer{B2}{Title.}\nWords.", "has no text; answer it"),
        ("\\stepcounter{table}", "prints a number that is not counted"),
    ],
)
def test_a_slip_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in one for one in found(tmp_path, text)), found(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "He had had it; we see that that holds.",
        "the \\VAR{a.b} the",
        "As \\cref{fig:a} shows, Section~2.8 of the book, Question 2, Part A.",
        '\\VAR{a.b | plural("row")} \\VAR{table(a, [("x", "l", "y", "pm")])}',
    ],
)
def test_what_is_meant_is_left_alone(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []
