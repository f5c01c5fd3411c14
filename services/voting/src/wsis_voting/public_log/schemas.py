"""What anybody may ask of the public log, and what it answers."""

from __future__ import annotations

from marshmallow import INCLUDE, fields, validate
from wsis_shared.schemas import ActionLine, RequestSchema, ResponseSchema


class LogHead(ResponseSchema):
    """A signed head: the tree of the first `size` leaves has this `root`."""

    v = fields.Integer(required=True)
    edition = fields.String(required=True)
    number = fields.Integer(required=True)
    size = fields.Integer(required=True)
    root = fields.String(required=True)
    time = fields.String(required=True)
    prev = fields.String(required=True)
    key_id = fields.String(required=True)
    signature = fields.String(required=True)


class LogHeads(ResponseSchema):
    """Heads in order; `next` is what to ask `after`."""

    items = fields.List(fields.Nested(LogHead), required=True)
    next = fields.Integer(allow_none=True)


class LogLeaf(ResponseSchema):
    """A leaf: `c` is a commitment, `t` is vote, void or restored."""

    c = fields.String(required=True)
    t = fields.String(required=True)
    reason = fields.String()


class LogLeaves(ResponseSchema):
    """Leaves in order; `next` is what to ask `after`."""

    items = fields.List(fields.Nested(LogLeaf), required=True)
    next = fields.Integer(allow_none=True)


class LogOpenings(ResponseSchema):
    """Lines of openings/<category>.jsonl in order."""

    items = fields.List(fields.String(), required=True)
    next = fields.Integer(allow_none=True)


class LogResult(ResponseSchema):
    """result.json as it is published and signed."""

    class Meta:
        unknown = INCLUDE

    v = fields.Integer(required=True)
    edition = fields.String(required=True)
    number = fields.Integer(required=True)
    certified_at = fields.String(required=True)
    head = fields.Dict(required=True)
    rules = fields.Dict(required=True)
    ballots = fields.Dict(required=True)
    votes = fields.Dict(required=True)
    categories = fields.List(fields.Dict(), required=True)
    files = fields.Dict(required=True)
    key_id = fields.String(required=True)
    signature = fields.String(required=True)


class LogCertification(ResponseSchema):
    """certification.json as it is published and signed: `result` is the SHA-256 of result.json."""

    v = fields.Integer(required=True)
    edition = fields.String(required=True)
    number = fields.Integer(required=True)
    certified_at = fields.String(required=True)
    head = fields.Dict(required=True)
    result = fields.String(required=True)
    key_id = fields.String(required=True)
    signature = fields.String(required=True)


class After(RequestSchema):
    """Where to go on."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**40))


class HeadsAfter(After):
    """Heads after number `after`."""

    limit = fields.Integer(load_default=100, validate=validate.Range(min=1, max=1000))


class LeavesAfter(After):
    """Leaves from place `after` on."""

    limit = fields.Integer(load_default=1000, validate=validate.Range(min=1, max=4096))


class OpeningsAfter(After):
    """Openings of a category."""

    category = ActionLine(required=True)


_SIZE = fields.Integer(required=True, validate=validate.Range(min=0, max=2**40))
Sizes = RequestSchema.from_dict({"from": _SIZE, "to": _SIZE}, name="Sizes")
LogConsistency = ResponseSchema.from_dict(
    {
        "from": fields.Integer(required=True),
        "to": fields.Integer(required=True),
        "proof": fields.List(fields.String(), required=True),
    },
    name="LogConsistency",
)
