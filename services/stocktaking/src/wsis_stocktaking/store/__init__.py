"""MongoDB: one repository per subject."""

from wsis_stocktaking.store import (
    duplicates,
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
    duplicates,
    prizes,
    saved_searches,
    matrix,
    reports,
)

COLLECTIONS = tuple(collection for subject in SUBJECTS for collection in subject.COLLECTIONS)
