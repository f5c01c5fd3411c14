"""Dead letters as the gateway serves them, and who may see them."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.schemas import Id, PageQuery, RequestSchema, ResponseSchema, Utc, reason

READ, REQUEUE, DROP = "dead_letters:read", "dead_letters:requeue", "dead_letters:drop"
GRANTS: Mapping[str, tuple[str, ...]] = {"operator": ("dead_letters:*",)}

_QUEUE = {"description": "Queue of origin"}


class DeadLetter(ResponseSchema):
    """A message that no handler could process."""

    id = Id(required=True)
    queue = fields.String(required=True, metadata=_QUEUE)
    reason = fields.String(required=True)
    at = Utc(required=True, allow_none=True)
    message_id = fields.String(required=True)
    type = fields.String(required=True)
    size = fields.Integer(required=True)
    redacted = fields.String(required=True, metadata={"description": "The body without its values"})


class FullDeadLetter(DeadLetter):
    """The same with its body, which may contain personal data."""

    body = fields.String(required=True)


class DeadLetterPage(ResponseSchema):
    """The oldest first. `total` counts those among the oldest 1,000 that match."""

    items = fields.List(fields.Nested(DeadLetter), required=True)
    next = fields.String(allow_none=True)
    total = fields.Integer(required=True)


class DeadLettersQuery(PageQuery):
    """Dead letters of one service."""

    queue = fields.String(load_default=None, validate=validate.Length(max=255), metadata=_QUEUE)
    q = fields.String(load_default=None, validate=validate.Length(min=1, max=100))


class Drop(RequestSchema):
    """Which ones, and why."""

    ids = fields.List(Id(), required=True, validate=validate.Length(min=1, max=100))
    reason = reason()


class Requeue(RequestSchema):
    """Which ones, or all of a queue, and why."""

    ids = fields.List(Id(), load_default=list, validate=validate.Length(max=100))
    queue = fields.String(load_default=None, validate=validate.Length(max=255), metadata=_QUEUE)
    reason = reason()

    @validates_schema
    def some(self, data: Mapping[str, object], **_: object) -> None:
        """Nothing chosen is not all of those without a queue."""
        if not data.get("ids") and not data.get("queue"):
            raise ValidationError("Shorter than minimum length 1.", "ids")


class Moved(ResponseSchema):
    """How many were requeued or dropped."""

    count = fields.Integer(required=True)
