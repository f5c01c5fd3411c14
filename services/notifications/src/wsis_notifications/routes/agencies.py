"""Routes of the public events and of those who get them."""

from wsis_notifications.routes import event_log, event_subscriptions

JOBS = (*event_log.JOBS, *event_subscriptions.JOBS)
ROUTES = (*event_log.ROUTES, *event_subscriptions.ROUTES)
