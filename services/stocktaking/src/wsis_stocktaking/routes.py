"""HTTP routes as data, by subject."""

from wsis_stocktaking.analysis import routes as analysis
from wsis_stocktaking.duplicates import routes as duplicates
from wsis_stocktaking.entries import routes as entries
from wsis_stocktaking.exchange import routes as exchange
from wsis_stocktaking.imports import routes as imports
from wsis_stocktaking.matrix import routes as matrix
from wsis_stocktaking.prizes import routes as prizes
from wsis_stocktaking.reports import routes as reports
from wsis_stocktaking.saved_searches import routes as saved_searches
from wsis_stocktaking.search import routes as search

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
