"""Days in requests."""

from __future__ import annotations

from datetime import date

from marshmallow import ValidationError


def is_date(value: str) -> None:
    """Raises ValidationError for a text that is no date, or another spelling of one: 2017-W24-1. No year after 2999:
    editions have none."""
    try:
        if date.fromisoformat(value).isoformat() != value or value >= "3000":
            raise ValueError(value)
    except ValueError as error:
        raise ValidationError("Not a date like 2017-06-12.") from error
