"""Collections with their indexes, of all subjects."""

from __future__ import annotations

from wsis_agencies.event_log import store as event_log
from wsis_agencies.event_subscriptions import store as event_subscriptions
from wsis_agencies.queues import store as queues
from wsis_agencies.webhooks import store as webhooks

SUBJECTS = (event_log, queues, event_subscriptions, webhooks)
COLLECTIONS = tuple(spec for subject in SUBJECTS for spec in subject.COLLECTIONS)
