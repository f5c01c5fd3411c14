"""Imports of a list that was kept elsewhere: what a row does, and the state of an import."""

from __future__ import annotations

from datetime import datetime
from typing import Required, TypedDict

from wsis_shared import import_states as states
from wsis_shared.import_states import Import
from wsis_shared.json_types import Input
from wsis_shared.mapping.documents import Example, RowMapping
from wsis_shared.tables import Reading

from wsis_notifications.addresses.rules import suppression as reasons
from wsis_notifications.subscribers.rules import subscribers


class Known(TypedDict, total=False):
    """What is known of a list from its first row on."""

    unknown_columns: Required[list[str]]
    reading: Reading
    mapping: RowMapping
    mapping_state: str | None
    mapping_number: int | None
    examples: list[Example]
    unsure_dates: list[str]


CREATED, UNCHANGED, REFUSED = "created", "unchanged", "refused"
DEFAULT_SOURCE = "list"
"""Of which list a file is where nobody says it."""
COUNTS = (CREATED, UNCHANGED, REFUSED)

# Why a row that is sound has no effect: only readers themselves come back.
UNSUBSCRIBED = "The reader has unsubscribed or was erased: only their own confirmation brings them back."
BOUNCED = "Mail to the address comes back: only the reader’s own confirmation brings it back."
SUPPRESSED = "The address is suppressed."
REPEATED = "Row {row} has the same address."
CONSENT_LATER = "The consent is in the future."


def new(id: str, upload: Input, body: Input, at: datetime) -> Import:
    """An import that waits for its job, whose id is its own."""
    return {
        **states.new(id, upload, COUNTS, body, at),
        "encoding": body.get("encoding"),
        "source": body.get("source") or DEFAULT_SOURCE,
    }


def decide(reader: subscribers.Subscriber | None, suppression: str | None) -> tuple[str, str]:
    """What a sound row does to the address: CREATED, UNCHANGED, or REFUSED with the reason. What readers chose outranks
    a file, so that nothing of a known reader changes."""
    if reader is not None and reader["state"] == subscribers.ACTIVE:
        return UNCHANGED, ""
    if reader is not None:
        return REFUSED, UNSUBSCRIBED if reader["state"] == subscribers.UNSUBSCRIBED else BOUNCED
    if suppression is not None:
        return REFUSED, UNSUBSCRIBED if suppression == reasons.UNSUBSCRIBED else SUPPRESSED
    return CREATED, ""


def consent_of(values: Input, id: str) -> subscribers.Consent:
    """The record of a consent that a file is the evidence for."""
    return {
        "at": values["consent_at"],
        "source": values["consent_source"],
        "text": values["consent_text"],
        "text_version": None,
        "import_id": id,
    }
