"""What it publishes, and what it reads of others' events, by subject."""

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency

from wsis_stocktaking.events import (
    entries,
    exchange,
    imports,
    matrix,
    prizes,
    register,
    reports,
    saved_searches,
)

SUBJECTS = (
    register,
    entries,
    exchange,
    imports,
    prizes,
    saved_searches,
    matrix,
    reports,
)

PUBLISHES = (*(event for subject in SUBJECTS for event in subject.PUBLISHES), ACTION_TAKEN)
DEPENDS_ON = (
    *(needed for subject in SUBJECTS for needed in subject.DEPENDS_ON),
    EventDependency("accounts", "power_changed", reads=("account", "roles")),
)
