"""Documents and indexes of subscriptions: who gets what, their secrets, their queues."""

from wsis_agencies.event_subscriptions.store import queues, subscriptions

COLLECTIONS = (*subscriptions.COLLECTIONS, *queues.COLLECTIONS)
