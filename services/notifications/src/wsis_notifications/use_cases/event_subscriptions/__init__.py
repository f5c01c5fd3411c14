"""Use cases. Subscriptions of agencies to public events: webhooks and queues."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared.bus import Parts

from wsis_notifications.store.event_log import EventLog
from wsis_notifications.store.event_queues import EventQueues
from wsis_notifications.store.event_subscriptions.attempts import Attempts
from wsis_notifications.store.event_subscriptions.lanes import Lanes
from wsis_notifications.store.event_subscriptions.subscriptions import EventSubscriptions
from wsis_notifications.use_cases.event_subscriptions.access import Access
from wsis_notifications.use_cases.event_subscriptions.deliveries import DeliveriesCases
from wsis_notifications.use_cases.event_subscriptions.managing import EventSubscriptionsCases
from wsis_notifications.use_cases.event_warnings import published_types
from wsis_notifications.use_cases.queues import Queues
from wsis_notifications.webhooks.settings import WebhookSettings


@dataclass(frozen=True)
class SubscribedAgencies:
    """What agencies do with their subscriptions, and with what is sent to them."""

    managing: EventSubscriptionsCases
    deliveries: DeliveriesCases


def compose(parts: Parts) -> SubscribedAgencies:
    """The use cases with their collaborators; called once per process."""
    lanes, log = Lanes(parts.db), EventLog(parts.db)
    access = Access(EventSubscriptions(parts.db), lanes, EventQueues(parts.db), log, published_types())
    return SubscribedAgencies(
        EventSubscriptionsCases(access, lanes, Queues(parts.db), WebhookSettings.load().webhooks_loopback),
        DeliveriesCases(access, lanes, Attempts(parts.db)),
    )
