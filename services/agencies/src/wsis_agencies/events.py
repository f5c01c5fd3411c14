"""What it publishes, and what it reads of others' events, by subject."""

from wsis_shared.audit import ACTION_TAKEN

from wsis_agencies.event_log import events as event_log
from wsis_agencies.event_subscriptions import events as event_subscriptions

SUBJECTS = (event_log, event_subscriptions)

PUBLISHES = (*(event for subject in SUBJECTS for event in subject.PUBLISHES), ACTION_TAKEN)
DEPENDS_ON = tuple(needed for subject in SUBJECTS for needed in subject.DEPENDS_ON)
SELECTS = tuple(selection for subject in SUBJECTS for selection in subject.SELECTS)
