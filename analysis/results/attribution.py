"""The record of the study `attribution`."""

from __future__ import annotations

from msgspec import Struct


class AttributionRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report says from the study `attribution`."""
