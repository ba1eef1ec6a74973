"""What a save changed is found by its words, wherever they moved to, and by its picture where no word changed."""

import pytest
from PIL import Image

from report_src.preview.changed_words import MOST, Span, changed_pictures, changed_words

PAGES = [["one", "two", "three", "four"], ["five", "six", "seven"], ["eight", "nine"]]


@pytest.mark.parametrize(
    ("new", "spans"),
    [
        (["one two three four", "five six seven", "eight nine"], []),
        (["one 2 three four", "five six seven", "eight nine"], [Span(1, 1, 2)]),
        (["one two three four", "five six new seven", "eight nine"], [Span(2, 2, 3)]),
        (["one two new new three", "four five six", "seven eight nine"], [Span(1, 2, 4)]),  # the rest only moved
        (["one two three", "five six seven", "eight nine"], [Span(2, 0, 0)]),  # taken out: in front of "five"
        (["one two three x", "y five six seven", "eight nine"], [Span(1, 3, 4), Span(2, 0, 1)]),
        (["1 two three four", "five six seven", "eight 9"], [Span(1, 0, 1), Span(3, 1, 2)]),
        (["one two three four", "five six seven", "eight nine", "ten"], [Span(4, 0, 1)]),
        (["one two three four", "five six seven", "eight"], []),  # nothing is left where the end was
    ],
)
def test_the_words_that_are_new_are_found(new: list[str], spans: list[Span]) -> None:
    assert changed_words(PAGES, [page.split() for page in new]) == spans


def test_of_another_report_some_changes_are_enough() -> None:
    old = [[str(number) for number in range(500)]]
    new = [[word for number in range(500) for word in (str(number), f"new-{number}")]]
    assert len(changed_words(old, new)) == MOST


def test_a_picture_that_changed_is_found_where_it_changed() -> None:
    white = [Image.new("L", (100, 100), 255) for _ in range(3)]
    other = [image.copy() for image in white]
    other[1].paste(0, (20, 30, 40, 50))
    other[2].paste(250, (0, 0, 9, 9))  # too little to be seen
    assert list(changed_pictures(white, other)) == [(2, (20, 30, 40, 50))]
    assert list(changed_pictures(white, [image.resize((50, 100)) for image in other])) == []
