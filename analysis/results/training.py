"""The record of the study `training`."""

from __future__ import annotations

from msgspec import Struct


class TrainingRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `training`."""
