"""Retention: rows and batches of old campaigns are removed; the campaigns stay, with their totals.

An index that expires the rows would cost more at each of their writes than their batches, which know their ids.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from wsis_shared import clock
from wsis_shared.mongo import in_transaction
from wsis_shared.mongo_connection import Database
from wsis_shared.operations import every
from wsis_shared.parts import Parts

from wsis_notifications.campaigns.store import Batches, Campaigns, NewsletterDeliveries

KEPT = timedelta(days=400)  # from the creation of the campaign, as other mails
STEP = 500  # batches, some 100,000 rows, of one run


class Retention:
    """Several processes may run it at once."""

    def __init__(self, db: Database) -> None:
        self._campaigns, self._batches, self._deliveries = Campaigns(db), Batches(db), NewsletterDeliveries(db)

    @every(3600)
    def remove_old_newsletter_deliveries(self, now: datetime | None = None) -> int:
        """Remove what is too old, a batch in each transaction; returns how many."""
        removed = 0
        for campaign in self._campaigns.created_before((now or clock.now()) - KEPT):
            while removed < STEP and in_transaction(partial(self._remove_next, campaign)):
                removed += 1
        return removed

    def _remove_next(self, campaign: str) -> bool:
        batch = self._batches.next_after(campaign, 0)
        if batch is None:
            return False
        self._deliveries.remove(batch["ids"])
        self._batches.remove(batch["_id"])
        return True


def compose(parts: Parts) -> Retention:
    """Over the collections of the service."""
    return Retention(parts.db)
