"""What the relay's answer means for a row of a campaign."""

from __future__ import annotations

import re

from wsis_notifications.addresses.rules.suppression import is_no_mailbox
from wsis_notifications.mails.rules.deliveries import Outcome, Settlement, settled

# Seconds until a mail that was answered with 4xx is tried again, by the number of tries so far: eleven hours in all.
BACKOFF = (60, 300, 900, 1800, 3600, 7200, 10800, 14400)

BOUNCED = "bounced"
_REFUSED = re.compile(r"rcpt (5\d\d)(?: 5\.(\d{1,3})\.(\d{1,3}))?\Z")


def row_outcome(outcome: Outcome, attempts: int) -> Settlement:
    """What becomes of a row after so many tries, this one included. It is `bounced` where the relay says that there is
    no such mailbox."""
    if outcome.state == "failed" and _is_no_mailbox(outcome.reason):
        return Settlement(BOUNCED, outcome.reason)
    return settled(outcome, BACKOFF, attempts)


def status_of(refusal: Settlement) -> str:
    """The enhanced status code of the relay's reply, or the one that it stands for."""
    last = refusal.reason.rpartition(" ")[2]
    return last if "." in last else "5.1.1"


def _is_no_mailbox(reason: str) -> bool:
    refused = _REFUSED.match(reason)
    if refused is None:
        return False
    reply, subject, detail = refused.groups()
    return reply in ("550", "551") if subject is None else is_no_mailbox(int(subject), int(detail))
