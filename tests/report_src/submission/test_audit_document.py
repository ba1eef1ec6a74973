"""The attached document: its derivations and claims are checked again, its sentences compared with the templates."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from report_src.submission import audit_document, other_processors
from report_src.submission.attached import Attached
from report_src.submission.audit_finding import Compared

DERIVATION = r"""\begin{derivation}{square}
Let $x \in \mathbb{R}$.
\begin{align*}
  (x + 1)^2 &= x^2 + 2 x + 1
\end{align*}
\end{derivation}
"""
RESULTS = {"a": {"high": 0.8, "low": 0.3, "rows": 5}}
CLAIM = {"id": "higher", "conditions": ["a.high > a.low", "otherwise"], "branch": 0, "values": {"a.high": 0.8}}


def attached(document: str = "", *claims: dict[str, Any]) -> Attached:
    return Attached(RESULTS, b"", document, list(claims))


def compared(document: str, tmp_path: Path, *claims: dict[str, Any]) -> Compared:
    return audit_document.compare(attached(document, *claims), RESULTS, tmp_path)


def test_a_derivation_is_checked_again_and_a_wrong_row_named(tmp_path: Path) -> None:
    assert compared(DERIVATION, tmp_path).findings == []
    (finding,) = compared(DERIVATION.replace("2 x", "3 x"), tmp_path).findings
    assert (finding.kind, finding.name) == ("derivation", "square")
    assert finding.old == "line 4 of report.tex"


def test_a_document_without_derivations_is_not_said_to_agree_in_them(tmp_path: Path) -> None:
    assert compared("no rows", tmp_path).left_out == ["the derivations, as the document has none"]


@pytest.mark.parametrize(
    ("change", "there", "here"),
    [
        ({"branch": 1}, "branch 1", "branch 0 holds"),
        ({"values": {"a.high": 0.9}}, "a.high = 0.9", "0.8 rebuilt"),
        ({"values": {"a.rows": 6}}, "a.rows = 6", "5 rebuilt"),
    ],
)
def test_a_claim_is_decided_again(tmp_path: Path, change: dict[str, Any], there: str, here: str) -> None:
    assert compared(DERIVATION, tmp_path, CLAIM).findings == []
    (finding,) = compared(DERIVATION, tmp_path, CLAIM | change).findings
    assert (finding.kind, finding.name, finding.old, finding.new) == ("claim", "higher", there, here)


@pytest.mark.parametrize("condition", ["row.gain > 0", "().__class__", "a.high / 0", "((", "a.high < 'x'"])
def test_a_condition_that_reads_more_than_results_decides_nothing(tmp_path: Path, condition: str) -> None:
    claim = CLAIM | {"conditions": [condition, "otherwise"], "branch": 0}
    found = compared(DERIVATION, tmp_path, claim)
    assert found.findings == []
    assert "the values of 1 claims and the branches of 0" in found.compared


@pytest.mark.parametrize(
    "line",
    [r"\renewcommand{\result}[2]{99}", r"\def\result#1#2{99}", r"\let\printednumber\relax", r"\gdef\result#1#2{9}",
     r"\RenewDocumentCommand{\result}{mm}{99}", r"\DeclareDocumentCommand\printednumber{mm}{9}"],
)  # fmt: skip
def test_a_document_that_prints_its_numbers_in_its_own_way_differs(tmp_path: Path, line: str) -> None:
    found = compared(line + DERIVATION, tmp_path).findings
    assert [one.old for one in found if one.kind == "number"] == ["defined again"]


HERE = "commit \\texttt{abc}\nIt is \\result{a.high}{80\\,\\%}, much worse.\n"


def with_templates(document: str, tmp_path: Path, ours: str = "abc") -> Compared:
    (tmp_path / "report.tex").write_text(HERE, encoding="utf-8")
    project: Any = SimpleNamespace(commit=ours, work=tmp_path)
    return audit_document.with_templates(attached(document), project, lambda project: None)


def test_sentences_are_compared_with_the_templates_of_the_same_commit(tmp_path: Path) -> None:
    assert with_templates(HERE, tmp_path).findings == []
    assert with_templates(HERE.replace("80", "81"), tmp_path).findings == []  # a number is compared by its key
    (finding,) = with_templates(HERE.replace("worse", "better"), tmp_path).findings
    assert finding.kind == "sentence"
    assert "better" in finding.old
    assert "worse" in finding.new


@pytest.mark.parametrize("ours", ["def", "", "abc+"])
def test_sentences_of_another_commit_are_said_not_to_be_compared(tmp_path: Path, ours: str) -> None:
    found = with_templates(HERE.replace("worse", "better"), tmp_path, ours)
    assert found.findings == []
    assert found.left_out[0].startswith("the sentences with their templates: made at commit abc")


def test_the_kernels_are_found_that_give_the_values() -> None:
    project: Any = None
    values = {"a": [float(n) for n in range(100)]}
    one = {"a": [value + (n == 7) for n, value in enumerate(values["a"])]}  # one value was changed
    other = {"a": [value + 1e-9 for value in values["a"]]}
    built = {"Sandybridge": other, "Haswell": values, "SkylakeX": other}

    def build(project: Any, name: str) -> Any:
        return project, built[name]

    assert other_processors.matching(one, (project, values), build) == ((project, values), "")
    assert other_processors.matching(one, (project, other), build) == ((project, values), "Haswell")
    invented = {"a": [-1.0] * 100}
    assert other_processors.matching(invented, (project, values), build) == ((project, values), "none")
