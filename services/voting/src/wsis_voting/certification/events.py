"""The tally is certified."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventType
from wsis_shared.schemas import ResponseSchema


class Certified(ResponseSchema):
    """Totals only: votes by project are for the Expert Group."""

    edition = fields.String(required=True)
    ballots_complete = fields.Integer(required=True)
    votes_cast = fields.Integer(required=True)
    votes_counted = fields.Integer(required=True)
    number = fields.Integer()


TALLY_CERTIFIED = EventType(
    "tally_certified",
    "All votes are in and counted, and the tally is frozen",
    Certified,
    {"edition": "2017", "ballots_complete": 52000, "votes_cast": 1100000, "votes_counted": 936000, "number": 1},
    public=True,
)
