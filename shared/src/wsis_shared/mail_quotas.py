"""How many mails an address gets that nobody has proved to be the asker's, so that strangers fill no mailbox.

Tagged spellings of a mailbox (`jane+7@`) have a count together beside their own: else each number would be a mailbox
to flood. The address without a tag is not in it: who makes up tags does not use up what is its owner's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple


class MailQuota(NamedTuple):
    """`most` mails within each period. `spacing`: beyond them one, so long after the last; None: none."""

    most: Mapping[timedelta, int]
    spacing: timedelta | None = None

    @property
    def counted_for(self) -> timedelta:
        """How long a mail counts."""
        return max(self.most)

    def with_one_more(self, sent: Iterable[datetime], at: datetime) -> list[datetime] | None:
        """When mails that count were sent, another one included; None where it is too soon for another."""
        counted = [each for each in sent if each > at - self.counted_for]
        if self._is_full(counted, at) and (self.spacing is None or at < counted[-1] + self.spacing):
            return None
        return [*counted, at]

    def _is_full(self, counted: Sequence[datetime], at: datetime) -> bool:
        return any(sum(each > at - period for each in counted) >= most for period, most in self.most.items())


def behind_tag(address: str) -> str | None:
    """The mailbox that a tag most likely leads to: `jane@ngo.example` of `jane+7@ngo.example`; None where there is no
    tag. At most providers it is; it is no proof: for limits only, never for whose an account is. The address is spelt
    as the caller compares addresses."""
    local, _, domain = address.rpartition("@")
    name, tag, _ = local.partition("+")
    return f"{name}@{domain}" if tag and name else None
