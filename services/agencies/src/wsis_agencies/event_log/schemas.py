"""Input and output. Public events in one sequence, for agencies and feeds."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ActionLine, Locale, Region, RequestSchema, ResponseSchema, Utc, reason

MAX_NUMBER = 2**53
TYPES = {"description": "As in `/v1/asyncapi.json`, which lists all: `wsis.prizes.winners_announced.v1`"}
WARNINGS = {"description": "What the filter names and nobody publishes, in the reader's language"}


class EventsQuery(RequestSchema):
    """Which events of the log. Those without a facet pass its filter."""

    after = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=0, max=MAX_NUMBER),
        metadata={"description": "Number after which to begin: the former `position`"},
    )
    type = fields.String(load_default=None, validate=validate.Length(max=100), metadata=TYPES)
    action_line = ActionLine(load_default=None)
    sdg = fields.Integer(load_default=None, validate=validate.Range(min=1, max=17))  # in a query, a number is text
    region = Region(load_default=None)
    language = Locale(load_default=None)
    limit = fields.Integer(
        load_default=50, validate=validate.Range(min=1, max=200), metadata={"description": "Events, at most 200"}
    )


class PublicEvent(ResponseSchema):
    """A CloudEvent 1.0. `data` is null after a takedown; `/v1/asyncapi.json` has its schema by type."""

    specversion = fields.String(required=True)
    id = fields.String(required=True)
    source = fields.String(required=True)
    type = fields.String(required=True)
    time = Utc(required=True)
    subject = fields.String(required=True)
    sequence = fields.String(required=True, metadata={"description": "Its number in the log, 20 digits"})
    datacontenttype = fields.String(required=True)
    data = fields.Dict(required=True, allow_none=True)


class Events(ResponseSchema):
    """Events in the order of their numbers. Who has read up to `position` has missed nothing."""

    items = fields.List(fields.Nested(PublicEvent), required=True)
    next = fields.Integer(required=True, allow_none=True)
    position = fields.Integer(required=True)
    warnings = fields.List(fields.String(), metadata=WARNINGS)


class AsyncApi(ResponseSchema):
    """A document by the AsyncAPI specification 3.0."""

    asyncapi = fields.String(required=True)


class Takedown(RequestSchema):
    """Why the content is withdrawn."""

    reason = reason()
