"""What the service publishes, each with an example, and what it reads of others."""

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency

from wsis_prizes.events.editions import EDITION_CHANGED, PHASE_CHANGED, VOTING_EXTENDED, VOTING_WINDOW_CHANGED
from wsis_prizes.events.jury import REVIEW_ASSIGNED, REVIEWS_DUE
from wsis_prizes.events.projects import (
    CLARIFICATION_ANSWERED,
    CLARIFICATION_REQUESTED,
    PROJECT_DISQUALIFIED,
    PROJECT_NOMINATED,
    PROJECT_NOT_NOMINATED,
    PROJECT_SUBMITTED,
    PROJECT_WITHDRAWN,
)
from wsis_prizes.events.results import (
    CHAMPIONS_ANNOUNCED,
    DECISION_CHANGED,
    FINALISTS_FIXED,
    NOMINEES_PUBLISHED,
    WINNERS_ANNOUNCED,
)

PUBLISHES = (
    EDITION_CHANGED,
    PHASE_CHANGED,
    VOTING_EXTENDED,
    VOTING_WINDOW_CHANGED,
    PROJECT_SUBMITTED,
    PROJECT_WITHDRAWN,
    CLARIFICATION_REQUESTED,
    CLARIFICATION_ANSWERED,
    REVIEW_ASSIGNED,
    REVIEWS_DUE,
    NOMINEES_PUBLISHED,
    PROJECT_NOMINATED,
    PROJECT_NOT_NOMINATED,
    PROJECT_DISQUALIFIED,
    FINALISTS_FIXED,
    DECISION_CHANGED,
    CHAMPIONS_ANNOUNCED,
    WINNERS_ANNOUNCED,
    ACTION_TAKEN,
)

DEPENDS_ON = (
    EventDependency("accounts", "account_erased", reads=("account",)),
    EventDependency("accounts", "address_erased", reads=("address",)),
    EventDependency("accounts", "power_changed", reads=("account", "roles")),
)


__all__ = [
    "ACTION_TAKEN",
    "CHAMPIONS_ANNOUNCED",
    "CLARIFICATION_ANSWERED",
    "CLARIFICATION_REQUESTED",
    "DECISION_CHANGED",
    "DEPENDS_ON",
    "EDITION_CHANGED",
    "FINALISTS_FIXED",
    "NOMINEES_PUBLISHED",
    "PHASE_CHANGED",
    "PROJECT_DISQUALIFIED",
    "PROJECT_NOMINATED",
    "PROJECT_NOT_NOMINATED",
    "PROJECT_SUBMITTED",
    "PROJECT_WITHDRAWN",
    "PUBLISHES",
    "REVIEWS_DUE",
    "REVIEW_ASSIGNED",
    "VOTING_EXTENDED",
    "VOTING_WINDOW_CHANGED",
    "WINNERS_ANNOUNCED",
]
