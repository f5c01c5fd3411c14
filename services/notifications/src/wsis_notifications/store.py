"""Collections with their indexes, of all subjects."""

from __future__ import annotations

from wsis_notifications.campaigns import store as campaigns
from wsis_notifications.issues import store as issues
from wsis_notifications.mails.store import announced, deliveries
from wsis_notifications.preferences import store as preferences
from wsis_notifications.subscribers.store import subscribers

SUBJECTS = (deliveries, preferences, announced, subscribers, issues, campaigns)
COLLECTIONS = tuple(spec for subject in SUBJECTS for spec in subject.COLLECTIONS)
