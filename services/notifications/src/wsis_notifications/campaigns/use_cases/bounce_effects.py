"""What a bounce means for the reader, whether the relay refused the address or a report came later."""

from __future__ import annotations

from wsis_shared import clock

from wsis_notifications.addresses.rules.suppression import reason_of_bounce
from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.subscribers.rules.subscribers import Subscriber
from wsis_notifications.subscribers.store.subscribers import Subscribers

SOURCE = "newsletter"


class BounceEffects:
    """Counts, marks and suppresses."""

    def __init__(self, suppressions: Suppressions, subscribers: Subscribers) -> None:
        self._suppressions, self._subscribers = suppressions, subscribers

    def apply(self, reader: Subscriber, kind: str, status: str) -> None:
        """`kind` as in returned/rules.py. Inside a transaction."""
        now, key = clock.now(), reader["email_key"]
        counts = kind in ("hard", "soft")
        days = self._suppressions.count_soft_bounce(key, now) if counts else 0
        reason = reason_of_bounce(kind, status, days)
        if reason is not None:
            self._suppressions.add(key, reason, now, SOURCE)
        if counts:
            self._subscribers.mark_bounced(reader["_id"], kind, status)
