"""Every claim of the templates has two branches at least, an id of its own, and conditions that read a result."""

import pytest
from jinja2 import nodes

from analysis.contract import results_type
from analysis.declaration import shipped
from report_src.rendering.claims import Claims
from report_src.rendering.engine import TEMPLATES, environment

RESULTS = {*results_type(shipped()).__struct_fields__, "derivations"}  # names under which templates find results
PATHS = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.tex.j2"))


def claims_of(source, monkeypatch):
    """Return ([(id, condition nodes of its branches)], alias -> expressions it may stand for) of one template."""
    found = []
    decision = Claims._decision

    def watched(self, branches, arguments, line):
        found.append((arguments[0], [condition for condition, _ in branches]))
        return decision(self, branches, arguments, line)

    monkeypatch.setattr(Claims, "_decision", watched)
    tree = environment().parse(source, "t", "t")
    aliases = {}
    for kind, target, value in ((nodes.Assign, "target", "node"), (nodes.For, "target", "iter")):
        for node in tree.find_all(kind):
            for name in names(getattr(node, target)):
                aliases.setdefault(name, []).append(getattr(node, value))
    for macro in tree.find_all(nodes.Macro):
        for position, argument in enumerate(macro.args):
            for call in tree.find_all(nodes.Call):
                if isinstance(call.node, nodes.Name) and call.node.name == macro.name and position < len(call.args):
                    aliases.setdefault(argument.name, []).append(call.args[position])
    return found, aliases


def names(node):
    return {name.name for name in [*node.find_all(nodes.Name), *([node] if isinstance(node, nodes.Name) else [])]}


def reads_a_result(node, aliases, seen=frozenset()):
    for name in names(node) - seen:
        if name in RESULTS or any(reads_a_result(value, aliases, seen | {name}) for value in aliases.get(name, ())):
            return True
    return False


@pytest.mark.parametrize("path", PATHS)
def test_every_claim_has_branches_and_every_condition_reads_a_result(path, monkeypatch):
    found, aliases = claims_of((TEMPLATES / path).read_text(encoding="utf-8"), monkeypatch)
    for identity, conditions in found:
        assert len(conditions) >= 2, f"{path}: claim '{identity}' has one branch"
        for condition in conditions:
            if condition is not None:
                assert reads_a_result(condition, aliases), f"{path}: a condition of claim '{identity}' reads no result"


def test_no_two_claims_share_an_id(monkeypatch):
    sources = [(TEMPLATES / path).read_text(encoding="utf-8") for path in PATHS]
    identities = [identity for source in sources for identity, _ in claims_of(source, monkeypatch)[0]]
    assert len(identities) > 40
    assert sorted(identities) == sorted(set(identities))


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("eda.rows > 3", True),
        ("alias > 3", True),
        ("settings.run.iterations > 3", False),
        ("typed", False),
        ("not eda.evidence.suspects", True),
    ],
)
def test_a_condition_without_a_result_is_noticed(condition, verdict, monkeypatch):
    source = (
        "\\BLOCK{set alias = training.relu}\\BLOCK{set typed = 7}"
        f'\\BLOCK{{claim "x" if {condition}}}A\\BLOCK{{otherwise}}B\\BLOCK{{endclaim}}'
    )
    found, aliases = claims_of(source, monkeypatch)
    assert reads_a_result(found[0][1][0], aliases) == verdict
