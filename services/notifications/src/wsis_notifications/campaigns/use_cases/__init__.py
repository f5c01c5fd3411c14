"""Use cases: campaigns, from their draft to the removal of their rows."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_notifications.campaigns.use_cases import announcements, officer, retention, starting
from wsis_notifications.campaigns.use_cases.announcements import Announcements
from wsis_notifications.campaigns.use_cases.officer import CampaignsCases
from wsis_notifications.campaigns.use_cases.retention import Retention
from wsis_notifications.campaigns.use_cases.starting import Starting


def compose(parts: Parts) -> tuple[CampaignsCases, Starting, Announcements, Retention]:
    """The use cases with their collaborators; called once per process."""
    return officer.compose(parts), starting.compose(parts), announcements.compose(parts), retention.compose(parts)
