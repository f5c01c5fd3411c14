"""MongoDB: one repository per subject."""

from wsis_stocktaking.duplicates import store as duplicates
from wsis_stocktaking.entries import store as entries
from wsis_stocktaking.exchange import store as exchange
from wsis_stocktaking.imports import store as imports
from wsis_stocktaking.matrix import store as matrix
from wsis_stocktaking.prizes import store as prizes
from wsis_stocktaking.register.store import register
from wsis_stocktaking.reports import store as reports
from wsis_stocktaking.saved_searches import store as saved_searches

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
