"""Settings, data, numbers and judging sentences of two reports."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from report_src.comparison.change import Change
from report_src.comparison.side import Side
from report_src.numbers.lookup import SUMMARY, nodes
from report_src.numbers.results_diff import RELATIVE

SHOWN = 120  # letters of a value


def settings(old: Side, new: Side) -> Iterator[Change]:
    """Yield what differs in what the reports were made from: commit, settings, data, versions, processor."""
    there, here = ({"commit": side.attached.commit, **_leaves(side.attached.results["inputs"])} for side in (old, new))
    for key in _keys(there, here):
        if there.get(key) != here.get(key):
            yield Change("setting", key, _shown(there, key), _shown(here, key))


def numbers(old: Side, new: Side, pages: Mapping[str, int]) -> tuple[list[Change], int]:
    """Return the values that moved by more than their noise, those on pages first, and how many moved by less.

    The noise of a mean over replicates is the standard deviation of the difference of two runs; a value without
    replicates has none, and counts where it moved by more than another order of summation moves it.
    """
    found, within = [], 0
    there, here = _results(old), _results(new)
    means = _means(there) | _means(here)
    for key in _keys(there, here):
        owner, _, last = key.rpartition(".")
        if there.get(key) == here.get(key) or (owner in means and last != "mean"):
            continue
        noise = math.hypot(_number(there.get(f"{owner}.std")), _number(here.get(f"{owner}.std")))
        moved = _moved(there.get(key), here.get(key))
        if moved is not None and moved <= (noise if owner in means else RELATIVE * abs(here[key])):
            within += 1
            continue
        note = f"{moved / noise:.1f} times its noise" if moved is not None and owner in means and noise else ""
        found.append(Change("number", key, _shown(there, key), _shown(here, key), note, pages.get(key)))
    return sorted(found, key=lambda change: (change.page is None, change.page)), within


def claims(old: Side, new: Side) -> Iterator[Change]:
    """Yield the judging sentences that took another branch, came or went; a claim in a loop is known by its turn."""
    there, here = (_claims(side) for side in (old, new))
    for key in _keys(there, here):
        was, now = there.get(key), here.get(key)
        if was is None or now is None or was.get("branch") != now.get("branch"):
            conditions = [_condition(one) for one in (was, now) if one and _many(one)]
            yield Change("claim", key, _sentence(was), _sentence(now), " → ".join(conditions))


def _condition(claim: Mapping[str, Any]) -> str:
    """Return the condition of the branch that a claim took; the last one may have none."""
    branch, conditions = claim["branch"], claim["conditions"]
    return str(conditions[branch]) if branch < len(conditions) else "otherwise"


def _many(claim: Mapping[str, Any]) -> bool:
    """Whether a claim's conditions are kept one a branch; those of the inline form are one text."""
    return len(claim.get("conditions", ())) > 1


def _claims(side: Side) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for claim in side.attached.claims or ():
        name, turn = str(claim.get("id")), 1
        while (key := name if turn == 1 else f"{name} ({turn})") in found:
            turn += 1
        found[key] = claim
    return found


def _sentence(claim: Mapping[str, Any] | None) -> str | None:
    if claim is None:
        return None
    return str(claim.get("printed") or f"branch {claim.get('branch')} of {claim.get('branches')}")


def _results(side: Side) -> dict[str, Any]:
    return _leaves({name: record for name, record in side.attached.results.items() if name != "inputs"})


def _leaves(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in nodes(tree) if not isinstance(value, Mapping | list)}


def _means(leaves: Mapping[str, Any]) -> set[str]:
    """Return the keys of the summaries over replicates."""
    owners = {key.rpartition(".")[0] for key in leaves if key.endswith(".mean")}
    return {owner for owner in owners if all(f"{owner}.{name}" in leaves for name in SUMMARY - {"replicates"})}


def _keys(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """Return the keys of both, in the order of the new one, those that are gone at the end."""
    return [*here, *(key for key in there if key not in here)]


def _moved(was: Any, now: Any) -> float | None:
    """Return how far a number moved; None where one of them is no number, or both are counts."""
    numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in (was, now)]
    return abs(was - now) if all(numbers) and isinstance(was + now, float) else None


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _shown(leaves: Mapping[str, Any], key: str) -> str | None:
    if key not in leaves:
        return None
    value = leaves[key]
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
