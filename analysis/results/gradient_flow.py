"""The record of the study `gradient_flow`."""

from __future__ import annotations

from msgspec import Struct


class GradientFlowRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `gradient_flow`."""
