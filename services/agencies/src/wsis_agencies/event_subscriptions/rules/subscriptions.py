"""Rules of subscriptions to public events: states, and who may see whose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from wsis_agencies.event_log.rules.filters import Filters

STATES = ("pending", "active", "paused", "disabled")
CHANNELS = ("webhook", "queue")
MAX_PER_OWNER = 20
ROTATION = timedelta(hours=24)  # how long a former secret stays valid
STAFF = frozenset({"officer", "operator"})
SUBSCRIBERS = STAFF | {"agency"}
OWNER = "owner"  # why it is disabled: its owner may not subscribe any more
_OTHER = re.compile(r"[^a-z0-9-]+")


class Secret(TypedDict):
    """One of a webhook, and when it ends."""

    sealed: bytes
    until: datetime | None


class Test(TypedDict):
    """A test event that was asked for."""

    id: str
    at: datetime


class Handshake(TypedDict):
    """How often the receiver was asked, and when it is asked next."""

    tries: int
    due: datetime


class Subscription(TypedDict):
    """`secrets` begin with the newest; `interval` is the least number of seconds between two requests; `reason` is why
    it is disabled or its handshake fails; `agreed` is the address that has agreed; failures of the receiver before
    `resumed_at` do not count."""

    _id: str
    owner: str
    agency: str | None
    name: str
    channel: str
    url: str | None
    filters: Filters
    agreed: str | None
    interval: float
    secrets: list[Secret]
    test: Test | None
    created_at: datetime
    state: str
    reason: str | None
    version: NotRequired[int]
    resumed_at: NotRequired[datetime]
    handshake: NotRequired[Handshake]


def is_visible(subscription: Subscription, account: str | None, roles: Iterable[str]) -> bool:
    """Owners see their own, staff sees all."""
    return subscription["owner"] == account or not STAFF.isdisjoint(roles)


def may_subscribe(roles: Iterable[str]) -> bool:
    """As the manifest grants it."""
    return not SUBSCRIBERS.isdisjoint(roles)


def with_handshake(subscription: Subscription, now: datetime) -> Subscription:
    """The subscription, waiting for the agreement of its receiver; a queue needs none."""
    if subscription["channel"] != "webhook":
        return {**subscription, "state": "active", "reason": None, "resumed_at": now}
    return {**subscription, "state": "pending", "reason": None, "handshake": {"tries": 0, "due": now}}


def resumed(subscription: Subscription, now: datetime) -> Subscription:
    """A paused or disabled subscription that goes on. A receiver that was disabled, or that has never agreed at this
    address, is asked first."""
    if subscription["state"] == "paused" and subscription.get("agreed") == subscription["url"]:
        return {**subscription, "state": "active", "reason": None, "resumed_at": now}
    return with_handshake(subscription, now)


def changed(subscription: Subscription, name: str, url: str | None, filters: Filters, now: datetime) -> Subscription:
    """The subscription with other fields; another address is asked first."""
    new: Subscription = {**subscription, "name": name, "url": url, "filters": dict(filters)}
    moved = url != subscription["url"] and subscription["state"] in ("active", "pending")
    return with_handshake(new, now) if moved else new


def queue_name(subscription: Subscription) -> str:
    """The name of its queue, and of the reader of that. An account without agency subscribes as "member"."""
    agency = _OTHER.sub("-", (subscription["agency"] or "member").lower())
    return f"sub.{agency}.{subscription['_id']}"
