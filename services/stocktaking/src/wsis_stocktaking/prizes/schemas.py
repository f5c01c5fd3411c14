"""Schemas of entries from the WSIS Prizes."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import ResponseSchema


class PrizeEntries(ResponseSchema):
    """What a job did with the projects of an edition."""

    edition = fields.String()
    projects = fields.Integer(metadata={"description": "Projects whose entries were brought up to date"})
