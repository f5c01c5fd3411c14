"""What it publishes, and what it reads of others' events, by subject."""

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency

from wsis_stocktaking.entries import events as entries
from wsis_stocktaking.exchange import events as exchange
from wsis_stocktaking.imports import events as imports
from wsis_stocktaking.matrix import events as matrix
from wsis_stocktaking.prizes import events as prizes
from wsis_stocktaking.register import events as register
from wsis_stocktaking.reports import events as reports
from wsis_stocktaking.saved_searches import events as saved_searches

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
