"""Whom a campaign goes to: readers by language, topic, stakeholder type and region; and who of them gets no mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_notifications.domain.subscribers import BOUNCED, UNSUBSCRIBED
from wsis_notifications.domain.suppression import HARD_BOUNCE

# Field of the segment -> field of the reader.
FIELDS = {"languages": "language", "topics": "topics", "stakeholder_types": "stakeholder_type", "regions": "region"}
_LEFT = {UNSUBSCRIBED: "unsubscribed", BOUNCED: HARD_BOUNCE}


def matches(reader: Mapping[str, Any], segment: Mapping[str, Any]) -> bool:
    """True if the reader has one of the values of each field that the segment names; an empty one takes everybody."""
    return all(_has(reader.get(field), segment.get(name)) for name, field in FIELDS.items())


def skip_reason(reader: Mapping[str, Any] | None, suppressed: Mapping[str, str]) -> str | None:
    """Why a reader, None where they are erased, gets no mail; None where they get it. `suppressed`: why the addresses
    of some are, by their keys."""
    if reader is None:
        return "erased"
    return suppressed.get(reader["email_key"]) or _LEFT.get(reader["state"])


def _has(value: Any, wanted: Any) -> bool:
    if not wanted:
        return True
    return bool(set(value) & set(wanted)) if isinstance(value, list) else value in wanted
