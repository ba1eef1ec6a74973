"""Every branch of every claim is printed by some results, and reads as a sentence there."""

import copy
import re
import shutil

import pytest
from jinja2 import DictLoader

from analysis.settings.load import load
from report_src.rendering.context import settings_tree
from report_src.rendering.engine import TEMPLATES, environment
from tests.end_to_end.branches import Page, Tree, branches_of, page_of, page_with
from tests.end_to_end.reports import Built
from tests.end_to_end.test_worlds import SHORT, world_once
from tests.marks import mostly_long

CLAIM = "\\BLOCK{claim "
WITH_CLAIMS = [
    name
    for name in sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.tex.j2"))
    if CLAIM in (TEMPLATES / name).read_text(encoding="utf-8")
]
ONE, MANY = "one build", "many worlds"
# one build leads to each of its branches; the others need results in which features are tied
FROM_ONE = ("sections/08_shared_bias.tex.j2",)
CASES = [*((ONE, template) for template in FROM_ONE), *((MANY, template) for template in WITH_CLAIMS)]
DISPLAYED = re.compile(
    r"\\begin\{(align\*?|tabular|algorithmic|tikzpicture|derivation)\}.*?\\end\{\1\}|\\\[.*?\\\]", re.DOTALL
)
LISTING = re.compile(r"\\begin\{lstlisting\}.*?\\end\{lstlisting\}", re.DOTALL)
LEFT_OPEN = re.compile(r"\bNone\b|\bnan\b|\binf\b|Undefined|\\VAR|\\BLOCK|\\NOTE")
HOLE = re.compile(r"\(\s*\)|[a-z}] [.,;:](?=\s)|,\s*,|\b(?:and|of|by|with|to)\s*[.;]|:\s*\.")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed"),
]


@pytest.fixture(scope="module")
def trees(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, small_project: Built) -> list[Tree]:
    """Results of one build, or of many worlds, with their settings, and once more with what these lack."""
    worlds = SHORT if getattr(request, "param", ONE) == MANY else ()
    found = []
    for built in [world_once(name, tmp_path_factory) for name in worlds] or [small_project]:
        settings = settings_tree(load(built.config, "quick"))
        beside = {"settings": settings, "derivations": {"table": [], "bindings": []}}  # no claim reads these
        found += [{**built.results, **beside}, {**edited(built.results), **beside}]
    return found


def edited(tree: Tree) -> Tree:
    """Return results with what no build has and a claim needs: twins, a feature without a say, a costly caution."""
    made = copy.deepcopy(tree)
    made["eda"]["table"]["duplicate_rows"] = 3
    made["eda"]["accuracies"]["twins"] = 2
    made["generalization"]["mitigation_test_gain"]["mean"] = -0.2
    made["attribution"]["relation"]["uninformative"] = [made["eda"]["evidence"]["by_feature"][0]["name"]]
    return made


@pytest.mark.parametrize(("trees", "template"), mostly_long(CASES, lambda case: case[0] == ONE), indirect=["trees"])
def test_every_branch_is_printed_by_some_results_and_reads_as_a_sentence(template: str, trees: list[Tree]) -> None:
    engine, unprinted, found = environment(), [], branches_of(template)
    assert found
    for identity, branches in found.items():
        for number, literals in enumerate(branches):
            page = page_with(engine, template, trees, identity, number)
            if page is None:
                unprinted.append(f"{identity}, branch {number + 1} of {len(branches)}")
            else:
                assert flaws(page, literals) == [], f"{identity}, branch {number + 1}"
    assert unprinted == [], "no results print these: remove the branch, or mend its condition"


def flaws(page: Page, literals: list[str]) -> list[str]:
    """Return what is wrong with a page that should hold the text of a branch."""
    whole = LISTING.sub("", page.text)
    bare = re.sub(r"\\[{}\\]", "", whole)
    found = [match.group() for match in (*LEFT_OPEN.finditer(whole), *HOLE.finditer(DISPLAYED.sub("", whole)))]
    if bare.count("{") != bare.count("}"):
        found.append("braces that do not match")
    longest = max(literals, key=len, default="")  # a branch may print results only
    if longest not in " ".join(page.text.replace(",{}", ",").split()):  # as escaped text keeps commas apart
        found.append(f"without {longest!r}")
    return found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ReLU is ahead by None.", ["None"]),
        ("The gaps of () depend.", ["()"]),
        ("The suspects are a and .", ["and ."]),
        ("It is \\textbf{ahead.", ["braces that do not match"]),
        ("It is not.", ["without 'ahead'"]),
        ("ReLU is ahead \\(x\\) \\{.", []),
    ],
)
def test_a_flaw_of_a_page_is_seen(text: str, said: list[str]) -> None:
    literals = ["ahead"] if said == ["without 'ahead'"] else [text.split()[0]]
    assert flaws(Page(text, ()), literals) == said


def test_a_branch_that_no_results_print_is_found(trees: list[Tree]) -> None:
    engine = environment()
    source = (
        '\\BLOCK{claim "x" if eda.rows > 0}\nA\n'
        "\\BLOCK{otherwise if eda.rows > 10 and eda.rows > 5 and eda.rows > 1}\nB\n\\BLOCK{otherwise}\nC\n"
        "\\BLOCK{endclaim}\n"
    )
    engine.loader = DictLoader({"t": source})
    assert page_of(engine, "t", trees[0]).claims[0].branch == 0
    assert page_with(engine, "t", trees[:1], "x", 1) is None
    assert page_with(engine, "t", trees[:1], "x", 2) is not None


@pytest.mark.parametrize("simulated", [True, False])
def test_the_first_page_says_that_data_are_simulated_where_they_are(simulated: bool, trees: list[Tree]) -> None:
    tree = {**trees[0], "inputs": {**trees[0]["inputs"], "simulated": simulated}}
    page = page_of(environment(), "front/title.tex.j2", tree)
    assert ("The data are simulated." in page.text) == simulated
