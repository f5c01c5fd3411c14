"""Sessions and their refresh tokens (RFC 9700, 4.14.2): each is changed for one other, and whoever presents it again
later ends the session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

LIFE = timedelta(days=30)  # of a session, however often it is refreshed
IDLE = timedelta(days=14)  # without a refresh, it ends
STAFF_IDLE = timedelta(hours=1)  # the same for whoever has a role that limits the life of sessions
MAX_SESSIONS = 20  # of an account; one more ends the one that was used least recently
FRESH = timedelta(minutes=10)  # the sign-in is no older of whoever ends other sessions or erases the account
REFRESH_GRACE = timedelta(seconds=60)  # an answer was lost, or two tabs refresh at once: the same token, again


class Verdict(StrEnum):
    """What a presented refresh token did."""

    ROTATED = "rotated"
    REFUSED = "refused"
    STOLEN = "stolen"


@dataclass(frozen=True)
class Session:
    """One sign-in. `token` is the hash of the newest refresh token, `former` that of the one that was presented for it
    at `rotated_at`; `second_factor_at` is when its second factor was shown; `identity` has begun it, where one has."""

    id: str
    account: str
    token: str
    started_at: datetime
    expires_at: datetime
    former: str | None = None
    rotated_at: datetime | None = None
    used_at: datetime | None = None
    ended_at: datetime | None = None
    second_factor_at: datetime | None = None
    identity: str | None = None


def start(id: str, account: str, token: str, hours: int | None, now: datetime) -> Session:
    """A sign-in. `hours` is the longest session that the roles of the account allow, None without such a limit."""
    life = LIFE if hours is None else min(LIFE, timedelta(hours=hours))
    return Session(id, account, token, now, now + life, used_at=now)


def idle_time(hours: int | None) -> timedelta:
    """How long a session may go without a refresh. Roles that limit its life (`hours`) are those of staff."""
    return IDLE if hours is None else STAFF_IDLE


def ends_at(session: Session, hours: int | None) -> datetime:
    """When it ends unless it is refreshed before, which happens every few minutes while somebody uses it."""
    used_at = session.used_at or session.started_at
    return min(session.expires_at, used_at + idle_time(hours))


def holds(session: Session, presented: str, hours: int | None, now: datetime) -> bool:
    """Is it the session of whoever presents this token (its hash)? It changes nothing."""
    current = presented == session.token or _again(session, presented, now)
    return current and session.ended_at is None and now < ends_at(session, hours)


def rotate(session: Session, presented: str, new: str, hours: int | None, now: datetime) -> tuple[Session, Verdict]:
    """Take a token that the suite made for this session, give `new` for it; both are hashes. Save what comes back.
    `hours` as for `start`, by the roles of now.

    `new` follows from `presented`, so the token before the newest, which works again for a short while, gives the
    newest once more: whoever shares a session shares its one line of tokens. A thief stays in it only by refreshing
    within the same minute as the owner each time.
    """
    if session.ended_at is not None or now >= ends_at(session, hours):
        return session, Verdict.REFUSED
    if presented == session.token:
        return replace(session, token=new, former=presented, rotated_at=now, used_at=now), Verdict.ROTATED
    if _again(session, presented, now):
        return replace(session, token=new), Verdict.ROTATED
    return replace(session, ended_at=now), Verdict.STOLEN


def _again(session: Session, presented: str, now: datetime) -> bool:
    return presented == session.former and session.rotated_at is not None and now <= session.rotated_at + REFRESH_GRACE
