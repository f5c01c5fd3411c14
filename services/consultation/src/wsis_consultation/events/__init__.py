"""What it publishes, and what it reads of others' events, by subject."""

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency

from wsis_consultation.events import (
    attachments,
    discussions,
    documents,
    editions,
    erasing,
    facilitators,
    meetings,
    overview,
    programme,
    replies,
    submissions,
)

SUBJECTS = (
    editions, submissions, attachments, overview, discussions, replies, meetings, facilitators, programme, documents,
    erasing,
)  # fmt: skip

PUBLISHES = (*(event for subject in SUBJECTS for event in subject.PUBLISHES), ACTION_TAKEN)
DEPENDS_ON = (
    *(needed for subject in SUBJECTS for needed in subject.DEPENDS_ON),
    EventDependency("accounts", "power_changed", reads=("account", "roles")),
)
