"""The contract between the studies and the report: one frozen, validated record per study.

A field's key in a template is `study.field…`; the text of its annotation says what it means and in which unit.
Fractions stay 0-1 (a formatter prints per cent); names carry direction and sign.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from analysis.declaration import Study
from analysis.results.inputs import InputsRecord
from analysis.results.store import decode, save


class Results(Struct, frozen=True, forbid_unknown_fields=True):
    """build/results.json: what went in, and the record of every study."""

    inputs: InputsRecord


def _record_type(study: Study) -> type[Struct]:
    """Return the type of a study's record."""
    kind: type[Struct] = getattr(importlib.import_module(f"{study.package}.record"), study.record)
    return kind


def results_type(studies: Mapping[str, Study]) -> type[Results]:
    """Return the type of results.json for these studies."""
    records = [(name, _record_type(study)) for name, study in studies.items()]
    made: Any = msgspec.defstruct(
        "Results", records, bases=(Results,), module=__name__, frozen=True, forbid_unknown_fields=True
    )
    kind: type[Results] = made
    return kind


def load(study: Study, path: Path) -> Any:
    """Read a study's record; ValueError names file and field where it does not fit the contract."""
    return decode(path, _record_type(study))


def load_results(path: Path, studies: Mapping[str, Study]) -> Any:
    """Read build/results.json."""
    return decode(path, results_type(studies))


def load_records(folder: Path, studies: Mapping[str, Study]) -> dict[str, Any]:
    """Read every record in build/results, by the studies' names."""
    return {name: load(study, folder / f"{name}.json") for name, study in studies.items()}


def join(inputs: InputsRecord, records: Mapping[str, Any], path: Path, studies: Mapping[str, Study]) -> None:
    """Write the record of inputs and those of the studies to build/results.json."""
    save(results_type(studies)(inputs=inputs, **records), path)
