"""Clusters are looked for, read and decided on."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_voting.ballots.store.ballots import of_process
from wsis_voting.ballots.store.recorders import Counters
from wsis_voting.contests.use_cases import directory_of
from wsis_voting.review.store import Review
from wsis_voting.review.use_cases import scans
from wsis_voting.review.use_cases.decisions import DecisionCases
from wsis_voting.review.use_cases.review import FraudReview, ReviewCases
from wsis_voting.tallies.store import Tallies


def compose(parts: Parts) -> tuple[ReviewCases, DecisionCases, scans.ScanCases]:
    """The use cases with their collaborators; called once per process."""
    db, directory, ballots, counters = parts.db, directory_of(parts), of_process(parts.db), Counters(parts.db)
    review = Review(db)
    fraud_review = FraudReview(directory, counters, review)
    return (
        ReviewCases(directory, ballots, review, fraud_review),
        DecisionCases(directory, ballots, counters, Tallies(db), review, fraud_review),
        scans.compose(parts),
    )
