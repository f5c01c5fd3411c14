"""Attempts to deliver: what was sent when, and what came back; kept for 30 days."""

from __future__ import annotations

import uuid

from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.keyset import Page
from wsis_shared.mongo import Repository

from wsis_agencies.deliveries.rules.attempts import Attempt

KEPT = 30 * clock.DAY

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("webhook_attempts", indexes=(index("newest", "subscription", "-at", "-_id"), expires("at", KEPT))),
)


def new_attempt(
    subscription: str,
    *,
    kind: str,
    seconds: float,
    status: int | None = None,
    error: str | None = None,
    event: str | None = None,
    sequence: int | None = None,
    tries: int = 1,
) -> Attempt:
    """What is kept of an attempt that was just made; no word of the receiver's."""
    return {
        "_id": uuid.uuid4().hex,
        "subscription": subscription,
        "at": clock.now(),
        "kind": kind,
        "event": event,
        "sequence": sequence,
        "tries": tries,
        "status": status,
        "seconds": round(seconds, 3),
        "error": error,
    }


class Attempts(Repository):
    """The attempts of all subscriptions."""

    def add(self, attempt: Attempt) -> None:
        """Store one."""
        self.collection("webhook_attempts", Attempt).insert_one(attempt)

    def page(self, subscription: str, after: str | None, limit: int) -> Page[Attempt]:
        """Those of a subscription, the newest first."""
        rows = self.collection("webhook_attempts", Attempt)
        return keyset.find_page(rows, {"subscription": subscription}, ("-at", "-_id"), after, limit)
