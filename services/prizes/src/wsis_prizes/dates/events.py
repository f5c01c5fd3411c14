"""Dates that moved."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema, Utc


class PhaseChanged(ResponseSchema):
    """A phase with its dates before and after."""

    edition = fields.String(required=True)
    phase = fields.String(required=True)
    start = Utc(required=True)
    end = Utc(required=True)
    former_start = Utc(required=True)
    former_end = Utc(required=True)
    reason = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)


PHASE_CHANGED = EventType(
    type="phase_changed",
    summary="A phase of the contest has new dates",
    schema=PhaseChanged,
    example={
        "edition": "2017",
        "phase": "submission",
        "start": "2016-09-04T22:00:00Z",
        "end": "2017-02-22T22:00:00Z",
        "former_start": "2016-09-04T22:00:00Z",
        "former_end": "2017-02-15T22:00:00Z",
        "reason": "Many asked for another week",
        "accounts": ["3f2a"],
    },
    public=True,
    # Those whom the phase concerns. An extension of voting is told to everyone by an event of its own.
    notifications=(EmailNotification("phase_changed", to="accounts", kind="prizes"),),
)


class VotingExtended(ResponseSchema):
    """The end of voting before and after."""

    edition = fields.String(required=True)
    closes_at = Utc(required=True)
    former_closes_at = Utc(required=True)
    reason = fields.String(required=True)


VOTING_EXTENDED = EventType(
    type="voting_extended",
    summary="Public voting ends later",
    schema=VotingExtended,
    example={
        "edition": "2017",
        "closes_at": "2017-04-30T21:00:00Z",
        "former_closes_at": "2017-04-15T21:00:00Z",
        "reason": "More time for voters",
    },
    public=True,
    notifications=(EmailNotification("voting_extended", to="everyone", kind="voting"),),
)
