"""Ballots that the review of fraud excluded or reinstated."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema


class Excluded(ResponseSchema):
    """Whose ballots the review has excluded, some hundred accounts at a time, and on which ground."""

    edition = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)
    ground = fields.String(required=True)


class Reinstated(ResponseSchema):
    """Whose ballots are not excluded any more, some hundred accounts at a time."""

    edition = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)


BALLOTS_EXCLUDED = EventType(
    "ballots_excluded",
    "Officers have excluded ballots from the count: their voters are told why",
    Excluded,
    {"edition": "2017", "accounts": ["3f2a", "77b0"], "ground": "burst"},
    notifications=(EmailNotification("ballot_excluded", to="accounts", context_provider="exclusion"),),
)
BALLOTS_REINSTATED = EventType(
    "ballots_reinstated",
    "Officers have taken an exclusion back: the voters are told",
    Reinstated,
    {"edition": "2017", "accounts": ["3f2a", "77b0"]},
    notifications=(EmailNotification("ballot_reinstated", to="accounts", context_provider="exclusion"),),
)
