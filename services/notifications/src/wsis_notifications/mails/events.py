"""What notifications publishes. What it reads follows from the notices of all installed plugins, not from a list."""

from __future__ import annotations

from collections.abc import Iterable

from marshmallow import fields
from wsis_shared.events import EventDependency, EventKey, EventSelection, EventType
from wsis_shared.plugin import Plugin
from wsis_shared.schemas import ResponseSchema


class DeliveryFailed(ResponseSchema):
    """The mail that did not go, and why."""

    delivery = fields.String(required=True)
    event = fields.String(required=True)
    template = fields.String(required=True)
    account = fields.String(allow_none=True)
    priority = fields.String(required=True)
    reason = fields.String(required=True)


DELIVERY_FAILED = EventType(
    type="delivery_failed",
    summary="A mail could not be delivered and is not tried again",
    schema=DeliveryFailed,
    example={
        "delivery": "5f0c9f0d3c5e5b0d8f6f3f1f4b1c2d3e",
        "event": "0b1c2d3e4f",
        "template": "prizes/project_submitted",
        "account": "3f2a",
        "priority": "low",
        "reason": "rcpt 550 5.1.1",
    },
)

DEPENDS_ON = (
    EventDependency("accounts", "account_erased", reads=("account",)),
    EventDependency("accounts", "address_erased", reads=("address",)),
)
SELECTS = (
    EventSelection("on_urgent", "wsis_notifications.mails.events:urgent", batches=True),
    EventSelection("on_notice", "wsis_notifications.mails.events:other", batches=True),
)


def urgent(plugins: Iterable[Plugin]) -> list[EventKey]:
    """Events with a mail that somebody waits for."""
    return [key for key, event in _with_mails(plugins) if _is_urgent(event)]


def other(plugins: Iterable[Plugin]) -> list[EventKey]:
    """All other events with a mail."""
    return [key for key, event in _with_mails(plugins) if not _is_urgent(event)]


def providers(plugins: Iterable[Plugin]) -> list[str]:
    """The methods that say more for mails: this service calls them when it writes one."""
    return [
        f"{plugin.name}.{notification.context_provider}"
        for plugin in plugins
        for event in plugin.publishes
        for notification in event.notifications
        if notification.context_provider
    ]


def _with_mails(plugins: Iterable[Plugin]) -> list[tuple[EventKey, EventType]]:
    return [(event.key(plugin.name), event) for plugin in plugins for event in plugin.publishes if event.notifications]


def _is_urgent(event: EventType) -> bool:
    return any(notification.priority == "high" for notification in event.notifications)
