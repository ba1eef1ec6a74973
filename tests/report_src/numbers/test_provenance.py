"""Every key leads to its meaning, its field and its function, and to the template lines that read it."""

import json
import re
import subprocess
import sys

import jinja2
import pytest

from analysis.declaration import studies_in
from analysis.results.types import Replicated
from report_src.errors import BuildError
from report_src.numbers.answer import keys_of_value
from report_src.numbers.lookup import nearest, nodes, unused, where
from report_src.numbers.origin import computed_at
from report_src.numbers.provenance import Provenance
from report_src.numbers.values import wrap
from report_src.project import ROOT
from report_src.rendering.engine import environment, render_text

HOME = ROOT / "starter"  # the report that `make new` makes
SUMMARY = {"mean": 0.5, "std": 0.1, "half_width": 0.9, "minimum": 0.4, "maximum": 0.6, "replicates": [0.4, 0.6]}
TREE = {
    "logistic": {
        "rows": 7,
        "commonest": 0.6,
        "margin": SUMMARY,
        "weights": [{"feature": "a", "weight": 0.3}, {"feature": "b", "weight": 0.4}],
    },
    "inputs": {"packages": {"numpy": "2.4.0"}, "train": {"sha256": "0f"}},
    "settings": {"run": {"iterations": 400}},
}
SOURCE = """\\VAR{logistic.rows | count}
\\BLOCK{for w in logistic.weights}
\\VAR{w.feature} \\VAR{w.weight | decimal}
\\BLOCK{endfor}
\\BLOCK{if logistic.commonest > 0}\\VAR{logistic.margin | pm_percent}\\BLOCK{endif}
"""


@pytest.fixture(scope="module")
def known():
    """Return what the keys of the small report mean; its studies are the package `studies` from here on."""
    return Provenance(
        studies_in(HOME / "studies"), lambda shown: (HOME if shown.startswith("studies/") else ROOT) / shown
    )


@pytest.fixture
def work(tmp_path):
    """Return what rendering SOURCE leaves behind."""
    engine = environment()
    engine.loader = jinja2.DictLoader({"sections/t.tex.j2": SOURCE})
    context = {name: wrap(branch, name, engine.ledger) for name, branch in TREE.items()}
    render_text(engine, "sections/t.tex.j2", context)
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "logistic-loss.pdf").touch()
    (tmp_path / "reads.json").write_text(json.dumps(engine.ledger.places))
    return tmp_path


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("logistic.validation_accuracy", "validation"),
        ("logistic.validation_accuracy.mean", "accuracy"),
        ("logistic.weights[0].weight", "weight per standard deviation"),
        ("logistic.weights.length", "number of entries"),
        ("inputs.packages.numpy", "version"),
        ("inputs.train.sha256", "SHA-256"),
        ("settings.run.iterations", "setting"),
        ("derivations.table[0].steps", "derivations"),
    ],
)
def test_a_key_has_the_meaning_of_its_field(known, key, words):
    assert words in known.meaning(key)


@pytest.mark.parametrize("field", ["mean", "std", "replicates[1]"])
def test_a_field_of_a_summary_means_what_it_summarises(known, field):
    assert known.meaning(f"logistic.margin.{field}") == known.meaning("logistic.margin") != ""


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("logistic.margin.std", "LogisticRecord.margin"),
        ("logistic.margin.replicates[0]", "LogisticRecord.margin"),
        ("logistic.weights[1].feature", "Weight.feature"),
        ("inputs.packages.numpy", "InputsRecord.packages"),
        ("settings.run.iterations", "RunSettings.iterations"),
    ],
)
def test_a_key_leads_to_the_line_of_its_field(known, key, field):
    path, line, name = re.fullmatch(r"([\w/]+\.py):(\d+) (.*)", known.field(key, ROOT)).groups()
    assert name.endswith(field)
    declared = (ROOT / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert declared.strip().startswith(field.rpartition(".")[2] + ":")


def test_a_study_leads_to_the_line_of_its_function(known):
    path, _, line = known.source("logistic").partition(":")
    assert (HOME / path).read_text(encoding="utf-8").splitlines()[int(line) - 1].startswith("def run(")
    assert known.source("settings") == "report.toml"


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        ("logistic.rows", [1]),
        ("logistic.weights[1].weight", [3]),
        ("logistic.commonest", [5]),
        ("logistic.margin.std", [5]),
        ("logistic.margin", [5]),
        ("logistic", [1, 3, 5]),
    ],
)
def test_where_names_each_template_line_that_reads_a_key(known, work, key, lines):
    rows = where(key, TREE, work, known, ROOT)
    assert rows["read at"] == [f"templates/sections/t.tex.j2:{line}" for line in lines]


def test_where_says_value_meaning_field_function_and_figures(known, work):
    rows = where("logistic.rows", TREE, work, known, ROOT)
    assert (rows["value"], rows["unit"]) == (["7"], ["count"])
    assert rows["meaning"] == [known.meaning("logistic.rows")]
    assert rows["field"][0].startswith("starter/studies/logistic/record.py:")
    assert rows["computed at"][0].startswith("starter/studies/logistic/study.py:")
    assert rows["figures"] == ["logistic-loss.pdf"]


def test_where_names_each_claim_whose_condition_reads_a_key(known, work):
    claims = [{"id": name, "template": "a.tex.j2", "line": line, "values": {key: 7}}
              for name, line, key in (("many", 3, "logistic.rows"), ("other", 9, "logistic.commonest"))]  # fmt: skip
    (work / "claims.json").write_text(json.dumps(claims))
    many, other = "templates/a.tex.j2:3 many", "templates/a.tex.j2:9 other"
    assert where("logistic.rows", TREE, work, known, ROOT)["claims"] == [many]
    assert where("logistic", TREE, work, known, ROOT)["claims"] == [many, other]
    assert where("inputs.train.sha256", TREE, work, known, ROOT)["claims"] == ["(no claim rests on it)"]


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("logistic.commonest", "fraction"),
        ("logistic.validation_accuracy.std", "fraction"),
        ("logistic.first_loss", "nats"),
        ("logistic.rows", "count"),
        ("logistic.weights[0].weight.mean", "1"),
        ("logistic.weights[0].feature", ""),
    ],
)
def test_the_unit_of_a_value_is_that_of_its_description(known, key, unit):
    assert known.unit(key) == unit


@pytest.mark.parametrize("key", ["logistic.margin.mean", "logistic.rows", "logistic.validation_accuracy"])
def test_the_line_that_computes_a_value_assigns_its_field(key):
    lines = computed_at(key, HOME / "studies/logistic", ROOT)
    assert lines
    for line in lines:
        path, number, code = re.fullmatch(r"([\w/]+\.py):(\d+)  (.*)", line).groups()
        assert (ROOT / path).read_text(encoding="utf-8").splitlines()[int(number) - 1].strip() == code
        assert key.split(".")[1] in code
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


def test_where_says_so_when_no_template_reads_a_key(known, work):
    assert where("inputs.train.sha256", TREE, work, known, ROOT)["read at"] == ["(no template reads it)"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("logistic.comonest", "logistic.commonest"),
        ("logistik.margin", "logistic.margin"),
        ("commonest", "logistic.commonest"),
        ("nothing like it", "keys begin with one of inputs, logistic, settings"),
    ],
)
def test_an_unknown_key_gets_the_nearest_ones(known, work, wrong, right):
    with pytest.raises(BuildError, match=f"unknown key '{wrong}'; (nearest: )?{right}") as failed:
        where(wrong, TREE, work, known, ROOT)
    assert failed.value.status == 2


def test_the_nearest_keys_are_few():
    assert nearest("fit.row", [f"fit.row{n}" for n in range(50)]).count(",") == 4


def test_unused_keys_are_those_that_no_template_reads():
    read = {"logistic.rows", "logistic.commonest", "logistic.margin.mean", "logistic.weights[1].weight"}
    assert unused(read, {"logistic": TREE["logistic"]}) == ["logistic.weights[].feature"]


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
