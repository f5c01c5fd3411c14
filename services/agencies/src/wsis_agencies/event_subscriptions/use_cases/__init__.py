"""Use cases. Subscriptions of agencies to public events: webhooks and queues."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_agencies.deliveries.store.attempts import Attempts
from wsis_agencies.deliveries.store.lanes import Lanes
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_log.use_cases.warnings import published_types
from wsis_agencies.event_subscriptions.store.queues import EventQueues
from wsis_agencies.event_subscriptions.store.subscriptions import EventSubscriptions
from wsis_agencies.event_subscriptions.use_cases.access import Access
from wsis_agencies.event_subscriptions.use_cases.deliveries import DeliveriesCases
from wsis_agencies.event_subscriptions.use_cases.managing import EventSubscriptionsCases
from wsis_agencies.event_subscriptions.use_cases.readers import QueueReaders
from wsis_agencies.settings import WebhookSettings


def compose(parts: Parts) -> tuple[EventSubscriptionsCases, DeliveriesCases, QueueReaders]:
    """The use cases with their collaborators; called once per process."""
    lanes, log, readers = Lanes(parts.db), EventLog(parts.db), QueueReaders(EventQueues(parts.db))
    access = Access(EventSubscriptions(parts.db), lanes, log, published_types())
    return (
        EventSubscriptionsCases(access, lanes, readers, WebhookSettings.load().webhooks_loopback),
        DeliveriesCases(access, lanes, Attempts(parts.db)),
        readers,
    )
