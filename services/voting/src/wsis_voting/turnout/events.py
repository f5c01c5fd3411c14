"""Votes were stored."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventType
from wsis_shared.schemas import ResponseSchema


class Counting(ResponseSchema):
    """Which contest."""

    edition = fields.String(required=True)


TURNOUT_CHANGED = EventType(
    "turnout_changed", "Votes were stored: officers who follow the turnout read it anew", Counting, {"edition": "2017"}
)
