"""THE CONTRACT between the studies and the report: one frozen, validated record per study.

A field's key in a template is `study.field…`; its `Meta` says what it means and in which unit.
Fractions stay 0-1 (a formatter prints per cent); names carry direction and sign.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from analysis.results.attribution import AttributionRecord
from analysis.results.base import Replicated, replicated
from analysis.results.eda import EdaRecord
from analysis.results.generalization import GeneralizationRecord
from analysis.results.gradient_flow import GradientFlowRecord
from analysis.results.inputs import InputsRecord
from analysis.results.shared_bias import SharedBiasRecord
from analysis.results.training import TrainingRecord

__all__ = ["RECORDS", "Replicated", "Results", "join", "load", "load_results", "replicated", "save"]

RECORDS: dict[str, type[Struct]] = {
    "eda": EdaRecord,
    "training": TrainingRecord,
    "gradient_flow": GradientFlowRecord,
    "attribution": AttributionRecord,
    "generalization": GeneralizationRecord,
    "shared_bias": SharedBiasRecord,
}


class Results(Struct, frozen=True, forbid_unknown_fields=True):
    """build/results.json: the record of every study and of what went in."""

    inputs: InputsRecord
    eda: EdaRecord
    training: TrainingRecord
    gradient_flow: GradientFlowRecord
    attribution: AttributionRecord
    generalization: GeneralizationRecord
    shared_bias: SharedBiasRecord


def save(record: Struct, path: Path) -> None:
    """Write a record as indented JSON, whole or not at all; ValueError names the first value that is not finite."""
    tree = msgspec.to_builtins(record)
    for key, value in leaves(tree):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{path.stem}.{key} is {value}: results hold finite numbers alone")
    text = msgspec.json.format(msgspec.json.encode(tree), indent=1) + b"\n"
    write_whole(path, text)


def load(study: str, path: Path) -> Any:
    """Read a study's record; ValueError names file and field where it does not fit the contract."""
    return _decode(path, RECORDS[study])


def load_results(path: Path) -> Results:
    """Read build/results.json."""
    return _decode(path, Results)


def join(inputs: InputsRecord, folder: Path, path: Path) -> None:
    """Join build/results/<study>.json and the record of inputs to build/results.json."""
    records = {study: load(study, folder / f"{study}.json") for study in RECORDS}
    save(Results(inputs=inputs, **records), path)


def leaves(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted key, value) of every leaf of a tree of dicts and lists."""
    if isinstance(tree, dict):
        for name, branch in tree.items():
            yield from leaves(branch, f"{prefix}.{name}" if prefix else str(name))
    elif isinstance(tree, list):
        for index, branch in enumerate(tree):
            yield from leaves(branch, f"{prefix}[{index}]")
    else:
        yield prefix, tree


def write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary file beside `path`, then rename: no reader ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _decode(path: Path, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}; run `make results`") from None
