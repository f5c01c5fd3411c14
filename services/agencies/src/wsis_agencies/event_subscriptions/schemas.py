"""Input and output. Subscriptions of agencies to public events: webhooks and queues."""

from __future__ import annotations

from typing import TypeVar

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.schemas import (
    ActionLine,
    Id,
    Locale,
    PageQuery,
    Region,
    RequestSchema,
    ResponseSchema,
    Sdg,
    Text,
    Utc,
    page_of,
)

from wsis_agencies.event_log.schemas import TYPES, WARNINGS
from wsis_agencies.event_subscriptions.rules.subscriptions import CHANNELS, STATES

MAX_URL = 500  # characters
MAX_CODES = 60  # of one filter
MAX_NUMBER = 2**53
T = TypeVar("T")


def _any_of(field: fields.Field[T]) -> fields.List[T]:
    return fields.List(field, load_default=list, validate=validate.Length(max=MAX_CODES))


class EventFilters(RequestSchema):
    """Which events: one value of each list that is not empty must fit. An event without that facet passes."""

    types = _any_of(fields.String(validate=validate.Regexp(r"\A[a-z0-9_.-]{1,100}\Z"), metadata=TYPES))
    action_lines = _any_of(ActionLine())
    sdgs = _any_of(Sdg())
    regions = _any_of(Region())
    languages = _any_of(Locale())


class Start(RequestSchema):
    """Where to begin in the log of events: after a number, or at a moment; neither: now."""

    after = fields.Integer(strict=True, load_default=None, validate=validate.Range(min=0, max=MAX_NUMBER))
    since = Utc(load_default=None)

    @validates_schema
    def one_of_both(self, data: dict[str, object], **_: object) -> None:
        """A number and a moment could disagree."""
        if data.get("after") is not None and data.get("since") is not None:
            raise ValidationError("Give a number or a moment, not both.", "since")


class EventSubscriptionPatch(RequestSchema):
    """What may change."""

    name = Text(required=True, max_length=120)
    url = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=MAX_URL))
    filters = fields.Nested(EventFilters, load_default=lambda: EventFilters().load({}))


class EventSubscriptionBody(EventSubscriptionPatch):
    """A new subscription; a webhook needs `url`."""

    channel = fields.String(load_default="webhook", validate=validate.OneOf(CHANNELS))
    start = fields.Nested(Start, load_default=lambda: Start().load({}))


class EventSubscription(ResponseSchema):
    """A subscription."""

    id = fields.String(required=True)
    owner = fields.String()
    name = fields.String()
    channel = fields.String()
    url = fields.String(allow_none=True)
    filters = fields.Dict(keys=fields.String(), values=fields.Raw())
    warnings = fields.List(fields.String(), metadata=WARNINGS)
    state = fields.String(validate=validate.OneOf(STATES), metadata={"description": "pending until the handshake"})
    reason = fields.String(allow_none=True, metadata={"description": "Why it is pending or disabled"})
    position = fields.Integer(allow_none=True, metadata={"description": "Events up to this number are dealt with"})
    waiting = fields.Integer(allow_none=True, metadata={"description": "Numbers of the log after `position`"})
    full_since = Utc(
        allow_none=True,
        metadata={"description": "Since when the queue takes no more; after five days the subscription is disabled"},
    )
    replay = fields.Dict(allow_none=True, metadata={"description": "position, until: while one runs"})
    created_at = Utc()


EventSubscriptionPage = page_of(EventSubscription, "EventSubscriptionPage")


class Credentials(EventSubscription):
    """A subscription with what its receiver needs; shown this once."""

    secret = fields.String(allow_none=True, metadata={"description": "whsec_..., for webhooks"})
    former_until = Utc(allow_none=True, metadata={"description": "Until when the former secret is valid too"})
    queue = fields.Dict(allow_none=True, metadata={"description": "uri and name of the queue"})


class Attempt(ResponseSchema):
    """One request to the receiver of a webhook, or what was published to a queue."""

    at = Utc(required=True)
    kind = fields.String(metadata={"description": "event, test or handshake"})
    event = fields.String(allow_none=True)
    sequence = fields.Integer(allow_none=True)
    tries = fields.Integer()
    status = fields.Integer(allow_none=True, metadata={"description": "Of HTTP; null for a queue"})
    seconds = fields.Float()
    count = fields.Integer(metadata={"description": "Of events taken at once; `event` is the newest"})
    error = fields.String(
        allow_none=True, metadata={"description": "Why it was not taken; of a queue: queue_full or queue_missing"}
    )


AttemptPage = page_of(Attempt, "WebhookAttemptPage")


class DeliveryQuery(PageQuery):
    """Narrow the list."""

    state = fields.String(load_default=None, validate=validate.OneOf(("waiting", "dead")))


class PendingDelivery(ResponseSchema):
    """An event that its receiver has not taken yet, or is not offered any more."""

    sequence = fields.Integer(required=True)
    state = fields.String()
    tries = fields.Integer()
    due = Utc(allow_none=True)
    tried_at = Utc(allow_none=True)


PendingDeliveryPage = page_of(PendingDelivery, "PendingDeliveryPage")


class Requeue(RequestSchema):
    """Which dead deliveries; without numbers: all."""

    sequences = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=1, max=MAX_NUMBER)),
        load_default=None,
        validate=validate.Length(min=1, max=100),
    )


class Requeued(ResponseSchema):
    """How many are tried again."""

    count = fields.Integer(required=True)


class TestEvent(ResponseSchema):
    """The test event that is sent next; see the attempts."""

    event = Id(required=True)
