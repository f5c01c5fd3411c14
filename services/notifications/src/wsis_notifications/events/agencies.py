"""What is published of public events and of those who get them, and what is read."""

from wsis_notifications.events import event_log, event_subscriptions

PUBLISHES = (*event_log.PUBLISHES, *event_subscriptions.PUBLISHES)
DEPENDS_ON = (*event_log.DEPENDS_ON, *event_subscriptions.DEPENDS_ON)
SELECTS = (*event_log.SELECTS, *event_subscriptions.SELECTS)
