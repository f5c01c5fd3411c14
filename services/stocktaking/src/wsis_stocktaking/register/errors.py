"""Errors of entries: own drafts, review by officers, revisions."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid, NotFound


def entry_unknown(entry: str) -> NotFound:
    """There is no such entry, or it is not public, or it is somebody else's."""
    return NotFound("stocktaking.entry_unknown", f"No entry {entry}.", entry=entry)


def entry_withdrawn(entry: str) -> NotFound:
    """The entry was public once and was withdrawn."""
    return NotFound("stocktaking.entry_withdrawn", f"Entry {entry} was withdrawn.", entry=entry)


def revision_unknown(number: int | str) -> NotFound:
    """The entry has no such revision."""
    return NotFound("stocktaking.revision_unknown", f"No revision {number}.", revision=number)


def entry_changed_meanwhile() -> Conflict:
    """The entry is not as it was read."""
    return Conflict("stocktaking.entry_changed", "Somebody else changed this meanwhile: read it again.")


def entry_merged(into: str) -> Conflict:
    """The entry became a part of another one."""
    return Conflict("stocktaking.entry_merged", f"It was merged into {into}: change that one.", merged_into=into)


def entry_not_public(entry: str) -> Conflict:
    """Only what is public can be withdrawn, corrected, or take up another entry."""
    return Conflict("stocktaking.entry_not_public", f"Entry {entry} is not public.", entry=entry)


def same_entry() -> Conflict:
    """An entry cannot be merged into itself."""
    return Conflict("stocktaking.same_entry", "Both are the same entry.")


def draft_submitted() -> Conflict:
    """The draft waits for review: it does not change meanwhile."""
    return Conflict("stocktaking.draft_submitted", "The draft waits for review: take it back to change it.")


def draft_missing(entry: str) -> Conflict:
    """There is no draft to submit."""
    return Conflict("stocktaking.draft_missing", f"Entry {entry} has no draft.", entry=entry)


def not_submitted(entry: str) -> Conflict:
    """No draft of the entry waits for review."""
    return Conflict("stocktaking.not_submitted", f"No draft of {entry} waits for review.", entry=entry)


def too_many_drafts(limit: int) -> Conflict:
    """The account has its number of drafts."""
    return Conflict("stocktaking.too_many_drafts", f"At most {limit} drafts of one account.", limit=limit)


def entry_incomplete(fields: dict[str, list[str]]) -> Invalid:
    """The draft cannot be submitted; `fields` has the paths below "content"."""
    return Invalid("stocktaking.entry_incomplete", "The draft is not complete.", fields=fields)


def account_unknown() -> Invalid:
    """There is no such account."""
    return Invalid("stocktaking.account_unknown", "No such account.", fields={"account": ["No such account."]})
