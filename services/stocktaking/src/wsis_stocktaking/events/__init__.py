"""What it publishes, and what it reads of others' events, by subject."""

from wsis_shared.audit import ACTION_TAKEN

from wsis_stocktaking.events import (
    entries,
    exchange,
    imports,
    matrix,
    prizes,
    reports,
    saved_searches,
)

SUBJECTS = (
    entries, exchange, imports, prizes, saved_searches, matrix, reports,
)  # fmt: skip

PUBLISHES = (*(event for subject in SUBJECTS for event in subject.PUBLISHES), ACTION_TAKEN)
DEPENDS_ON = tuple(needed for subject in SUBJECTS for needed in subject.DEPENDS_ON)
