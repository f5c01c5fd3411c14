"""States of a campaign and of its rows, and what moves them. Time is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

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


def new_campaign(id: str, kind: str, issue: str, name: str, at: datetime, **more: Any) -> dict[str, Any]:
    """A draft, unless `more` says otherwise. `id` has 16 hex digits: it is a part of mail addresses."""
    return {
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
        **more,
    }


def check_move(campaign: Mapping[str, Any], move: str) -> None:
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
