"""Collections with their indexes, of all subjects."""

from __future__ import annotations

from wsis_notifications.store import agencies, announced, campaigns, deliveries, issues, preferences, subscribers

SUBJECTS = (deliveries, preferences, announced, subscribers, issues, campaigns, agencies)
COLLECTIONS = tuple(spec for subject in SUBJECTS for spec in subject.COLLECTIONS)
