"""The alternative text of a figure: a rendered sentence as a PDF string."""

import pytest

from report_src.rendering.figure_words import as_pdf_string
from report_src.tex.escape import pdf_string


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Two panels.", "Two panels."),
        (r"At \result{a.b}{83.0\,\%} here.", "At 83.0 % here."),
        (r"From \result{a}{41{,}348} to \result{b}{79.6\,\ensuremath{\pm}\,0.4\,\%}.", "From 41,348 to 79.6 ± 0.4 %."),
        ("\ue000sections/x.tex.j2:3\ue001One line.", "One line."),
        (r"A name/\allowbreak{}with breaks.", "A name/with breaks."),
    ],
)
def test_a_sentence_is_spoken_as_it_reads(sentence: str, words: str) -> None:
    assert as_pdf_string(sentence) == pdf_string(words)


@pytest.mark.parametrize(
    ("text", "string"),
    [("a (b)\n", "<61202862290A>"), ("é", "<FEFF00E9>"), ("\\}%#", "<5C7D2523>"), ("", "<>"), ("𝛿", "<FEFFD835DEFF>")],
)
def test_a_pdf_string_is_digits_alone(text: str, string: str) -> None:
    assert pdf_string(text) == string
