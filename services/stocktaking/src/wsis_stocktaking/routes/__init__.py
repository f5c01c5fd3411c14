"""HTTP routes as data, by subject."""

from wsis_stocktaking.routes import (
    analysis,
    duplicates,
    entries,
    exchange,
    imports,
    matrix,
    prizes,
    reports,
    saved_searches,
    search,
)

SUBJECTS = (
    entries,
    search,
    exchange,
    analysis,
    imports,
    duplicates,
    prizes,
    saved_searches,
    matrix,
    reports,
)

ROUTES = tuple(route for subject in SUBJECTS for route in subject.ROUTES)
JOBS = tuple(job for subject in SUBJECTS for job in subject.JOBS)
