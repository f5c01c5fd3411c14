"""Attempts to deliver: what was sent when, and what came back; kept for 30 days."""

from __future__ import annotations

from typing import Any

from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.keyset import Page
from wsis_shared.mongo import Repository

KEPT = 30 * clock.DAY

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("webhook_attempts", indexes=(index("newest", "subscription", "-at", "-_id"), expires("at", KEPT))),
)

Attempt = dict[str, Any]
"""{"_id", "subscription", "at", "kind": event, test or handshake, "event": id, "sequence", "tries": number, "status" or
None, "seconds", "error": code or None, "count": of events that the row stands for}."""


class Attempts(Repository):
    """The attempts of all subscriptions."""

    def add(self, attempt: Attempt) -> None:
        """Store one."""
        self.collection("webhook_attempts").insert_one(attempt)

    def page(self, subscription: str, after: str | None, limit: int) -> Page:
        """Those of a subscription, the newest first."""
        rows = self.collection("webhook_attempts")
        return keyset.find_page(rows, {"subscription": subscription}, ("-at", "-_id"), after, limit)
