"""What it publishes, and what it reads of others' events, by subject."""

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency

from wsis_notifications.campaigns import events as campaigns
from wsis_notifications.issues import events as issues
from wsis_notifications.mails import events as mails
from wsis_notifications.preferences import events as preferences
from wsis_notifications.subscribers import events as subscribers

SUBJECTS = (mails, preferences, subscribers, issues, campaigns)

PUBLISHES = (*(event for subject in SUBJECTS for event in subject.PUBLISHES), ACTION_TAKEN)
DEPENDS_ON = (
    *(needed for subject in SUBJECTS for needed in subject.DEPENDS_ON),
    EventDependency("accounts", "power_changed", reads=("account", "roles")),
)
SELECTS = tuple(selection for subject in SUBJECTS for selection in subject.SELECTS)
