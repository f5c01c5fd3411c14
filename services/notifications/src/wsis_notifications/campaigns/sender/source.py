"""Campaigns as a source of the engine: batches of rows of their readers, and what becomes of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from wsis_shared.errors import Unavailable
from wsis_shared.mongo import in_transaction, is_transient

from wsis_notifications.campaigns.rules.outcomes import BOUNCED, row_outcome, status_of
from wsis_notifications.campaigns.rules.states import Campaign
from wsis_notifications.campaigns.sender.claims import Claimed, Claims, RowMail
from wsis_notifications.campaigns.sender.composing import Composer
from wsis_notifications.campaigns.use_cases.lifecycle import Lifecycle
from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules.deliveries import Outcome
from wsis_notifications.mails.rules.message import Envelope
from wsis_notifications.mails.sending.engine import Source
from wsis_notifications.mails.sending.queue import Batch, Key
from wsis_notifications.subscribers.rules.subscribers import Subscriber

_log = logging.getLogger(__name__)

IDLE = 0.5  # seconds between two looks at the campaigns
RELAY_PAUSE = 5.0  # seconds, while the relay is away


class CampaignMails(Source[RowMail]):
    """Of all campaigns that are sent. `conclude(reader, kind, status)` is told of addresses that the relay knows not to
    exist, in the transaction of their rows."""

    name, idle = "campaigns", IDLE

    def __init__(
        self,
        claims: Claims,
        lifecycle: Lifecycle,
        composer: Composer,
        conclude: Callable[[Subscriber, str, str], None],
    ) -> None:
        self._claims, self._lifecycle, self._composer, self._conclude = claims, lifecycle, composer, conclude
        self._stores, self.lease, self.relay_pause = claims.stores, claims.lease, RELAY_PAUSE
        self._claimed: dict[str, Claimed] = {}
        self._campaigns: dict[str, Campaign] = {}
        # Those that had nothing to claim, or no batch that is due, when they were last looked at.
        self._idle: set[str] = set()
        self._without_due: set[str] = set()
        self._looked = 0.0

    # -- claims ----------------------------------------------------------------------------------------------------

    def look(self) -> Callable[[RowMail], bool] | None:
        """What has begun, was paused, cancelled or is finished, twice a second."""
        if time.monotonic() - self._looked < IDLE:
            return None
        self._looked = time.monotonic()
        self._campaigns = {campaign["_id"]: campaign for campaign in self._stores.campaigns.open()}
        self._idle, self._without_due = set(), set()
        self._composer.keep(self._campaigns)
        held = {claimed.campaign["_id"] for claimed in self._claimed.values()}
        for id in self._campaigns:
            if id not in held:
                self._lifecycle.finish(id)
        return self._is_held

    def _is_held(self, mail: RowMail) -> bool:
        campaign = self._campaigns.get(mail.campaign["_id"])
        return campaign is None or campaign["state"] != "sending"

    def claim(self) -> Iterator[Batch[RowMail]]:
        """A batch of each campaign. One that cannot be claimed, as its recipients are sealed with a key that is gone,
        holds up no other."""
        for campaign in self._campaigns.values():
            try:
                claimed = self._claim_of(campaign)
            except Exception as error:
                if isinstance(error, Unavailable) or is_transient(error):
                    raise
                # It is asked for again, and the log says why.
                _log.error("campaign not claimed", extra={"campaign": campaign["_id"], "error": type(error).__name__})
                continue
            if claimed is not None:
                self._claimed[claimed.batch.id] = claimed
                yield claimed.batch

    def _claim_of(self, campaign: Campaign) -> Claimed | None:
        id, claimed = campaign["_id"], None
        if id in self._idle:
            return None
        if id not in self._without_due:
            claimed = self._claims.due_batch(id, self._claimed)
        if claimed is None:
            self._without_due.add(id)
            claimed = self._claims.next_batch(id) if campaign["state"] == "sending" else None
        if claimed is None:
            self._idle.add(id)
        return claimed

    def renew(self) -> None:
        """Still at work on what was claimed."""
        self._stores.batches.renew(list(self._claimed), self._claims.claim, self.lease)

    def close(self, batch: str, pause: float) -> None:
        """Give it back with its figures."""
        in_transaction(partial(self._close, self._claimed[batch]))
        del self._claimed[batch]

    def _close(self, claimed: Claimed) -> None:
        changed = self._claims.give_back(claimed)
        if changed is not None and self._lifecycle.add_figures(claimed.campaign["_id"], *changed):
            self._looked = 0.0  # it was paused: what was claimed waits too

    # -- a mail ----------------------------------------------------------------------------------------------------

    def write(self, mail: RowMail) -> Envelope:
        """The mail of a row."""
        return self._composer.write(mail.campaign, mail.row["_id"], mail.reader)

    def not_written(self, mail: RowMail, error: Exception) -> Outcome:
        """What cannot be written now cannot be a moment later, unless the store is away."""
        if isinstance(error, Unavailable) or is_transient(error):
            raise error
        return Outcome(
            "failed", error.reason if isinstance(error, RenderError) else f"not_written {type(error).__name__}"
        )

    def write_progress(self, sent: Sequence[tuple[Key, datetime]], begun: Sequence[Key]) -> set[Key]:
        """What senders did and begin to do."""
        done, rows = [(row, at) for (_, row), at in sent], [row for _, row in begun]
        ours = self._stores.deliveries.write_progress(self._claims.claim, done, rows)
        return {key for key in begun if key[1] in ours}

    def record(self, mail: RowMail, outcome: Outcome) -> None:
        """The row, and what its outcome means for the reader, in one transaction."""
        became = row_outcome(outcome, mail.row["attempts"] + 1)

        def work() -> None:
            recorded = self._stores.deliveries.record(mail.row["_id"], self._claims.claim, became)
            if recorded and became.state == BOUNCED and mail.campaign["kind"] != "test":
                self._conclude(mail.reader, "hard", status_of(became))

        in_transaction(work)
