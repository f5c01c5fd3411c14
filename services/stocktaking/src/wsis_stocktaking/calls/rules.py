"""A call: an officer's words to the owners of old entries, until a deadline. It is written as a draft, counted, sent
once, and closed; owners answer by an update or by one press that says that their entries are still correct."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NotRequired, TypedDict

from wsis_shared.errors import Conflict, Invalid

DRAFT, SENT, CLOSED = STATES = ("draft", "sent", "closed")
OPENED, UPDATED, CONFIRMED = ANSWERS = ("opened", "updated", "confirmed")
"""What an owner did since the mail: read the page of the call, submit an update, say that entries are still correct."""
MAX_REMINDER = 60  # days before the deadline


class Words(TypedDict):
    """What an officer writes: the text by language, the last day, how many days before it owners without an answer are
    reminded (None: never), and whom: an empty list selects all."""

    text: dict[str, str]
    deadline: str
    remind_days: int | None
    years: float
    lines: list[str]
    regions: list[str]


class Call(Words):
    """`remind_at` is None once owners were reminded, or need not be. Counts are owners."""

    _id: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    remind_at: datetime | None
    invited: int
    opened: int
    updated: int
    confirmed: int
    answered: int
    reminded: int
    version: NotRequired[int]


class Invitee(TypedDict):
    """An owner whom a call has reached: the first of `count` entries, and when they did what."""

    _id: str
    call: str
    owner: str
    at: datetime
    entries: list[str]
    count: int
    answered: bool
    opened_at: NotRequired[datetime]
    updated_at: NotRequired[datetime]
    confirmed_at: NotRequired[datetime]
    reminded_at: NotRequired[datetime]


def new_call(call: str, words: Words, at: datetime) -> Call:
    """A draft. Raises Invalid for a deadline that is over."""
    draft: Call = {
        "_id": call,
        "text": words["text"],
        "deadline": words["deadline"],
        "remind_days": words["remind_days"],
        "years": words["years"],
        "lines": words["lines"],
        "regions": words["regions"],
        "state": DRAFT,
        "created_at": at,
        "sent_at": None,
        "remind_at": None,
        "invited": 0,
        "opened": 0,
        "updated": 0,
        "confirmed": 0,
        "answered": 0,
        "reminded": 0,
    }
    require_future(draft, at)
    return draft


def sent(call: Call, at: datetime) -> Call:
    """The call with its mails on their way. Raises Conflict where it was sent, Invalid where the deadline is over."""
    require_draft(call)
    require_future(call, at)
    days = call["remind_days"]
    remind_at = None if days is None else _midnight(call["deadline"]) - timedelta(days=days)
    return {**call, "state": SENT, "sent_at": at, "remind_at": remind_at if remind_at and remind_at > at else None}


def closed(call: Call) -> Call:
    """The call with nobody reminded any more. Raises Conflict where it was not sent, or is closed."""
    if call["state"] != SENT:
        raise Conflict("stocktaking.call_not_open")
    return {**call, "state": CLOSED, "remind_at": None}


def require_draft(call: Call) -> None:
    """Raise Conflict where the words are in mails already."""
    if call["state"] != DRAFT:
        raise Conflict("stocktaking.call_sent")


def require_future(call: Call, at: datetime) -> None:
    """Raise Invalid where its last day is over."""
    if _midnight(call["deadline"]) + timedelta(days=1) <= at:
        raise Invalid("stocktaking.call_deadline_over", fields={"deadline": ["This day is over."]})


def _midnight(day: str) -> datetime:
    at = date.fromisoformat(day)
    return datetime(at.year, at.month, at.day, tzinfo=UTC)
