"""Lifecycle: what happens to a campaign by itself while it is sent: finish, pause."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from wsis_shared import clock
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.mongo import in_transaction

from wsis_notifications.campaigns import events
from wsis_notifications.campaigns.rules import figures, states
from wsis_notifications.campaigns.rules.states import Campaign, Counted
from wsis_notifications.campaigns.store import Batches, Campaigns
from wsis_notifications.subscribers.rules.subscribers import BUCKETS

_log = logging.getLogger(__name__)


class Lifecycle:
    """`set_state` is told of issues that are sent; inside the transaction."""

    def __init__(self, campaigns: Campaigns, batches: Batches, set_state: Callable[[str, str], object]) -> None:
        self._campaigns, self._batches, self._set_issue_state = campaigns, batches, set_state

    def finish(self, campaign: str) -> bool:
        """End it where nothing is left; True where this was so."""
        return in_transaction(partial(self._finish, campaign))

    def _finish(self, id: str) -> bool:
        campaign = self._campaigns.read(id)
        if self._batches.is_open(id):
            return False
        if campaign["state"] == "canceled":
            changed = self._campaigns.change(id, "canceled", {"open": False, "recipients": None})
            if changed and campaign["kind"] == "full":  # who has it must still find its page
                self._end_issue(campaign, "sent" if campaign["totals"]["sent"] else "canceled")
            return changed
        if campaign["state"] != "sending" or campaign["next_bucket"] < BUCKETS:
            return False
        change = {"state": "finished", "open": False, "ended_at": clock.now(), "recipients": None}
        told = [] if campaign["kind"] == "test" else [events.finished(campaign)]
        if self._campaigns.change(id, "sending", change, *told) and campaign["kind"] == "full":
            self._end_issue(campaign, "sent")
        return True

    def _end_issue(self, campaign: Campaign, state: str) -> None:
        """Several campaigns may send an issue: none cancels what another sends, or ends by what another did."""
        if state == "canceled" and self._campaigns.touch_open_of_issue(campaign["issue"]):
            return
        try:
            self._set_issue_state(campaign["issue"], state)
        except (Conflict, NotFound) as error:
            _log.warning("issue not changed", extra={"campaign": campaign["_id"], "error": error.code})

    def add_figures(self, campaign: str, before: Sequence[Counted], after: Sequence[Counted]) -> bool:
        """A batch has new figures: pause the campaign where too many bounce or complain; True then. Inside a
        transaction."""
        old, new = figures.tally(before), figures.tally(after)
        moved = {
            "sent": new["sent"] - old["sent"],
            "hard": new["hard"] - old["hard"],
            "complaints": new["complaints"] - old["complaints"],
        }
        change = {name: number for name, number in moved.items() if number}
        if not change:
            return False
        found = self._campaigns.add_totals(campaign, change)
        totals = found["totals"]
        reason = states.pause_reason(totals["sent"], totals["hard"], totals["complaints"])
        if not reason or found["state"] != "sending" or reason in found["overridden"]:
            return False
        change_to = {"state": "paused", "reason": reason}
        return self._campaigns.change(campaign, "sending", change_to, events.paused(found, reason))
