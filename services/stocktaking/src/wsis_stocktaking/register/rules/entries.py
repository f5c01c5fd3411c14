"""The life of an entry: its draft beside what is public, review, the end of its publication.

The public reads the last content that was approved. Whoever changes an entry writes a draft beside it; a draft that was
submitted waits for an officer and does not change meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wsis_shared.errors import Conflict

from wsis_stocktaking.register.rules.contents import Content

Entry = dict[str, Any]
Row = Mapping[str, Any]

UNPUBLISHED, PUBLIC, WITHDRAWN, MERGED = "unpublished", "public", "withdrawn", "merged"
DRAFT, SUBMITTED, RETURNED = STATES = ("draft", "submitted", "returned")
APPROVE, RETURN, WITHDRAW = DECISIONS = ("approve", "return", "withdraw")

# Where an entry comes from. A revision may also be of an officer.
SUBMISSION, IMPORT, PRIZES = SOURCES = ("submission", "import", "prizes")
OFFICER = "officer"
MAX_DRAFTS = 50  # of one account


def title_of(content: Content | None) -> str:
    """The title in the original language, else in any; "" where a draft has none."""
    titles = (content or {}).get("title") or {}
    return str(titles.get((content or {}).get("original_language")) or next(iter(titles.values()), ""))


def state_of(entry: Row) -> str | None:
    """The state of its draft; None without one."""
    draft = entry.get("draft")
    return str(draft["state"]) if draft else None


def require_version(entry: Row, version: int) -> None:
    """Raise Conflict where the entry is not as it was read."""
    if entry["version"] != version:
        raise Conflict("stocktaking.entry_changed")


def require_public(entry: Row) -> None:
    """Raise Conflict where there is nothing public to change."""
    if entry["visibility"] != PUBLIC:
        raise Conflict("stocktaking.entry_not_public", entry=entry["_id"])


def edit(entry: Entry, content: Content, at: datetime) -> Entry:
    """The entry with this draft. One that was returned keeps the reason until it is submitted again. Raises Conflict
    where it waits for review, or was merged."""
    _require_editable(entry)
    draft = _draft(entry, content)
    if entry["draft"]:
        draft |= {name: entry["draft"][name] for name in ("state", "reason", "based_on")}
    return {**entry, "draft": draft, "submitted_at": None, "changed_at": at}


def propose(entry: Entry, content: Content, import_: Row, at: datetime) -> Entry:
    """The entry with a draft that an import proposes to its owner, who submits, changes or discards it."""
    draft = {**_draft(entry, content), "import": import_["_id"], "import_source": import_["source"]}
    return {**entry, "draft": draft, "submitted_at": None, "changed_at": at}


def is_untouched_proposal(entry: Row) -> bool:
    """Has an import proposed its draft, and the owner neither changed nor submitted it?"""
    draft = entry["draft"]
    return bool(draft and draft.get("import") and draft["state"] == DRAFT)


def _draft(entry: Entry, content: Content) -> dict[str, Any]:
    return {"content": content, "state": DRAFT, "reason": None, "based_on": entry["revision"]}


def submit(entry: Entry, at: datetime) -> Entry:
    """The entry with its draft waiting for review. Raises Conflict where there is none, or it waits already."""
    _require_editable(entry)
    if not entry["draft"]:
        raise Conflict("stocktaking.draft_missing", entry=entry["_id"])
    draft = {**entry["draft"], "state": SUBMITTED, "reason": None}
    return {**entry, "draft": draft, "submitted_at": at, "changed_at": at}


def take_back(entry: Entry, at: datetime) -> Entry:
    """The entry with its draft out of the queue. Raises Conflict where it does not wait."""
    require_submitted(entry)
    return {**entry, "draft": {**entry["draft"], "state": DRAFT}, "submitted_at": None, "changed_at": at}


def send_back(entry: Entry, reason: str, at: datetime) -> Entry:
    """The entry with its draft returned to the owner. Raises Conflict where it does not wait."""
    require_submitted(entry)
    draft = {**entry["draft"], "state": RETURNED, "reason": reason}
    return {**entry, "draft": draft, "submitted_at": None, "changed_at": at}


def drop_draft(entry: Entry, at: datetime) -> Entry:
    """The entry as the public reads it."""
    return {**entry, "draft": None, "submitted_at": None, "changed_at": at}


def require_submitted(entry: Row) -> None:
    """Raise Conflict where no draft waits for review."""
    if state_of(entry) != SUBMITTED:
        raise Conflict("stocktaking.not_submitted", entry=entry["_id"])


def require_mergeable(entry: Row, into: Row) -> None:
    """Raise Conflict where the first cannot become a part of the second: both are the same, the second is not public,
    or the first is neither public nor waiting for review."""
    if entry["_id"] == into["_id"]:
        raise Conflict("stocktaking.same_entry")
    require_public(into)
    if entry["visibility"] == MERGED:
        raise Conflict("stocktaking.entry_merged", merged_into=entry["merged_into"])
    if entry["visibility"] != PUBLIC:
        require_submitted(entry)


def takes_contact(entry: Row, into: Row) -> bool:
    """Whether the survivor of a merge takes the contact of the merged entry: not where somebody else owns it, who would
    see it."""
    return into["owner"] in (None, entry["owner"])


def _require_editable(entry: Row) -> None:
    if entry["visibility"] == MERGED:
        raise Conflict("stocktaking.entry_merged", merged_into=entry["merged_into"])
    if state_of(entry) == SUBMITTED:
        raise Conflict("stocktaking.draft_submitted")
