"""Events of subscriptions. All are internal, and none has an address: a mail's is asked for when it is
written."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType, PendingEvent, new_event
from wsis_shared.schemas import ResponseSchema


class SubscriptionRequested(ResponseSchema):
    """A request for the newsletter."""

    request = fields.String(required=True)


def _event(type: str, summary: str, template: str) -> EventType:
    # One event for each text: which mail is due is decided once, and templates stay free of conditions.
    return EventType(
        type,
        summary,
        SubscriptionRequested,
        {"request": "5b1c"},
        notifications=(
            EmailNotification(template, to="contact", priority="high", context_provider="write_subscription_mail"),
        ),
    )


SUBSCRIPTION_REQUESTED = _event(
    "subscription_requested", "Somebody typed an address into the form of the newsletter", "newsletter_confirmation"
)
SUBSCRIPTION_REPEATED = _event(
    "subscription_repeated", "Somebody typed the address of a reader into the form", "newsletter_subscribed"
)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "address_erased", reads=("address",), handler="forget_reader"),
)


def requested(request: str, *, is_reader: bool) -> PendingEvent:
    """A mail is due: to confirm, or, for a reader, with the link to their preferences."""
    event = SUBSCRIPTION_REPEATED if is_reader else SUBSCRIPTION_REQUESTED
    return new_event(event, subject=request, request=request)
