"""What notifications publishes. What it reads follows from the notices of all installed plugins, not from a list."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import Event, Expected
from wsis_shared.schemas import Answer


class DeliveryFailed(Answer):
    """The mail that did not go, and why."""

    delivery = fields.String(required=True)
    event = fields.String(required=True)
    template = fields.String(required=True)
    account = fields.String(allow_none=True)
    lane = fields.String(required=True)
    reason = fields.String(required=True)


DELIVERY_FAILED = Event(
    type="delivery_failed",
    summary="A mail could not be delivered and is not tried again",
    schema=DeliveryFailed,
    example={
        "delivery": "5f0c9f0d3c5e5b0d8f6f3f1f4b1c2d3e", "event": "0b1c2d3e4f", "template": "prizes/project_submitted",
        "account": "3f2a", "lane": "bulk", "reason": "rcpt 550 5.1.1",
    },
)  # fmt: skip

EXPECTS = (Expected("accounts", "account_erased", reads=("account",)),)
