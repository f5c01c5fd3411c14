"""Events of calls: mails to owners, and what of entries answers a call."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import ResponseSchema


class CallToOwner(ResponseSchema):
    """A call, and an owner of old entries."""

    account = fields.String(required=True)
    call = fields.String(required=True)


_EXAMPLE = {"account": "3f2a", "call": "5c1d"}

OWNER_CALLED = EventType(
    "owner_called",
    "The owner of old entries is asked whether they are still correct",
    CallToOwner,
    _EXAMPLE,
    notifications=(EmailNotification("owner_called", context_provider="write_call", kind="updates"),),
)
OWNER_REMINDED = EventType(
    "owner_reminded",
    "An owner has not answered a call, and its deadline is near",
    CallToOwner,
    _EXAMPLE,
    notifications=(EmailNotification("owner_reminded", context_provider="write_call", kind="updates"),),
)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",), handler="forget_invitee"),
    EventDependency("stocktaking", "entry_submitted", reads=("account", "entry"), handler="count_update"),
    EventDependency("stocktaking", "entry_confirmed", reads=("account", "entry"), handler="count_confirmation"),
)
