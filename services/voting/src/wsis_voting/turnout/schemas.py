"""How many take part, never for whom."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema, Utc


class CountryTurnout(ResponseSchema):
    """Voters, votes and complete ballots of one country; countries with few voters are put together."""

    country = fields.String(required=True)
    started = fields.Integer(required=True)
    votes = fields.Integer(required=True)
    complete = fields.Integer(required=True)


class HourTurnout(ResponseSchema):
    """One hour; `hour` is its first moment."""

    hour = Utc(required=True)
    votes = fields.Integer(required=True)
    started = fields.Integer(required=True)
    complete = fields.Integer(required=True)


class HourRegistrations(ResponseSchema):
    """Accounts confirmed in one hour."""

    hour = Utc(required=True)
    accounts = fields.Integer(required=True)


class DomainRegistrations(ResponseSchema):
    """Accounts with addresses of one domain; domains of few are put together."""

    domain = fields.String(required=True)
    accounts = fields.Integer(required=True)


class CountryRegistrations(ResponseSchema):
    """Accounts of one country; countries of few are put together."""

    country = fields.String(required=True)
    accounts = fields.Integer(required=True)


class DomainTurnout(ResponseSchema):
    """Ballots of addresses of one domain; domains of few are put together."""

    domain = fields.String(required=True)
    started = fields.Integer(required=True)
    complete = fields.Integer(required=True)


class Registrations(ResponseSchema):
    """Confirmed accounts, some seconds old; a minute, where they are of thousands of domains. Domains and countries
    move once an hour, and by ten accounts or more at a step."""

    accounts = fields.Integer(required=True)
    hours = fields.List(fields.Nested(HourRegistrations), required=True)
    domains = fields.List(fields.Nested(DomainRegistrations), required=True)
    countries = fields.List(fields.Nested(CountryRegistrations), required=True)


class Unsettled(ResponseSchema):
    """What is accepted and not stored yet. `waiting` is null while the broker cannot be asked."""

    waiting = fields.Integer(required=True, allow_none=True, metadata={"description": "In the queue"})
    in_hand = fields.Integer(required=True, metadata={"description": "With recorders"})
    oldest_seconds = fields.Float(required=True, metadata={"description": "Since the oldest in hand was accepted"})


class Span(RequestSchema):
    """How far back."""

    hours = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 2000),
        metadata={"description": "The last so many hours; else all, at most 2000"},
    )


class Turnout(ResponseSchema):
    """How many take part, never for whom."""

    edition = fields.String(required=True)
    votes = fields.Integer(required=True)
    started = fields.Integer(required=True)
    complete = fields.Integer(required=True)
    hours = fields.List(fields.Nested(HourTurnout), required=True)
    countries = fields.List(
        fields.Nested(CountryTurnout),
        required=True,
        metadata={"description": "Of the hours that are over; each moves by ten voters or more at a step"},
    )
    domains = fields.List(
        fields.Nested(DomainTurnout),
        required=True,
        metadata={"description": "As the review of fraud saw them within the last hours; in steps as countries"},
    )
    registrations = fields.Nested(Registrations, required=True)
    unsettled = fields.Nested(Unsettled, required=True)
