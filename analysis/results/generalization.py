"""The record of the study `generalization`."""

from __future__ import annotations

from msgspec import Struct


class GeneralizationRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `generalization`."""
