"""Results changed until a claim prints the branch that is asked for: also what no table of ours leads to is read."""

import copy
import dataclasses
import random
import re
from collections.abc import Iterator, Sequence
from typing import Any
from unittest import mock

from jinja2 import nodes

from report_src.errors import RenderError
from report_src.numbers import engine_words
from report_src.numbers.claim_records import Claim
from report_src.numbers.values import Ledger, wrap
from report_src.rendering.claims import Claims
from report_src.rendering.engine import TEMPLATES, Environment, environment, render_text
from report_src.rendering.source_marks import take_out

STEPS = 8  # changes in a row before the search starts again from results as they were
TRIES = 1500  # renderings that one branch may cost; most take a few
FRONT = {"draft": False, "findings": [], "placeholders": [], "repository": "", "commit": "",
         "scans": {"part_c": [], "question_2": []}, "texts": engine_words.load(), "references": False}  # fmt: skip

Tree = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Page:
    """One template rendered with some results: its text, and the claims that it decided."""

    text: str
    claims: tuple[Claim, ...]

    def claim(self, identity: str) -> Claim | None:
        """Return a claim of the page, the first where a loop decides it often; None where it was not reached."""
        return next((claim for claim in self.claims if claim.id == identity), None)


def page_of(engine: Environment, template: str, tree: Tree) -> Page:
    """Render a template with these results and settings; RenderError where that cannot be.

    An engine keeps the templates that it has compiled, so that the next page costs little.
    """
    engine.claims, engine.ledger = [], Ledger()
    context = {name: wrap(branch, name, engine.ledger) for name, branch in tree.items()}
    text, _ = take_out(render_text(engine, template, context | FRONT))
    return Page(text, tuple(engine.claims))


def branches_of(template: str) -> dict[str, list[list[str]]]:
    """Return claim -> the pieces of text that each of its branches prints whatever the results are."""
    found: dict[str, list[list[str]]] = {}
    decision = Claims._decision

    def watched(self: Claims, branches: Any, arguments: list[Any], line: int) -> nodes.Node:
        found[arguments[0]] = [list(_literals(body)) for _, body in branches]
        return decision(self, branches, arguments, line)

    with mock.patch.object(Claims, "_decision", watched):
        environment().parse((TEMPLATES / template).read_text(encoding="utf-8"), template, template)
    return found


def _literals(body: Sequence[nodes.Node]) -> Iterator[str]:
    for node in body:
        for piece in node.nodes if isinstance(node, nodes.Output) else ():
            if isinstance(piece, nodes.TemplateData | nodes.Const):
                text = take_out(str(piece.data if isinstance(piece, nodes.TemplateData) else piece.value))[0]
                yield from filter(None, [" ".join(text.split())])


def page_with(engine: Environment, template: str, trees: Sequence[Tree], identity: str, branch: int) -> Page | None:
    """Return a page on which a claim prints a branch; None where no change of what its conditions read leads there.

    The search walks at random: one value that the conditions read takes the value of another one, or one just
    beside it, until the branch is printed. Every page is the real template with otherwise real results.
    """
    rng = random.Random(f"{identity} {branch}")
    starts = [(tree, page) for tree in trees if (page := page_of(engine, template, tree)).claim(identity)]
    left = TRIES
    while starts and left > 0:
        for tree, page in starts:
            for _ in range(STEPS):
                claim = page.claim(identity)
                if claim is None:
                    break
                if claim.branch == branch:
                    return page
                tree = changed(tree, claim, rng)
                left -= 1
                try:
                    page = page_of(engine, template, tree)
                except RenderError:
                    break
    return None


def changed(tree: Tree, claim: Claim, rng: random.Random) -> Tree:
    """Return results in which one value that the claim read is another."""
    key = rng.choice([key for key in claim.values if _may_change(key, tree)])
    study = key.split(".", 1)[0]
    made = {**tree, study: copy.deepcopy(tree[study])}
    if key.endswith(".length"):
        *place, last = _steps(key.removesuffix(".length"))
        owner = _at(made, place)
        owner[last] = _other_list(owner[last], made, rng)
    else:
        *place, last = _steps(key)
        owner = _at(made, place)
        owner[last] = _other_value(owner[last], claim, made, rng)
    first, *others = made["attribution"]["ranking"]
    if key == "attribution.leader.alone" and not first["tied_with"]:  # a leader that is not alone is so with somebody
        first["tied_with"] = [other["feature"] for other in others[:1]]
    return made


def _may_change(key: str, tree: Tree) -> bool:
    """Whether results may have another value there; a record has the same fields always."""
    counted = _at(tree, _steps(key.removesuffix(".length"))) if key.endswith(".length") else None
    return not key.startswith(("settings.", "derivations.")) and not isinstance(counted, dict)


def _other_list(items: list[Any], tree: Tree, rng: random.Random) -> list[Any]:
    """Return a list of another length; one that was empty holds names of features, or pairs of them."""
    names = [row["name"] for row in tree["eda"]["evidence"]["by_feature"]]
    full = items or rng.choice([names, [tree["eda"]["correlations"]["strongest_pair"]]])
    return full[: rng.randrange(len(full) + 1)]


def _other_value(value: Any, claim: Claim, tree: Tree, rng: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        typed = re.findall(r'"([^"]+)"', claim.condition)
        read = [other for other in claim.values.values() if isinstance(other, str)]
        return rng.choice(
            [
                *typed,
                *read,
                *(row["name"] for row in tree["eda"]["evidence"]["by_feature"]),
                *(row["name"] for row in tree["eda"]["classes"]["by_class"]),
            ]
        )
    if isinstance(value, int | float):
        sides = [side for one in claim.comparisons for side in (one.left, one.right)] or [value]
        near = rng.choice([*sides, 0, 1, value])
        other = rng.choice([near, near + 1, near - 1, near / 2, -near, 2 * near + 1])
        return abs(round(other)) if isinstance(value, int) else float(other)
    return value


def _steps(key: str) -> list[str | int]:
    return [int(part[1:-1]) if part[0] == "[" else part for part in re.findall(r"[^.\[\]]+|\[\d+\]", key)]


def _at(tree: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        tree = tree[step]
    return tree
