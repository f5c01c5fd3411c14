"""Events of entries. The public ones name no person; the others are mails to owners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType, PendingEvent, new_event
from wsis_shared.schemas import ResponseSchema


class EntryPublished(ResponseSchema):
    """An entry that became public, or has a new revision; what agencies select by."""

    entry = fields.String(required=True)
    revision = fields.Integer(required=True)
    sequence = fields.Integer(required=True)
    title = fields.String(required=True)
    language = fields.String(required=True, metadata={"description": "Of the title: the original language"})
    kind = fields.String(required=True)
    action_lines = fields.List(fields.String(), required=True)
    sdgs = fields.List(fields.Integer(), required=True)
    countries = fields.List(fields.String(), required=True)
    regions = fields.List(fields.String(), required=True, metadata={"description": "ITU regions"})
    source = fields.String(required=True, metadata={"description": "submission, import, prizes or officer"})


class EntryWithdrawn(ResponseSchema):
    """An entry that is public no more."""

    entry = fields.String(required=True)
    sequence = fields.Integer(required=True)
    merged_into = fields.String(required=True, allow_none=True)
    action_lines = fields.List(
        fields.String(), required=True, metadata={"description": "Each line it was ever public under"}
    )


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

ENTRY_PUBLISHED = EventType(
    "entry_published", "An entry became public, or has a new revision", EntryPublished,
    {"entry": "9b1d", "revision": 2, "sequence": 8124, "title": "Digital farmers", "language": "en", "kind": "project",
     "action_lines": ["C7.e-agriculture"], "sdgs": [2], "countries": ["KE"], "regions": ["africa"],
     "source": "submission"}, public=True,
    facets={"action_lines": "action_lines", "sdgs": "sdgs", "regions": "regions", "languages": "language"},
)  # fmt: skip
ENTRY_WITHDRAWN = EventType(
    "entry_withdrawn", "An entry is public no more: withdrawn, or merged into another one", EntryWithdrawn,
    {"entry": "9b1d", "sequence": 8125, "merged_into": None, "action_lines": ["C7.e-agriculture"]}, public=True,
    facets={"action_lines": "action_lines"},
)  # fmt: skip
ENTRY_SUBMITTED = EventType(
    "entry_submitted", "A draft waits for review", OwnEntry, _OWN,
    notifications=(EmailNotification("entry_submitted", priority="high", context_provider="copy_submission"),),
)  # fmt: skip
ENTRY_APPROVED = EventType(
    "entry_approved", "A draft was approved", EntryApproved, {**_TITLED, "amended": False, "reason": None},
    notifications=(EmailNotification("entry_approved"),),
)  # fmt: skip
ENTRY_RETURNED = EventType(
    "entry_returned", "A draft was returned to its owner", EntryReturned, {**_TITLED, "reason": "Name the country."},
    notifications=(EmailNotification("entry_returned"),),
)  # fmt: skip
ENTRY_CLOSED = EventType(
    "entry_closed", "An officer withdrew or merged an entry; its owner gets a mail", EntryClosed,
    {**_TITLED, "reason": "Registered twice", "merged_into": "77b1"},
    notifications=(EmailNotification("entry_closed"),),
)  # fmt: skip
ENTRY_ASSIGNED = EventType(
    "entry_assigned", "An officer gave an entry to an account, which gets a mail", TitledEntry, _TITLED,
    notifications=(EmailNotification("entry_assigned"),),
)  # fmt: skip
UPDATE_INVITED = EventType(
    "update_invited", "The owner of old entries is invited to update them", UpdateInvited,
    {"account": "3f2a", "count": 3},
    notifications=(EmailNotification("update_invited", context_provider="list_invited", kind="updates"),),
)  # fmt: skip

PUBLISHES: tuple[EventType, ...] = (
    ENTRY_PUBLISHED, ENTRY_WITHDRAWN, ENTRY_SUBMITTED, ENTRY_APPROVED, ENTRY_RETURNED, ENTRY_CLOSED, ENTRY_ASSIGNED,
    UPDATE_INVITED,
)  # fmt: skip
DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",), handler="forget_owner"),
    EventDependency("accounts", "address_erased", reads=("address",), handler="forget_contact"),
)


def published(entry: Mapping[str, Any], regions: list[str], source: str) -> PendingEvent:
    """That an entry is public with its revision and sequence. `source` is that of the revision."""
    content = entry["content"]
    return new_event(
        ENTRY_PUBLISHED, subject=entry["_id"], entry=entry["_id"], revision=entry["revision"],
        sequence=entry["sequence"], title=content["title"][content["original_language"]],
        language=content["original_language"], kind=content["kind"], sdgs=content["sdgs"],
        action_lines=[named["line"] for named in content["action_lines"]], countries=content["countries"],
        regions=regions, source=source,
    )  # fmt: skip


def withdrawn(entry: Mapping[str, Any]) -> PendingEvent:
    """That an entry is public no more, with its last sequence."""
    return new_event(
        ENTRY_WITHDRAWN, subject=entry["_id"], entry=entry["_id"], sequence=entry["sequence"],
        merged_into=entry["merged_into"], action_lines=entry["lines"],
    )  # fmt: skip
