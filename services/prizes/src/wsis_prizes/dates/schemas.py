"""Dates of phases."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import RequestSchema, ResponseSchema, Utc, reason

from wsis_prizes.editions.schemas import Conflict


class PhaseDates(RequestSchema):
    """New dates of a phase; what is not named stays."""

    start = Utc()
    end = Utc()

    @validates_schema
    def something(self, data: Input, **_: object) -> None:
        """One of the two."""
        if "start" not in data and "end" not in data:
            raise ValidationError("Name start, end or both.")


class PhasePatch(PhaseDates):
    """New dates, and why."""

    reason = reason()


class PhasePreview(ResponseSchema):
    """What a move would do."""

    start = Utc()
    end = Utc()
    former_start = Utc()
    former_end = Utc()
    conflicts = fields.List(fields.Nested(Conflict), metadata={"description": "Those that there were not before"})
    everyone = fields.Boolean(metadata={"description": "Voting is extended: everyone gets a mail"})
    accounts = fields.Integer(metadata={"description": "How many submitters get a mail, where not everyone does"})
