"""States of a campaign and of its rows, and what moves them. Time is an argument."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NotRequired, TypedDict, Unpack

from wsis_shared.errors import Conflict

# draft -> scheduled -> sending <-> paused -> finished; canceled from each that has not ended. A campaign that may not
# start when its time comes is needs_confirmation until an officer says that it is scheduled.
STATES = ("draft", "scheduled", "needs_confirmation", "sending", "paused", "finished", "canceled")
ROW_STATES = ("queued", "sending", "sent", "bounced", "failed", "skipped", "unknown")  # of a reader
ENDED = ("finished", "canceled")
MOVES = {
    "schedule": ("draft", "scheduled"),
    "confirm": ("needs_confirmation",),
    "pause": ("sending",),
    "resume": ("paused",),
    "cancel": ("draft", "scheduled", "needs_confirmation", "sending", "paused"),
}

# What holds it, where each goes: an officer confirms or resumes it.
HELD = {"scheduled": "needs_confirmation", "sending": "paused"}
OFFICER = "officer"  # why: who had it sent may no longer send any
PERMISSION = "notifications:newsletter"

# States of a row in which its mail may have left.
HANDED_OVER = ("sending", "sent", "unknown", "bounced")

LATE = timedelta(hours=1)
# Of what was sent: hard bounces, from so many mails on; complaints (what Gmail and Yahoo ask of bulk senders).
BOUNCE_LIMIT, BOUNCE_MAILS = 0.05, 500
COMPLAINT_LIMIT, COMPLAINT_MAILS = 0.001, 1000


class Totals(TypedDict):
    """Mails of a campaign: handed over, bounced hard, complained about."""

    sent: int
    hard: int
    complaints: int


class Segment(TypedDict):
    """Whom a campaign is narrowed to; a field that is empty or missing narrows nothing."""

    languages: NotRequired[list[str]]
    topics: NotRequired[list[str]]
    stakeholder_types: NotRequired[list[str]]
    regions: NotRequired[list[str]]


class Campaign(TypedDict):
    """One sending of an issue. `of` is the campaign that it repeats, `open` whether rows may still be sent,
    `next_bucket` where the list of readers goes on, `recipients` those of a test, sealed."""

    _id: str
    kind: str
    issue: str
    name: str
    of: str | None
    include_unknown: bool
    segment: Segment
    topics: list[str] | None
    state: str
    reason: str | None
    overridden: list[str]
    scheduled_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    open: bool
    next_bucket: int
    totals: Totals
    recipients: bytes | None
    by: str | None
    event: NotRequired[str]
    estimate: NotRequired[object]
    version: NotRequired[int]
    updated_at: NotRequired[datetime]


class Move(TypedDict, total=False):
    """What a move changes besides the state."""

    by: str | None
    scheduled_at: datetime | None
    ended_at: datetime | None
    recipients: bytes | None


class Given(TypedDict, total=False):
    """What a campaign begins with, unless it is an empty draft."""

    of: str | None
    include_unknown: bool
    segment: Segment
    topics: list[str] | None
    state: str
    scheduled_at: datetime | None
    started_at: datetime | None
    open: bool
    by: str | None
    event: str


class RowOfReader(TypedDict):
    """The mail of a campaign to a reader; `_id` is `campaign|reader`, `due` when it is tried again."""

    _id: str
    state: str
    reason: str | None
    language: str
    domain: str
    attempts: int
    bucket: int
    claim: NotRequired[str]
    at: NotRequired[datetime]
    due: NotRequired[datetime]
    leaving: NotRequired[bool]
    searches: NotRequired[int]


Counted = tuple[str, str, str, str, int]
"""State, reason, language, domain, and how many rows; the store has it as a list."""


class BatchOfRows(TypedDict):
    """Rows of the buckets from `bucket` to before `end`, which one process works on at a time."""

    _id: str
    campaign: str
    bucket: int
    end: int
    ids: list[str]
    state: str
    claim: str | None
    due: datetime | None
    figures: list[Counted]
    touched: NotRequired[int]


def new_campaign(id: str, kind: str, issue: str, name: str, at: datetime, **more: Unpack[Given]) -> Campaign:
    """A draft, unless `more` says otherwise. `id` has 16 hex digits: it is a part of mail addresses."""
    draft: Campaign = {
        "_id": id,
        "kind": kind,
        "issue": issue,
        "name": name,
        "of": None,
        "include_unknown": False,
        "segment": {},
        "topics": None,
        "state": "draft",
        "reason": None,
        "overridden": [],
        "scheduled_at": None,
        "created_at": at,
        "started_at": None,
        "ended_at": None,
        "open": False,
        "next_bucket": 0,
        "totals": {"sent": 0, "hard": 0, "complaints": 0},
        "recipients": None,
        "by": None,
    }
    return {**draft, **more}


def check_move(campaign: Campaign, move: str) -> None:
    """Raise Conflict where the campaign is in no state for it."""
    if campaign["state"] not in MOVES[move]:
        raise Conflict("notifications.campaign_state", state=campaign["state"])


def is_late(scheduled_at: datetime, now: datetime) -> bool:
    """Would it begin over an hour after its time? After an outage an officer decides."""
    return now - scheduled_at > LATE


def pause_reason(sent: int, hard: int, complaints: int) -> str | None:
    """Why a campaign with these counts stops by itself, or None."""
    if sent >= BOUNCE_MAILS and hard > BOUNCE_LIMIT * sent:
        return "hard_bounces"
    if complaints > COMPLAINT_LIMIT * max(sent, COMPLAINT_MAILS):
        return "complaints"
    return None
