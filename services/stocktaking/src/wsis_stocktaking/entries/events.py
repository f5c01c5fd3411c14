"""Events of entries that are mails to their owners."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import ResponseSchema


class OwnEntry(ResponseSchema):
    """An entry; `account` is its owner."""

    account = fields.String(required=True)
    entry = fields.String(required=True)


class TitledEntry(OwnEntry):
    """An entry with its title."""

    title = fields.String(required=True)


class EntryApproved(TitledEntry):
    """A draft became public."""

    amended = fields.Boolean(required=True, metadata={"description": "Did the officer complete it?"})
    reason = fields.String(required=True, allow_none=True)


class EntryReturned(TitledEntry):
    """A draft goes back to its owner."""

    reason = fields.String(required=True)


class EntryClosed(TitledEntry):
    """An officer withdrew an entry, or merged it into another one."""

    reason = fields.String(required=True)
    merged_into = fields.String(required=True, allow_none=True)


class UpdateInvited(ResponseSchema):
    """The owner of old entries."""

    account = fields.String(required=True)
    count = fields.Integer(required=True)


_OWN = {"account": "3f2a", "entry": "9b1d"}
_TITLED = {**_OWN, "title": "Digital farmers"}

ENTRY_SUBMITTED = EventType(
    "entry_submitted",
    "A draft waits for review",
    OwnEntry,
    _OWN,
    notifications=(EmailNotification("entry_submitted", priority="high", context_provider="copy_submission"),),
)
ENTRY_APPROVED = EventType(
    "entry_approved",
    "A draft was approved",
    EntryApproved,
    {**_TITLED, "amended": False, "reason": None},
    notifications=(EmailNotification("entry_approved"),),
)
ENTRY_RETURNED = EventType(
    "entry_returned",
    "A draft was returned to its owner",
    EntryReturned,
    {**_TITLED, "reason": "Name the country."},
    notifications=(EmailNotification("entry_returned"),),
)
ENTRY_CLOSED = EventType(
    "entry_closed",
    "An officer withdrew or merged an entry; its owner gets a mail",
    EntryClosed,
    {**_TITLED, "reason": "Registered twice", "merged_into": "77b1"},
    notifications=(EmailNotification("entry_closed"),),
)
ENTRY_ASSIGNED = EventType(
    "entry_assigned",
    "An officer gave an entry to an account, which gets a mail",
    TitledEntry,
    _TITLED,
    notifications=(EmailNotification("entry_assigned"),),
)
UPDATE_INVITED = EventType(
    "update_invited",
    "The owner of old entries is invited to update them",
    UpdateInvited,
    {"account": "3f2a", "count": 3},
    notifications=(EmailNotification("update_invited", context_provider="list_invited", kind="updates"),),
)
ENTRY_CONFIRMED = EventType("entry_confirmed", "An owner says that an entry is still correct", OwnEntry, _OWN)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",), handler="forget_owner"),
    EventDependency("accounts", "address_erased", reads=("address",), handler="forget_contact"),
)
