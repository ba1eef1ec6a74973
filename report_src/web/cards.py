"""Cards: what a number is and where it comes from, the verdict on a row, the values behind a sentence."""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from report_src.numbers.figure_sources import FigureSource

OPERATORS = {"gt": ">", "gteq": "≥", "lt": "<", "lteq": "≤", "eq": "=", "ne": "≠"}
DEFINITION = "definition"  # of a row that the checker does not judge


@dataclasses.dataclass(frozen=True)
class Card:
    """What a button opens: a heading, and terms with their explanations."""

    name: str
    title: str
    rows: Sequence[tuple[str, str]]


@dataclasses.dataclass
class Cards:
    """The cards that the page's buttons open, each made once, when a button first asks for it."""

    notes: Mapping[str, str]  # of keys: key and value, meaning, source, a line each
    derivations: Mapping[str, Mapping[str, Any]]
    claims: Sequence[Mapping[str, Any]]
    figure_source: Callable[[str], FigureSource | None] = lambda name: None  # of a figure's name
    made: dict[str, Card] = dataclasses.field(default_factory=dict)
    keys: dict[str, str] = dataclasses.field(default_factory=dict)

    def number(self, key: str) -> str:
        """Return the name of a number's card."""
        if key not in self.keys:
            self.keys[key] = f"number-{len(self.keys) + 1}"
            head, meaning, source = (*self.notes.get(key, key).split("\n"), "", "")[:3]
            shown, _, value = head.partition(" = ")
            decides = ", ".join(claim["id"] for claim in self.claims if shown in claim["values"])
            self._keep(self.keys[key], shown,
                       [("Value", value), ("Meaning", meaning), ("Source", source), ("Decides", decides)])  # fmt: skip
        return self.keys[key]

    def verdict(self, derivation: str, *, ticked: bool, unchecked: str | None) -> tuple[str, str, str]:
        """Return (card, class, label) of the verdict on a row of a derivation."""
        found = self.derivations.get(derivation)
        if unchecked is not None or found is None:
            why = unchecked or "the checker did not run on this text"
            name = self._keep(f"row-{_plain(derivation)}-{_plain(why)}", "Not checked",
                              [("Derivation", derivation), ("Why", why)])  # fmt: skip
            return name, "unchecked", "not checked"
        if not ticked:
            what = "The row defines names or states what is given; the rows below it are evaluated with them."
            return self._keep(f"row-{DEFINITION}", "Definition", [("Verdict", what)]), DEFINITION, "definition"
        verdict = f"The two sides agree on {found['instances']} random instances."
        largest, origin = f"{found['largest_error']:.2g}", f"templates/{found['file']}"
        name = self._keep(f"row-{_plain(derivation)}", "Checked",
                          [("Verdict", verdict), ("Derivation", derivation), ("Largest relative difference", largest),
                           ("Assumptions", "; ".join(found["assumptions"])), ("Source", origin)])  # fmt: skip
        return name, "checked", "checked"

    def claim(self, number: int) -> str:
        """Return the name of the card of a judging sentence."""
        claim = self.claims[number]
        branch, conditions = claim["branch"], claim["conditions"]
        holds = conditions[branch] if branch < len(conditions) else claim["condition"]
        others = [one for one in conditions if one != holds]
        values = "\n".join(f"{key} = {shown(value)}" for key, value in claim["values"].items())
        noise = "It holds by less than the noise of what it compares." if claim["within_noise"] else ""
        margin = "" if claim["margin"] is None else shown(claim["margin"])
        origin = f"templates/{claim['template']}:{claim['line']}"
        rows = [("Printed because", holds), ("With", values), ("Nearest comparison is apart by", margin),
                ("Note", noise), ("Other branches", "\n".join(others)), ("Source", origin)]  # fmt: skip
        return self._keep(f"claim-{number + 1}", f"Claim {claim['id']}", rows)

    def figure(self, path: str) -> str:
        """Return the name of the card of a picture, "figures/eda-gaps.pdf"; "" where no plot of a study draws it."""
        name = Path(path).stem
        source = self.figure_source(name) if path.startswith("figures/") else None
        return self._keep(f"figure-{_plain(name)}", f"Figure {name}", source.rows()) if source else ""

    def _keep(self, name: str, title: str, rows: Sequence[tuple[str, str]]) -> str:
        self.made.setdefault(name, Card(name, title, [row for row in rows if row[1]]))
        return name


def shown(value: Any) -> str:
    """Return a value as a card gives it: numbers to ten digits, yes or no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
