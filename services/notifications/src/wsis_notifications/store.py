"""Collections with their indexes, of all subjects."""

from __future__ import annotations

from wsis_notifications.campaigns import store as campaigns
from wsis_notifications.event_log import store as event_log
from wsis_notifications.event_subscriptions import store as event_subscriptions
from wsis_notifications.issues import store as issues
from wsis_notifications.mails.store import announced, deliveries
from wsis_notifications.preferences import store as preferences
from wsis_notifications.queues import store as queues
from wsis_notifications.subscribers.store import subscribers
from wsis_notifications.webhooks import store as webhooks

SUBJECTS = (
    deliveries,
    preferences,
    announced,
    subscribers,
    issues,
    campaigns,
    event_log,
    queues,
    event_subscriptions,
    webhooks,
)
COLLECTIONS = tuple(spec for subject in SUBJECTS for spec in subject.COLLECTIONS)
