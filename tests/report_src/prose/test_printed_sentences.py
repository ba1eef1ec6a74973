"""A number is of the alternative that its sentence names, and is not printed as zero where it is none."""

import pytest

from report_src.prose.printed_sentences import unlike_their_sentences

RESULTS = {
    "training": {
        "relu": {"accuracy": 0.83, "rows": 8}, "sigmoid": {"accuracy": 0.35, "rows": 8},
        "gap": {"mean": 0.0003, "std": 0.1}, "accuracy": {"mean": 0.5, "std": 0.1},
    },
    "features": [{"name": "room_type", "share": 0.2}, {"name": "minimum_nights", "share": 0.7}],
}  # fmt: skip
RELU, SIGMOID = r"\result{training.relu.accuracy}{83.0\,\%}", r"\result{training.sigmoid.accuracy}{35.0\,\%}"


def said(sentence: str) -> list[str]:
    document = f"\\begin{{document}}\n{sentence}\n\\end{{document}}"
    places = [("report.tex.j2", 1), ("sections/1.tex.j2", 7), ("report.tex.j2", 3)]
    found = unlike_their_sentences(document, places, RESULTS)
    assert all(one.startswith("templates/sections/1.tex.j2:7: ") for one in found)
    return [one.removeprefix("templates/sections/1.tex.j2:7: ") for one in found]


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        (f"ReLU ends at {SIGMOID}.", "relu and not sigmoid"),
        (f"The network ends at {SIGMOID}. With sigmoid it ends at {RELU}.", "sigmoid and not relu"),
        (f"\\caption{{Accuracy of ReLU, which ends at {SIGMOID}}}", "relu and not sigmoid"),
        (r"The room_type explains \result{features[1].share}{70\,\%}.", "room_type and not minimum_nights"),
        (r"\texttt{minimum\_nights} explains \result{features[0].share}{20\,\%}.", "minimum_nights and not room_type"),
    ],
)
def test_a_sentence_that_names_another_alternative_than_its_number_is_a_finding(sentence: str, names: str) -> None:
    (one,) = said(sentence)
    assert f"its sentence names {names};" in one


@pytest.mark.parametrize(
    "sentence",
    [
        f"ReLU ends at {RELU} and sigmoid at {SIGMOID}.",
        f"ReLU ends at {RELU}, the other one at {SIGMOID}.",
        f"The network ends at {SIGMOID}. ReLU is the other activation.",
        f"See \\cref{{sec:relu}}: it ends at {SIGMOID}.",
        f"\\begin{{tabular}}{{lr}} ReLU & {SIGMOID} \\\\ \\end{{tabular}}",
        r"The accuracy is near the gap of \result{training.gap.mean}{0.0003}.",
        r"Relus use \result{training.sigmoid.rows}{8} rows.",
        r"ReLU has \result{settings.run.rows}{8} rows.",
        f"In contrast to ReLU, the logistic unit ends at {SIGMOID}.",
        f"Where ReLU dies, the activation of before still ends at {SIGMOID}.",
        r"Besides room type, the second feature explains \result{features[1].share}{70\,\%}.",
        r"The kind of Room Type that is rented explains \result{features[1].share}{70\,\%}.",
    ],
)
def test_nothing_is_said_of_a_sentence_that_names_its_own_number_or_none(sentence: str) -> None:
    assert said(sentence) == []


@pytest.mark.parametrize("printed", ["0.00", r"0.0\,\%", "$-0.0$", r"\ensuremath{-}0.00"])
def test_a_number_that_is_printed_as_zero_and_is_none_is_a_finding(printed: str) -> None:
    (one,) = said(rf"The gap is \result{{training.gap.mean}}{{{printed}}}.")
    assert "and it is 0.0003; give the style more digits" in one


@pytest.mark.parametrize(
    "printed", ["0.0003", r"0.0\,\ensuremath{\pm}\,0.1", r"\ensuremath{<} 0.01", "0.0 [-0.1, 0.1]"]
)
def test_a_zero_beside_a_spread_or_a_bound_is_none(printed: str) -> None:
    assert said(rf"The gap is \result{{training.gap.mean}}{{{printed}}}.") == []
