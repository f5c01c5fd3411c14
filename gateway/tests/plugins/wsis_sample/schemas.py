"""What the routes take and return."""

from marshmallow import fields, validate
from wsis_shared.blobs import Upload
from wsis_shared.schemas import (
    Country,
    Id,
    Localised,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    SdgTarget,
    Text,
    Utc,
)


class Target(RequestSchema):
    target = SdgTarget(required=True)


class NewNote(RequestSchema):
    title = Text(max_length=80, required=True, metadata={"examples": ["Digital inclusion"]})
    text = Text(max_length=2000, many_lines=True, load_default=None)
    country = Country(load_default=None)
    at = Utc(load_default=None)
    targets = fields.List(fields.Nested(Target), load_default=list, validate=validate.Length(max=5))
    titles = Localised(load_default=None, max_length=80)
    number = fields.Integer(load_default=None, allow_none=True)


class Note(ResponseSchema):
    id = Id(required=True)
    title = fields.String(required=True)
    at = Utc(allow_none=True)


class NoteOptions(RequestSchema):
    topics = fields.List(fields.String(), load_default=list)
    click = fields.String(data_key="One-Click", load_default=None)


class Query(PageQuery):
    country = Country(load_default=None)
    kinds = fields.List(fields.String(), load_default=list)


class Seen(ResponseSchema):
    actor = fields.String(allow_none=True)
    roles = fields.List(fields.String())
    locale = fields.String()
    network = fields.String(allow_none=True)
    request_id = fields.String()
    trace = fields.String()
    idempotency_key = fields.String(allow_none=True)
    patience = fields.Float()
    query = fields.Dict()


class Count(ResponseSchema):
    calls = fields.Integer()
    title = fields.String()


class NoteBrief(ResponseSchema):
    title = fields.String()


class Paper(ResponseSchema):
    note = fields.String()
    title = fields.String()
    upload = fields.Dict()
    at = Utc()


PAPER = Upload(max_bytes=2_000_000, media_types=("application/pdf", "text/csv"))


class Vote(RequestSchema):
    choice = Id(required=True)
    seconds = fields.Float(load_default=0.0)


class Cast(ResponseSchema):
    choice = fields.String()
    command = fields.String()
    at = Utc()


class Board(ResponseSchema):
    board = fields.String()
    number = fields.Integer()


class Posts(ResponseSchema):
    items = fields.List(fields.String())
    next = fields.Integer(allow_none=True)
    position = fields.Integer(allow_none=True)


class AfterQuery(RequestSchema):
    after = fields.Integer(load_default=0)


class Person(ResponseSchema):
    name = fields.String()
    age = fields.Integer(allow_none=True)


class Row(ResponseSchema):
    number = fields.Integer()
    code = fields.String()
    title = Localised()
    owner = fields.Nested(Person, allow_none=True)
    tags = fields.List(fields.String())
    parts = fields.List(fields.Nested(Person))
    text = fields.String(allow_none=True)
    score = fields.Float()
    open = fields.Boolean()
    at = Utc()
    data = fields.Dict()


class RowQuery(PageQuery):
    rows = fields.Integer(load_default=3)
    size = fields.Integer(load_default=0)
    silent_at = fields.Integer(load_default=None)
    broken_at = fields.Integer(load_default=None)
