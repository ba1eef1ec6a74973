"""Claims: one branch is printed, what was compared is kept, and no branch means no report."""

import itertools

import jinja2
import pytest

from report_src.errors import RenderError
from report_src.numbers.claim_records import as_tree
from report_src.numbers.values import wrap
from report_src.rendering.engine import environment, render_text
from report_src.rendering.source_marks import claim_places, take_out

RESULTS = {"a": {"mean": 0.75, "half_width": 0.1}, "b": {"mean": 0.5}, "names": ["x_1", "y%"]}


def marked(source, **extra):
    """Return the text with its marks of places, and the engine that rendered it."""
    engine = environment()
    engine.loader = jinja2.DictLoader({"t.j2": source})
    tree = {**RESULTS, **extra}
    return render_text(engine, "t.j2", {key: wrap(value, key, engine.ledger) for key, value in tree.items()}), engine


def rendered(source, **extra):
    text, engine = marked(source, **extra)
    return take_out(text)[0], engine


BLOCK = (
    '\\BLOCK{claim "ahead" if a.mean > b.mean}\nA is ahead.\n\\BLOCK{otherwise if a.mean < b.mean}\nB is ahead.\n'
    "\\BLOCK{otherwise}\nThey are equal.\n\\BLOCK{endclaim}\n"
)


@pytest.mark.parametrize(
    ("a", "sentence", "branch"), [(0.75, "A is ahead.", 0), (0.25, "B is ahead.", 1), (0.5, "They are equal.", 2)]
)
def test_the_branch_whose_condition_holds_is_printed_and_kept(a, sentence, branch):
    text, engine = rendered(BLOCK, a={"mean": a})
    (claim,) = engine.claims
    assert text.strip() == sentence
    assert claim.branch == branch
    assert claim.values == {"a.mean": a, "b.mean": 0.5}
    assert claim.margin == pytest.approx(abs(a - 0.5))
    assert claim.condition == "a.mean > b.mean | a.mean < b.mean | otherwise"


def test_a_claim_without_a_true_branch_stops_with_place_condition_and_values():
    source = 'text\n\\BLOCK{claim "x" if a.mean > 2}\nA\n\\BLOCK{otherwise if a.mean > 1}\nB\n\\BLOCK{endclaim}\n'
    with pytest.raises(RenderError, match=r"templates/t.j2:2: claim 'x': no branch holds \(a.mean > 2.*a.mean = 0.75"):
        rendered(source)


def test_a_claim_with_a_single_branch_is_refused():
    with pytest.raises(RenderError, match=r"t.j2:1: claim 'x' has one branch"):
        rendered('\\BLOCK{claim "x" if a.mean > 0}\nA\n\\BLOCK{endclaim}\n')


def test_the_inline_form_decides_and_is_kept():
    text, engine = rendered('A is \\BLOCK{say "w": "higher" if a.mean > b.mean otherwise "not higher"}.')
    assert text == "A is higher."
    assert engine.claims[0].comparisons[0].right == 0.5
    assert engine.claims[0].condition == '"higher" if a.mean > b.mean otherwise "not higher"}.'[:-2]


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(RenderError, match=r"unknown key 'a.maen'; nearest: a.mean"):
        rendered("\\VAR{a.maen | percent}")


BARE = ["\\VAR{a.mean}", "\\VAR{a}", "\\VAR{1.5}", "\\VAR{(a.mean + 1) | percent}", "\\VAR{none}"]


@pytest.mark.parametrize("bad", BARE)
def test_numbers_without_style_or_key_are_refused(bad):
    with pytest.raises(RenderError):
        rendered(bad)


def test_text_is_escaped_and_numbers_carry_their_key():
    text, engine = rendered("\\VAR{names[1]} \\VAR{a.mean | percent} \\VAR{names[0] | name}")
    assert text == r"y\% \result{a.mean}{75.0\,\%} \texttt{x\_\allowbreak{}1}"
    assert {"names[1]", "a.mean"} <= engine.ledger.used


def test_every_line_of_the_document_leads_back_to_its_template_line():
    source = (
        "one\n\\BLOCK{for n in names}\n  item \\VAR{n}\n\\BLOCK{endfor}\n\\NOTE{two\nlines}\n"
        "last \\VAR{\n a.mean | percent} x\nend\n"
    )
    document, places = take_out(marked(source)[0])
    lines = dict(zip(document.split("\n"), places, strict=True))
    assert lines["one"] == ("t.j2", 1)
    assert lines["  item x\\_1"] == ("t.j2", 3)
    assert lines["  item y\\%"] == ("t.j2", 3)
    assert lines["end"] == ("t.j2", 9)
    assert [line for line in lines if line.startswith("last")]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('\\BLOCK{claim "a" if a.mean > 0.5}\nIt is\nlarge.\n\\BLOCK{otherwise}\nSmall.\n\\BLOCK{endclaim}\n',
         ["It is\nlarge.\n"]),
        ('x \\VAR{a.mean | percent} \\BLOCK{say "a": "high" if a.mean > 0.5 otherwise "low"}er\n', ["high"]),
        ('\\BLOCK{for n in names}\n\\BLOCK{claim "a" if a.mean > 0.5}\n- \\VAR{n}\n\\BLOCK{otherwise}\n'
         '\\BLOCK{endclaim}\n\\BLOCK{endfor}\n', ["- x\\_1\n", "- y\\%\n"]),
    ],
)  # fmt: skip
def test_the_place_of_each_claim_is_known_in_the_document(source, words):
    text, _ = marked(source)
    lines = take_out(text)[0].split("\n")
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
    document = "\n".join(lines)
    places = claim_places(text)
    assert [number for number, *_ in places] == list(range(len(words)))
    found = [document[starts[a - 1] + b : starts[c - 1] + d] for _, a, b, c, d in places]
    assert found == words


def test_a_command_before_a_value_does_not_swallow_its_letters():
    assert rendered("\\small\\VAR{names[1]} \\\\\\VAR{names[1]}")[0] == r"\small y\% \\y\%"


NOISY = {"mean": 0.75, "half_width": 0.3}


@pytest.mark.parametrize(
    ("condition", "noise", "within"),
    [
        ("n.mean > b.mean", 0.3, True),
        ("b.mean < n.mean", 0.3, True),
        ("n.mean > 0.1", 0.3, False),
        ("n.mean - b.mean > 0", 0.3, True),
        ("n.mean > a.mean - 0.5", (0.3**2 + 0.1**2) ** 0.5, False),
        ("n.mean > n.half_width", 0.0, False),
        ("n.mean > 2 * n.half_width", 0.0, False),
        ("b.mean < 9", 0.0, False),
    ],
)
def test_a_claim_that_holds_by_less_than_its_noise_says_so(condition, noise, within):
    _, engine = rendered(f'\\BLOCK{{claim "x" if {condition}}}A\\BLOCK{{otherwise}}B\\BLOCK{{endclaim}}', n=NOISY)
    (claim,) = engine.claims
    assert claim.branch == 0
    assert claim.comparisons[0].noise == pytest.approx(noise)
    assert claim.within_noise == within
    assert as_tree(claim)["within_noise"] == within


def test_a_value_that_was_given_another_name_keeps_its_noise():
    source = (
        "\\BLOCK{set m = n.mean}\\BLOCK{if b.mean > 0}x\\BLOCK{endif}\n"
        '\\BLOCK{say "x": "more" if m > b.mean otherwise "no more"}'
    )
    claim = rendered(source, n=NOISY)[1].claims[0]
    assert set(claim.comparisons[0].keys) == {"n.mean", "b.mean"}
    assert claim.within_noise


def test_a_branch_that_narrowly_does_not_hold_counts_as_well():
    source = '\\BLOCK{claim "x" if n.mean < b.mean}A\\BLOCK{otherwise}B\\BLOCK{endclaim}'
    claim = rendered(source, n=NOISY)[1].claims[0]
    assert claim.branch == 1
    assert claim.within_noise
