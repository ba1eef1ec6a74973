"""The contract between the studies and the report: one frozen, validated record per study.

A field's key in a template is `study.field…`; its `Meta` says what it means and in which unit.
Fractions stay 0-1 (a formatter prints per cent); names carry direction and sign.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from analysis.results.inputs import InputsRecord
from analysis.results.store import decode, save
from analysis.studies.attribution.record import AttributionRecord
from analysis.studies.eda.record import EdaRecord
from analysis.studies.generalization.record import GeneralizationRecord
from analysis.studies.gradient_flow.record import GradientFlowRecord
from analysis.studies.shared_bias.record import SharedBiasRecord
from analysis.studies.training.record import TrainingRecord

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


def load(study: str, path: Path) -> Any:
    """Read a study's record; ValueError names file and field where it does not fit the contract."""
    return decode(path, RECORDS[study])


def load_results(path: Path) -> Results:
    """Read build/results.json."""
    return decode(path, Results)


def join(inputs: InputsRecord, folder: Path, path: Path) -> None:
    """Join build/results/<study>.json and the record of inputs to build/results.json."""
    records = {study: load(study, folder / f"{study}.json") for study in RECORDS}
    save(Results(inputs=inputs, **records), path)
