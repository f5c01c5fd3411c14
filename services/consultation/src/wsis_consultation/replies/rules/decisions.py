"""What becomes of a reply: posted, held until its member confirms it, answered with a reason, or ignored.

Nothing is posted in another's name: a reply is posted if our own MTA vouches for its sender, who is the member; else it
is held, and the member, never the sender, gets a link. Each way has a limit per day, and a text that repeats is
ignored: so two programs that answer each other end, whatever they write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from wsis_consultation.discussions.rules.addresses import ReplyPreference
from wsis_consultation.editions.rules.stored import Stored
from wsis_consultation.replies.rules import signatures
from wsis_consultation.replies.rules.text import reply_text

POST, HOLD, ANSWER, IGNORE = "posted", "held", "answered", "ignored"
# Why a reply is not posted; the member is told.
CLOSED, REMOVED, EMPTY, TOO_LONG, NOT_ACCEPTABLE, TOO_MANY, TURNED_OFF = CAUSES = (
    "closed",
    "removed",
    "empty",
    "too_long",
    "not_acceptable",
    "too_many",
    "turned_off",
)

DAY = timedelta(days=1)
HELD_FOR = timedelta(hours=72)  # in which a reply that is not certain can be confirmed
MAX_HELD = 3  # confirmation links to one member in a day: anybody can cause them


class Record(Stored):
    """What became of a mail, whose key is the id; without its text."""

    account: str
    discussion: str
    outcome: str
    reason: str
    text_key: str
    at: datetime
    message_id: str


class HeldReply(TypedDict):
    """A reply that waits for its member; `comment` is the number of the comment that was mailed."""

    _id: str
    account: str
    epoch: int
    edition: str
    discussion: str
    comment: int
    text: str
    at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Decision:
    """`outcome` with its `reason`: a cause, or why the mail is ignored."""

    outcome: str
    reason: str = ""


def decide(
    *, is_authentic: bool, cause: str | None, records: Iterable[Record], discussion: str, text_key: str, limit: int
) -> Decision:
    """What becomes of a mail that a person wrote.

    `cause`: why it cannot be posted, if so. `records`: what became of the member's mails of the last day. `limit`:
    comments by mail in a day.
    """
    recent = list(records)
    same = {row["outcome"] for row in recent if row["text_key"] == text_key and row["discussion"] == discussion}
    if POST in same or (HOLD in same and not is_authentic):
        return Decision(IGNORE, "repeated")
    if not is_authentic:
        if cause is not None or _count(recent, HOLD) >= MAX_HELD:
            return Decision(IGNORE, "not_authentic")
        return Decision(HOLD)
    if cause is None and _count(recent, POST) >= limit:
        cause = TOO_MANY
    if cause is None:
        return Decision(POST)
    answered = any(row["outcome"] == ANSWER and row["reason"] == cause for row in recent)
    return Decision(IGNORE if answered else ANSWER, cause)


def text_of(body: str, *addresses: str, name: str = "") -> tuple[str, str | None]:
    """The text of a reply, and why it cannot be posted. `addresses` are those that the mail may quote, `name` that of
    the member."""
    try:
        text = reply_text(body, *addresses, name=name)
    except signatures.TooLong:
        return "", TOO_LONG
    return text, None if text else EMPTY


def text_key(text: str) -> str:
    """The same for texts that differ in white space only."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def turned(preference: ReplyPreference | None, account: str, *, enabled: bool, at: datetime) -> ReplyPreference:
    """The member's preference. Turning it off revokes the addresses given out: they belong to an epoch."""
    before: ReplyPreference = preference or {"_id": account, "enabled": False, "epoch": 0, "at": at}
    revokes = before["enabled"] and not enabled
    return {**before, "enabled": enabled, "epoch": before["epoch"] + int(revokes), "at": at}


def _count(records: Iterable[Record], outcome: str) -> int:
    return sum(row["outcome"] == outcome for row in records)
