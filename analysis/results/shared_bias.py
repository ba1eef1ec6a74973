"""The record of the study `shared_bias`."""

from __future__ import annotations

from msgspec import Struct


class SharedBiasRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `shared_bias`."""
