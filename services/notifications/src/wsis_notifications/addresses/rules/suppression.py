"""When an address is suppressed: it gets transactional mail only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

HARD_BOUNCE, COMPLAINT, OFFICER, UNSUBSCRIBED = "hard_bounce", "complaint", "officer", "unsubscribed"
REASONS = (HARD_BOUNCE, COMPLAINT, OFFICER, UNSUBSCRIBED)
HAS_IT = "has_it"  # why somebody is skipped whom another campaign of the issue, or another mail, tells the same
LIFTED = "lifted"  # an officer ended it; the entry stays, with its date

OF_SENDER = ((1, 7), (1, 8))  # codes about the sender's address
# Soft bounces on this many days of so many: a mailbox that is full for weeks is one that nobody reads.
SOFT_LIMIT, SOFT_DAYS = 5, 60


def blocks_mail(reason: str | None) -> bool:
    """True if no mail that can be declined goes to such an address; who left the newsletter gets all other kinds."""
    return reason is not None and reason != UNSUBSCRIBED


def replaced_by(reason: str) -> tuple[str, ...]:
    """The reasons of an entry that a new `reason` replaces; any other stays. Every reason replaces `lifted`, all but
    `unsubscribed` replace `unsubscribed`, and `officer` replaces all, as it alone outlasts a confirmation."""
    if reason == OFFICER:
        return tuple(other for other in (LIFTED, *REASONS) if other != OFFICER)
    return (LIFTED,) if reason == UNSUBSCRIBED else (LIFTED, UNSUBSCRIBED)


def recent_days(days: Iterable[str], now: datetime) -> int:
    """How many of these days (ISO 8601) are recent enough to count."""
    first = now.date() - timedelta(days=SOFT_DAYS)
    return sum(first < date.fromisoformat(day) <= now.date() for day in days)


def reason_of_bounce(kind: str, status: str, soft_days: int) -> str | None:
    """Why a bounce suppresses its address; None: it does not. One hard bounce that says that there is no such mailbox
    (RFC 3463, 5.1.x) is enough; `soft_days` counts the days with soft ones, this included."""
    if kind == "complaint":
        return COMPLAINT
    if kind == "hard" and status.startswith(("5.1.", "5.2.1")):
        return HARD_BOUNCE
    return HARD_BOUNCE if kind in ("hard", "soft") and soft_days >= SOFT_LIMIT else None


def is_no_mailbox(subject: int, detail: int) -> bool:
    """True if 5.`subject`.`detail` says that there is no such mailbox or host, or that it takes no mail any more
    (RFC 3463). It is neither a policy nor a full mailbox."""
    code = (subject, detail)
    return (subject == 1 and code not in OF_SENDER) or code in ((2, 1), (4, 4))
