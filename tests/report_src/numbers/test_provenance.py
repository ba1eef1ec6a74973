"""Every key leads to its meaning, its field and its function, and to the template lines that read it."""

import json
import re
import subprocess
import sys

import jinja2
import pytest

from analysis.declaration import shipped
from analysis.results.types import Replicated
from report_src.errors import BuildError
from report_src.numbers.answer import keys_of_value
from report_src.numbers.lookup import nearest, nodes, unused, where
from report_src.numbers.origin import computed_at
from report_src.numbers.provenance import Provenance
from report_src.numbers.values import wrap
from report_src.project import ROOT
from report_src.rendering.engine import environment, render_text

KNOWN = Provenance(shipped(), ROOT.joinpath)
SUMMARY = {"mean": 0.5, "std": 0.1, "half_width": 0.9, "minimum": 0.4, "maximum": 0.6, "replicates": [0.4, 0.6]}
TREE = {
    "generalization": {"test_accuracy": SUMMARY, "gap_tolerance": 0.02},
    "eda": {"rows": 7, "classes": [{"name": "a", "rows": 3}, {"name": "b", "rows": 4}]},
    "inputs": {"packages": {"numpy": "2.4.0"}, "train": {"sha256": "0f"}},
    "settings": {"run": {"iterations": 400}},
}
SOURCE = """\\VAR{eda.rows | count}
\\BLOCK{for c in eda.classes}
\\VAR{c.name} \\VAR{c.rows | cell(0)}
\\BLOCK{endfor}
\\BLOCK{if generalization.gap_tolerance > 0}\\VAR{generalization.test_accuracy | pm_percent}\\BLOCK{endif}
"""


@pytest.fixture
def work(tmp_path):
    """Return what rendering SOURCE leaves behind."""
    engine = environment()
    engine.loader = jinja2.DictLoader({"sections/t.tex.j2": SOURCE})
    context = {name: wrap(branch, name, engine.ledger) for name, branch in TREE.items()}
    render_text(engine, "sections/t.tex.j2", context)
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "eda-classes.pdf").touch()
    (tmp_path / "reads.json").write_text(json.dumps(engine.ledger.places))
    return tmp_path


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("generalization.test_accuracy", "test"),
        ("training.relu.validation_accuracy.mean", "accuracy"),
        ("eda.classes.by_class[0].share", "share"),
        ("eda.classes.by_class.length", "number of entries"),
        ("inputs.packages.numpy", "version"),
        ("inputs.train.sha256", "SHA-256"),
        ("settings.run.iterations", "setting"),
        ("derivations.table[0].steps", "derivations"),
    ],
)
def test_a_key_has_the_meaning_of_its_field(key, words):
    assert words in KNOWN.meaning(key)


@pytest.mark.parametrize("field", ["mean", "std", "replicates[1]"])
def test_a_field_of_a_summary_means_what_it_summarises(field):
    summarised = KNOWN.meaning("generalization.test_accuracy")
    assert KNOWN.meaning(f"generalization.test_accuracy.{field}") == summarised


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("generalization.test_accuracy.std", "GeneralizationRecord.test_accuracy"),
        ("generalization.test_accuracy.replicates[0]", "GeneralizationRecord.test_accuracy"),
        ("eda.classes.by_class[1].share", "share"),
        ("inputs.packages.numpy", "InputsRecord.packages"),
        ("settings.run.iterations", "RunSettings.iterations"),
    ],
)
def test_a_key_leads_to_the_line_of_its_field(key, field):
    path, line, name = re.fullmatch(r"([\w/]+\.py):(\d+) (.*)", KNOWN.field(key, ROOT)).groups()
    assert name.endswith(field)
    declared = (ROOT / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert declared.strip().startswith(field.rpartition(".")[2] + ":")


def test_a_study_leads_to_the_line_of_its_function():
    path, _, line = KNOWN.source("eda").partition(":")
    assert (ROOT / path).read_text(encoding="utf-8").splitlines()[int(line) - 1].startswith("def run(")
    assert KNOWN.source("settings") == "report.toml"


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        ("eda.rows", [1]),
        ("eda.classes[1].rows", [3]),
        ("generalization.gap_tolerance", [5]),
        ("generalization.test_accuracy.std", [5]),
        ("generalization.test_accuracy", [5]),
        ("eda", [1, 3]),
    ],
)
def test_where_names_each_template_line_that_reads_a_key(work, key, lines):
    rows = where(key, TREE, work, KNOWN, ROOT)
    assert rows["read at"] == [f"templates/sections/t.tex.j2:{line}" for line in lines]


def test_where_says_value_meaning_field_function_and_figures(work):
    rows = where("eda.rows", TREE, work, KNOWN, ROOT)
    assert (rows["value"], rows["unit"]) == (["7"], ["count"])
    assert rows["meaning"] == [KNOWN.meaning("eda.rows")]
    assert rows["field"][0].startswith("analysis/studies/eda/record.py:")
    assert rows["computed at"][0].startswith("analysis/studies/eda/")
    assert rows["figures"] == ["eda-classes.pdf"]


def test_where_names_each_claim_whose_condition_reads_a_key(work):
    claims = [{"id": name, "template": "a.tex.j2", "line": line, "values": {key: 7}}
              for name, line, key in (("many", 3, "eda.rows"), ("other", 9, "eda.columns"))]  # fmt: skip
    (work / "claims.json").write_text(json.dumps(claims))
    assert where("eda.rows", TREE, work, KNOWN, ROOT)["claims"] == ["templates/a.tex.j2:3 many"]
    assert where("eda", TREE, work, KNOWN, ROOT)["claims"] == [
        "templates/a.tex.j2:3 many",
        "templates/a.tex.j2:9 other",
    ]
    assert where("inputs.train.sha256", TREE, work, KNOWN, ROOT)["claims"] == ["(no claim rests on it)"]


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("generalization.test_accuracy.mean", "fraction"),
        ("generalization.test_accuracy.std", "fraction"),
        ("eda.classes.entropy", "nats"),
        ("eda.rows", "count"),
        ("training.sweep[0].learning_rate", "1"),
        ("eda.majority_class", ""),
    ],
)
def test_the_unit_of_a_value_is_that_of_its_description(key, unit):
    assert KNOWN.unit(key) == unit


@pytest.mark.parametrize("key", ["attribution.wrong_loss_share.mean", "eda.rows", "generalization.test_accuracy"])
def test_the_line_that_computes_a_value_assigns_its_field(key):
    study, name = key.split(".")[:2]
    lines = computed_at(key, ROOT / "analysis/studies" / study, ROOT)
    assert lines
    for line in lines:
        path, number, code = re.fullmatch(r"([\w/]+\.py):(\d+)  (.*)", line).groups()
        assert (ROOT / path).read_text(encoding="utf-8").splitlines()[int(number) - 1].strip() == code
        assert name in code
        assert not code.startswith("def run")


def test_a_line_that_hands_a_value_on_is_not_where_it_is_computed(tmp_path):
    (tmp_path / "study.py").write_text("Record(share=summarise(r.share for r in rows))\n", encoding="utf-8")
    (tmp_path / "part.py").write_text("x = 1\nReplicate(share=wrong / total)\n", encoding="utf-8")
    assert computed_at("s.share.mean", tmp_path, tmp_path) == ["part.py:2  Replicate(share=wrong / total)"]
    assert computed_at("s.absent", tmp_path, tmp_path) == []


@pytest.mark.parametrize(
    ("number", "keys"),
    [
        ("34.9", ["g.a.mean"]), ("34.9 %", ["g.a.mean"]), ("41,348", ["g.n"]), ("41348", ["g.n"]), ("0.77", ["g.b"]),
        ("0.3", ["g.a.mean"]), ("12", []),
    ],
)  # fmt: skip
def test_a_number_on_paper_leads_to_its_keys(tmp_path, number, keys):
    document = tmp_path / "report.tex"
    document.write_text(r"\result{g.a.mean}{34.9\,\ensuremath{\pm}\,0.3\,\%} \result{g.n}{41{,}348}", encoding="utf-8")
    tree = {"g": {"a": {"mean": 0.34912}, "n": 41348, "b": 0.7714}}
    assert [line.split()[0] for line in keys_of_value(number, tree, document)] == keys


def test_a_closed_pipe_is_no_error():
    code = "from report_src.system import terminal\nwith terminal.plain(): terminal.say('x' * 10**6)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0


def test_where_says_so_when_no_template_reads_a_key(work):
    assert where("inputs.train.sha256", TREE, work, KNOWN, ROOT)["read at"] == ["(no template reads it)"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("generalization.test_acuracy", "generalization.test_accuracy"),
        ("generalisation.gap_tolerance", "generalization.gap_tolerance"),
        ("test_accuracy", "generalization.test_accuracy"),
        ("nothing like it", "keys begin with one of eda, generalization, inputs, settings"),
    ],
)
def test_an_unknown_key_gets_the_nearest_ones(work, wrong, right):
    with pytest.raises(BuildError, match=f"unknown key '{wrong}'; (nearest: )?{right}") as failed:
        where(wrong, TREE, work, KNOWN, ROOT)
    assert failed.value.status == 2


def test_the_nearest_keys_are_few():
    assert nearest("eda.row", [f"eda.row{n}" for n in range(50)]).count(",") == 4


def test_unused_keys_are_those_that_no_template_reads():
    assert unused({"eda.rows", "eda.classes[1].rows"}, {"eda": TREE["eda"]}) == ["eda.classes[].name"]


@pytest.mark.parametrize("field", ["mean", "replicates[1]"])
def test_a_summary_over_replicates_is_used_when_one_of_its_fields_is(field):
    tree = {"g": {"test": SUMMARY}}
    assert set(SUMMARY) == set(Replicated.__struct_fields__)
    assert unused(set(), tree) == ["g.test"]
    assert unused(set(), {**tree, "inputs": {"packages": {"numpy": "1"}}}) == ["g.test"]
    assert unused({f"g.test.{field}"}, tree) == []


def test_every_record_list_and_leaf_is_a_node():
    assert dict(nodes({"a": {"b": [1, {"c": 2}]}})) == {
        "a": {"b": [1, {"c": 2}]}, "a.b": [1, {"c": 2}], "a.b[0]": 1, "a.b[1]": {"c": 2}, "a.b[1].c": 2,
    }  # fmt: skip
