"""What the relay's answer means for a row of a campaign."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wsis_notifications.addresses.rules.suppression import is_no_mailbox
from wsis_notifications.mails.rules.deliveries import Outcome

# Seconds until a mail that was answered with 4xx is tried again, by the number of tries so far: eleven hours in all.
BACKOFF = (60, 300, 900, 1800, 3600, 7200, 10800, 14400)

_REFUSED = re.compile(r"rcpt (5\d\d)(?: 5\.(\d{1,3})\.(\d{1,3}))?\Z")


@dataclass(frozen=True)
class RowOutcome:
    """The new state of a row, why, and the seconds until it is tried again where it is `queued`."""

    state: str
    reason: str = ""
    pause: float = 0.0

    @property
    def is_hard(self) -> bool:
        """True where the relay says that there is no such mailbox."""
        return self.state == "bounced"

    @property
    def status(self) -> str:
        """The enhanced status code of the relay's reply, or the one that it stands for."""
        last = self.reason.rpartition(" ")[2]
        return last if "." in last else "5.1.1"


def row_outcome(outcome: Outcome, attempts: int) -> RowOutcome:
    """What becomes of a row after so many tries, this one included."""
    if outcome.state == "retry":
        if attempts > len(BACKOFF):
            return RowOutcome("failed", f"given up: {outcome.reason}")
        return RowOutcome("queued", outcome.reason, BACKOFF[attempts - 1])
    if outcome.state == "failed" and _is_no_mailbox(outcome.reason):
        return RowOutcome("bounced", outcome.reason)
    return RowOutcome(outcome.state, outcome.reason)


def _is_no_mailbox(reason: str) -> bool:
    refused = _REFUSED.match(reason)
    if refused is None:
        return False
    reply, subject, detail = refused.groups()
    return reply in ("550", "551") if subject is None else is_no_mailbox(int(subject), int(detail))
