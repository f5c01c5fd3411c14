"""Campaigns on a real store: readers are added, a campaign begins, and its end is waited for."""

from __future__ import annotations

from typing import Any

from wsis_shared import clock
from wsis_shared.mongo import in_transaction
from wsis_testkit import wait_for

from wsis_notifications.subscribers.store.subscribers import Subscribers

from .. import sender_kit


def add(db: Any, count: int, **fixed: Any) -> list[dict[str, Any]]:
    made = list(sender_kit.readers(count, **fixed))
    in_transaction(lambda: Subscribers(db).add_many(made, clock.now()))
    return made


def begin(db: Any, **more: Any) -> str:
    campaign = sender_kit.campaign(**more)
    db["campaigns"].insert_one({**campaign, "version": 1})
    return str(campaign["_id"])


def ended(db: Any, campaign: str, state: str = "finished", seconds: float = 30) -> dict[str, Any]:
    return dict(
        wait_for(lambda: db["campaigns"].find_one({"_id": campaign, "state": state}), seconds, f"campaign {state}")
    )


def states(db: Any) -> dict[str, int]:
    found = db["newsletter_deliveries"].aggregate([{"$group": {"_id": "$state", "n": {"$sum": 1}}}])
    return {row["_id"]: row["n"] for row in found}
