"""The reply address: `r.<member, epoch, discussion, comment>.<MAC>@...`, which nobody but us can make.

It is one member's, and for one comment that they were mailed. The epoch of the member's preference revokes all their
addresses at once.
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass
from datetime import datetime

from wsis_shared.mailboxes import read_address, sign_address

from wsis_consultation.editions.rules.stored import Stored

KIND = "r"
MARKER = "##-"
"""Stands before "reply above this line" in the mails that can be answered: nothing below was written by the sender."""

EPOCHS = 256  # the epoch counts modulo this
_LAYOUT = struct.Struct(">16sBHHI")  # 25 bytes, all that an address has room for


class ReplyPreference(Stored):
    """Whether the account of this id replies by mail; addresses belong to an epoch."""

    enabled: bool
    epoch: int
    at: datetime


@dataclass(frozen=True)
class ReplyTarget:
    """What a reply address names. `discussion` is the id ("2017-12"), `comment` the number of the comment that was
    mailed, 0 for the discussion itself."""

    account: str
    epoch: int
    discussion: str
    comment: int = 0

    @property
    def edition(self) -> str:
        """The edition of the discussion."""
        return self.discussion.partition("-")[0]


def address_of(target: ReplyTarget, *, secret: str, domain: str) -> str:
    """The address. Raises ValueError for an account that is no UUID, and for other ids that do not fit."""
    edition, _, number = target.discussion.partition("-")
    account = uuid.UUID(target.account).bytes
    try:
        payload = _LAYOUT.pack(account, target.epoch % EPOCHS, int(edition), int(number), target.comment)
    except struct.error as error:
        raise ValueError(f"{target.discussion}, {target.comment} do not fit into an address") from error
    return sign_address(KIND, payload, secret=secret, domain=domain)


def target_of(address: str, *, secret: str) -> ReplyTarget | None:
    """What the address names; None where we did not make it."""
    payload = read_address(KIND, address, secret=secret)
    if payload is None or len(payload) != _LAYOUT.size:
        return None
    account, epoch, edition, number, comment = _LAYOUT.unpack(payload)
    return ReplyTarget(uuid.UUID(bytes=account).hex, epoch, f"{edition}-{number}", comment)


def is_valid(address: str, secret: str) -> bool:
    """The check of the mailbox at RCPT time."""
    return target_of(address, secret=secret) is not None
