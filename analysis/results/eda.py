"""The record of the study `eda`."""

from __future__ import annotations

from msgspec import Struct


class EdaRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `eda`."""
