"""Times in requests: wherever a schema has one, the method gets the moment."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import fields
from wsis_shared.moments import Moments
from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import RequestSchema, Utc

TEXT, MOMENT = "2017-05-01T09:00:00.123456+09:00", datetime(2017, 5, 1, 0, 0, 0, 123000, UTC)


class Span(RequestSchema):
    start = Utc()
    note = fields.String()
    parts = fields.List(fields.Nested(lambda: Span()))


class Note(RequestSchema):
    at = Utc(allow_none=True)
    note = fields.String()
    span = fields.Nested(Span)
    spans = fields.Nested(Span, many=True)
    listed = fields.List(Utc())
    by_name = fields.Dict(keys=fields.String(), values=Utc())


class Query(RequestSchema):
    since = Utc()
    q = fields.String()


class Plain(RequestSchema):
    q = fields.String()
    itself = fields.Nested(lambda: Plain())


def route(handler: str, **more: Any) -> Route:
    return Route("POST", f"/v1/{handler}", handler, "A test", permission=PUBLIC, **more)


MOMENTS = Moments((route("write", body=Note), route("search", query=Query), route("plain", query=Plain, body=Plain)))


def test_every_time_of_a_body_becomes_a_moment_and_nothing_else_changes() -> None:
    span = {"start": TEXT, "note": TEXT, "parts": [{"start": TEXT, "parts": []}]}
    body = {"at": TEXT, "note": TEXT, "span": span, "spans": [span], "listed": [TEXT], "by_name": {"a": TEXT}}
    read = {"start": MOMENT, "note": TEXT, "parts": [{"start": MOMENT, "parts": []}]}
    assert MOMENTS.read("write", {"id": TEXT, "body": body}) == {
        "id": TEXT,
        "body": {
            "at": MOMENT,
            "note": TEXT,
            "span": read,
            "spans": [read],
            "listed": [MOMENT],
            "by_name": {"a": MOMENT},
        },
    }
    assert body["span"] is span, "what was given stays as it is"
    assert span["start"] == TEXT


def test_a_time_of_a_query_becomes_a_moment() -> None:
    assert MOMENTS.read("search", {"since": TEXT, "q": TEXT}) == {"since": MOMENT, "q": TEXT}


def test_what_is_absent_null_or_a_moment_already_stays() -> None:
    assert MOMENTS.read("write", {"body": {"at": None}}) == {"body": {"at": None}}
    assert MOMENTS.read("write", {"body": {"at": MOMENT}}) == {"body": {"at": MOMENT}}
    assert MOMENTS.read("search", {"q": "x"}) == {"q": "x"}


def test_a_method_without_times_gets_its_arguments_as_they_are() -> None:
    arguments = {"q": TEXT, "body": {"q": TEXT}}
    assert MOMENTS.read("plain", arguments) is arguments
    assert MOMENTS.read("of no route", arguments) is arguments
