"""What is kept beside entries, and the call for updates: whose entries are old."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.rules.contents import Content
from wsis_stocktaking.register.rules.entries import Entry, content_of

MAX_LISTED = 50
"""Entries that a mail lists; it says how many there are."""


class Group(TypedDict):
    """Old entries of an owner, as a run of the call has found them: the first of `count`."""

    _id: str
    run: str
    owner: str
    at: datetime
    entries: list[str]
    count: int


class InvitationRun(TypedDict):
    """A call for updates; `invited` counts owners. One from before they were counted has none."""

    _id: str
    at: datetime
    years: float
    lines: list[str]
    regions: list[str]
    invited: NotRequired[int]


class Invitation(TypedDict):
    """The last one of an owner, who is its `_id`."""

    _id: str
    at: datetime
    entries: list[str]
    count: int


class Contact(TypedDict):
    """Whom the secretariat asks about the entry of this `_id`. It is never public and never in a revision."""

    _id: str
    name: str
    email: str
    at: datetime


class Submission(TypedDict):
    """What an owner submitted last, for the receipt. `_id` is the entry."""

    _id: NotRequired[str]
    account: str | None
    content: Content
    at: datetime | None
    is_update: bool


class NewContact(TypedDict):
    """A contact as an owner names it."""

    name: str
    email: str


def is_due(entry: Entry, updated_before: datetime, lines: Collection[str], regions: Collection[str]) -> bool:
    """Was the entry last updated before that moment, or nobody knows when, and has it any of these lines and any of
    these ITU regions? An empty list selects all."""
    updated = entry["last_updated_at"]
    if updated is not None and updated >= updated_before:
        return False
    content = content_of(entry)
    if lines and not set(lines).intersection(contents.lines_of(content)):
        return False
    return not regions or bool(set(regions).intersection(contents.regions_of(content)))
