"""What a step's key is made of, and the memory of finished steps (BUILD/steps.json).

A step is up to date when every part of its key is what it was and every product is still what it wrote.
No file time is looked at.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from analysis.settings.schema import Settings
from report_src.files import digest, matching, write_whole

FORMAT = 2  # of steps.json
LONGEST_SHOWN = 60  # characters of a setting that are kept as they are; a longer one is kept as its hash


def settings_parts(settings: Settings, names: Iterable[str]) -> dict[str, str]:
    """Return "setting:run.seed" -> value as text, for sections ("run") and single settings ("data.train").

    The values are those after reading: a comment, a new order or a default written out changes nothing.
    """
    parts: dict[str, str] = {}
    for name in names:
        section, _, field = name.partition(".")
        tree = msgspec.to_builtins(getattr(settings, section))
        for key, value in {field: tree[field]}.items() if field else tree.items():
            parts[f"setting:{section}.{key}"] = _short(json.dumps(value, ensure_ascii=False, sort_keys=True))
    return parts


def data_parts(settings: Settings, files: Iterable[str]) -> dict[str, str]:
    """Return "data:train" -> hash of the file's bytes; where the data are simulated, the seed stands for them."""
    if settings.simulated:
        return {"data": "simulated", "setting:data.simulation_seed": str(settings.data.simulation_seed)}
    return {f"data:{name}": digest({"train": settings.train_path, "test": settings.test_path}[name]) for name in files}


def user_files(settings: Settings) -> dict[str, str]:
    """Return "file:<name>" -> hash of what report.toml names besides the data: the AI log and the scans."""
    names = [settings.ai.log] if settings.ai.log is not None else []
    names += [*settings.scans.part_c, *settings.scans.question_2]
    return {f"file:{name}": digest(settings.folder / name) for name in names}


def environment_parts(root: Path) -> dict[str, str]:
    """Return the Python version and the hash of what requirements.lock pins (its comments aside)."""
    lines = (line.split("#")[0].strip() for line in (root / "requirements.lock").read_text("utf-8").splitlines())
    pinned = "\n".join(line for line in lines if line)
    return {"python": platform.python_version(), "packages": hashlib.sha256(pinned.encode()).hexdigest()}


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
    """BUILD/steps.json: parts and products of each finished step, and what was published."""

    def __init__(self, path: Path) -> None:
        """Read the file; one that is not as it was written counts as empty (everything is then made again)."""
        self.path = path
        self.steps: dict[str, dict[str, Any]] = {}
        self.published: dict[str, dict[str, str]] = {}
        try:
            tree = json.loads(path.read_bytes())
            if tree["format"] == FORMAT and tree["digest"] == _hash([tree["steps"], tree["published"]]):
                self.steps, self.published = tree["steps"], tree["published"]
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def finished(self, step: str, parts: Mapping[str, str], products: Mapping[str, str], seconds: float) -> None:
        """Remember a step that has succeeded."""
        self.steps[step] = {
            "key": key_of(parts),
            "parts": dict(parts),
            "products": dict(products),
            "seconds": round(seconds, 2),
        }
        self.save()

    def products(self, step: str) -> dict[str, str]:
        """Return relative path -> hash of what a step wrote when it last succeeded."""
        return dict(self.steps.get(step, {}).get("products", {}))

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
        known = {"steps": self.steps, "published": self.published}
        tree = {"format": FORMAT, "digest": _hash([self.steps, self.published]), **known}
        write_whole(self.path, json.dumps(tree, indent=1, sort_keys=True).encode() + b"\n")


def _hash(tree: Any) -> str:
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()


def _fate(wrote: str | None, there: str | None) -> str:
    return "added by another hand" if wrote is None else "removed" if there is None else "edited"


def _short(text: str) -> str:
    return text if len(text) < LONGEST_SHOWN else hashlib.sha256(text.encode()).hexdigest()
