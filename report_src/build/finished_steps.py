"""The memory of finished steps (BUILD/steps.json).

A step is up to date when every part of its key is what it was and every product is still what it wrote.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from report_src.system.files import matching, write_whole

STATE = "steps.json"  # below the build folder
KEPT = ".kept"  # below the build folder: the products of profiles that were built before, a folder each
FORMAT = 3  # of that file
LONGEST_SHOWN = 60  # characters of a setting that are kept; a longer one is kept as its hash


def key_of(parts: Mapping[str, str]) -> str:
    """Return the SHA-256 of the parts."""
    return _hash(dict(parts))


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Say which parts changed: ["setting:run.seed: 600 -> 601", "code:analysis/network/mlp.py changed"]."""
    reasons = []
    for part in sorted(old.keys() | new.keys()):
        before, after = old.get(part), new.get(part)
        if before == after:
            continue
        if before is None or after is None:
            reasons.append(f"{part} is {'new' if before is None else 'gone'}")
        elif max(len(before), len(after)) < LONGEST_SHOWN:
            reasons.append(f"{part}: {before} -> {after}")
        else:
            reasons.append(f"{part} changed")
    return reasons


class Memory:
    """BUILD/steps.json: parts and products of each finished step of each profile, and what was published."""

    def __init__(self, build: Path) -> None:
        """Read the file; a damaged one counts as empty, and everything is made again."""
        self.path = build / STATE
        self.profile = ""  # built last, whose steps these are
        self.steps: dict[str, dict[str, Any]] = {}
        self.kept: dict[str, dict[str, dict[str, Any]]] = {}  # the steps of other profiles
        self.published: dict[str, dict[str, str]] = {}
        try:
            tree = json.loads(self.path.read_bytes())
            known = {name: tree[name] for name in self._known()}
            if tree["format"] == FORMAT and tree["digest"] == _hash(known):
                vars(self).update(known)
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def choose(self, profile: str) -> None:
        """Go on with the steps of a profile, and keep those of the one before."""
        if profile != self.profile:
            if self.profile:
                self.kept[self.profile] = self.steps
                self.steps = self.kept.pop(profile, {})
            self.profile = profile
            self.save()

    def finished(self, step: str, parts: Mapping[str, str], products: Mapping[str, str], seconds: float) -> None:
        """Remember a step that has succeeded."""
        self.steps[step] = {
            "key": key_of(parts),
            "parts": dict(parts),
            "products": dict(products),
            "seconds": round(seconds, 2),
        }
        self.save()

    def forget(self, steps: Iterable[str]) -> None:
        """Have steps run again."""
        for step in steps:
            self.steps.pop(step, None)
        self.save()

    def products(self, step: str) -> dict[str, str]:
        """Return relative path -> hash of what a step wrote when it last succeeded."""
        return dict(self.steps.get(step, {}).get("products", {}))

    def seconds(self, step: str) -> float | None:
        """Return how long a step took when it last succeeded; None where it never did."""
        found = self.steps.get(step, {}).get("seconds")
        return None if found is None else float(found)

    def publish(self, group: str, products: Mapping[str, str]) -> bool:
        """Note the files of a group in the build folder, and remove those it had there before; tell whether it had any.

        A bundle that was made under another roll number is gone: {"1-bundle.zip": …} -> {"2-bundle.zip": …}.
        """
        before = self.published.get(group, {})
        gone = before.keys() - products.keys()
        for path in (self.path.parent / place for place in gone):
            if not path.is_dir():
                path.unlink(missing_ok=True)
        self.published[group] = dict(products)
        if self.published[group] != before:
            self.save()
        return bool(gone)

    def reasons(self, step: str, parts: Mapping[str, str], folder: Path, patterns: Iterable[str]) -> list[str]:
        """Say why a step has to run; nothing to say: it is up to date."""
        entry = self.steps.get(step)
        if entry is None:
            return ["it has not run yet"]
        if entry["key"] != key_of(parts):
            return difference(entry["parts"], parts) or ["its key changed"]
        wrote, there = self.products(step), matching(folder, patterns)
        if wrote == there:
            return []
        differing = (name for name in sorted(wrote | there) if wrote.get(name) != there.get(name))
        return [f"product {name} was {_fate(wrote.get(name), there.get(name))}" for name in differing]

    def changed(self, step: str, parts: Mapping[str, str]) -> set[str] | None:
        """Return the names of the parts that differ from when the step last succeeded; None if it never did."""
        old = self.steps.get(step, {}).get("parts")
        if old is None:
            return None
        return {name for name in old.keys() | parts.keys() if old.get(name) != parts.get(name)}

    def save(self) -> None:
        """Write the file, whole or not at all."""
        known = self._known()
        tree = {"format": FORMAT, "digest": _hash(known), **known}
        write_whole(self.path, msgspec.json.format(msgspec.json.encode(tree, order="sorted"), indent=1) + b"\n")

    def _known(self) -> dict[str, Any]:
        return {"profile": self.profile, "steps": self.steps, "kept": self.kept, "published": self.published}


def _hash(tree: Any) -> str:
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()


def _fate(wrote: str | None, there: str | None) -> str:
    return "added by another hand" if wrote is None else "removed" if there is None else "edited"
