"""HTTP routes as data."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_voting.routes import ballots, certification, public_log, receipts, review, tallies, turnout

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
