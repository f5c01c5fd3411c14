"""The nameko class. Its entrypoints are in one module per subject."""

from __future__ import annotations

from typing import Any

from wsis_shared.bus import subscribe

from wsis_notifications.service.campaigns import CampaignsEntrypoints
from wsis_notifications.service.event_log import EventLogEntrypoints
from wsis_notifications.service.event_subscriptions import EventSubscriptionsEntrypoints
from wsis_notifications.service.issues import IssuesEntrypoints
from wsis_notifications.service.mails import MailsEntrypoints
from wsis_notifications.service.preferences import PreferencesEntrypoints
from wsis_notifications.service.subscribers import SubscribersEntrypoints


class NotificationsService(
    MailsEntrypoints,
    PreferencesEntrypoints,
    SubscribersEntrypoints,
    IssuesEntrypoints,
    CampaignsEntrypoints,
    EventLogEntrypoints,
    EventSubscriptionsEntrypoints,
):
    """Mails that follow events, the newsletter, and public events for other agencies."""

    name = "notifications"

    @subscribe("accounts", "power_changed")
    def on_power_changed(self, event: dict[str, Any]) -> None:
        """Whoever has lost a role has lost the jobs that they began with it."""
        self.end_lost_jobs(event["data"]["account"], event["data"]["roles"])
