"""Events of shares: mails to who is asked, and to who asked."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import ResponseSchema

from wsis_stocktaking.entries.events import TitledEntry


class ShareOffer(ResponseSchema):
    """An invitation by an account."""

    account = fields.String(required=True)
    share = fields.String(required=True)


class ShareAccepted(TitledEntry):
    """`account` asked; with role `owner` it has handed over so many entries."""

    role = fields.String(required=True)
    entries = fields.Integer(required=True)


SHARE_OFFERED = EventType(
    "entry_share_offered",
    "The owner of an entry asks somebody by mail to edit it, or to own it",
    ShareOffer,
    {"account": "3f2a", "share": "b20c"},
    notifications=(
        EmailNotification("entry_share_offered", to="contact", priority="high", context_provider="write_share_code"),
    ),
)
SHARE_ACCEPTED = EventType(
    "entry_share_accepted",
    "Somebody edits an entry from now on, or owns it; who asked gets a mail",
    ShareAccepted,
    {"account": "3f2a", "entry": "9b1d", "title": "Digital farmers", "role": "owner", "entries": 3},
    notifications=(EmailNotification("entry_share_accepted"),),
)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",), handler="forget_shares"),
    EventDependency("accounts", "address_erased", reads=("address",), handler="forget_shares_by_address"),
)
