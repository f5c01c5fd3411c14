"""Dates of phases."""

from __future__ import annotations

from marshmallow import ValidationError, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import RequestSchema, Utc, reason


class PhasePatch(RequestSchema):
    """New dates of a phase; what is not named stays."""

    start = Utc()
    end = Utc()
    reason = reason()

    @validates_schema
    def something(self, data: Input, **_: object) -> None:
        """One of the two."""
        if "start" not in data and "end" not in data:
            raise ValidationError("Name start, end or both.")
