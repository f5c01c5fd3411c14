"""Events. Sending of an issue to its recipients: schedule, pause, resume, figures."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import (
    EmailNotification,
    EventDependency,
    EventType,
    PendingEvent,
    new_event,
)
from wsis_shared.json_types import Input
from wsis_shared.schemas import ResponseSchema


class CampaignPaused(ResponseSchema):
    """Which campaign, and why it waits for an officer."""

    campaign = fields.String(required=True)
    name = fields.String(required=True)
    reason = fields.String(required=True, metadata={"description": "late, issue, officer, hard_bounces or complaints"})


class CampaignFinished(ResponseSchema):
    """Which campaign, and of what."""

    campaign = fields.String(required=True)
    issue = fields.String(allow_none=True)
    kind = fields.String(required=True)


class CampaignProgressed(ResponseSchema):
    """Which campaign has new figures."""

    campaign = fields.String(required=True)


CAMPAIGN_PAUSED = EventType(
    "campaign_paused",
    "A campaign waits for an officer",
    CampaignPaused,
    {"campaign": "5e1d6a7b8c9d0e1f", "name": "WSIS Flash 3/2017", "reason": "hard_bounces"},
    notifications=(EmailNotification("campaign_paused", to="role:officer"),),
)
CAMPAIGN_FINISHED = EventType(
    "campaign_finished",
    "All mails of a campaign have an outcome",
    CampaignFinished,
    {"campaign": "5e1d6a7b8c9d0e1f", "issue": "7d1c", "kind": "full"},
)
CAMPAIGN_PROGRESSED = EventType(
    "campaign_progressed", "A campaign has new figures", CampaignProgressed, {"campaign": "5e1d6a7b8c9d0e1f"}
)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "power_changed", reads=("account", "roles"), handler="check_campaign_officer"),
    EventDependency("prizes", "champions_announced", reads=("edition", "champions"), handler="announce_champions"),
    EventDependency("prizes", "winners_announced", reads=("edition", "winners"), handler="announce_winners"),
)


def paused(campaign: Input, reason: str) -> PendingEvent:
    """That it waits for an officer."""
    about = {"campaign": campaign["_id"], "name": campaign["name"], "reason": reason}
    return new_event(CAMPAIGN_PAUSED, subject=campaign["_id"], **about)


def finished(campaign: Input) -> PendingEvent:
    """That it has ended."""
    about = {"campaign": campaign["_id"], "issue": campaign["issue"], "kind": campaign["kind"]}
    return new_event(CAMPAIGN_FINISHED, subject=campaign["_id"], **about)


def progressed(campaign: str) -> PendingEvent:
    """That its figures have changed."""
    return new_event(CAMPAIGN_PROGRESSED, subject=campaign, campaign=campaign)
