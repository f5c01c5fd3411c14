"""What voting publishes, each with an example, and what it expects of others. No event ever holds a choice."""

from __future__ import annotations

from wsis_shared import audit
from wsis_shared.events import EventDependency

from wsis_voting.ballots import events as ballots
from wsis_voting.certification import events as certification
from wsis_voting.contests import events as contests
from wsis_voting.public_log import events as public_log
from wsis_voting.review import events as review
from wsis_voting.turnout import events as turnout
from wsis_voting.voters import events as voters

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
