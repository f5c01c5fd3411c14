"""A reader leaves while campaigns are sent: no mail of them leaves after the response."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from wsis_shared.errors import Unavailable
from wsis_shared.mongo import after_commit
from wsis_shared.mongo_connection import Database

from wsis_notifications.campaigns.store import Campaigns, NewsletterDeliveries
from wsis_notifications.campaigns.store.deliveries import row_id
from wsis_notifications.subscribers.rules.subscribers import bucket_of

WAIT_SECONDS, POLL_SECONDS = 8.0, 0.05


class Withdrawal:
    """Call it in the transaction in which a reader leaves."""

    def __init__(self, db: Database) -> None:
        self._campaigns, self._deliveries = Campaigns(db), NewsletterDeliveries(db)

    def __call__(self, reader: str) -> None:
        """What is queued is skipped. What is being handed over ends before the transaction's caller goes on; raises
        Unavailable there, after the commit, where that takes too long."""
        rows = [row_id(campaign, reader) for campaign in self._campaigns.live()]
        self._deliveries.withdraw(rows, bucket_of(reader))
        after_commit(partial(self._wait, rows))

    def _wait(self, rows: Sequence[str]) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while self._deliveries.is_sending(rows):
            if time.monotonic() > until:
                raise Unavailable("notifications.still_sending", retry_after=5)
            time.sleep(POLL_SECONDS)
