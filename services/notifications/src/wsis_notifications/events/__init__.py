"""What it publishes, and what it reads of others' events, by subject."""

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency

from wsis_notifications.events import (
    agencies,
    campaigns,
    issues,
    mails,
    preferences,
    subscribers,
)

SUBJECTS = (
    mails, preferences, subscribers, issues, campaigns, agencies,
)  # fmt: skip

PUBLISHES = (*(event for subject in SUBJECTS for event in subject.PUBLISHES), ACTION_TAKEN)
DEPENDS_ON = (
    *(needed for subject in SUBJECTS for needed in subject.DEPENDS_ON),
    EventDependency("accounts", "power_changed", reads=("account", "roles")),
)
SELECTS = tuple(selection for subject in SUBJECTS for selection in subject.SELECTS)
