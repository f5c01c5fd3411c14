"""Events. Subscriptions of agencies to public events: webhooks and queues."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventSelection, EventType
from wsis_shared.schemas import ResponseSchema


class EndpointDisabled(ResponseSchema):
    """A receiver of events gets no more of them."""

    account = fields.String(required=True)
    subscription = fields.String(required=True)
    name = fields.String(required=True)
    host = fields.String(required=True)
    reason = fields.String(required=True, metadata={"description": "gone, silent or handshake"})


ENDPOINT_DISABLED = EventType(
    "endpoint_disabled", "A webhook is disabled; its owner gets a mail", EndpointDisabled,
    {"account": "3f2a", "subscription": "5c1d", "name": "Register of ESCWA", "host": "hooks.escwa.example",
     "reason": "silent"},
    notifications=(EmailNotification("endpoint_disabled"),),
)  # fmt: skip

PUBLISHES: tuple[EventType, ...] = (ENDPOINT_DISABLED,)
DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",), handler="forget_event_subscriptions"),
    EventDependency("accounts", "roles_changed", reads=("account", "roles"), handler="check_subscription_owner"),
    EventDependency("accounts", "action_taken", reads=("action", "object"), handler="on_account_action"),
)
SELECTS: tuple[EventSelection, ...] = ()
