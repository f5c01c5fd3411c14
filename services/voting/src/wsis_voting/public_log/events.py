"""The growth of the public log, and the result that becomes public."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventDependency, EventType
from wsis_shared.schemas import ResponseSchema


class Published(ResponseSchema):
    """Which result; it is at `.../log/result`."""

    edition = fields.String(required=True)
    number = fields.Integer(required=True)


class Head(ResponseSchema):
    """A signed head of the public log, whole: whoever keeps it can show that history was rewritten."""

    v = fields.Integer(required=True)
    edition = fields.String(required=True)
    number = fields.Integer(required=True)
    size = fields.Integer(required=True, metadata={"description": "Leaves in the tree"})
    root = fields.String(required=True)
    time = fields.String(required=True)
    prev = fields.String(required=True, metadata={"description": "SHA-256 of the former head as it is published"})
    key_id = fields.String(required=True)
    signature = fields.String(required=True)


LOG_HEAD_PUBLISHED = EventType(
    "log_head_published",
    "The public log of the votes has grown",
    Head,
    {
        "v": 1,
        "edition": "2017",
        "number": 1,
        "size": 212,
        "root": "9f" * 32,
        "time": "2017-03-16T00:01:00Z",
        "prev": "0" * 64,
        "key_id": "07509fd7b8294aff",
        "signature": "a6" * 64,
    },
    public=True,
)
RESULT_PUBLISHED = EventType(
    "result_published",
    "The certified result and the openings of the votes are public",
    Published,
    {"edition": "2017", "number": 1},
    public=True,
)


DEPENDS_ON = (EventDependency("prizes", "champions_announced", reads=("edition",)),)
