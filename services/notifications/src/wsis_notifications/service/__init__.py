"""The nameko class. Its entrypoints are in one module per subject."""

from __future__ import annotations

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
