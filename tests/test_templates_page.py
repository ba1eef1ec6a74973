"""docs/templates.md names every style and nothing that does not exist."""

import re

import pytest

from report_src.numbers.formatting import FILTERS
from report_src.numbers.values import wrap
from report_src.project import ROOT
from report_src.rendering.engine import environment, render_text
from report_src.rendering.scans import Scans

PAGE = (ROOT / "docs/templates.md").read_text(encoding="utf-8")


def test_the_page_lists_every_style_and_no_other():
    table = PAGE.partition("| style | prints |")[2].partition("\n\n")[0]
    listed = [
        name
        for row in table.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    ]
    assert sorted(listed) == sorted(FILTERS)


def test_the_commands_of_the_page_are_defined():
    preamble = (ROOT / "templates/preamble.tex").read_text(encoding="utf-8")
    for command in ("answer", "answered", "runin", "alternative", "reportfigure"):
        assert f"\\{command}" in PAGE
        assert f"{{\\{command}}}" in preamble


@pytest.mark.parametrize(
    ("folder", "keys"),
    [
        ("templates", ("training.relu.validation_accuracy", "generalization.test_accuracy", "attribution.ranking")),
        ("starter/templates", ("logistic.commonest", "logistic.weights", "logistic.margin")),
    ],
)
def test_the_example_keys_of_the_page_are_read_by_a_template(folder, keys):
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.j2"))
    assert all(key in PAGE and key in templates for key in keys)


SUMMARY = {"mean": 0.3, "std": 0.1, "half_width": 0.1, "minimum": 0.2, "maximum": 0.4, "replicates": [0.2, 0.4]}
TREE = {
    "training": {"relu": {"validation_accuracy": SUMMARY}},
    "generalization": {"test_accuracy": SUMMARY, "validation_accuracy": SUMMARY},
    "attribution": {"ranking": [{"feature": "a_b", "score": 0.5}]},
    "logistic": {"weights": [{"feature": "a_b", "weight": SUMMARY}], "margin": SUMMARY},
}
EXAMPLES = re.findall(r"(?:^    .*\n)+", PAGE, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_of_the_page_renders(example, tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/a.tex.j2").write_text(re.sub(r"^    ", "", example, flags=re.MULTILINE), encoding="utf-8")
    engine = environment(tmp_path / "templates")
    context = {name: wrap(branch, name, engine.ledger) for name, branch in TREE.items()}
    text = render_text(engine, "a.tex.j2", context | {"scans": Scans({})})
    assert "\\VAR{" not in text
    assert "\\BLOCK{" not in text


def test_the_page_has_examples_of_every_kind():
    assert len(EXAMPLES) >= 6
    joined = "".join(EXAMPLES)
    for mark in ("| percent}", "claim", "table(", "\\reportfigure", "shared/scans"):
        assert mark in joined
