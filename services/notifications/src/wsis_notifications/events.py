"""What notifications publishes. What it reads follows from the notices of all installed plugins, not from a list."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventDependency, EventType
from wsis_shared.schemas import ResponseSchema


class DeliveryFailed(ResponseSchema):
    """The mail that did not go, and why."""

    delivery = fields.String(required=True)
    event = fields.String(required=True)
    template = fields.String(required=True)
    account = fields.String(allow_none=True)
    lane = fields.String(required=True)
    reason = fields.String(required=True)


DELIVERY_FAILED = EventType(
    type="delivery_failed",
    summary="A mail could not be delivered and is not tried again",
    schema=DeliveryFailed,
    example={
        "delivery": "5f0c9f0d3c5e5b0d8f6f3f1f4b1c2d3e", "event": "0b1c2d3e4f", "template": "prizes/project_submitted",
        "account": "3f2a", "lane": "low", "reason": "rcpt 550 5.1.1",
    },
)  # fmt: skip

DEPENDS_ON = (EventDependency("accounts", "account_erased", reads=("account",)),)
