"""Mails of unknown outcome: the sender died, or the relay did not answer in time. The log of the relay knows.

The log is searched backwards in time, where there are such mails, and for each of them a few times: a relay that is
slow takes a mail after its client has given up. So nothing is kept of the log, neither a place nor a line. A mail that
is not in it stays unknown, for an officer: the log may be that of one relay of several.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from wsis_shared import clock
from wsis_shared.bus.native_threads import in_native_thread
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every

from wsis_notifications.campaigns.rules.message import row_key
from wsis_notifications.campaigns.store import Batches, Campaigns, NewsletterDeliveries
from wsis_notifications.mails.store.deliveries import DeliveryRepository
from wsis_notifications.returned import relay_log
from wsis_notifications.returned.rules import Report
from wsis_notifications.returned.use_cases.mails import ReturnedMail
from wsis_notifications.returned.use_cases.newsletter import Bounces

_log = logging.getLogger(__name__)

WINDOW = timedelta(days=7)  # since a mail was queued, or its campaign made
Settle = Callable[[str, Report], bool]


class UnknownMails:
    """`path` is empty where no log is configured."""

    def __init__(self, path: str, mails: ReturnedMail, newsletter: Bounces, store: DeliveryRepository) -> None:
        self._path, self._mails, self._newsletter, self._store = path, mails, newsletter, store
        self._campaigns, self._batches = Campaigns(store.db), Batches(store.db)
        self._rows = NewsletterDeliveries(store.db)

    @every(300)
    def settle_unknown_mails(self) -> int:
        """Search the log for them; returns how many it has settled."""
        if not self._path:
            return 0
        since = clock.now() - WINDOW
        deliveries = self._store.unknown(since)
        rows = self._rows.unknown(self._batches.with_unknown(self._campaigns.sending_since(since)))
        wanted: dict[str, tuple[Settle, str]] = {id: (self._mails.settle, id) for id in deliveries}
        wanted |= {row_key(id): (self._newsletter.settle, id) for id in rows}
        if not wanted:
            return 0
        try:
            found = in_native_thread(partial(relay_log.search, Path(self._path), wanted.keys()))
        except OSError as error:
            _log.warning("the relay's log cannot be read", extra={"error": type(error).__name__})
            return 0
        settled = 0
        for key, report in found.items():
            settle, id = wanted[key]
            settled += in_transaction(partial(settle, id, report))
        self._store.count_search(deliveries)
        self._rows.count_search(rows)
        _log.info("unknown mails searched for", extra={"searched": len(wanted), "settled": settled})
        return settled
