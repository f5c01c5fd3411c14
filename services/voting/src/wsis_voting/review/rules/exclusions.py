"""Which ballots are out of the valid tally: what officers decided, on clusters and on single accounts.

Each decision stands for itself. A ballot is out as long as one cluster that it belongs to is excluded, unless an
officer has looked at the account itself and keeps it. So whatever is taken back restores exactly what it had changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ACCOUNT = "account"  # in place of a cluster's id: a decision on one account


class Decision(StrEnum):
    """What an officer decides. `keep` and `reinstate` both take an exclusion back; `keep` may also come first."""

    EXCLUDE = "exclude"
    KEEP = "keep"
    REINSTATE = "reinstate"


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one ballot. `by`: what excludes it (a cluster's id, or ACCOUNT) and on which ground, the oldest first;
    `spared`: an officer has looked at this account and keeps it whatever its clusters say."""

    by: Mapping[str, str] = field(default_factory=dict)
    spared: bool = False

    @property
    def ground(self) -> str:
        """Why the ballot is out; empty where it is in."""
        return "" if self.spared else next(iter(self.by.values()), "")

    def after(self, subject: str, decision: Decision, ground: str) -> Standing:
        """The standing once `decision` was taken on `subject`, a cluster's id or ACCOUNT. Twice is as once."""
        exclude = decision is Decision.EXCLUDE
        spared = not exclude if subject == ACCOUNT else self.spared
        if exclude:
            return Standing({**self.by, subject: self.by.get(subject, ground)}, spared)
        return Standing({by: why for by, why in self.by.items() if by != subject}, spared)


def follow(decisions: Iterable[Mapping[str, Any]]) -> dict[str, Standing]:
    """Account -> its standing after these decisions, in the order in which they were taken."""
    standings: defaultdict[str, Standing] = defaultdict(Standing)
    for taken in sorted(decisions, key=lambda row: (row.get("number", 0), row["at"])):
        how = taken["subject"], Decision(taken["decision"]), taken["ground"]
        for account in taken["accounts"]:
            standings[account] = standings[account].after(*how)
    return dict(standings)
