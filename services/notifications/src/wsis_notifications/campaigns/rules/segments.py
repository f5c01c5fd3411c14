"""Whom a campaign goes to: readers of the topics of its issue, by language, topic, stakeholder type and region; and who
of them gets no mail."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wsis_notifications.addresses.rules.suppression import HARD_BOUNCE
from wsis_notifications.campaigns.rules.states import Segment
from wsis_notifications.subscribers.rules.subscribers import BOUNCED, UNSUBSCRIBED, Subscriber

# Field of the segment -> field of the reader.
FIELDS = {"languages": "language", "topics": "topics", "stakeholder_types": "stakeholder_type", "regions": "region"}
ALL = "all"  # among the topics of a segment: whatever the issue is about
_LEFT = {UNSUBSCRIBED: "unsubscribed", BOUNCED: HARD_BOUNCE}


def matches(reader: Subscriber, segment: Segment, topics: Collection[str] | None) -> bool:
    """True if the reader chose one of the `topics` of the issue, unless the segment says ALL, and has one of the values
    of each field that the segment names; an empty one takes everybody. A former version began campaigns without
    `topics`: they go on to whom they were begun for."""
    narrowed = {**segment, "topics": set(segment.get("topics") or ()) - {ALL}}
    has_all = all(_has(reader.get(field), narrowed.get(name)) for name, field in FIELDS.items())
    return has_all and has_topic(reader, segment, topics)


def has_topic(reader: Subscriber, segment: Segment, topics: Collection[str] | None) -> bool:
    """Whether the reader chooses one of the `topics` of the issue, unless the segment says ALL."""
    is_for_all = topics is None or ALL in (segment.get("topics") or ())
    return is_for_all or not set(topics or ()).isdisjoint(reader["topics"])


def skip_reason(reader: Subscriber | None, suppressed: Mapping[str, str]) -> str | None:
    """Why a reader, None where they are erased, gets no mail; None where they get it. `suppressed`: why the addresses
    of some are, by their keys."""
    if reader is None:
        return "erased"
    return suppressed.get(reader["email_key"]) or _LEFT.get(reader["state"])


def _has(value: object, wanted: object) -> bool:
    if not wanted or not isinstance(wanted, Collection):
        return True
    return not set(wanted).isdisjoint(value) if isinstance(value, list) else value in wanted
