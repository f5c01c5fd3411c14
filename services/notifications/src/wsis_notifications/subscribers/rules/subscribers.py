"""Readers of the newsletter: what is kept of one, how their state changes, and how they are counted.

confirmed or imported -> active -> unsubscribed (by the reader), bounced (by the mailbox), erased
unsubscribed, bounced -> active: only by their own confirmation
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared import reference
from wsis_shared.json_types import Input

from wsis_notifications.addresses.rules.suppression import reason_of_bounce
from wsis_notifications.subscribers.rules.topics import TOPICS


class Consent(TypedDict):
    """When and how a reader agreed: by their confirmation of `text_version`, or as the evidence of an import says."""

    at: datetime
    source: str
    text_version: str | None
    requested_at: NotRequired[datetime]
    text: NotRequired[str]
    import_id: NotRequired[str]
    unsubscribed_at: NotRequired[datetime | None]


class Bounces(TypedDict):
    """Mails that came back."""

    hard: int
    soft: int
    last_at: NotRequired[datetime]
    last_status: NotRequired[str]


class Profile(TypedDict):
    """What a reader says of themselves and chooses."""

    first_name: str
    last_name: str
    stakeholder_type: str | None
    country: str | None
    format: str
    language: str
    topics: list[str]


class Subscriber(Profile):
    """A reader. `email_key` is the keyed hash of the address; `number` the place in the list."""

    _id: str
    email_key: str
    email: str
    region: str | None
    state: str
    bucket: int
    number: NotRequired[int]
    consent: Consent
    former_consents: NotRequired[list[Consent]]
    bounces: Bounces
    created_at: datetime
    unsubscribed_at: datetime | None


ACTIVE, UNSUBSCRIBED, BOUNCED = "active", "unsubscribed", "bounced"
STATES = (ACTIVE, UNSUBSCRIBED, BOUNCED)
FORMATS = ("html", "text")
BUCKETS = 1024
SHARDS = 16
"""Documents of the counters: confirmations at the same time seldom meet in one."""

CONSENT_VERSION = "1"
"""Of the sentence that the mail of a confirmation and its page show (`consent` in the texts). A new wording is a
new version; the one before stays in the file's history."""

CHOICES = ("format", "language", "topics")
PROFILE = ("first_name", "last_name", "stakeholder_type", "country", *CHOICES)


def bucket_of(id: str) -> int:
    """The bucket of a subscriber, 0 to 1023: sending reads readers bucket by bucket."""
    return zlib.crc32(id.encode()) % BUCKETS


def shard_of(subscriber: Subscriber) -> str:
    """The document of the counters in which a subscriber is counted."""
    return str(subscriber["bucket"] % SHARDS)


def new(id: str, key: str, email: str, profile: Input, consent: Consent, at: datetime) -> Subscriber:
    """A reader who consented: by their own confirmation, or as the evidence of an import says. `at` is when we learnt
    it, `consent["at"]` when they did."""
    return {
        "_id": id,
        "email_key": key,
        "email": email,
        "first_name": profile["first_name"],
        "last_name": profile["last_name"],
        "stakeholder_type": profile["stakeholder_type"],
        "country": profile["country"],
        "format": profile["format"],
        "language": profile["language"],
        "topics": ordered(profile["topics"]),
        "region": profile["country"] and reference.itu_region_of(profile["country"]),
        "state": ACTIVE,
        "bucket": bucket_of(id),
        "consent": consent,
        "bounces": {"hard": 0, "soft": 0},
        "created_at": at,
        "unsubscribed_at": None,
    }


def ordered(topics: Iterable[str]) -> list[str]:
    """Each topic once, in the order of the reference set."""
    chosen = set(topics)
    return [topic for topic in TOPICS if topic in chosen]


def confirmed(known: Subscriber | None, renewed: Subscriber) -> Subscriber:
    """A reader after their own confirmation: who left comes back under the same id, with the new consent. Former
    consents stay, as evidence for what was sent then."""
    if known is None:
        return renewed
    last: Consent = {**known["consent"], "unsubscribed_at": known["unsubscribed_at"]}
    again: Subscriber = {
        **renewed,
        "_id": known["_id"],
        "bucket": known["bucket"],
        "created_at": known["created_at"],
        "former_consents": [*known.get("former_consents", ()), last][-5:],
    }
    if "number" in known:
        again["number"] = known["number"]
    return again


def changed(subscriber: Subscriber, choices: Input) -> Subscriber:
    """Another language, format or topics."""
    return {
        **subscriber,
        "format": choices.get("format", subscriber["format"]),
        "language": choices.get("language", subscriber["language"]),
        "topics": ordered(choices.get("topics", subscriber["topics"])),
    }


def unsubscribed(subscriber: Subscriber, at: datetime) -> Subscriber:
    """Who left. Idempotent: the first moment stays."""
    if subscriber["state"] == UNSUBSCRIBED:
        return subscriber
    return {**subscriber, "state": UNSUBSCRIBED, "unsubscribed_at": at}


def bounced(subscriber: Subscriber, kind: str, status: str, at: datetime) -> Subscriber:
    """A mail came back, `kind` is hard or soft. The mailbox counts as gone where that alone suppresses its address; one
    that is full again and again is suppressed and stays a reader."""
    bounces: Bounces = {**subscriber["bounces"], "last_at": at, "last_status": status}
    if kind == "hard":
        bounces["hard"] += 1
    else:
        bounces["soft"] += 1
    gone = reason_of_bounce(kind, status, soft_days=0) is not None and subscriber["state"] == ACTIVE
    return {**subscriber, "bounces": bounces, "state": BOUNCED if gone else subscriber["state"]}


def masked(email: str) -> str:
    """An address as the holder of a link sees it, who may have been forwarded a mail: "a***@example.org"."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"


# -- counters ---------------------------------------------------------------------------------------------------------


def figures_of(subscriber: Subscriber | None) -> Counter[str]:
    """The counters in which a subscriber is one: by state, and within it by language, format, region and topic."""
    if subscriber is None:
        return Counter()
    state = subscriber["state"]
    names = (
        "all",
        f"language.{subscriber['language']}",
        f"format.{subscriber['format']}",
        f"region.{subscriber['region'] or 'none'}",
        *(f"topic.{topic}" for topic in subscriber["topics"]),
    )
    return Counter(f"{state}.{name}" for name in names)


def count_changes(before: Subscriber | None, after: Subscriber | None, at: datetime) -> dict[str, int]:
    """What a change adds to the counters. Applied to each change, they equal `figures_of` all subscribers; `joined` and
    `left` count by month who became active and who ceased to be."""
    changes = figures_of(after)
    changes.subtract(figures_of(before))
    was, is_ = (row is not None and row["state"] == ACTIVE for row in (before, after))
    if was != is_:
        changes[f"{'joined' if is_ else 'left'}.{at:%Y-%m}"] += 1
    return {name: change for name, change in changes.items() if change}
