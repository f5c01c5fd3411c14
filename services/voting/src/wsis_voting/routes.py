"""HTTP routes as data."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_voting.ballots import routes as ballots
from wsis_voting.certification import routes as certification
from wsis_voting.public_log import routes as public_log
from wsis_voting.receipts import routes as receipts
from wsis_voting.review import routes as review
from wsis_voting.tallies import routes as tallies
from wsis_voting.turnout import routes as turnout

ROUTES: tuple[Route, ...] = (
    *ballots.ROUTES,
    *tallies.ROUTES,
    *certification.ROUTES,
    *turnout.ROUTES,
    *receipts.ROUTES,
    *public_log.ROUTES,
    *review.ROUTES,
)
JOBS = (*certification.JOBS, *review.JOBS)
