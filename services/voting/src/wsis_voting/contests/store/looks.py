"""What staff looked at: an entry for the audit, kept before the answer. A document of its own for each look, so that it
meets no vote that is being stored.
"""

from __future__ import annotations

import uuid

from wsis_shared import clock
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import in_transaction
from wsis_shared.outbox import EventfulRepository


class Looks(EventfulRepository):
    """`looks`: gone a week after the audit has them."""

    source = "voting"

    def keep(self, entry: PendingEvent, once: str = "") -> None:
        """Keep an entry; where `once` names looks that are one for the audit, the first of them."""
        id = once or uuid.uuid4().hex

        def work() -> None:
            if not self.collection("looks").find_one({"_id": id}, {"_id": 1}):
                self.save("looks", {"_id": id, "at": clock.now()}, entry)

        in_transaction(work)
