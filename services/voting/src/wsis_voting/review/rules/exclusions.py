"""Which ballots are out of the valid tally: what officers decided, on clusters and on single accounts.

Each decision stands for itself. A ballot is out as long as one cluster that it belongs to is excluded, unless an
officer has looked at the account itself and keeps it. So whatever is taken back restores exactly what it had changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NotRequired, TypedDict

ACCOUNT = "account"  # in place of a cluster's id: a decision on one account


class Decision(StrEnum):
    """What an officer decides. `keep` and `reinstate` both take an exclusion back; `keep` may also come first."""

    EXCLUDE = "exclude"
    KEEP = "keep"
    REINSTATE = "reinstate"


class Decided(TypedDict):
    """What an officer decided, and why."""

    decision: str
    ground: str
    reason: str
    by: str | None
    at: datetime


class DecisionDocument(Decided):
    """A document of `decisions`: on a cluster, or on ACCOUNT, and the accounts that it is on."""

    _id: str
    edition: str
    subject: str
    accounts: list[str]
    number: NotRequired[int]  # their order; former versions had none
    open: NotRequired[bool]  # not carried out yet
    worked_on_at: NotRequired[datetime]


@dataclass(frozen=True, slots=True)
class ExclusionStatus:
    """Of one ballot. `by`: what excludes it (a cluster's id, or ACCOUNT) and on which ground, the oldest first;
    `exempt`: an officer has looked at this account and keeps it whatever its clusters say."""

    by: Mapping[str, str] = field(default_factory=dict)
    exempt: bool = False

    @property
    def ground(self) -> str:
        """Why the ballot is out; empty where it is in."""
        return "" if self.exempt else next(iter(self.by.values()), "")

    def after(self, subject: str, decision: Decision, ground: str) -> ExclusionStatus:
        """The status once `decision` was taken on `subject`, a cluster's id or ACCOUNT. Twice is as once."""
        exclude = decision is Decision.EXCLUDE
        exempt = not exclude if subject == ACCOUNT else self.exempt
        if exclude:
            return ExclusionStatus({**self.by, subject: self.by.get(subject, ground)}, exempt)
        return ExclusionStatus({by: why for by, why in self.by.items() if by != subject}, exempt)


def follow(decisions: Iterable[DecisionDocument]) -> dict[str, ExclusionStatus]:
    """Account -> its status after these decisions, in the order in which they were taken."""
    statuses: defaultdict[str, ExclusionStatus] = defaultdict(ExclusionStatus)
    for taken in sorted(decisions, key=lambda row: (row.get("number", 0), row["at"])):
        how = taken["subject"], Decision(taken["decision"]), taken["ground"]
        for account in taken["accounts"]:
            statuses[account] = statuses[account].after(*how)
    return dict(statuses)
