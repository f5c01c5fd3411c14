"""Whom a campaign goes to: readers by language, topic, stakeholder type and region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Field of the segment -> field of the reader.
FIELDS = {"languages": "language", "topics": "topics", "stakeholder_types": "stakeholder_type", "regions": "region"}


def matches(reader: Mapping[str, Any], segment: Mapping[str, Any]) -> bool:
    """True if the reader has one of the values of each field that the segment names; an empty one takes everybody."""
    return all(_has(reader.get(field), segment.get(name)) for name, field in FIELDS.items())


def _has(value: Any, wanted: Any) -> bool:
    if not wanted:
        return True
    return bool(set(value) & set(wanted)) if isinstance(value, list) else value in wanted
