"""What begins by itself when its time comes, and what waits for an officer instead.

A campaign goes out in the name of the officer who had it sent last. Who may no longer send campaigns sends none: what
is scheduled waits for another officer, and what is being sent is paused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

from wsis_shared import auth, clock
from wsis_shared.context import Actor
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every, subscribe
from wsis_shared.parts import Parts

from wsis_notifications.campaigns import events
from wsis_notifications.campaigns.rules import states
from wsis_notifications.campaigns.rules.states import Campaign
from wsis_notifications.campaigns.store import Campaigns
from wsis_notifications.issues.store import Issues
from wsis_notifications.issues.use_cases.sending import set_state

Grants = Mapping[str, Iterable[str]]


class Starting:
    """`profiles(ids=...)` says who of the accounts is blocked, and their roles; `begin_issue(issue)` makes an issue
    `sending`, inside the transaction, and returns its topics."""

    def __init__(
        self, campaigns: Campaigns, profiles: Callable[..., list[Input]], begin_issue: Callable[[str], list[str]]
    ) -> None:
        self._campaigns, self._profiles, self._begin_issue = campaigns, profiles, begin_issue

    @every(1.0)
    def run_campaigns(self, notify: Callable[[PendingEvent], object], grants: Grants) -> None:
        """Tell those who follow figures that there are new ones, and begin what is due."""
        if self._campaigns.is_any_under_way():
            for campaign in self._campaigns.open():
                notify(events.progressed(campaign["_id"]))
            self.start_due(grants)

    def start_due(self, grants: Grants) -> None:
        """Begin what is scheduled. What is over an hour late, has no issue that is ready, or was scheduled by somebody
        who may no longer do so, waits for an officer. Raises Unavailable where accounts does not say who may."""
        now = clock.now()
        due = self._campaigns.due(now)
        allowed = self._allowed({campaign["by"] for campaign in due if campaign["by"]}, grants)
        for campaign in due:
            if states.is_late(campaign["scheduled_at"] or now, now):
                self._hold(campaign, "late")
            elif campaign["by"] and campaign["by"] not in allowed:
                self._hold(campaign, states.OFFICER)
            else:
                try:
                    in_transaction(partial(self._start, campaign, now))
                except (Conflict, NotFound):  # its issue was taken back: other campaigns go on
                    self._hold(campaign, "issue")

    @subscribe("accounts", "power_changed")
    def check_campaign_officer(self, event: Input, grants: Grants) -> None:
        """These are the roles of an account now: hold its campaigns unless it may still send any."""
        account, roles = event["data"]["account"], event["data"]["roles"]
        if _may_send(account, roles, grants) or self._allowed({account}, grants):  # it may be an old event
            return
        for campaign in self._campaigns.of_officer(account):
            self._hold(campaign, states.OFFICER)

    def _allowed(self, accounts: set[str], grants: Grants) -> set[str]:
        found = self._profiles(ids=sorted(accounts)) if accounts else []
        return {
            row["account"] for row in found if not row["blocked"] and _may_send(row["account"], row["roles"], grants)
        }

    def _hold(self, campaign: Campaign, reason: str) -> None:
        change = {"state": states.HELD[campaign["state"]], "reason": reason}
        told = events.paused(campaign, reason)
        self._campaigns.change(campaign["_id"], campaign["state"], change, told, version=campaign["version"])

    def _start(self, campaign: Campaign, now: datetime) -> None:
        if self._campaigns.read(campaign["_id"])["version"] != campaign["version"]:
            return  # canceled, or given another time, while accounts was asked
        change = {"state": "sending", "open": True, "started_at": now, "topics": self._topics(campaign)}
        self._campaigns.change(campaign["_id"], "scheduled", change)

    def _topics(self, campaign: Campaign) -> list[str] | None:
        """Those of its issue, when it was sent first."""
        if campaign["kind"] == "full":
            return self._begin_issue(campaign["issue"])
        return self._campaigns.read(campaign["of"]).get("topics") if campaign["of"] else None


def _may_send(account: str, roles: Iterable[str], grants: Grants) -> bool:
    return auth.is_allowed(Actor(account, tuple(roles)), states.PERMISSION, grants)


def compose(parts: Parts) -> Starting:
    """The use cases with their collaborators; called once per process."""
    accounts, issues = parts.client("accounts"), Issues(parts.db)

    def begin_issue(issue: str) -> list[str]:
        return list(set_state(issues, issue, "sending")["topics"])

    return Starting(Campaigns(parts.db), lambda ids: accounts.profiles(ids=ids), begin_issue)
