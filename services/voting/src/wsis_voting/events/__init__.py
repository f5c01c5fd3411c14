"""What voting publishes, each with an example, and what it expects of others. No event ever holds a choice."""

from __future__ import annotations

from wsis_shared import audit
from wsis_shared.events import EventDependency

from wsis_voting.events import ballots, certification, contests, public_log, review, turnout, voters

PUBLISHES = (
    *contests.PUBLISHES,
    *certification.PUBLISHES,
    *ballots.PUBLISHES,
    *review.PUBLISHES,
    *public_log.PUBLISHES,
    *turnout.PUBLISHES,
    audit.ACTION_TAKEN,
)
DEPENDS_ON = (
    *contests.DEPENDS_ON,
    *public_log.DEPENDS_ON,
    *voters.DEPENDS_ON,
    EventDependency("accounts", "power_changed", reads=("account", "roles")),
)
