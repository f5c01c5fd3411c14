"""Rules of subscriptions to public events: states, and who may see whose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

MAX_PER_OWNER = 20
ROTATION = timedelta(hours=24)  # how long a former secret stays valid
STAFF = frozenset({"officer", "operator"})
SUBSCRIBERS = STAFF | {"agency"}
OWNER = "owner"  # why it is disabled: its owner may not subscribe any more
_OTHER = re.compile(r"[^a-z0-9-]+")

Row = Mapping[str, Any]


def is_visible(subscription: Row, account: str | None, roles: Iterable[str]) -> bool:
    """Owners see their own, staff sees all."""
    return subscription["owner"] == account or not STAFF.isdisjoint(roles)


def may_subscribe(roles: Iterable[str]) -> bool:
    """As the manifest grants it."""
    return not SUBSCRIBERS.isdisjoint(roles)


def with_handshake(subscription: Row, now: datetime) -> dict[str, Any]:
    """The subscription, waiting for the agreement of its receiver; a queue needs none."""
    if subscription["channel"] != "webhook":
        return {**subscription, "state": "active", "reason": None, "resumed_at": now}
    return {**subscription, "state": "pending", "reason": None, "handshake": {"tries": 0, "due": now}}


def resumed(subscription: Row, now: datetime) -> dict[str, Any]:
    """A paused or disabled subscription that goes on. A receiver that was disabled, or that has never agreed at this
    address, is asked first."""
    if subscription["state"] == "paused" and subscription.get("agreed") == subscription["url"]:
        return {**subscription, "state": "active", "reason": None, "resumed_at": now}
    return with_handshake(subscription, now)


def changed(subscription: Row, name: str, url: str | None, filters: Row, now: datetime) -> dict[str, Any]:
    """The subscription with other fields; another address is asked first."""
    new = {**subscription, "name": name, "url": url, "filters": dict(filters)}
    moved = url != subscription["url"] and subscription["state"] in ("active", "pending")
    return with_handshake(new, now) if moved else new


def queue_name(subscription: Row) -> str:
    """The name of its queue, and of the reader of that. An account without agency subscribes as "member"."""
    agency = _OTHER.sub("-", (subscription["agency"] or "member").lower())
    return f"sub.{agency}.{subscription['_id']}"
