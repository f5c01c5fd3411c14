"""A share: the owner of an entry asks somebody by mail to edit it too, or to own it from then on. It counts once the
person has typed the mailed code, and only while who asked still owns the entry."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from wsis_shared.mail_quotas import MailQuota

EDITOR, OWNER = ROLES = ("editor", "owner")
INVITED, ACCEPTED, DONE = "invited", "accepted", "done"
"""A code was mailed; somebody edits; an entry was handed over."""

LIFE = timedelta(days=14)  # of an invitation: people are on leave
TRIES = 5  # wrong codes before another mail has to be asked for: 5 guesses among 10^8
MAX_SHARES = 20  # of an entry
MAILS = MailQuota({timedelta(hours=1): 5, timedelta(days=1): 20})
"""To an address, and those that an account sends."""


class Share(TypedDict):
    """Of an entry with the mailbox `email`. `by` owned it then; `whole`: a hand-over of all entries of the same owner
    and `organization`, as it was named when it was offered: an editor does not choose what goes along. `locale` is that
    of the mail, `account` who accepted."""

    _id: str
    entry: str
    by: str
    email: str
    role: str
    whole: bool
    state: str
    at: datetime
    locale: str
    tries: int
    account: str | None
    accepted_at: datetime | None
    expires_at: datetime | None
    organization: NotRequired[str]
    version: NotRequired[int]


def new_share(
    id: str, entry: str, by: str, email: str, role: str, *, whole: bool, organization: str, locale: str, at: datetime
) -> Share:
    """An invitation."""
    return {
        "_id": id,
        "entry": entry,
        "by": by,
        "email": email,
        "role": role,
        "whole": whole and role == OWNER,
        "organization": organization,
        "state": INVITED,
        "at": at,
        "locale": locale,
        "tries": 0,
        "account": None,
        "accepted_at": None,
        "expires_at": at + LIFE,
    }


def is_open(share: Share, now: datetime) -> bool:
    """Does its code still count?"""
    return share["state"] == INVITED and share["tries"] < TRIES and now < share["at"] + LIFE


def accepted(share: Share, account: str, at: datetime) -> Share:
    """The share of an editor, which has no end; of a hand-over, which is nobody's, what answers a repeat."""
    done: Share = {**share, "state": ACCEPTED, "account": account, "accepted_at": at, "expires_at": None}
    return done if share["role"] == EDITOR else {**done, "state": DONE, "by": "", "expires_at": at + LIFE}
