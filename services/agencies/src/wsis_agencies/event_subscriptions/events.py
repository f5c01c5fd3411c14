"""Events. Subscriptions of agencies to public events: webhooks and queues."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import (
    EmailNotification,
    EventDependency,
    EventType,
    PendingEvent,
    new_event,
)
from wsis_shared.schemas import ResponseSchema


class EndpointDisabled(ResponseSchema):
    """A receiver of events gets no more of them."""

    account = fields.String(required=True)
    subscription = fields.String(required=True)
    name = fields.String(required=True)
    host = fields.String(required=True, metadata={"description": "Of the receiver; or the name of the queue"})
    reason = fields.String(required=True, metadata={"description": "gone, silent (a queue: full so long) or handshake"})


ENDPOINT_DISABLED = EventType(
    "endpoint_disabled",
    "A subscription is disabled; its owner gets a mail",
    EndpointDisabled,
    {
        "account": "3f2a",
        "subscription": "5c1d",
        "name": "Register of ESCWA",
        "host": "hooks.escwa.example",
        "reason": "silent",
    },
    notifications=(EmailNotification("endpoint_disabled"),),
)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",), handler="forget_event_subscriptions"),
    EventDependency("accounts", "power_changed", reads=("account", "roles"), handler="check_subscription_owner"),
)


def disabled(owner: str, subscription: str, name: str, receiver: str, reason: str) -> PendingEvent:
    """That nothing more goes to its receiver: a host, or a queue."""
    return new_event(
        ENDPOINT_DISABLED,
        subject=subscription,
        account=owner,
        subscription=subscription,
        name=name,
        host=receiver,
        reason=reason,
    )
